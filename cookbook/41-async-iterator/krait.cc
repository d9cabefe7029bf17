// An asynchronous iterator as a class, and as a generator. Run: ./dev cookbook 41
//
// An iterator is a class with `anext()` that gives an optional; an empty one is the end, where Python raises
// StopAsyncIteration. A loop over one that has a name reads `while (auto item = co_await items.anext())`, and may break;
// `async_for` is the short form. To loop over anything else does not compile, and says what is missing.
#include <krait/asyncio.h>
#include <krait/builtins.h>

#include <iostream>
#include <optional>
#include <vector>

using namespace krait;

class Reader {
 public:
  Coroutine<std::optional<int>> anext() {
    int val = co_await read_count();
    if (val == 100) co_return std::nullopt;
    co_return val;
  }

 private:
  Coroutine<int> read_count() {
    co_await asyncio::sleep(0);
    co_return ++count;
  }
  int count = 0;
};

AsyncGenerator<int> read_counts() {
  for (int count = 1; count < 100; ++count) {
    co_await asyncio::sleep(0);
    co_yield count;
  }
}

int beside = 0;

Coroutine<> count_beside() {
  while (true) {
    ++beside;
    co_await asyncio::sleep(0);
  }
}

Coroutine<> func() {
  auto other = asyncio::create_task(count_beside());
  std::vector<int> items;
  Reader reader;
  while (auto item = co_await reader.anext()) items.push_back(*item);
  std::cout << items.size() << " 个： " << items[0] << " " << items[1] << " ... " << items.back() << "\n";
  std::cout << "同时另一个任务数到了 " << beside << "\n";

  int total = 0;
  co_await async_for(read_counts(), [&](int item) { total += item; });
  std::cout << "合计 " << total << "\n";
  other.cancel();
}

int main() { asyncio::run(func()); }
