#!/usr/bin/env python3
"""krait-conform still gives the answers that CPython 3.13 gave: recorded/*.jsonl, each case named by what it shows."""

import io
import sys
import unittest
from contextlib import redirect_stdout
from pathlib import Path

import compare

RECORDED = sorted(Path(__file__).with_name("recorded").glob("*.jsonl"))


class Recorded(unittest.TestCase):
    def test_every_answer_is_what_cpython_gave(self):
        self.assertTrue(RECORDED)
        for path in RECORDED:
            with self.subTest(path.name):
                conform = compare.Program(compare.conform_command())
                differences = io.StringIO()
                with redirect_stdout(differences):
                    count = compare.replay([path], conform)
                self.assertEqual(count, 0, differences.getvalue())
                self.assertIsNone(conform.stop(), "krait-conform did not end well (a leak, a crash)")

    def test_a_wrong_answer_is_told(self):
        case = next(compare.read_lines(RECORDED[0]))
        case["answer"]["ok"]["end"] = "result 42"
        got = compare.Program(compare.conform_command())
        self.assertNotEqual(got.ask(case["request"]), case["answer"])
        got.stop()


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
