#include "krait/wire/h1/_input.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "krait/wire/h1/_scan.h"

namespace krait::wire::h1 {

std::span<char> _Input::prepare(std::size_t min) {
  if (read_ == write_) read_ = write_ = floor();
  if (bytes_ == nullptr || room() < min) {
    const std::size_t free = capacity_ - floor();
    // Moving pays while it clears at least as much as it carries; else each small read would carry everything again.
    const bool move = bytes_ != nullptr && size() <= free / 2 && free - size() >= min;
    if (move) {
      move_unread_to_floor();
    } else {
      grow(min);
    }
  }
  return {bytes_.get() + write_, room()};
}

void _Input::trim() noexcept {
  if (!empty() || pinned_) return;
  bytes_.reset();
  capacity_ = read_ = write_ = 0;
}

void _Input::move_unread_to_floor() noexcept {
  const std::size_t unread = size();
  std::memmove(bytes_.get() + floor(), begin(), unread);
  read_ = floor();
  write_ = read_ + unread;
}

void _Input::grow(std::size_t min) {
  const std::size_t unread = size();
  // With room for another pin of this size, as a rule a request's head, the next request need not grow it again.
  const std::size_t pinned = std::min(floor(), std::size_t{65536});
  const std::size_t capacity = std::bit_ceil(std::max({2 * unread, pinned + unread + min, std::size_t{1024}}));
  auto bytes = std::make_unique<char[]>(capacity + scan_padding);
  if (unread != 0) std::memcpy(bytes.get(), begin(), unread);
  if (pinned_) retired_.push_back(std::move(bytes_));
  bytes_ = std::move(bytes);
  pinned_ = false;
  capacity_ = capacity;
  read_ = 0;
  write_ = unread;
}

}  // namespace krait::wire::h1
