#pragma once
// Memory for coroutine frames and task states: per-thread free lists by size class.
//
// A server makes and drops the same few frame sizes all day; a free list gives them back in a handful of
// instructions and keeps a warmed-up request free of malloc. Blocks belong to the thread that frees them,
// so freeing on another thread is allowed and merely moves the block there.
// Sanitized builds use plain operator new, so that ASan sees a frame used after its end.

#include <cstddef>
#include <cstdint>
#include <new>

namespace krait::_base {

class FrameAllocator {
 public:
  static void* allocate(std::size_t size);
  static void deallocate(void* block, std::size_t size) noexcept;

 private:
  // Classes of 32 bytes up to 2 KiB; larger frames go to operator new.
  static constexpr std::size_t kGrain = 32, kClasses = 64;
  struct Free {
    Free* next;
  };
  struct Lists {
    Free* heads[kClasses + 1];
    bool closed;  // the thread is ending: give blocks straight back
  };
  static thread_local constinit Lists lists_;
  static void* refill(std::size_t index);
  struct Closer {
    Closer() = default;
    ~Closer();
  };
  static void close_at_thread_exit();
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define KRAIT_PLAIN_FRAMES 1
#endif
#endif

inline void* FrameAllocator::allocate(std::size_t size) {
#ifdef KRAIT_PLAIN_FRAMES
  return ::operator new(size);
#else
  std::size_t index = (size + kGrain - 1) / kGrain;
  if (index > kClasses) [[unlikely]]
    return ::operator new(size);
  if (Free* block = lists_.heads[index]) [[likely]] {
    lists_.heads[index] = block->next;
    return block;
  }
  return refill(index);
#endif
}

inline void FrameAllocator::deallocate(void* block, std::size_t size) noexcept {
#ifdef KRAIT_PLAIN_FRAMES
  ::operator delete(block, size);
#else
  std::size_t index = (size + kGrain - 1) / kGrain;
  if (index > kClasses || lists_.closed) [[unlikely]] {
    ::operator delete(block);
    return;
  }
  Free* free = static_cast<Free*>(block);
  free->next = lists_.heads[index];
  lists_.heads[index] = free;
#endif
}

}  // namespace krait::_base
