#include "krait/wire/h1/head.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "krait/wire/h1/_scan.h"
#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

// A head in padded memory, parsed as far as it is shown.
class Heads : public testing::Test {
 protected:
  const char* show(std::string_view text) {
    bytes_ = std::string(text) + std::string(scan_padding, '\n');
    return parser_.parse(bytes_.data(), bytes_.data() + text.size());
  }
  const RequestHead& head() const { return parser_.head(); }

  HeadParser parser_{Limits{}};
  std::string bytes_;
};

TEST_F(Heads, are_looked_up_while_they_are_read) {
  const std::string_view text =
      "PATCH /items/5?q=a%20b HTTP/1.1\r\n"
      "Host: example.com:8000\r\n"
      "Content-Length: 18446744073709551615\r\n"
      "Connection: keep-alive, Upgrade\r\n"
      "Upgrade: websocket\r\n"
      "Expect: 100-continue\r\n"
      "X-Id: 7\r\n"
      "\r\n"
      "rest";
  ASSERT_EQ(show(text), bytes_.data() + text.size() - 4);
  EXPECT_EQ(head().method, "PATCH");
  EXPECT_EQ(head().known_method, http::HTTPMethod::PATCH);
  EXPECT_EQ(head().target, "/items/5?q=a%20b");
  EXPECT_EQ(head().path, "/items/5");
  EXPECT_EQ(head().query, "q=a%20b");
  EXPECT_EQ(head().host, "example.com:8000");
  EXPECT_EQ(head().version(), "1.1");
  EXPECT_EQ(head().content_length, 18446744073709551615u);
  EXPECT_FALSE(head().chunked);
  EXPECT_TRUE(head().keep_alive);
  EXPECT_TRUE(head().expect_continue);
  EXPECT_EQ(head().upgrade, "websocket");
  EXPECT_EQ(head().headers.size(), 6u);
  EXPECT_EQ(head().header("x-iD"), "7");
  EXPECT_EQ(head().header("x-none"), std::nullopt);
}

TEST_F(Heads, keep_nothing_of_the_head_before) {
  ASSERT_NE(show("POST /a?b HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"), nullptr);
  parser_.reset();
  ASSERT_NE(show("BREW / HTTP/1.1\r\nHost: b\r\n\r\n"), nullptr);
  EXPECT_EQ(head().known_method, http::HTTPMethod::OTHER);
  EXPECT_EQ(head().query, "");
  EXPECT_EQ(head().host, "b");
  EXPECT_EQ(head().content_length, std::nullopt);
  EXPECT_EQ(head().minor_version, 1);
  EXPECT_EQ(head().headers.size(), 1u);
}

TEST_F(Heads, an_absolute_target_names_the_host) {
  ASSERT_NE(show("GET http://a.example:80?x=1 HTTP/1.1\r\nHost: other\r\n\r\n"), nullptr);
  EXPECT_EQ(head().host, "a.example:80");
  EXPECT_EQ(head().path, "/");
  EXPECT_EQ(head().query, "x=1");
  EXPECT_EQ(head().target, "http://a.example:80?x=1");
}

TEST_F(Heads, an_upgrade_counts_only_when_connection_names_it_and_the_version_has_it) {
  ASSERT_NE(show("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"), nullptr);
  EXPECT_EQ(head().upgrade, "");
  parser_.reset();
  ASSERT_NE(show("GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"), nullptr);
  EXPECT_EQ(head().upgrade, "");
}

TEST_F(Heads, a_peer_without_a_body_waits_for_nothing) {
  ASSERT_NE(show("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n"), nullptr);
  EXPECT_FALSE(head().expect_continue);
}

TEST_F(Heads, more_headers_than_usual_find_room) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < 100; ++i) text += "X-" + std::to_string(i) + ": " + std::to_string(i) + "\r\n";
  ASSERT_NE(show(text + "\r\n"), nullptr);
  ASSERT_EQ(head().headers.size(), 100u);
  EXPECT_EQ(head().headers[99], (http::Header{"X-99", "99"}));
}

TEST_F(Heads, bytes_behind_the_end_are_not_looked_at) {
  // show() puts line feeds behind the text: read too far, they would be an error, or the missing end.
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    parser_.reset();
    ASSERT_EQ(show(text.substr(0, size)), nullptr) << size;
  }
}

TEST_F(Heads, may_move_while_they_are_read) {
  const std::string text = "GET /moved HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n";
  std::string homes[2];
  const char* end = nullptr;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    std::string& home = homes[size % 2];
    home = text.substr(0, size) + std::string(scan_padding, '\0');
    end = parser_.parse(home.data(), home.data() + size);
    homes[(size + 1) % 2].assign(200, '#');
  }
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(head().target, "/moved");
  EXPECT_EQ(head().headers[1], (http::Header{"Accept", "b"}));
}

}  // namespace
}  // namespace krait::wire::h1
