// One item of a Generator, of an AsyncGenerator, and of a coroutine that gives its items one by one.

#include <benchmark/benchmark.h>

#include "krait/builtins.h"

namespace {

using namespace krait;

constexpr long kItems = 100'000;

Generator<long> count(long n) {
  for (long i = 0; i < n; ++i) co_yield i;
}
AsyncGenerator<long> async_count(long n) {
  for (long i = 0; i < n; ++i) co_yield i;
}
AsyncGenerator<long> passed_on(AsyncGenerator<long> inner) {
  while (auto item = co_await inner.anext()) co_yield *item;
}
Coroutine<long> one(long i) { co_return i; }

Coroutine<> drain(AsyncGenerator<long> items) {
  while (auto item = co_await items.anext()) benchmark::DoNotOptimize(*item);
}
Coroutine<> call(long n) {
  for (long i = 0; i < n; ++i) benchmark::DoNotOptimize(co_await one(i));
}

void run(benchmark::State& state, auto make) {
  for (auto _ : state) {
    auto frame = make()._release();
    frame.resume();
    frame.destroy();
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void generator(benchmark::State& state) {
  for (auto _ : state) {
    for (long item : count(kItems)) benchmark::DoNotOptimize(item);
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}
void async_generator(benchmark::State& state) {
  run(state, [] { return drain(async_count(kItems)); });
}
void async_generator_of_async_generator(benchmark::State& state) {
  run(state, [] { return drain(passed_on(async_count(kItems))); });
}
void coroutine(benchmark::State& state) {
  run(state, [] { return call(kItems); });
}
BENCHMARK(generator);
BENCHMARK(async_generator);
BENCHMARK(async_generator_of_async_generator);
BENCHMARK(coroutine);

}  // namespace

BENCHMARK_MAIN();
