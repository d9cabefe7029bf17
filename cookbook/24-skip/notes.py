"""Skipping, and expecting to fail

`s` is skipped, `x` failed as expected, `u` succeeded although a failure was expected, which fails the run. The last test shows
that one, so the exit code is 1.

The notes had wrong:
- `mylib` and `external_resource_available` were not defined.
- `mylib.__version__ < (1, 3)` compares a text with a tuple: TypeError when the module is imported.
- They did not show the unexpected success.
"""

import sys
import unittest

mylib_version = (1, 2)

def external_resource_available():
    return False

class MyTestCase(unittest.TestCase):
    @unittest.skip("直接跳过")
    def test_nothing(self):
        self.fail("shouldn't happen")

    @unittest.skipIf(mylib_version < (1, 3), "满足条件跳过")
    def test_format(self):
        self.fail("shouldn't happen")

    @unittest.skipUnless(sys.platform.startswith("win"), "满足条件不跳过")
    def test_windows_support(self):
        self.fail("shouldn't happen")

    def test_maybe_skipped(self):
        if not external_resource_available():
            self.skipTest("跳过")
        self.fail("shouldn't happen")

    @unittest.expectedFailure
    def test_fail(self):
        self.assertEqual(1, 0, "这个目前是失败的")

    @unittest.expectedFailure
    def test_mended(self):
        self.assertEqual(1, 1)

if __name__ == "__main__":
    try:
        unittest.main(verbosity=2)
    except SystemExit as done:
        print("exit code", int(done.code))
