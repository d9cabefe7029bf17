#include "krait/wire/h1/body.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "krait/wire/h1/_scan.h"
#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

using Step = BodyReader::Step;

RequestHead with_length(std::uint64_t length) {
  RequestHead head;
  head.content_length = length;
  return head;
}

RequestHead with_chunks() {
  RequestHead head;
  head.chunked = true;
  return head;
}

// Reads all of `text`; gives the body as far as it came, and the last step.
std::pair<std::string, Step> read(BodyReader& reader, const std::string& text) {
  const std::string padded = text + std::string(scan_padding, '\n');
  const char* p = padded.data();
  std::string body;
  while (true) {
    const Step step = reader.next(p, padded.data() + text.size());
    if (step != Step::Data) return {body, step};
    body += reader.data();
  }
}

TEST(BodyReader, no_body_ends_at_once) {
  BodyReader reader{Limits{}};
  reader.begin(RequestHead{});
  EXPECT_TRUE(reader.complete());
  EXPECT_EQ(read(reader, "next"), std::pair(std::string(), Step::End));
}

TEST(BodyReader, takes_no_byte_of_the_next_request) {
  BodyReader reader{Limits{}};
  reader.begin(with_length(4));
  const std::string text = "bodyGET" + std::string(scan_padding, '\0');
  const char* p = text.data();
  ASSERT_EQ(reader.next(p, text.data() + 7), Step::Data);
  EXPECT_EQ(reader.data(), "body");
  EXPECT_EQ(reader.next(p, text.data() + 7), Step::End);
  EXPECT_EQ(p, text.data() + 4);
}

TEST(BodyReader, data_is_a_view_of_the_input) {
  BodyReader reader{Limits{}};
  reader.begin(with_chunks());
  const std::string text = "4\r\nbody\r\n0\r\n\r\n" + std::string(scan_padding, '\0');
  const char* p = text.data();
  ASSERT_EQ(reader.next(p, text.data() + 14), Step::Data);
  EXPECT_EQ(reader.data().data(), text.data() + 3);
}

TEST(BodyReader, says_what_is_missing) {
  BodyReader reader{Limits{}};
  reader.begin(with_length(10));
  EXPECT_EQ(read(reader, "123"), std::pair(std::string("123"), Step::NeedData));
  EXPECT_EQ(reader.describe_missing(), "7 bytes of the body are missing");
  EXPECT_EQ(reader.received(), 3u);
  reader.begin(with_chunks());
  EXPECT_EQ(read(reader, "5\r\n123").first, "123");
  EXPECT_EQ(reader.describe_missing(), "the last chunk of the body is missing");
}

TEST(BodyReader, trailers_of_one_body_do_not_reach_the_next) {
  BodyReader reader{Limits{}};
  reader.begin(with_chunks());
  EXPECT_EQ(read(reader, "0\r\nA: 1\r\nLonger-Than-A-Small-String: 2\r\n\r\n").second, Step::End);
  ASSERT_EQ(reader.trailers().size(), 2u);
  EXPECT_EQ(reader.trailers()[1], (http::Header{"Longer-Than-A-Small-String", "2"}));
  reader.begin(with_chunks());
  EXPECT_EQ(read(reader, "0\r\n\r\n").second, Step::End);
  EXPECT_TRUE(reader.trailers().empty());
}

int status_of_limit(BodyReader& reader, std::uint64_t bytes) {
  try {
    reader.limit(bytes);
    return 0;
  } catch (const RemoteProtocolError& error) {
    return error.status();
  }
}

TEST(BodyReader, a_limit_for_one_body_looks_at_what_came_and_what_was_announced) {
  BodyReader reader{Limits{}};
  reader.begin(with_length(10));
  EXPECT_EQ(status_of_limit(reader, 10), 0);
  EXPECT_EQ(status_of_limit(reader, 9), 413);
  reader.begin(with_chunks());
  EXPECT_EQ(status_of_limit(reader, 5), 0);
  EXPECT_EQ(read(reader, "5\r\nhello\r\n").first, "hello");
  EXPECT_EQ(status_of_limit(reader, 5), 0);
  EXPECT_THROW(read(reader, "1\r\n"), RemoteProtocolError);
  reader.begin(with_chunks());
  EXPECT_EQ(read(reader, "6\r\nhello!\r\n0\r\n\r\n").first, "hello!");
}

}  // namespace
}  // namespace krait::wire::h1
