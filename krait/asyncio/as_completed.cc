#include "krait/asyncio/as_completed.h"

#include <algorithm>

namespace krait::asyncio {

void _Completions::begin(std::vector<_base::Ref<_FutureCore>> futures, std::optional<nanoseconds> timeout) {
  EventLoop& loop = get_running_loop();
  left_ = futures.size();
  for (auto& future : futures) {
    const std::uint64_t callback =
        future->add_done_callback([self = shared_from_this()](FutureBase done) { self->completed(std::move(done)); });
    todo_.emplace_back(std::move(future), callback);
  }
  if (!todo_.empty() && timeout) timer_ = loop.call_later(*timeout, [self = shared_from_this()] { self->timed_out(); });
}

void _Completions::completed(FutureBase future) {
  const auto found =
      std::find_if(todo_.begin(), todo_.end(), [&](const auto& each) { return each.first.get() == &future.core(); });
  if (found == todo_.end()) return;  // time was up before
  todo_.erase(found);
  done_.put_nowait(std::move(future));
  if (todo_.empty()) timer_.cancel();
}

void _Completions::timed_out() {
  for (auto& [future, callback] : std::exchange(todo_, {})) {
    future->remove_done_callback(callback);
    done_.put_nowait(FutureBase());
  }
}

Coroutine<FutureBase> _Completions::next() {
  FutureBase next = co_await done_.get();
  if (!next) throw TimeoutError();
  co_return next;
}

}  // namespace krait::asyncio
