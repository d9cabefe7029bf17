#pragma once
// The bytes that came and were not used yet, in one piece, with room at the end to receive more.
//
//   [ pinned: what views point to | used ... | unread ... | room ... | padding ]
//                                            ^begin()     ^end()

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace krait::wire::h1 {

class _Input {
 public:
  const char* begin() const noexcept { return bytes_.get() + read_; }
  const char* end() const noexcept { return bytes_.get() + write_; }
  std::size_t size() const noexcept { return write_ - read_; }
  bool empty() const noexcept { return read_ == write_; }
  std::string_view view() const noexcept { return {begin(), size()}; }

  // Room for at least `min` bytes at end(). Unread bytes may move.
  std::span<char> prepare(std::size_t min);
  // How many bytes commit() may add at most.
  std::size_t room() const noexcept { return capacity_ - write_; }
  void commit(std::size_t n) noexcept { write_ += n; }

  // The bytes before `p`, a place in [begin(), end()], are used.
  void consume_to(const char* p) noexcept { read_ = static_cast<std::size_t>(p - bytes_.get()); }

  // The used bytes that were not overwritten yet stay where they are until unpin(): views may point to them.
  void pin() noexcept {
    pinned_ = true;
    pin_end_ = read_;
  }
  void unpin() noexcept {
    pinned_ = false;
    if (!retired_.empty()) retired_.clear();
  }
  // Gives the memory back, when nothing is unread or pinned.
  void trim() noexcept;

 private:
  using Bytes = std::unique_ptr<char[]>;

  // The first byte that may be overwritten.
  std::size_t floor() const noexcept { return pinned_ ? pin_end_ : 0; }
  void move_unread_to_floor() noexcept;
  void grow(std::size_t min);

  Bytes bytes_;  // capacity_ and the padding; zeroed once, so that a scan past end() reads defined bytes
  std::size_t capacity_ = 0;
  std::size_t read_ = 0;
  std::size_t write_ = 0;
  std::size_t pin_end_ = 0;
  bool pinned_ = false;         // in bytes_
  std::vector<Bytes> retired_;  // buffers that were outgrown while pinned
};

}  // namespace krait::wire::h1
