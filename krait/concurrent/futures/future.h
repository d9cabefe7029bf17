#pragma once
// Future<T>: the result of a call that another thread or process makes. A handle: copies share one future, and all of
// its methods may be called from any thread.
//
//   concurrent::futures::Future<int> answer = pool.submit(compute, 6, 7);
//   print(answer.result());                // waits until the call has ended; throws what it threw
//
// Python: concurrent.futures.Future

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/_base/intrusive_list.h"
#include "krait/_base/ref.h"
#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

namespace krait::concurrent::futures {

using std::chrono::nanoseconds;

// Python: concurrent.futures.Error, its base class of errors
KRAIT_EXCEPTION(Error, Exception);
// The future was cancelled. An Exception, as in Python; asyncio's CancelledError is another, and no Exception.
KRAIT_EXCEPTION(CancelledError, Error);
// An outcome set on a future that has one.
KRAIT_EXCEPTION(InvalidStateError, Error);
// An executor that will make no call any more, for a worker failed. Python: concurrent.futures.BrokenExecutor
KRAIT_EXCEPTION(BrokenExecutor, RuntimeError);
using krait::TimeoutError;  // Python: concurrent.futures.TimeoutError is TimeoutError

class FutureBase;

// The name of a result's class as Python would print it: "int", "str", "NoneType"; of a class, its own.
std::string _result_type_name(const std::type_info& type);
template <class T>
std::string _result_type_name() {
  if constexpr (std::is_same_v<T, NoneType>) {
    return "NoneType";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_integral_v<T>) {
    return "int";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "float";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "str";
  } else {
    return _result_type_name(typeid(T));
  }
}

class _FutureCore;

// Who is to be told, in the thread that ends the future, and with the future locked.
struct _EndListener : _base::ListLink {
  virtual void ended(_FutureCore& future) noexcept = 0;

 protected:
  ~_EndListener() = default;
};

// The part of a future that does not know its type. Counted by threads.
class _FutureCore {
 public:
  enum class State : std::uint8_t { PENDING, RUNNING, CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED };

  _FutureCore() = default;
  _FutureCore(const _FutureCore&) = delete;
  _FutureCore& operator=(const _FutureCore&) = delete;
  virtual ~_FutureCore();

  bool cancel();
  State state() const noexcept { return state_.load(std::memory_order_acquire); }
  bool cancelled() const noexcept { return is_cancelled(state()); }
  bool done() const noexcept { return is_done(state()); }
  // Waits for the end; throws TimeoutError and CancelledError. What is set before may be read after.
  void await_end(std::optional<nanoseconds> timeout);
  std::exception_ptr exception(std::optional<nanoseconds> timeout);
  void raise_unless_result(std::optional<nanoseconds> timeout);
  void add_done_callback(_base::Function<void(FutureBase)> function);
  bool set_running_or_notify_cancel();
  void set_exception(std::exception_ptr exception);
  std::string repr() const;

  // Has `listener` told of the end; false when that has been already.
  bool listen(_EndListener& listener);
  void unlisten(_EndListener& listener);

  virtual void* result_address() noexcept = 0;
  virtual std::string result_type_name() const = 0;

  std::atomic<std::uint32_t> _refs = 0;
  // Of those, the handles that users hold: the last of them may move the result out.
  std::atomic<std::uint32_t> _handles = 0;
  void _unreferenced() noexcept { delete this; }

 protected:
  static bool is_cancelled(State s) noexcept { return s == State::CANCELLED || s == State::CANCELLED_AND_NOTIFIED; }
  static bool is_done(State s) noexcept { return s == State::FINISHED || is_cancelled(s); }
  // Throws InvalidStateError when there is an outcome already; `lock` is let go then.
  void require_unset(std::unique_lock<std::mutex>& lock) const;
  void finish(std::unique_lock<std::mutex> lock, State state) noexcept;
  std::mutex mutex_;

 private:
  std::atomic<State> state_ = State::PENDING;
  std::exception_ptr exception_;
  _base::IntrusiveList<_EndListener> listeners_;
  std::vector<_base::Function<void(FutureBase)>> callbacks_;
};

template <class T>
class _FutureState : public _FutureCore {
 public:
  void* result_address() noexcept override { return &result_; }
  std::string result_type_name() const override { return _result_type_name<_Stored<T>>(); }
  template <class U>
  void set_result(U&& value) {
    std::unique_lock lock(mutex_);
    require_unset(lock);
    result_.emplace(std::forward<U>(value));
    finish(std::move(lock), State::FINISHED);
  }

 protected:
  std::optional<_Stored<T>> result_;
};

// A future of whatever type. Comparing handles compares identities, as `is` does.
class FutureBase {
 public:
  explicit FutureBase(_base::Ref<_FutureCore> core) noexcept : core_(std::move(core)) {
    if (core_) ++core_->_handles;
  }
  FutureBase(const FutureBase& other) noexcept : FutureBase(other.core_) {}
  FutureBase(FutureBase&& other) noexcept = default;
  FutureBase& operator=(FutureBase other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~FutureBase() {
    if (core_) --core_->_handles;
  }

  // Takes the call back when it has not begun; false when it runs or has ended. Python: future.cancel()
  bool cancel() const { return core().cancel(); }
  bool cancelled() const { return core().cancelled(); }
  // Python: future.running(): the call has begun and not ended.
  bool running() const { return core().state() == _FutureCore::State::RUNNING; }
  // Python: future.done(): ended or cancelled
  bool done() const { return core().done(); }
  // Waits for the end; gives what the call threw, or null. Throws CancelledError; TimeoutError when that takes longer
  // than `timeout`. Python: future.exception(timeout=None)
  std::exception_ptr exception(std::optional<nanoseconds> timeout = std::nullopt) const {
    return core().exception(timeout);
  }
  // Calls `function(future)` at the end, in the thread that brings it; at once when there was one already. In the order
  // they were added. What one throws is printed, and harms nobody. Python: future.add_done_callback(fn)
  void add_done_callback(_base::Function<void(FutureBase)> function) const {
    core().add_done_callback(std::move(function));
  }
  // For executors, before the call: false when it was cancelled, and is not to be made. Throws RuntimeError "Future in
  // unexpected state" the second time. Python: future.set_running_or_notify_cancel()
  bool set_running_or_notify_cancel() const { return core().set_running_or_notify_cancel(); }
  // For executors. Throws InvalidStateError "FINISHED: <Future at 0x… state=finished returned int>".
  // Python: future.set_exception(exception)
  void set_exception(std::exception_ptr exception) const { core().set_exception(std::move(exception)); }
  template <class E>
    requires(!std::is_same_v<std::remove_cvref_t<E>, std::exception_ptr>)
  void set_exception(E&& exception) const {
    set_exception(std::make_exception_ptr(std::forward<E>(exception)));
  }
  // "<Future at 0x7f… state=finished returned NoneType>", "… raised ValueError>". Python: repr(future)
  std::string repr() const { return core().repr(); }

  bool operator==(const FutureBase& other) const noexcept { return core_ == other.core_; }
  _FutureCore& core() const {
    if (!core_) [[unlikely]]
      raise_empty();
    return *core_;
  }

 protected:
  [[noreturn]] static void raise_empty();
  [[noreturn]] static void raise_taken();
  _base::Ref<_FutureCore> core_;
};

inline std::string repr(const FutureBase& future) { return future.repr(); }
// What print() shows. Python: str(future)
inline std::string str(const FutureBase& future) { return future.repr(); }

// Python: concurrent.futures.Future
template <class T = void>
class Future : public FutureBase {
 public:
  using value_type = T;
  // A pending one, which somebody will set. Executors make them; others, as in Python, only in tests.
  Future() : FutureBase(_base::Ref<_FutureCore>(new _FutureState<T>)) {}
  explicit Future(_base::Ref<_FutureCore> core) noexcept : FutureBase(std::move(core)) {}

  // Waits for the end and gives the result, or throws what the call threw. Throws CancelledError; TimeoutError when it
  // takes longer than `timeout`. A reference that lives as long as the future. Python: future.result(timeout=None)
  decltype(auto) result(std::optional<nanoseconds> timeout = std::nullopt) const& {
    core().raise_unless_result(timeout);
    if constexpr (!std::is_void_v<T>) return std::as_const(stored());
  }
  // Of the last handle, or where T cannot be copied, the result itself: pool.submit(f).result().
  T result(std::optional<nanoseconds> timeout = std::nullopt) && {
    core().raise_unless_result(timeout);
    if constexpr (!std::is_void_v<T>) return _take();
  }
  // For executors. Throws InvalidStateError. Python: future.set_result(result)
  template <class U = _Stored<T>>
    requires std::is_constructible_v<_Stored<T>, U&&>
  void set_result(U&& value) const {
    static_cast<_FutureState<T>&>(core()).set_result(std::forward<U>(value));
  }
  void set_result() const
    requires std::is_void_v<T>
  {
    set_result(None);
  }

  using FutureBase::add_done_callback;
  // The same, for a function that takes a Future<T>.
  template <class F>
    requires(std::is_invocable_v<F&, Future> && !std::is_invocable_v<F&, FutureBase>)
  void add_done_callback(F function) const {
    core().add_done_callback([function = std::move(function)](FutureBase ended) mutable {
      function(Future(_base::Ref<_FutureCore>(&ended.core())));
    });
  }

  // The result of one that has ended well: moved out for the last handle, or where it cannot be copied.
  T _take() const {
    if constexpr (!std::is_void_v<T>) {
      if constexpr (std::is_copy_constructible_v<T>) {
        if (core().state() == _FutureCore::State::FINISHED && core()._handles > 1) return std::as_const(stored());
        return std::move(stored());
      } else {
        T value = std::move(stored());
        static_cast<std::optional<T>*>(core().result_address())->reset();
        return value;
      }
    }
  }

 private:
  _Stored<T>& stored() const {
    auto& result = *static_cast<std::optional<_Stored<T>>*>(core().result_address());
    if (!result) raise_taken();
    return *result;
  }
};

}  // namespace krait::concurrent::futures
