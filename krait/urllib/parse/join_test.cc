#include "krait/urllib/parse/join.h"

#include <gtest/gtest.h>

namespace krait::urllib::parse {
namespace {

// RFC 3986, 5.4
TEST(Urljoin, follows_the_examples_of_the_rfc) {
  const std::string base = "http://a/b/c/d;p?q";
  for (const auto& [url, wanted] : {std::pair{"g:h", "g:h"},
                                    {"g", "http://a/b/c/g"},
                                    {"./g", "http://a/b/c/g"},
                                    {"g/", "http://a/b/c/g/"},
                                    {"/g", "http://a/g"},
                                    {"//g", "http://g"},
                                    {"?y", "http://a/b/c/d;p?y"},
                                    {"g?y", "http://a/b/c/g?y"},
                                    {"#s", "http://a/b/c/d;p?q#s"},
                                    {";x", "http://a/b/c/;x"},
                                    {"g;x?y#s", "http://a/b/c/g;x?y#s"},
                                    {".", "http://a/b/c/"},
                                    {"./", "http://a/b/c/"},
                                    {"..", "http://a/b/"},
                                    {"../g", "http://a/b/g"},
                                    {"../..", "http://a/"},
                                    {"../../g", "http://a/g"},
                                    {"../../../g", "http://a/g"},
                                    {"/./g", "http://a/g"},
                                    {"/../g", "http://a/g"},
                                    {"g.", "http://a/b/c/g."},
                                    {"..g", "http://a/b/c/..g"},
                                    {"./g/.", "http://a/b/c/g/"},
                                    {"g/../h", "http://a/b/c/h"},
                                    {"g;x=1/../y", "http://a/b/c/y"},
                                    {"g?y/../x", "http://a/b/c/g?y/../x"}}) {
    EXPECT_EQ(urljoin(base, url), wanted) << url;
  }
}

TEST(Urljoin, gives_the_other_where_one_is_empty_or_of_another_kind) {
  EXPECT_EQ(urljoin("", "a"), "a");
  EXPECT_EQ(urljoin("http://a", ""), "http://a");
  EXPECT_EQ(urljoin("mailto:a", "b"), "b");
  EXPECT_EQ(urljoin("http://a", "https:b"), "https:b");
  EXPECT_EQ(urljoin("http://a", "http:b"), "http://a/b");
  EXPECT_EQ(urljoin("a//b/c", "d"), "a/b/d");
  EXPECT_EQ(urljoin("http://a/b", "c#d", false), "http://a/c#d");
}

}  // namespace
}  // namespace krait::urllib::parse
