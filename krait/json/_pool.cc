#include "krait/json/_pool.h"

namespace krait::json {

thread_local constinit _Pool::Lists _Pool::lists_{};

// Its end is the thread's: what was kept goes back.
struct _Pool::Closer {
  Closer() noexcept { lists_.most = kMostKept; }
  ~Closer() {
    lists_.most = 0;
    lists_.closed = true;
    for (Free*& head : lists_.heads) {
      while (head) {
        Free* next = head->next;
        ::operator delete(head);
        head = next;
      }
    }
  }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
};

void _Pool::deallocate_otherwise(void* block, std::size_t index) noexcept {
  if (lists_.most == 0 && !lists_.closed && index <= kClasses) {
    static thread_local const Closer closer;  // made at the thread's first block, since it raises `most`
    return deallocate(block, index * kGrain);
  }
  ::operator delete(block);
}

}  // namespace krait::json
