#include "krait/_base/frame_allocator.h"

namespace krait::_base {

thread_local constinit FrameAllocator::Lists FrameAllocator::lists_{};

FrameAllocator::Closer::~Closer() {
  lists_.closed = true;
  for (Free*& head : lists_.heads) {
    while (Free* block = head) {
      head = block->next;
      ::operator delete(block);
    }
  }
}

void FrameAllocator::close_at_thread_exit() { static thread_local Closer closer; }

void* FrameAllocator::refill(std::size_t index) {
  if (!lists_.closed) close_at_thread_exit();
  return ::operator new(index * kGrain);
}

}  // namespace krait::_base
