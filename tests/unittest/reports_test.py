#!/usr/bin/env python3
"""build/unittest/reports and its Python twin, with the same command lines: what they print and how they end.

Masked are seconds and the frames of a traceback, of which C++ keeps only those it has a reason to."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = Path(os.environ.get("KRAIT_BUILD_DIR", HERE.parents[1] / "build")) / "unittest" / "reports"
MASKS = [
    (re.compile(r"^(Ran \d+ tests? in )\d+\.\d{3}s$", re.MULTILINE), r"\1<seconds>"),
    (re.compile(r"^(Traceback \(most recent call last\):\n)(?:[ ]{2}.*\n)+", re.MULTILINE), r"\1  <frames>\n"),
]
MASKED = "Traceback (most recent call last):\n  <frames>\n"
GTEST_HINT = "With an option that begins with --gtest_, GoogleTest runs the tests and reports.\n\n"
LINES = [
    "", "-v", "-q", "-f", "-vf", "-b", "-bv", "-k test_fail", "-v -k sub -k one", "-v A.test_x A.test_u", "B", "-v C", "D Ok",
    "E -v", "-v Ok NoSuch", "-k nothing_like_it", "Ok --quiet",
    "G", "-v G", "-b G", "-f G", "-v H", "-v Base Derived", "Derived.test_own -v", "Base.test_own", "-v Cleaned", "-b Cleaned",
    "-v Uncleaned", "B C Uncleaned", "C", "Logged", "-v -k regex", "-q NoSuch A.no_such", "-c Ok", "--locals Ok", "-vqf Ok", "-q -v Ok",
]
# What names --durations, as usage does.
if sys.version_info >= (3, 12):
    LINES += [
        "-h", "--help", "--durations", "--durations x", "--durations 0 -k nothing_like_it", "-x", "--no-such", "-k", "--verb=1",
    ]


# Under the name of ours, which usage and errors begin with.
RUN_TWIN = "import sys; path = sys.argv[1]; sys.argv[:2] = ['reports']; exec(compile(open(path).read(), path, 'exec'))"


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    out, err = done.stdout, done.stderr
    for pattern, stands_for in MASKS:
        out, err = pattern.sub(stands_for, out), pattern.sub(stands_for, err)
    return out, err, done.returncode


class Reports(unittest.TestCase):
    maxDiff = None

    def test_are_those_of_python(self):
        for line in LINES:
            with self.subTest(line=line):
                theirs = run([sys.executable, "-W", "ignore", "-c", RUN_TWIN, HERE / "reports.py", *line.split()])
                ours = run([PROGRAM, *line.split()])
                # CPython shows no traceback of a name that it did not find, for all its frames are unittest's own; it
                # guesses what was meant, and knows no GoogleTest.
                ours = (ours[0].removesuffix(GTEST_HINT), ours[1].replace(f"{MASKED}AttributeError", "AttributeError"), ours[2])
                theirs = (theirs[0], re.sub(r"\. Did you mean: '\w+'\?$", "", theirs[1], flags=re.MULTILINE), theirs[2])
                for theirs_said, ours_said in zip(theirs[:2], ours[:2]):
                    # "Ran 0 tests" is an OK before 3.12, and an exit status of 0.
                    if sys.version_info < (3, 12) and "Ran 0 tests" in theirs_said:
                        theirs_said = theirs_said.replace("\nOK\n", "\nNO TESTS RAN\n")
                    self.assertEqual(ours_said, theirs_said)
                self.assertEqual(ours[2], self.status(theirs))

    def status(self, theirs):
        ran_none = "Ran 0 tests" in theirs[1] and "skipped=" not in theirs[1]
        if ran_none:  # 5 from 3.12 on; where only a fixture failed later Pythons end with 1 (python/cpython#136487)
            return 1 if "FAILED" in theirs[1] else 5
        return theirs[2]


if __name__ == "__main__":
    unittest.main()
