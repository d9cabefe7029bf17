#include "krait/asyncio/locks.h"

namespace krait::asyncio {

void Event::set() noexcept {
  if (value_) return;
  value_ = true;
  line_.wake_all();
}

Coroutine<bool> Event::wait() {
  if (!value_) co_await line_.wait();
  co_return true;
}

}  // namespace krait::asyncio
