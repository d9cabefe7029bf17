#include "krait/argparse/value.h"

#include <gtest/gtest.h>

namespace krait::argparse {
namespace {

TEST(ArgparseValue, keeps_an_int_of_any_size_exactly) {
  const Value huge = Value::big_int("-354224848179261915075354224848179261915075");
  EXPECT_EQ(huge.digits(), "-354224848179261915075354224848179261915075");
  EXPECT_EQ(huge, Value::big_int("-000354224848179261915075354224848179261915075"));
  EXPECT_EQ(Value::big_int("-0"), Value(0));
}

TEST(ArgparseValue, says_the_range_when_an_int_does_not_fit) {
  try {
    Value(std::int64_t{4'000'000'000}).get<int>("num");
    FAIL();
  } catch (const OverflowError& error) {
    EXPECT_STREQ(error.what(), "cannot read 'num': 4000000000 is not between -2147483648 and 2147483647");
  }
  EXPECT_THROW(Value(-1).get<unsigned>("num"), OverflowError);
  EXPECT_EQ(Value::big_int("18446744073709551615").get<std::uint64_t>("num"), 18446744073709551615u);
}

TEST(ArgparseValue, names_what_it_is_when_read_as_something_else) {
  try {
    Value("ten").get<int>("num");
    FAIL();
  } catch (const TypeError& error) {
    EXPECT_STREQ(error.what(), "cannot read 'num' as int: it is the str 'ten'");
  }
  try {
    Value().get<int>("num");
    FAIL();
  } catch (const TypeError& error) {
    EXPECT_STREQ(error.what(),
                 "cannot read 'num' as int: it is None; ask for a std::optional, or give the argument a default");
  }
}

TEST(ArgparseValue, reads_optionals_and_lists) {
  EXPECT_EQ(Value().get<std::optional<int>>(), std::nullopt);
  EXPECT_EQ((Value(Value::List{1, 2}).get<std::vector<long>>()), (std::vector<long>{1, 2}));
  EXPECT_EQ(Value(7).get<double>(), 7.0);
  EXPECT_THROW(Value(true).get<int>(), TypeError);
}

TEST(ArgparseValue, compares_numbers_as_python_does) {
  EXPECT_EQ(Value(1), Value(true));
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_EQ(Value::big_int("100000000000000000000"), Value(1e20));
  EXPECT_NE(Value("1"), Value(1));
}

TEST(ArgparseValue, prints_as_python_does) {
  EXPECT_EQ(repr(Value(Value::List{Value(), true, 1.5, "it's", "\u200b"})), R"([None, True, 1.5, "it's", '\u200b'])");
  EXPECT_EQ(repr(Value("\xff")), R"('\udcff')");
}

TEST(ArgparseValue, holds_objects_of_the_users) {
  struct Port {
    int number;
    bool operator==(const Port&) const = default;
  };
  const Value value = Value::object(Port{80});
  EXPECT_EQ(value.get<Port>().number, 80);
  EXPECT_EQ(value, Value::object(Port{80}));
  EXPECT_THROW(value.get<std::string>(), TypeError);
}

}  // namespace
}  // namespace krait::argparse
