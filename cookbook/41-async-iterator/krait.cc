// async for, over an object and over a generator. Run: ./dev cookbook 41
//
// An object with `anext()` that gives an optional can be iterated: an empty one is Python's StopAsyncIteration. `async def`
// with `yield` is a function that returns `AsyncGenerator<T>`. A loop that may break is written as a `while`.
#include <krait/asyncio.h>
#include <krait/builtins.h>

using namespace krait;

class Reader {
 public:
  Coroutine<std::optional<int>> anext() {
    co_await asyncio::sleep(0);
    if (++count_ == 100) co_return std::nullopt;
    co_return count_;
  }

 private:
  int count_ = 0;
};

AsyncGenerator<int> countdown(int n) {
  for (int i = n; i > 0; --i) {
    co_await asyncio::sleep(0);
    co_yield i;
  }
}

Coroutine<> run_all() {
  co_await async_for(Reader(), [](int item) { print(item); });
  auto numbers = countdown(3);
  while (auto item = co_await numbers.anext()) print(*item);
}

int main() { asyncio::run(run_all()); }
