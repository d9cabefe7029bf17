#include "krait/_base/stack_trace.h"

#include <gtest/gtest.h>

namespace krait::_base {
namespace {

[[gnu::noinline]] StackTrace taken_here() {
  StackTrace trace = StackTrace::capture();
  asm volatile("");  // no tail call: this function has to be on the stack
  return trace;
}

TEST(StackTrace, names_the_functions_that_led_to_it_innermost_last) {
  const std::string text = taken_here().describe();
  const auto inner = text.find("taken_here"), outer = text.find("TestBody");
  ASSERT_NE(outer, std::string::npos) << text;
  ASSERT_NE(inner, std::string::npos) << text;
  EXPECT_LT(outer, inner);
}

TEST(StackTrace, names_the_file_and_the_line) {
  const std::string text = taken_here().describe();
  EXPECT_NE(text.find("stack_trace_test.cc\", line "), std::string::npos) << text;
}

TEST(StackTrace, an_empty_one_says_nothing) { EXPECT_EQ(StackTrace().describe(), ""); }

}  // namespace
}  // namespace krait::_base
