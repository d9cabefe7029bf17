#pragma once
// Memory for lists and dicts: what a document that was let go had is kept for the next one, for each thread up to a bound.
//
// A document is many small blocks of few sizes, and malloc takes long to put so many back together. A block belongs to the
// thread that frees it. Sanitized builds use plain operator new, so that ASan sees a list used after its end.

#include <cstddef>
#include <new>

namespace krait::json {

class _Pool {
 public:
  static void* allocate(std::size_t size);
  static void deallocate(void* block, std::size_t size) noexcept;

 private:
  // Classes of 32 bytes up to 4 KiB; what is larger goes to operator new.
  static constexpr std::size_t kGrain = 32, kClasses = 128;
  static constexpr std::size_t kMostKept = 8 << 20;  // bytes, of a thread
  struct Free {
    Free* next;
  };
  struct Lists {
    Free* heads[kClasses + 1];
    std::size_t kept;
    std::size_t most;  // 0 before the thread's first block comes back, and when the thread is ending
    bool closed;
  };
  struct Closer;
  static thread_local constinit Lists lists_;
  static void deallocate_otherwise(void* block, std::size_t index) noexcept;

  static std::size_t class_of(std::size_t size) noexcept { return (size + kGrain - 1) / kGrain; }
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define KRAIT_PLAIN_LISTS 1
#endif
#endif

inline void* _Pool::allocate(std::size_t size) {
#ifdef KRAIT_PLAIN_LISTS
  return ::operator new(size);
#else
  const std::size_t index = class_of(size);
  if (index > kClasses) return ::operator new(size);
  if (Free* block = lists_.heads[index]) {
    lists_.heads[index] = block->next;
    lists_.kept -= index * kGrain;
    return block;
  }
  return ::operator new(index * kGrain);
#endif
}

inline void _Pool::deallocate(void* block, std::size_t size) noexcept {
#ifdef KRAIT_PLAIN_LISTS
  ::operator delete(block, size);
#else
  const std::size_t index = class_of(size);
  if (index > kClasses || lists_.kept + index * kGrain > lists_.most) return deallocate_otherwise(block, index);
  auto* free = static_cast<Free*>(block);
  free->next = lists_.heads[index];
  lists_.heads[index] = free;
  lists_.kept += index * kGrain;
#endif
}

// The allocator of Array and Object.
template <class T>
struct _Allocator {
  using value_type = T;
  _Allocator() noexcept = default;
  template <class U>
  _Allocator(const _Allocator<U>&) noexcept {}

  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(_Pool::allocate(n * sizeof(T)));
  }
  void deallocate(T* block, std::size_t n) noexcept { _Pool::deallocate(block, n * sizeof(T)); }
  friend bool operator==(_Allocator, _Allocator) noexcept { return true; }
};

}  // namespace krait::json
