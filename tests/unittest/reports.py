"""The Python twin of reports.cc."""

import unittest


def setUpModule():
    print("setUpModule")


def tearDownModule():
    print("tearDownModule")


class A(unittest.TestCase):
    def test_z_ok(self):
        """
        The first line.
        The second.
        """
        print("written")

    def test_error(self):
        raise ValueError("boom")

    def test_fail(self):
        """A failure."""
        print("written before it fails")
        self.assertEqual([1, 2, 3], [1, 2, 4], "why")

    @unittest.skip("a reason")
    def test_skip(self):
        self.fail()

    @unittest.expectedFailure
    def test_x(self):
        self.fail("expected")

    @unittest.expectedFailure
    def test_u(self):
        pass

    def test_sub(self):
        for i in range(4):
            with self.subTest("number", i=i):
                if i == 2:
                    raise LookupError("k")
                if i == 3:
                    self.skipTest("three")
                self.assertNotEqual(i, 1)


class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no database")

    def test_never(self):
        pass


class C(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("not here")

    def test_never(self):
        pass


@unittest.skip("all of them")
class D(unittest.TestCase):
    def test_one(self):
        pass


class E(unittest.TestCase):
    def tearDown(self):
        raise ValueError("in tearDown")

    def test_both(self):
        def fail():
            raise ValueError("in a cleanup")

        self.addCleanup(fail)
        self.fail("in the test")


class Ok(unittest.TestCase):
    def test_one(self):
        pass


if __name__ == "__main__":
    unittest.main()
