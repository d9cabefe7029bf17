#include "krait/urllib/parse/quote.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::urllib::parse {
namespace {

TEST(Quote, escapes_what_is_not_safe) {
  EXPECT_EQ(quote("a b/c~\u00e9%"), "a%20b/c~%C3%A9%25");
  EXPECT_EQ(quote("a/b", ""), "a%2Fb");
  EXPECT_EQ(quote("\xff", "\xff"), "%FF");
  EXPECT_EQ(quote_plus("a b+c/"), "a+b%2Bc%2F");
  EXPECT_EQ(quote_plus("a b+", "+ "), "a+b+");
  EXPECT_EQ(quote(""), "");
}

TEST(Unquote, undoes_it_and_leaves_what_is_no_escape) {
  EXPECT_EQ(unquote("a%20b%C3%a9+%zz%4%"), "a b\u00e9+%zz%4%");
  EXPECT_EQ(unquote_plus("a+b%2B"), "a b+");
  EXPECT_EQ(unquote_to_bytes("%ff\u00e9"), "\xff\u00e9");
}

TEST(Unquote, reads_bytes_that_are_no_text_as_it_is_told) {
  EXPECT_EQ(unquote("%ff%C3"), "\ufffd\ufffd");
  EXPECT_EQ(unquote("%E2%82x%F0%9F%98"), "\ufffdx\ufffd");
  EXPECT_EQ(unquote("%ED%A0%80"), "\ufffd\ufffd\ufffd");
  EXPECT_EQ(unquote("%C3\u00e9%A9"), "\ufffd\u00e9\ufffd");
  EXPECT_EQ(unquote("%e9", "latin-1"), "\u00e9");
  EXPECT_EQ(unquote("%ffa", "utf-8", "ignore"), "a");
  try {
    unquote("a%e2%82", "utf-8", "strict");
    FAIL();
  } catch (const UnicodeDecodeError& error) {
    EXPECT_STREQ(error.what(), "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data");
  }
  EXPECT_THROW(unquote("%41", "klingon"), LookupError);
}

}  // namespace
}  // namespace krait::urllib::parse
