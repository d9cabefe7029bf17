#include "krait/concurrent/futures/_remote_error.h"

#include "krait/builtins/traceback.h"
#include "krait/concurrent/futures/process.h"
#include "krait/concurrent/futures/thread.h"
#include "krait/multiprocessing/queues.h"

namespace krait::concurrent::futures {

namespace {

using multiprocessing::_Codec;
using multiprocessing::_Reader;
using multiprocessing::_Writer;

struct Parts {
  std::optional<std::string> text;
  int number = 0;
  std::vector<std::exception_ptr> group;
  std::exception_ptr cause;
};

template <class E>
std::exception_ptr finish(E error, const Parts& parts) {
  error.set_cause(parts.cause);
  return std::make_exception_ptr(std::move(error));
}

template <class E>
std::exception_ptr make(Parts& parts) {
  if constexpr (std::is_base_of_v<BaseExceptionGroup, E>) {
    return finish(E(std::move(parts.text).value_or(""), std::move(parts.group)), parts);
  } else if constexpr (std::is_same_v<E, SystemExit>) {
    return finish(E(parts.number), parts);
  } else {
    E error = parts.text ? E(std::move(*parts.text)) : E();
    if constexpr (std::is_base_of_v<OSError, E>) error.errno_ = parts.number;
    return finish(std::move(error), parts);
  }
}

struct Kind {
  const std::type_info* type;
  std::exception_ptr (*make)(Parts& parts);
};
template <class... E>
constexpr std::array<Kind, sizeof...(E)> kinds_of() {
  return {Kind{&typeid(E), &make<E>}...};
}

// What derives stands before what it derives from. Both processes are one program, so that the place in the list is enough.
constexpr auto kKinds =
    kinds_of<OverflowError, ZeroDivisionError, ArithmeticError, AssertionError, AttributeError, EOFError, ImportError,
             IndexError, KeyError, LookupError, MemoryError, NameError, NotImplementedError, RecursionError,
             BrokenProcessPool, BrokenThreadPool, BrokenExecutor, RuntimeError, StopIteration, StopAsyncIteration,
             TypeError, UnicodeDecodeError, UnicodeEncodeError, UnicodeError, ValueError, DeprecationWarning,
             ResourceWarning, RuntimeWarning, UserWarning, Warning, BlockingIOError, ChildProcessError, BrokenPipeError,
             ConnectionAbortedError, ConnectionRefusedError, ConnectionResetError, ConnectionError, FileExistsError,
             FileNotFoundError, InterruptedError, IsADirectoryError, NotADirectoryError, PermissionError,
             ProcessLookupError, TimeoutError, OSError, CancelledError, InvalidStateError, Error,
             multiprocessing::PicklingError, multiprocessing::UnpicklingError, multiprocessing::PickleError,
             multiprocessing::Empty, multiprocessing::Full, GeneratorExit, KeyboardInterrupt, SystemExit,
             ExceptionGroup, BaseExceptionGroup, Exception, BaseException>();

std::size_t place_of(const std::type_info& type) {
  std::size_t place = 0;
  while (place < kKinds.size() && *kKinds[place].type != type) ++place;
  return place;
}

std::size_t nearest(const std::exception_ptr& error) {
  std::size_t place = 0;
  while (place < kKinds.size() && !_caught_as(*kKinds[place].type, error)) ++place;
  return std::min(place, place_of(typeid(Exception)));
}

void write(_Writer& out, const std::exception_ptr& error) {
  out.enter();
  std::size_t kind = place_of(*error.__cxa_exception_type());
  const auto* known = _exception_cast<BaseException>(error);
  const auto* group = _exception_cast<BaseExceptionGroup>(error);
  std::optional<std::string> text;
  if (group) {
    text = group->message();
  } else if (const auto* key = _exception_cast<KeyError>(error)) {
    if (key->has_message()) text = key->key();
  } else if (!known || known->has_message()) {
    text = krait::str(error);
  }
  if (kind == kKinds.size()) {
    kind = nearest(error);
    if (kind == place_of(typeid(Exception))) kind = place_of(typeid(RuntimeError));
    text = type_name(error) + (text && !text->empty() ? ": " + *text : "");
  }
  int number = 0;
  if (const auto* system = _exception_cast<OSError>(error)) number = system->errno_;
  if (const auto* exit = _exception_cast<SystemExit>(error)) number = exit->code;
  _Codec<std::uint16_t>::write(out, static_cast<std::uint16_t>(kind));
  _Codec<std::optional<std::string>>::write(out, text);
  _Codec<int>::write(out, number);
  out.count(group ? group->exceptions().size() : 0);
  if (group) {
    for (const std::exception_ptr& each : group->exceptions()) write(out, each);
  }
  out.leave();
}

std::exception_ptr read(_Reader& in, std::exception_ptr cause) {
  in.enter();
  std::size_t kind = _Codec<std::uint16_t>::read(in);
  if (kind >= kKinds.size()) throw multiprocessing::UnpicklingError("invalid class of an exception");
  Parts parts;
  parts.text = _Codec<std::optional<std::string>>::read(in);
  parts.number = _Codec<int>::read(in);
  for (std::size_t left = in.count(); left > 0; --left) parts.group.push_back(read(in, nullptr));
  parts.cause = std::move(cause);
  in.leave();
  return kKinds[kind].make(parts);
}

}  // namespace

void _write_error(_Writer& out, const std::exception_ptr& error) {
  _Codec<std::string>::write(out, "\n\"\"\"\n" + format_exception(error) + "\"\"\"");
  write(out, error);
}

std::exception_ptr _read_error(_Reader& in) {
  std::string traceback = _Codec<std::string>::read(in);
  return read(in, std::make_exception_ptr(_RemoteTraceback(std::move(traceback))));
}

}  // namespace krait::concurrent::futures
