#pragma once
// ProcessPoolExecutor: calls made by a few other processes, at once on as many processors.
//
//   concurrent::futures::ProcessPoolExecutor pool(4);      // first in main(): it forks
//   auto factors = pool.submit(factorize, 1234567);
//   print(factors.result());
//
// A function crosses as its address, so it is a function or a lambda without captures; arguments and results cross as bytes
// (krait/multiprocessing/reduction.h), and what cannot does not compile. The workers are forked in the constructor, and never
// later, for a fork copies the locks that other threads hold: it throws RuntimeError while some are in the way, as
// multiprocessing::Process does. One thread, of ours, waits for the results.
//
// Its destructor is the end of Python's `with`: it waits for what was submitted. Departs from Python: a call begins when a
// worker takes it and can be cancelled until then (there one call more than there are workers counts as running), and
// max_tasks_per_child goes with forked workers. Python: concurrent.futures.process

#include <iterator>
#include <string_view>

#include "krait/concurrent/futures/executor.h"
#include "krait/multiprocessing/reduction.h"

namespace krait::concurrent::futures {

// A worker was killed, or its initializer failed. Python: concurrent.futures.process.BrokenProcessPool
KRAIT_EXCEPTION(BrokenProcessPool, BrokenExecutor);

struct ProcessPoolOptions {
  std::optional<int> max_workers = std::nullopt;  // process_cpu_count()
  // Called first in each worker, and forked with it, so that it may hold anything. When it throws, the pool is broken.
  _base::Function<void()> initializer = {};
  // A worker ends after so many calls, and a fresh one takes its place. None: it lives as long as the pool.
  std::optional<int> max_tasks_per_child = std::nullopt;
  // Fork beside other threads: whoever says so knows that none of them holds a lock that a worker needs.
  bool allow_threads = false;
};

// Makes one call in a worker: reads what is behind it in the request, and writes the result.
using _Serve = void (*)(multiprocessing::_Reader& request, multiprocessing::_Writer& result);

// A call on its way to a worker and back. The part of its future that the pool knows; counted by the future.
class _RemoteCall {
 public:
  _RemoteCall(const _RemoteCall&) = delete;
  _RemoteCall& operator=(const _RemoteCall&) = delete;
  // A worker is about to take it; false: it was cancelled.
  bool _begin() noexcept;
  // What the worker sent.
  void _give(const std::string& reply) noexcept;
  void _fail(std::exception_ptr why) noexcept;
  void _cancel() noexcept { future_.cancel(); }
  void _drop() noexcept;

  std::string _request;

 protected:
  explicit _RemoteCall(_FutureCore& future) : future_(future) { ++future._refs; }
  ~_RemoteCall() = default;
  virtual void set_result(multiprocessing::_Reader& result) = 0;

 private:
  _FutureCore& future_;
  bool begun_ = false;
};
struct _DropRemoteCall {
  void operator()(_RemoteCall* call) const noexcept { call->_drop(); }
};
using _RemoteCallPtr = std::unique_ptr<_RemoteCall, _DropRemoteCall>;

template <class R>
class _RemoteState final : public _FutureState<R>, public _RemoteCall {
 public:
  _RemoteState() : _RemoteCall(static_cast<_FutureCore&>(*this)) {}

 private:
  void set_result(multiprocessing::_Reader& result) override {
    _Stored<R> value = multiprocessing::_Codec<_Stored<R>>::read(result);
    _FutureState<R>::set_result(std::move(value));
  }
};

// What an argument is in the worker: a text that is pointed to or viewed here is a string there.
template <class T>
using _Crossing =
    std::conditional_t<std::is_same_v<std::decay_t<T>, const char*> || std::is_same_v<std::decay_t<T>, char*> ||
                           std::is_same_v<std::decay_t<T>, std::string_view>,
                       std::string, std::decay_t<T>>;

template <class T>
decltype(auto) _as_crossing(const T& argument) {
  if constexpr (std::is_same_v<_Crossing<T>, T>) {
    return (argument);
  } else {
    return _Crossing<T>(argument);
  }
}

template <class F>
inline constexpr bool _is_function_pointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;
// A lambda without captures can be made anew anywhere.
template <class F>
inline constexpr bool _has_address =
    _is_function_pointer<F> || (std::is_empty_v<F> && std::is_default_constructible_v<F>);

// How a function of type F crosses, and is called with Args.
template <class F, class R, class... Args>
struct _Remote {
  static_assert(!_is_coroutine<R>,
                "a coroutine cannot run in an executor: await it, or call asyncio::run in the process");
  static_assert(_has_address<F>,
                "a function crosses to another process by its address: submit a function or a lambda without captures, "
                "and what it captured as arguments");
  using Tuple = std::tuple<Args...>;

  static void write(multiprocessing::_Writer& out, _Serve serve, const F& function) {
    out.raw(&serve, sizeof serve);
    if constexpr (_is_function_pointer<F>) out.raw(&function, sizeof function);
  }
  static void serve(multiprocessing::_Reader& in, multiprocessing::_Writer& out) {
    F function = read_function(in);
    multiprocessing::_Codec<_Stored<R>>::write(out, call(function, multiprocessing::_Codec<Tuple>::read(in)));
  }
  // Several calls of one function. Python: concurrent.futures.process._process_chunk
  static void serve_chunk(multiprocessing::_Reader& in, multiprocessing::_Writer& out) {
    F function = read_function(in);
    std::size_t count = in.count();
    out.count(count);
    for (; count > 0; --count)
      multiprocessing::_Codec<_Stored<R>>::write(out, call(function, multiprocessing::_Codec<Tuple>::read(in)));
  }

 private:
  static F read_function(multiprocessing::_Reader& in) {
    if constexpr (_is_function_pointer<F>) {
      F function;
      in.raw(&function, sizeof function);
      return function;
    } else {
      return F();
    }
  }
  static _Stored<R> call(F& function, Tuple arguments) {
    return std::apply(
        [&](Args&... each) -> _Stored<R> {
          if constexpr (std::is_void_v<R>) {
            function(std::move(each)...);
            return None;
          } else {
            return function(std::move(each)...);
          }
        },
        arguments);
  }
};

// The chunks of map(), one result after the other. Python: concurrent.futures.process._chain_from_iterable_of_lists
template <class S>
Generator<S> _each_of(Generator<std::vector<S>> chunks) {
  for (std::vector<S>& chunk : chunks) {
    for (auto&& each : chunk) co_yield S(std::move(each));
  }
}

class _ProcessPool;

// Python: concurrent.futures.ProcessPoolExecutor
class ProcessPoolExecutor {
 public:
  // Throws ValueError "max_workers must be greater than 0", "max_tasks_per_child must be >= 1"; RuntimeError when threads are
  // in the way, AssertionError "daemonic processes are not allowed to have children".
  explicit ProcessPoolExecutor(ProcessPoolOptions options = {});
  explicit ProcessPoolExecutor(int max_workers);
  ProcessPoolExecutor(const ProcessPoolExecutor&) = delete;
  ProcessPoolExecutor& operator=(const ProcessPoolExecutor&) = delete;
  ~ProcessPoolExecutor();

  // Has `function(arguments…)` called in another process. They are made bytes here and now, so that what becomes of them
  // afterwards does not matter; so is what the call throws, whose cause is a text, the traceback in the worker. Throws
  // RuntimeError "cannot schedule new futures after shutdown", and BrokenProcessPool. Python: executor.submit(fn, *args)
  template <class F, class... Args>
  Future<_CallResult<F, _Crossing<Args>...>> submit(F&& function, Args&&... arguments) {
    using R = _CallResult<F, _Crossing<Args>...>;
    using Remote = _Remote<std::decay_t<F>, R, _Crossing<Args>...>;
    auto* call = new _RemoteState<R>;
    Future<R> future{_base::Ref<_FutureCore>(call)};
    _RemoteCallPtr owned(call);
    multiprocessing::_Writer out;
    Remote::write(out, &Remote::serve, function);
    // As a tuple of them is written.
    (multiprocessing::_Codec<_Crossing<Args>>::write(out, _as_crossing(arguments)), ...);
    if constexpr (sizeof...(Args) == 0) multiprocessing::_Codec<std::tuple<>>::write(out, {});
    call->_request = std::move(out.bytes);
    enqueue(std::move(owned));
    return future;
  }

  // As Executor::map; `chunksize` calls go to a process at once, and when one of them throws, the results of its chunk are
  // lost. Throws ValueError "chunksize must be >= 1.". Python: executor.map(fn, *iterables, timeout=None, chunksize=1)
  template <class F, class... Lists>
    requires(sizeof...(Lists) > 0 && !std::is_convertible_v<F, MapOptions>)
  auto map(F function, Lists... elements) {
    return map(MapOptions{}, std::move(function), std::move(elements)...);
  }
  template <class F, class... Lists>
    requires(sizeof...(Lists) > 0)
  auto map(MapOptions options, F function, Lists... elements) {
    return map_chunks<F, _Crossing<std::iter_value_t<decltype(std::begin(elements))>>...>(options, function,
                                                                                          elements...);
  }

  // Takes no more calls; those submitted are made, unless `cancel_futures`. Without `wait` that is so, too, and the process
  // waits for it at its exit. May be called again. Python: executor.shutdown(wait=True, *, cancel_futures=False)
  void shutdown(ShutdownOptions options = {});

 private:
  void enqueue(_RemoteCallPtr call);
  template <class F, class... Args, class... Lists>
  auto map_chunks(const MapOptions& options, const F& function, Lists&... elements) {
    using R = _CallResult<F, Args...>;
    using Remote = _Remote<F, R, Args...>;
    using Chunk = std::vector<_Stored<R>>;
    if (options.chunksize < 1) throw ValueError("chunksize must be >= 1.");
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (options.timeout) deadline = std::chrono::steady_clock::now() + *options.timeout;
    _MapFutures<Chunk> futures;
    std::tuple at(std::begin(elements)...);
    std::tuple end(std::end(elements)...);
    auto submit_all = [&]<std::size_t... I>(std::index_sequence<I...>) {
      auto more = [&] { return ((std::get<I>(at) != std::get<I>(end)) && ...); };
      while (more()) {
        auto* call = new _RemoteState<Chunk>;
        futures.emplace_back(_base::Ref<_FutureCore>(call));
        _RemoteCallPtr owned(call);
        multiprocessing::_Writer out, calls;
        Remote::write(out, &Remote::serve_chunk, function);
        std::size_t count = 0;
        for (; count < static_cast<std::size_t>(options.chunksize) && more(); ++count) {
          (multiprocessing::_Codec<Args>::write(calls, _as_crossing(*std::get<I>(at))), ...);
          (++std::get<I>(at), ...);
        }
        out.count(count);
        call->_request = std::move(out.bytes) + calls.bytes;
        enqueue(std::move(owned));
      }
    };
    submit_all(std::index_sequence_for<Lists...>());
    return _each_of<_Stored<R>>(_map_results<Chunk>(std::move(futures), deadline));
  }
  std::shared_ptr<_ProcessPool> pool_;
};

}  // namespace krait::concurrent::futures
