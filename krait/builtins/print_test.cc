#include "krait/builtins/print.h"

#include <gtest/gtest.h>

#include <limits>

namespace krait {
namespace {

TEST(Str, writes_floats_as_python_does) {
  EXPECT_EQ(str(2.0), "2.0");
  EXPECT_EQ(str(0.1), "0.1");
  EXPECT_EQ(str(-0.0), "-0.0");
  EXPECT_EQ(str(1e16), "1e+16");
  EXPECT_EQ(str(1e15), "1000000000000000.0");
  EXPECT_EQ(str(0.0001), "0.0001");
  EXPECT_EQ(str(0.00001), "1e-05");
  EXPECT_EQ(str(1.5e300), "1.5e+300");
  EXPECT_EQ(str(std::numeric_limits<double>::infinity()), "inf");
}

TEST(Str, writes_bools_characters_and_none) {
  EXPECT_EQ(str(true), "True");
  EXPECT_EQ(str('x'), "x");
  EXPECT_EQ(str(None), "None");
  EXPECT_EQ(str(-7), "-7");
}

TEST(Print, separates_with_blanks_and_ends_the_line) {
  testing::internal::CaptureStdout();
  print("结果：", 42, 2.5, false);
  print();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "结果： 42 2.5 False\n\n");
}

}  // namespace
}  // namespace krait
