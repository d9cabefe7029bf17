#include "krait/http/forms.h"

#include <gtest/gtest.h>

namespace krait::http {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

TEST(ParseForm, gives_the_fields_in_order) {
  EXPECT_EQ(parse_form("a=1&b=x+y%21&a=2&c=&d&&=e&f=g=h"),
            (Fields{{"a", "1"}, {"b", "x y!"}, {"a", "2"}, {"c", ""}, {"d", ""}, {"", "e"}, {"f", "g=h"}}));
  EXPECT_EQ(parse_form(""), Fields{});
  EXPECT_EQ(parse_form("&"), Fields{});
}

TEST(ParseForm, reads_escapes_as_utf_8_and_other_bytes_as_latin_1) {
  EXPECT_EQ(parse_form("a=%C3%A9&b=%ff&c=\xe9"), (Fields{{"a", "\u00e9"}, {"b", "\ufffd"}, {"c", "\u00e9"}}));
}

}  // namespace
}  // namespace krait::http
