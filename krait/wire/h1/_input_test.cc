#include "krait/wire/h1/_input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace krait::wire::h1 {
namespace {

void put(_Input& input, std::string_view bytes) {
  const std::span<char> room = input.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  input.commit(bytes.size());
}

std::string_view take(_Input& input, std::size_t n) {
  const std::string_view taken = input.view().substr(0, n);
  input.consume_to(taken.data() + n);
  return taken;
}

TEST(Input, gives_back_what_was_put_however_it_grows_and_moves) {
  _Input input;
  std::string expected;
  std::string got;
  for (std::size_t i = 1; i < 400; ++i) {
    const std::string piece(i * 7 % 97, static_cast<char>('a' + i % 26));
    put(input, piece);
    expected += piece;
    got += take(input, std::min(input.size(), i * 5 % 89));
  }
  got += take(input, input.size());
  EXPECT_EQ(got, expected);
}

TEST(Input, starts_again_at_the_front_once_all_is_used) {
  _Input input;
  put(input, "first");
  const char* front = input.begin();
  take(input, 5);
  put(input, "second");
  EXPECT_EQ(input.begin(), front);
}

TEST(Input, pinned_bytes_survive_moving_and_growing) {
  _Input input;
  put(input, "head body");
  const std::string_view head = take(input, 4);
  input.pin();
  for (int i = 0; i < 200; ++i) {
    put(input, std::string(100, 'b'));
    if (i % 2 == 0) take(input, 100);
  }
  EXPECT_EQ(head, "head");
  const std::string_view body = take(input, 50);
  input.pin();
  put(input, std::string(100'000, 'c'));
  EXPECT_EQ(head, "head");
  EXPECT_EQ(body, std::string(50, 'b'));
}

TEST(Input, a_stream_through_a_pinned_buffer_does_not_grow_it) {
  _Input input;
  put(input, "head");
  take(input, 4);
  input.pin();
  const std::size_t room = input.prepare(500).size();
  for (int i = 0; i < 100; ++i) {
    put(input, std::string(500, 'b'));
    take(input, 500);
  }
  EXPECT_EQ(input.prepare(500).size(), room);
}

TEST(Input, trim_gives_memory_back_only_when_nothing_needs_it) {
  _Input input;
  put(input, "x");
  input.trim();
  EXPECT_EQ(input.view(), "x");
  take(input, 1);
  input.pin();
  input.trim();
  EXPECT_NE(input.begin(), nullptr);
  input.unpin();
  input.trim();
  EXPECT_EQ(input.begin(), nullptr);
  put(input, "y");
  EXPECT_EQ(input.view(), "y");
}

}  // namespace
}  // namespace krait::wire::h1
