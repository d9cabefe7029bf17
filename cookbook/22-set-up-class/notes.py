"""setUpClass and tearDownClass

Once around all tests of a class. When `setUpClass` fails, the tests of the class do not run and are not counted, and
`tearDownClass` does not run either; class cleanups do.

The notes had wrong:
- `@classmethod` was missing. Then it is `ERROR: setUpClass (__main__.MyTestCase)` with
  `TypeError: MyTestCase.setUpClass() missing 1 required positional argument: 'self'`, and no test of the class runs.
"""

import unittest

class MyTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("setUpClass")
        cls.addClassCleanup(print, "class cleanup")

    def test_one(self):
        print("test_one")

    def test_two(self):
        print("test_two")

    @classmethod
    def tearDownClass(cls):
        print("tearDownClass")

class Unready(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(print, "class cleanup of Unready")
        raise OSError("no database")

    def test_one(self):
        print("never printed")

    @classmethod
    def tearDownClass(cls):
        print("never printed")

if __name__ == "__main__":
    try:
        unittest.main()
    except SystemExit as done:
        print("exit code", int(done.code))

