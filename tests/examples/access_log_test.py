#!/usr/bin/env python3
"""examples/access_log: what it prints of a log, and what it says of patterns."""

import os
import subprocess
import unittest
from pathlib import Path

PROGRAM = Path(os.environ.get("KRAIT_BUILD_DIR", "build"), "examples", "access_log")
LOG = """\
203.0.113.7 - ann [17/May/2024:12:00:00 +0000] "GET /items/1?token=abc&q=x HTTP/1.1" 200 512
203.0.113.7 - - [17/May/2024:12:00:01 +0000] "POST /login?PassWord=hunter2 HTTP/1.1" 500 -
198.51.100.1 - bén [17/May/2024:12:00:02 +0000] "GET /items/1 HTTP/1.1" 304 8
not a line of a log
"""


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], input=LOG, capture_output=True, text=True, encoding="utf-8", timeout=60)


class AccessLog(unittest.TestCase):
    def test_addresses_and_secrets_are_masked_and_paths_counted(self):
        self.assertEqual(run().stdout, """\
203.0.x.x - ann [17/May/2024:12:00:00 +0000] "GET /items/1?token=a***&q=x HTTP/1.1" 200 512
203.0.x.x - - [17/May/2024:12:00:01 +0000] "POST /login?PassWord=h*** HTTP/1.1" 500 -
198.51.x.x - bén [17/May/2024:12:00:02 +0000] "GET /items/1 HTTP/1.1" 304 8
not a line of a log
/items/1     2 asked, 0 failed, 520 bytes
/login       1 asked, 1 failed, 0 bytes
""")

    def test_a_group_that_stays_empty_is_explained(self):
        self.assertIn("note: group 1 cannot participate: inside a negative look-around", run(r"(?<!(GET|PUT) )/\w+").stdout)

    def test_a_pattern_that_is_none_is_told_as_python_tells_it(self):
        told = run("(")
        self.assertEqual((told.returncode, told.stderr), (2, "missing ), unterminated subpattern at position 0\n"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
