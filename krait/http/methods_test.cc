#include "krait/http/methods.h"

#include <gtest/gtest.h>

namespace krait::http {
namespace {

constexpr HTTPMethod all[] = {HTTPMethod::CONNECT, HTTPMethod::DELETE,  HTTPMethod::GET,
                              HTTPMethod::HEAD,    HTTPMethod::OPTIONS, HTTPMethod::PATCH,
                              HTTPMethod::POST,    HTTPMethod::PUT,     HTTPMethod::TRACE};

TEST(HTTPMethod, a_name_leads_back_to_its_method) {
  for (HTTPMethod each : all) EXPECT_EQ(method(name(each)), each) << name(each);
  EXPECT_EQ(name(HTTPMethod::OTHER), "");
}

TEST(HTTPMethod, another_token_is_OTHER) {
  for (std::string_view text : {"", "G", "GE", "get", "GETS", "PO", "POS", "PUTT", "PATCHY", "BREW", "CONNECTED"}) {
    EXPECT_EQ(method(text), HTTPMethod::OTHER) << text;
  }
}

TEST(HTTPMethod, knows_which_may_be_repeated) {
  EXPECT_TRUE(is_idempotent(HTTPMethod::PUT));
  EXPECT_TRUE(is_idempotent(HTTPMethod::GET));
  EXPECT_FALSE(is_idempotent(HTTPMethod::POST));
  EXPECT_FALSE(is_idempotent(HTTPMethod::PATCH));
  EXPECT_FALSE(is_idempotent(HTTPMethod::OTHER));
}

}  // namespace
}  // namespace krait::http
