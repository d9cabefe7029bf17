"""Sub-tests

One test, several cases of the same thing: a case that fails is reported with its parameters, and the rest still runs. Each
failure counts, the test counts once: `Ran 1 test`, `failures=3`.

The notes had wrong:
- Nothing; the report names the first line of the docstring below the test.
"""

import unittest

class NumbersTest(unittest.TestCase):
    def test_even(self):
        """
        Test that numbers between 0 and 5 are all even.
        """
        for i in range(0, 6):
            with self.subTest(i=i):
                self.assertEqual(i % 2, 0)

if __name__ == "__main__":
    try:
        unittest.main()
    except SystemExit as done:
        print("exit code", int(done.code))

