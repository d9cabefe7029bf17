"""setUp and tearDown

Around every test. `tearDown` runs after a test that failed; it does not run when `setUp` failed, and neither does the test: what
must be undone even then is a cleanup. Cleanups run last, the last added first.

The notes had wrong:
- Nothing; they left out what happens when one of the parts fails.
"""

import unittest

class MyTestCase(unittest.TestCase):
    def setUp(self):
        print("setUp")
        self.addCleanup(print, "cleanup 1")
        self.addCleanup(print, "cleanup 2")

    def test_fails(self):
        print("test_fails")
        self.fail("on purpose")

    def test_sth(self):
        print("test_sth")

    def tearDown(self):
        print("tearDown")

class Unready(unittest.TestCase):
    def setUp(self):
        self.addCleanup(print, "cleanup of Unready")
        raise OSError("no database")

    def test_sth(self):
        print("never printed")

    def tearDown(self):
        print("never printed")

if __name__ == "__main__":
    try:
        unittest.main()
    except SystemExit as done:
        print("exit code", int(done.code))

