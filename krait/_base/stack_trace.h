#pragma once
// Where the program is just now: return addresses, and their names when somebody wants to read them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace krait::_base {

class StackTrace {
 public:
  // The calls that led here, without those of the coroutine machinery. Microseconds: for debugging only.
  static StackTrace capture() noexcept;
  // "\n  File "shop.cc", line 41, in serve" for each, outermost first; without debug information in the program, the
  // function or the bare address.
  std::string describe() const;

 private:
  static constexpr std::size_t kDepth = 12;
  std::array<std::uintptr_t, kDepth> addresses_{};
  std::size_t size_ = 0;
};

}  // namespace krait::_base
