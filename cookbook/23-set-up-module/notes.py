"""setUpModule and tearDownModule

Once around all tests of a module; module cleanups after `tearDownModule`. When `setUpModule` fails, no test of the module runs,
and `tearDownModule` does not run either.

The notes had wrong:
- Nothing.
"""

import unittest

def setUpModule():
    print("setUpModule")
    unittest.addModuleCleanup(print, "module cleanup")

def tearDownModule():
    print("tearDownModule")

class First(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("setUpClass of First")

    def test_one(self):
        print("test_one")

    @classmethod
    def tearDownClass(cls):
        print("tearDownClass of First")

class Second(unittest.TestCase):
    def test_two(self):
        print("test_two")

if __name__ == "__main__":
    try:
        unittest.main()
    except SystemExit as done:
        print("exit code", int(done.code))

