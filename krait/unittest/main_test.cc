#include "krait/unittest/main.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "krait/unittest/case.h"

namespace krait::unittest {
namespace {

// What each assertion says, beside CPython 3.13's own words. GoogleTest runs these as tests of their own, too.
class AssertionsTest : public TestCase {
  KRAIT_TEST_CASE(AssertionsTest)

  template <class F>
  std::string failure(F function) {
    return assertRaises<AssertionError>(function).what();
  }

  KRAIT_TEST(test_equal) {
    assertEqual(1, 1U);
    assertEqual("a", std::string("a"));
    assertEqual(failure([&] { assertEqual(1, 0, "why"); }), "1 != 0 : why");
    assertEqual(failure([&] { assertNotEqual(1, 1); }), "1 == 1");
    longMessage = false;
    assertEqual(failure([&] { assertEqual(1, 0, "why"); }), "why");
  }
  KRAIT_TEST(test_list) {
    assertEqual(failure([&] { assertEqual(std::vector{1, 2, 3}, {1, 2, 4}); }),
                "Lists differ: [1, 2, 3] != [1, 2, 4]\n\nFirst differing element 2:\n3\n4\n\n"
                "- [1, 2, 3]\n?        ^\n\n+ [1, 2, 4]\n?        ^\n");
    assertEqual(
        failure([&] { assertEqual(std::vector{1}, {1, 2}); }),
        "Lists differ: [1] != [1, 2]\n\nSecond list contains 1 additional elements.\nFirst extra element 1:\n2\n\n"
        "- [1]\n+ [1, 2]");
  }
  KRAIT_TEST(test_set_and_dict) {
    assertEqual(failure([&] { assertEqual(std::set{1, 2}, std::set{2, 3}); }),
                "Items in the first set but not the second:\n1\nItems in the second set but not the first:\n3");
    using Dict = std::map<std::string, int>;
    assertEqual(failure([&] { assertEqual(Dict{{"a", 1}}, Dict{{"a", 2}}); }),
                "{'a': 1} != {'a': 2}\n- {'a': 1}\n?       ^\n\n+ {'a': 2}\n?       ^\n");
  }
  KRAIT_TEST(test_text) {
    assertEqual(failure([&] { assertEqual("one\ntwo\n", "one\ntoo\n"); }),
                "'one\\ntwo\\n' != 'one\\ntoo\\n'\n  one\n- two\n?  ^\n+ too\n?  ^\n");
    maxDiff = 3;
    assertEqual(failure([&] { assertEqual("a", "b"); }),
                "'a' != 'b'\nDiff is 9 characters long. Set self.maxDiff to None to see it.");
  }
  KRAIT_TEST(test_the_others) {
    assertEqual(failure([&] { assertTrue(0); }), "0 is not true");
    assertEqual(failure([&] { assertFalse("x"); }), "'x' is not false");
    assertEqual(failure([&] { assertIsNone(std::optional(1)); }), "1 is not None");
    assertEqual(failure([&] { assertIsNotNone(nullptr); }), "unexpectedly None");
    assertEqual(failure([&] { assertIn(3, std::vector{1, 2}); }), "3 not found in [1, 2]");
    assertEqual(failure([&] { assertNotIn("ell", "hello"); }), "'ell' unexpectedly found in 'hello'");
    assertEqual(failure([&] { assertLess(2, 1); }), "2 not less than 1");
    assertEqual(failure([&] { assertGreaterEqual(1.5, 2); }), "1.5 not greater than or equal to 2");
    assertEqual(failure([&] { assertAlmostEqual(1.0, 1.1); }),
                "1.0 != 1.1 within 7 places (0.10000000000000009 difference)");
    assertEqual(failure([&] { assertAlmostEqual(1, 5, {.delta = 3}); }), "1 != 5 within 3 delta (4 difference)");
    assertEqual(failure([&] { assertCountEqual(std::vector{1, 1, 2}, std::vector{1, 2, 2}); }),
                "Element counts were not equal:\nFirst has 2, Second has 1:  1\nFirst has 1, Second has 2:  2");
    assertEqual(failure([&] { assertRaises<ValueError>([] {}); }), "ValueError not raised");
    assertEqual(failure([&] { assertIsInstance<std::string>(1); }), "1 is not an instance of <class 'str'>");
    assertEqual(failure([&] { fail(); }), "None");
  }
  KRAIT_TEST(test_a_function_of_ones_own) {
    addTypeEqualityFunc<int>([](int a, int b, const _Msg&) {
      if (a != b) throw AssertionError("mine");
    });
    assertEqual(failure([&] { assertEqual(1, 2); }), "mine");
  }
};

int run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "shop_test");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return unittest::main(static_cast<int>(argv.size()), argv.data());
}

TEST(Main, runs_what_is_named_and_ends_with_0) { EXPECT_EQ(run({"-q", "AssertionsTest.test_list"}), 0); }
TEST(Main, ends_with_5_when_no_test_ran) { EXPECT_EQ(run({"-q", "-k", "no such test"}), 5); }
TEST(Main, ends_with_1_for_a_name_that_is_not_there) { EXPECT_EQ(run({"-q", "NoSuchTest"}), 1); }
TEST(Main, ends_with_2_for_an_option_that_it_does_not_know) { EXPECT_EQ(run({"--foo"}), 2); }

}  // namespace
}  // namespace krait::unittest
