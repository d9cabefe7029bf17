#include "krait/web/_buffers.h"

#include <cstddef>
#include <utility>

namespace krait::web {

namespace {

// What a std::string holds without memory of its own.
const std::size_t kInline = std::string().capacity();
constexpr std::size_t kLargest = 64 * 1024;

// The thread is ending: what dies after its buffers keeps none.
thread_local constinit bool closed = false;

struct Spare {
  std::string buffers[16];
  std::size_t count = 0;
  ~Spare() { closed = true; }
};
thread_local Spare spare;

}  // namespace

void _use_spare_buffer(std::string& text) noexcept {
  if (text.capacity() > kInline || !text.empty() || closed || spare.count == 0) return;
  text = std::move(spare.buffers[--spare.count]);
}

void _keep_spare_buffer(std::string& text) noexcept {
  if (text.capacity() <= kInline || text.capacity() > kLargest || closed) return;
  if (spare.count == std::size(spare.buffers)) return;
  text.clear();
  spare.buffers[spare.count++] = std::move(text);
}

}  // namespace krait::web
