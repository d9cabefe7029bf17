"""The Python twin of reports.cc."""

import asyncio
import logging
import unittest


def fail(what):
    raise LookupError(what)


class Locked:
    def __enter__(self):
        raise OSError("locked")

    def __exit__(self, *error):
        print("left")


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


class G(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        print("asyncSetUp")
        self.addAsyncCleanup(self.clean_up, 1)
        self.addCleanup(print, "cleanup 2")

    async def clean_up(self, number):
        print("cleanup", number)

    async def asyncTearDown(self):
        print("asyncTearDown")

    async def test_ok(self):
        """Awaits."""
        await asyncio.sleep(0)

    async def test_fails(self):
        await asyncio.sleep(0)
        self.assertEqual(1, 2)

    async def test_raises(self):
        raise ValueError("boom")

    async def test_skips(self):
        self.skipTest("not today")

    @unittest.expectedFailure
    async def test_x(self):
        await asyncio.sleep(0)
        self.fail()

    async def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                await asyncio.sleep(0)
                self.assertNotEqual(i, 1)

    def test_plain(self):
        print("plain")


class H(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.addAsyncCleanup(self.clean_up)
        raise OSError("no database")

    async def clean_up(self):
        raise LookupError("in a cleanup")

    async def test_never(self):
        pass


class Base(unittest.TestCase):
    def test_inherited(self):
        self.assertEqual(self.name(), "Derived")

    def test_overridden(self):
        self.fail("of the base")

    def name(self):
        return "Base"


class Derived(Base):
    def test_overridden(self):
        pass

    def test_own(self):
        pass

    def name(self):
        return "Derived"


class Cleaned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(fail, "first added")
        cls.addClassCleanup(print, "last added")

    @classmethod
    def tearDownClass(cls):
        raise ValueError("in tearDownClass")

    def test_one(self):
        self.addCleanup(print, "cleanup")


class Uncleaned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(fail, "of a class")
        cls.enterClassContext(Locked())

    def test_never(self):
        pass


class Logged(unittest.TestCase):
    def test_logs(self):
        with self.assertLogs("shop", "INFO") as cm:
            logging.getLogger("shop").info("tea")
        self.assertEqual(cm.output, ["INFO:shop:coffee"])

    def test_no_logs_at_all(self):
        with self.assertLogs():
            pass

    def test_unexpected(self):
        with self.assertNoLogs("shop"):
            logging.getLogger("shop").warning("it's %d", 3)

    def test_regex(self):
        self.assertRegex("tea", "^c.*$", "why")

    def test_not_regex(self):
        self.assertNotRegex("two teas", "t[ea]+")

    def test_raises_regex(self):
        with self.assertRaises(AssertionError) as cm:
            with self.assertRaisesRegex(ValueError, "^tea"):
                raise ValueError("coffee")
        self.fail(str(cm.exception))

    def test_raises_none(self):
        with self.assertRaisesRegex(ValueError, "^tea"):
            pass


if __name__ == "__main__":
    unittest.main()
