#pragma once
// The managers that contextlib has ready. Python: contextlib

#include <exception>
#include <iosfwd>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/exceptions.h"
#include "krait/contextlib/_reference.h"

namespace krait::contextlib {

// Calls close() at the end of the block. A named thing is used in place, another one is kept.
// Python: contextlib.closing(thing)
template <class T>
class closing {
 public:
  explicit closing(T&& thing) : thing_(std::forward<T>(thing)) {}
  std::remove_reference_t<T>& enter() { return thing_; }
  void exit(const std::exception_ptr&) { thing_.close(); }

 private:
  T thing_;
};
template <class T>
closing(T&&) -> closing<T>;

// Awaits aclose() at the end of the block: for async generators that are left early. Python: contextlib.aclosing(thing)
template <class T>
class aclosing {
  using Thing = std::remove_reference_t<T>;

 public:
  explicit aclosing(T&& thing) : thing_(std::forward<T>(thing)) {}
  _Reference<Thing> aenter() { return itself(); }
  Coroutine<> aexit(std::exception_ptr) { co_await thing_.aclose(); }

 private:
  Coroutine<Thing*> itself() { co_return &thing_; }
  T thing_;
};
template <class T>
aclosing(T&&) -> aclosing<T>;

// What is left of a group without what `matches`; null when that is nothing, and `group` itself when all of it is.
// Python: BaseExceptionGroup.split
std::exception_ptr _rest(const std::exception_ptr& group, bool (*matches)(const std::exception_ptr&));

// Swallows these exceptions, within an ExceptionGroup too: what is left of the group goes on. May be used again and again.
//   with(contextlib::suppress<FileNotFoundError>(), [&] { remove(name); });
// Python: contextlib.suppress(*exceptions)
template <class... E>
class suppress {
 public:
  void enter() noexcept {}
  bool exit(const std::exception_ptr& error) {
    if (!error) return false;
    if (matches(error)) return true;
    if (!isinstance<BaseExceptionGroup>(error)) return false;
    std::exception_ptr rest = _rest(error, &matches);
    if (!rest) return true;
    if (rest == error) return false;
    std::rethrow_exception(rest);
  }

 private:
  static bool matches(const std::exception_ptr& error) { return (isinstance<E>(error) || ...); }
};

// Does nothing, and gives `value` to the body: for a manager that is there only sometimes.
// Python: contextlib.nullcontext(enter_result=None)
template <class T = void>
class nullcontext {
 public:
  explicit nullcontext(T value) : value_(std::move(value)) {}
  T& enter() noexcept { return value_; }
  void exit(const std::exception_ptr&) noexcept {}
  _Reference<T> aenter() { return itself(); }
  Coroutine<> aexit(std::exception_ptr) { co_return; }

 private:
  Coroutine<T*> itself() { co_return &value_; }
  T value_;
};
template <>
class nullcontext<void> {
 public:
  nullcontext() = default;
  void enter() noexcept {}
  void exit(const std::exception_ptr&) noexcept {}
  Coroutine<> aenter() { co_return; }
  Coroutine<> aexit(std::exception_ptr) { co_return; }
};
nullcontext() -> nullcontext<void>;

// Sends print() and std::cout to `target`, in every thread. What C's stdio writes still goes to descriptor 1. May be used
// again, and within itself. Python: contextlib.redirect_stdout(new_target)
class redirect_stdout {
 public:
  explicit redirect_stdout(std::ostream& target) noexcept : target_(target) {}
  std::ostream& enter();
  void exit(const std::exception_ptr&);

 private:
  std::ostream& target_;
  std::vector<std::pair<std::streambuf*, std::streambuf*>> before_;  // of std::cout, of print()
};
// Sends std::cerr to `target`. Python: contextlib.redirect_stderr(new_target)
class redirect_stderr {
 public:
  explicit redirect_stderr(std::ostream& target) noexcept : target_(target) {}
  std::ostream& enter();
  void exit(const std::exception_ptr&);

 private:
  std::ostream& target_;
  std::vector<std::streambuf*> before_;
};

// Goes to the folder `path`, and back at the end of the block. The working folder is the whole process's: no other task or
// thread should care. Throws the OSError that the system gives. Python: contextlib.chdir(path)
class chdir {
 public:
  explicit chdir(std::string path) : path_(std::move(path)) {}
  void enter();
  void exit(const std::exception_ptr&);

 private:
  std::string path_;
  std::vector<std::string> before_;
};

}  // namespace krait::contextlib
