#include "krait/http/media_types.h"

#include <gtest/gtest.h>

namespace krait::http {
namespace {

TEST(ContentType, is_the_part_before_the_parameters_in_small_letters) {
  EXPECT_EQ(content_type(" Text/HTML ; charset=x"), "text/html");
  EXPECT_EQ(content_type("application/problem+json"), "application/problem+json");
}

TEST(ContentType, is_plain_text_where_it_is_none) {
  for (const char* field : {"", "html", "a/b/c", "; charset=x"}) EXPECT_EQ(content_type(field), "text/plain") << field;
}

TEST(ContentCharset, is_in_small_letters_and_without_quotes) {
  EXPECT_EQ(content_charset("text/html; Charset = UTF-8"), "utf-8");
  EXPECT_EQ(content_charset("text/html; a=b; charset=\"Latin-1\""), "latin-1");
  EXPECT_EQ(content_charset("text/html; charset"), "");
  EXPECT_EQ(content_charset("text/html"), std::nullopt);
  EXPECT_EQ(content_charset("text/html; charset=\"caf\xc3\xa9\""), std::nullopt);
}

TEST(ContentParam, ends_at_no_semicolon_within_quotes) {
  EXPECT_EQ(content_param("multipart/form-data; boundary=\"a;b\\\"c\"; x=y", "Boundary"), "a;b\"c");
  EXPECT_EQ(content_param("multipart/form-data; boundary=<a>", "boundary"), "a");
  EXPECT_EQ(content_param("multipart/form-data; boundary=a=b", "boundary"), "a=b");
  EXPECT_EQ(content_param("multipart/form-data; boundary=\"a", "boundary"), "\"a");
  EXPECT_EQ(content_param("multipart/form-data; boundaries=a", "boundary"), std::nullopt);
}

TEST(ContentParams, are_in_order_with_the_type_first) {
  const std::vector<std::pair<std::string, std::string>> expected{{"a/b", ""}, {"x", "1"}, {"", ""}, {"y", ""}};
  EXPECT_EQ(content_params("a/b; X=1;; y"), expected);
}

}  // namespace
}  // namespace krait::http
