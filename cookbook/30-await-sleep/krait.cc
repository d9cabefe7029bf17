// One coroutine that sleeps: hello, a pause, finish. Run: ./dev cookbook 30
//
// Where Python gives None, C++ gives nothing: `co_await asyncio::sleep(200ms)` is void, so there is no result to keep.
// Durations carry their unit.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<> func() {
  std::cout << "hello\n";
  co_await asyncio::sleep(200ms);
  std::cout << "finish None\n";
  std::string result = co_await asyncio::sleep(200ms, std::string("睡醒了"));
  std::cout << "finish " << result << "\n";
}

int main() { asyncio::run(func()); }
