"""A test case

Each method whose name begins with `test` is a test, on an instance of its own, in alphabetical order. The report goes to
standard error: a letter for each, then the count and the verdict; the exit code is 0 or 1.

The notes had wrong:
- Nothing; they did not say that the order is the alphabet's and not that of the file, nor that the report is on stderr.
"""

import unittest

class MyTestCase(unittest.TestCase):
    def test_upper(self):
        self.assertEqual("andy".upper(), "ANDY")

    def test_is_upper(self):
        self.assertTrue("ANDY".isupper())
        self.assertFalse("Andy".isupper())

if __name__ == "__main__":
    try:
        unittest.main()
    except SystemExit as done:
        print("exit code", int(done.code))

