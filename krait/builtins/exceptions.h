#pragma once
// Python's exception tree.
//
//   try { co_await work(); }
//   catch (const ValueError& e) { print(e.what()); }
//   catch (const std::exception& e) { ... }      // every Exception, never a CancelledError
//
// Two roots, as in Python: `Exception` is what a program handles (and derives from std::exception);
// `BaseException` is also what merely passes through: CancelledError, KeyboardInterrupt, SystemExit.
// These are no std::exception, so `catch (std::exception&)` cannot swallow a cancellation.

#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace krait {

// Python: BaseException. `message` is what str(e) gives; an exception made without one has none (e.args == ()).
class BaseException {
 public:
  explicit BaseException(std::source_location made = std::source_location::current()) noexcept : made_(made) {}
  explicit BaseException(std::string message, std::source_location made = std::source_location::current())
      : message_(std::move(message)), made_(made) {}
  BaseException(const BaseException&) = default;
  BaseException(BaseException&&) = default;
  BaseException& operator=(const BaseException&) = default;
  BaseException& operator=(BaseException&&) = default;
  virtual ~BaseException();

  // The message; "" when there is none. Python: str(e)
  virtual const char* what() const noexcept { return message_ ? message_->c_str() : ""; }
  // Python: bool(e.args)
  bool has_message() const noexcept { return message_.has_value(); }

  // The exception that this one was made from, or null. Python: e.__cause__
  const std::exception_ptr& cause() const noexcept { return cause_; }
  void set_cause(std::exception_ptr cause) { cause_ = std::move(cause); }

  // Where it came through, innermost first: where it was made, then the await at which each coroutine stood that it left
  // (that which made it through a function of its own: the last one before); what goes beyond 64 is dropped. Departs from
  // Python: functions that are no coroutines leave no line. Python: e.__traceback__, reversed
  std::vector<std::source_location> traceback() const;
  void _passed(std::source_location await) const noexcept;

 private:
  std::optional<std::string> message_;
  std::exception_ptr cause_;
  std::source_location made_;
  mutable std::shared_ptr<std::vector<std::source_location>> passed_;  // copies share it until one goes on
};

// Python: Exception
class Exception : public virtual BaseException, public std::exception {
 public:
  explicit Exception(std::source_location made = std::source_location::current()) : BaseException(made) {}
  explicit Exception(std::string message, std::source_location made = std::source_location::current())
      : BaseException(std::move(message), made) {}
  const char* what() const noexcept override { return BaseException::what(); }
};

// A virtual base is built by the most derived class: hence BaseException(message) in each constructor.
// This macro is how krait's rooms (and users) add a class to the tree in one line:
//   KRAIT_EXCEPTION(QueueEmpty, Exception);   // Python: asyncio.QueueEmpty
#define KRAIT_EXCEPTION(Name, Base)                                                                              \
  class Name : public Base {                                                                                     \
   public:                                                                                                       \
    explicit Name(std::source_location made = std::source_location::current()) : ::krait::BaseException(made) {} \
    explicit Name(std::string message, std::source_location made = std::source_location::current())              \
        : ::krait::BaseException(std::move(message), made) {}                                                    \
  }

KRAIT_EXCEPTION(ArithmeticError, Exception);
KRAIT_EXCEPTION(OverflowError, ArithmeticError);
KRAIT_EXCEPTION(ZeroDivisionError, ArithmeticError);
KRAIT_EXCEPTION(AssertionError, Exception);
KRAIT_EXCEPTION(AttributeError, Exception);
KRAIT_EXCEPTION(EOFError, Exception);
KRAIT_EXCEPTION(ImportError, Exception);
KRAIT_EXCEPTION(LookupError, Exception);
KRAIT_EXCEPTION(IndexError, LookupError);

// Made with the key. Python: KeyError
class KeyError : public LookupError {
 public:
  explicit KeyError(std::source_location made = std::source_location::current()) : BaseException(made) { show(); }
  explicit KeyError(std::string key, std::source_location made = std::source_location::current())
      : BaseException(std::move(key), made) {
    show();
  }
  // A key that is no text: `shown` is its repr.
  static KeyError of(std::string shown, std::source_location made = std::source_location::current());

  // The key as repr() shows it: "'a'". Python: str(e)
  const char* what() const noexcept override { return shown_.c_str(); }
  // The key; of one that is no text, its repr. Python: e.args[0]
  const char* key() const noexcept { return BaseException::what(); }

 private:
  // A derived class makes the BaseException, with the key, before this part begins.
  void show();
  std::string shown_;
};

KRAIT_EXCEPTION(MemoryError, Exception);
KRAIT_EXCEPTION(NameError, Exception);
KRAIT_EXCEPTION(RuntimeError, Exception);
KRAIT_EXCEPTION(NotImplementedError, RuntimeError);
KRAIT_EXCEPTION(RecursionError, RuntimeError);
KRAIT_EXCEPTION(StopIteration, Exception);
KRAIT_EXCEPTION(StopAsyncIteration, Exception);
KRAIT_EXCEPTION(TypeError, Exception);
KRAIT_EXCEPTION(ValueError, Exception);
KRAIT_EXCEPTION(UnicodeError, ValueError);
KRAIT_EXCEPTION(UnicodeDecodeError, UnicodeError);
KRAIT_EXCEPTION(UnicodeEncodeError, UnicodeError);
KRAIT_EXCEPTION(Warning, Exception);
KRAIT_EXCEPTION(DeprecationWarning, Warning);
KRAIT_EXCEPTION(ResourceWarning, Warning);
KRAIT_EXCEPTION(RuntimeWarning, Warning);
KRAIT_EXCEPTION(UserWarning, Warning);

// Python: OSError. `errno_` is the system's number (0: none), as e.errno.
class OSError : public Exception {
 public:
  explicit OSError(std::source_location made = std::source_location::current()) : BaseException(made) {}
  explicit OSError(std::string message, std::source_location made = std::source_location::current())
      : BaseException(std::move(message), made) {}
  // "[Errno 98] Address already in use: 'name'", as Python prints it.
  OSError(int error, std::string_view what, std::string_view name = {},
          std::source_location made = std::source_location::current());
  int errno_ = 0;

 protected:
  static std::string describe(int error, std::string_view what, std::string_view name);
};

#define KRAIT_OS_EXCEPTION(Name, Base)                                                                           \
  class Name : public Base {                                                                                     \
   public:                                                                                                       \
    explicit Name(std::source_location made = std::source_location::current()) : ::krait::BaseException(made) {} \
    explicit Name(std::string message, std::source_location made = std::source_location::current())              \
        : ::krait::BaseException(std::move(message), made) {}                                                    \
    Name(int error, std::string_view what, std::string_view name = {},                                           \
         std::source_location made = std::source_location::current())                                            \
        : ::krait::BaseException(describe(error, what, name), made) {                                            \
      errno_ = error;                                                                                            \
    }                                                                                                            \
  }

KRAIT_OS_EXCEPTION(BlockingIOError, OSError);
KRAIT_OS_EXCEPTION(ChildProcessError, OSError);
KRAIT_OS_EXCEPTION(ConnectionError, OSError);
KRAIT_OS_EXCEPTION(BrokenPipeError, ConnectionError);
KRAIT_OS_EXCEPTION(ConnectionAbortedError, ConnectionError);
KRAIT_OS_EXCEPTION(ConnectionRefusedError, ConnectionError);
KRAIT_OS_EXCEPTION(ConnectionResetError, ConnectionError);
KRAIT_OS_EXCEPTION(FileExistsError, OSError);
KRAIT_OS_EXCEPTION(FileNotFoundError, OSError);
KRAIT_OS_EXCEPTION(InterruptedError, OSError);
KRAIT_OS_EXCEPTION(IsADirectoryError, OSError);
KRAIT_OS_EXCEPTION(NotADirectoryError, OSError);
KRAIT_OS_EXCEPTION(PermissionError, OSError);
KRAIT_OS_EXCEPTION(ProcessLookupError, OSError);
KRAIT_OS_EXCEPTION(TimeoutError, OSError);

// Throws the subclass that Python maps `error` to (ECONNREFUSED: ConnectionRefusedError, …).
// `what` says what was tried ("connect to"), `name` to what ("127.0.0.1:80"). Python: the OSError constructor
[[noreturn]] void raise_os_error(int error, std::string_view what = {}, std::string_view name = {},
                                 std::source_location made = std::source_location::current());

// Those that pass through a program: no std::exception.
KRAIT_EXCEPTION(GeneratorExit, virtual BaseException);
KRAIT_EXCEPTION(KeyboardInterrupt, virtual BaseException);

// Python: SystemExit(code)
class SystemExit : public virtual BaseException {
 public:
  explicit SystemExit(int code = 0, std::source_location made = std::source_location::current())
      : BaseException(std::to_string(code), made), code(code) {}
  int code;
};

// Several errors at once. Python: BaseExceptionGroup(message, exceptions)
class BaseExceptionGroup : public virtual BaseException {
 public:
  // Throws ValueError when `exceptions` is empty.
  BaseExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions,
                     std::source_location made = std::source_location::current());

  const std::string& message() const noexcept { return message_; }
  const std::vector<std::exception_ptr>& exceptions() const noexcept { return exceptions_; }

 protected:
  // "unhandled errors in a TaskGroup (2 sub-exceptions)"
  static std::string describe(const std::string& message, std::size_t count);

 private:
  std::string message_;
  std::vector<std::exception_ptr> exceptions_;
};

// Python: ExceptionGroup; holds only Exceptions. Throws TypeError when given another BaseException.
class ExceptionGroup : public BaseExceptionGroup, public Exception {
 public:
  ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions,
                 std::source_location made = std::source_location::current());
  const char* what() const noexcept override { return BaseException::what(); }
};

// The class as Python names it, without namespaces: "ValueError". Python: type(e).__name__
std::string type_name(const std::exception_ptr& error);
// The message, for any exception. Python: str(e)
std::string str(const std::exception_ptr& error);
// "ValueError('boom')". Python: repr(e)
std::string repr(const std::exception_ptr& error);
// What stands within the parentheses of that: "'boom'".
std::string _shown_args(const BaseException& error);

// The E (or what derives from it) that `error` holds, as long as it holds it; else null. What a catch clause would
// find, without throwing: some tens of nanoseconds instead of a microsecond.
const void* _caught_as(const std::type_info& type, const std::exception_ptr& error) noexcept;
template <class E>
const E* _exception_cast(const std::exception_ptr& error) noexcept {
  return static_cast<const E*>(_caught_as(typeid(E), error));
}

// True when `error` holds an E (or a class derived from it). Python: isinstance(error, E)
template <class E>
bool isinstance(const std::exception_ptr& error) noexcept {
  return _exception_cast<E>(error) != nullptr;
}

}  // namespace krait
