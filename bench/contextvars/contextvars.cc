// What a context costs: get and set, a copy, and the exchange that a task switch makes.

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "krait/contextvars.h"

namespace {

using namespace krait::contextvars;

ContextVar<int> first("first", 0), second("second", 0), third("third", 0);

// A context of `n` variables, current; the third is looked at.
struct Filled {
  explicit Filled(long n) {
    slot.exchange();
    first.set(1), second.set(2);
    for (long i = 3; i < n; ++i) more.push_back(std::make_unique<ContextVar<int>>("more"));
    for (auto& var : more) var->set(4);
    third.set(3);
  }
  ~Filled() { slot.exchange(); }
  _Slot slot;
  std::vector<std::unique_ptr<ContextVar<int>>> more;
};

void get(benchmark::State& state) {
  Filled filled(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(third.get());
}
void get_default(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(third.get());
}
void set(benchmark::State& state) {
  Filled filled(state.range(0));
  for (auto _ : state) third.set(5);
}
void set_and_reset(benchmark::State& state) {
  Filled filled(state.range(0));
  for (auto _ : state) third.reset(third.set(5));
}
// What a task pays that sets one variable of its own.
void copy_and_set(benchmark::State& state) {
  Filled filled(state.range(0));
  for (auto _ : state) {
    _Slot slot = _Slot::copy_current();
    _Within within(slot);
    third.set(5);
  }
}
void copy(benchmark::State& state) {
  Filled filled(state.range(0));
  for (auto _ : state) {
    _Slot slot = _Slot::copy_current();
    benchmark::DoNotOptimize(slot);
  }
}
void copy_of_nothing(benchmark::State& state) {
  for (auto _ : state) {
    _Slot slot = _Slot::copy_current();
    benchmark::DoNotOptimize(slot);
  }
}
void exchange_twice(benchmark::State& state) {
  Filled filled(3);
  _Slot slot = _Slot::copy_current();
  for (auto _ : state) {
    _Within within(slot);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(get)->Arg(3)->Arg(100);
BENCHMARK(get_default);
BENCHMARK(set)->Arg(3)->Arg(100);
BENCHMARK(set_and_reset)->Arg(3);
BENCHMARK(copy_and_set)->Arg(3)->Arg(100);
BENCHMARK(copy)->Arg(3)->Arg(100);
BENCHMARK(copy_of_nothing);
BENCHMARK(exchange_twice);

}  // namespace

BENCHMARK_MAIN();
