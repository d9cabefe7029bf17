#include "krait/argparse/types.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

namespace krait::argparse {
namespace {

TEST(ArgparseTypes, int_takes_what_python_takes) {
  EXPECT_EQ(parse_int("1_000"), Value(1000));
  EXPECT_EQ(parse_int(" 7 "), Value(7));
  EXPECT_EQ(parse_int("+5"), Value(5));
  EXPECT_EQ(parse_int("\u0661\u0662\u0663"), Value(123));  // Arabic-Indic
  EXPECT_EQ(parse_int("\u00a07\u3000"), Value(7));
  EXPECT_EQ(parse_int("-0099"), Value(-99));
  EXPECT_EQ(parse_int("354224848179261915075").digits(), "354224848179261915075");
}

TEST(ArgparseTypes, int_refuses_what_python_refuses) {
  for (const char* text : {"0x10", "1e3", "1__0", "_1", "1_", "", " ", "1.0", "+-1", "1 2", "\u00b2", "- 1"}) {
    EXPECT_THROW(parse_int(text), ValueError) << text;
  }
  EXPECT_NO_THROW(parse_int(std::string(4300, '9')));
  EXPECT_THROW(parse_int(std::string(4301, '9')), ValueError);
}

TEST(ArgparseTypes, float_is_pythons) {
  EXPECT_EQ(parse_float("1_0.5"), 10.5);
  EXPECT_EQ(parse_float(" .5e1 "), 5.0);
  EXPECT_EQ(parse_float("1e400"), HUGE_VAL);
  EXPECT_EQ(parse_float("1e-400"), 0.0);
  EXPECT_EQ(parse_float("-Infinity"), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(parse_float("+NaN")));
  for (const char* text : {"0x1p3", "1._5", "1e_5", ".", "1e", "infin", "--1", "+-1"}) {
    EXPECT_THROW(parse_float(text), ValueError) << text;
  }
}

TEST(ArgparseTypes, a_file_that_is_not_there_is_told_as_python_tells_it) {
  try {
    FileType()("/none/it's");
    FAIL();
  } catch (const ArgumentTypeError& error) {
    EXPECT_STREQ(error.what(), "can't open '/none/it's': [Errno 2] No such file or directory: \"/none/it's\"");
  }
  EXPECT_EQ(FileType("w").name(), "FileType('w')");
  EXPECT_EQ(FileType("r")("-").get<File>().get(), stdin);
}

TEST(ArgparseTypes, a_file_opened_exclusively_may_not_be_there) {
  char name[] = "/tmp/krait-argparse-XXXXXX";
  close(mkstemp(name));
  EXPECT_THROW(FileType("x")(name), ArgumentTypeError);
  EXPECT_NE(FileType("a")(name).get<File>(), nullptr);
  unlink(name);
}

}  // namespace
}  // namespace krait::argparse
