#include "krait/wire/h1/_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace krait::wire::h1 {
namespace {

// `text` at the end of a buffer whose padding is full of bytes that would stop any scan.
struct Padded {
  explicit Padded(const std::string& text) : bytes(text + std::string(scan_padding, '\0')), size(text.size()) {}
  std::string bytes;
  std::size_t size;
  const char* begin() const { return bytes.data(); }
  const char* end() const { return bytes.data() + size; }
};

TEST(Scan, stops_at_exactly_the_bytes_that_the_table_refuses_wherever_they_stand) {
  for (std::size_t size : {1u, 7u, 15u, 16u, 17u, 33u}) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int c = 0; c < 256; ++c) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(c);
        const Padded padded(text);
        const std::ptrdiff_t name_end = http::_is(text[place], http::_token) ? std::ssize(text) : std::ptrdiff_t(place);
        const std::ptrdiff_t value_end =
            http::_is(text[place], http::_field_value) ? std::ssize(text) : std::ptrdiff_t(place);
        ASSERT_EQ(scan_name(padded.begin(), padded.end()) - padded.begin(), name_end) << c << " at " << place;
        ASSERT_EQ(scan_value(padded.begin(), padded.end()) - padded.begin(), value_end) << c << " at " << place;
      }
    }
  }
}

TEST(Scan, nothing_is_found_in_nothing) {
  const Padded padded("");
  EXPECT_EQ(scan_name(padded.begin(), padded.end()), padded.end());
  EXPECT_EQ(scan_value(padded.begin(), padded.end()), padded.end());
}

TEST(Scan, goes_on_after_an_unusual_character_of_a_name) {
  const Padded padded("X_Request.Id!and~more#than^sixteen: v");
  EXPECT_EQ(*scan_name(padded.begin(), padded.end()), ':');
}

}  // namespace
}  // namespace krait::wire::h1
