#include "krait/http/status.h"

#include <gtest/gtest.h>

#include <string>

namespace krait::http {
namespace {

TEST(HTTPStatus, has_the_phrases_of_python_3_13) {
  EXPECT_EQ(phrase(HTTPStatus::OK), "OK");
  EXPECT_EQ(phrase(HTTPStatus::IM_A_TEAPOT), "I'm a Teapot");
  EXPECT_EQ(phrase(HTTPStatus::CONTENT_TOO_LARGE), "Content Too Large");
  EXPECT_EQ(phrase(422), "Unprocessable Content");
  EXPECT_EQ(phrase(HTTPStatus::NETWORK_AUTHENTICATION_REQUIRED), "Network Authentication Required");
}

TEST(HTTPStatus, an_unknown_number_has_no_phrase) {
  for (int status : {-1, 0, 99, 299, 306, 420, 512, 599, 1000}) {
    EXPECT_EQ(phrase(status), "") << status;
    EXPECT_EQ(status_line(status), "") << status;
  }
}

TEST(HTTPStatus, has_descriptions_and_classes) {
  EXPECT_EQ(description(HTTPStatus::OK), "Request fulfilled, document follows");
  EXPECT_EQ(description(404), "Nothing matches the given URI");
  EXPECT_EQ(description(HTTPStatus::PROCESSING), "");
  EXPECT_EQ(description(299), "");
  EXPECT_TRUE(is_informational(HTTPStatus::CONTINUE));
  EXPECT_TRUE(is_success(299));
  EXPECT_TRUE(is_redirection(HTTPStatus::SEE_OTHER));
  EXPECT_TRUE(is_client_error(499));
  EXPECT_TRUE(is_server_error(HTTPStatus::BAD_GATEWAY));
  EXPECT_FALSE(is_server_error(600));
  EXPECT_FALSE(is_success(HTTPStatus::MULTIPLE_CHOICES));
  EXPECT_EQ(HTTPStatus::UNPROCESSABLE_ENTITY, HTTPStatus::UNPROCESSABLE_CONTENT);
}

TEST(HTTPStatus, every_line_carries_its_own_number) {
  int known = 0;
  for (int status = 100; status < 600; ++status) {
    if (phrase(status).empty()) continue;
    ++known;
    EXPECT_EQ(status_line(status), "HTTP/1.1 " + std::to_string(status) + " " + std::string(phrase(status)) + "\r\n");
  }
  EXPECT_EQ(known, 62);
}

}  // namespace
}  // namespace krait::http
