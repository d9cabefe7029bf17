#include "krait/builtins/exceptions.h"

#include <cxxabi.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <typeinfo>

#include "krait/builtins/repr.h"

namespace krait {

BaseException::~BaseException() = default;

void BaseException::_passed(std::source_location await) const noexcept {
  constexpr std::size_t kMost = 64;
  try {
    if (!passed_) {
      passed_ = std::make_shared<std::vector<std::source_location>>();
      // It was made in this very coroutine: that line is known better than the last await before it.
      if (std::string_view(made_.function_name()) == await.function_name()) return;
    } else if (passed_.use_count() > 1) {
      passed_ = std::make_shared<std::vector<std::source_location>>(*passed_);
    }
    if (passed_->size() < kMost) passed_->push_back(await);
  } catch (const std::bad_alloc&) {  // a line less to read
  }
}

std::vector<std::source_location> BaseException::traceback() const {
  std::vector<std::source_location> lines{made_};
  if (passed_) lines.insert(lines.end(), passed_->begin(), passed_->end());
  return lines;
}

// The exception object is what a std::exception_ptr points to; its type knows how to find a base within it.
const void* _caught_as(const std::type_info& type, const std::exception_ptr& error) noexcept {
  if (!error) return nullptr;
  static_assert(sizeof(error) == sizeof(void*));
  void* object = *reinterpret_cast<void* const*>(&error);
  return type.__do_catch(error.__cxa_exception_type(), &object, 1) ? object : nullptr;
}

void KeyError::show() {
  if (has_message()) shown_ = repr(key());
}

KeyError KeyError::of(std::string shown, std::source_location made) {
  KeyError error(shown, made);
  error.shown_ = std::move(shown);
  return error;
}

std::string OSError::describe(int error, std::string_view what, std::string_view name) {
  std::string text = "[Errno " + std::to_string(error) + "] ";
  if (!what.empty()) text.append("cannot ").append(what).append(name.empty() ? "" : " ");
  if (!what.empty() && !name.empty()) text.append(name);
  if (!what.empty()) text.append(": ");
  text.append(std::strerror(error));
  if (what.empty() && !name.empty()) text.append(": '").append(name).append("'");
  return text;
}

OSError::OSError(int error, std::string_view what, std::string_view name, std::source_location made)
    : BaseException(describe(error, what, name), made), errno_(error) {}

void raise_os_error(int error, std::string_view what, std::string_view name, std::source_location made) {
  switch (error) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
      throw BlockingIOError(error, what, name, made);
    case ECHILD:
      throw ChildProcessError(error, what, name, made);
    case EPIPE:
    case ESHUTDOWN:
      throw BrokenPipeError(error, what, name, made);
    case ECONNABORTED:
      throw ConnectionAbortedError(error, what, name, made);
    case ECONNREFUSED:
      throw ConnectionRefusedError(error, what, name, made);
    case ECONNRESET:
      throw ConnectionResetError(error, what, name, made);
    case EEXIST:
      throw FileExistsError(error, what, name, made);
    case ENOENT:
      throw FileNotFoundError(error, what, name, made);
    case EINTR:
      throw InterruptedError(error, what, name, made);
    case EISDIR:
      throw IsADirectoryError(error, what, name, made);
    case ENOTDIR:
      throw NotADirectoryError(error, what, name, made);
    case EACCES:
    case EPERM:
      throw PermissionError(error, what, name, made);
    case ESRCH:
      throw ProcessLookupError(error, what, name, made);
    case ETIMEDOUT:
      throw TimeoutError(error, what, name, made);
    default:
      throw OSError(error, what, name, made);
  }
}

std::string BaseExceptionGroup::describe(const std::string& message, std::size_t count) {
  return message + " (" + std::to_string(count) + (count == 1 ? " sub-exception)" : " sub-exceptions)");
}

BaseExceptionGroup::BaseExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions,
                                       std::source_location made)
    : BaseException(describe(message, exceptions.size()), made),
      message_(std::move(message)),
      exceptions_(std::move(exceptions)) {
  if (exceptions_.empty()) throw ValueError("second argument (exceptions) must be a non-empty sequence");
}

ExceptionGroup::ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions,
                               std::source_location made)
    : BaseException(describe(message, exceptions.size()), made),
      BaseExceptionGroup(std::move(message), std::move(exceptions), made) {
  for (const std::exception_ptr& each : this->exceptions()) {
    if (!isinstance<std::exception>(each)) throw TypeError("Cannot nest BaseExceptions in an ExceptionGroup");
  }
}

std::string type_name(const std::exception_ptr& error) {
  if (!error) return "NoneType";
  int status = 0;
  char* demangled = abi::__cxa_demangle(error.__cxa_exception_type()->name(), nullptr, nullptr, &status);
  std::string name = demangled ? demangled : error.__cxa_exception_type()->name();
  std::free(demangled);
  // Cut the namespaces, but not those within template arguments.
  std::size_t colons = name.rfind("::", name.find('<'));
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

std::string str(const std::exception_ptr& error) {
  if (!error) return "None";
  if (const auto* e = _exception_cast<BaseException>(error)) return e->what();
  if (const auto* e = _exception_cast<std::exception>(error)) return e->what();
  return "";
}

namespace {

std::string repr_of_group(const std::string& name, const BaseExceptionGroup& group) {
  std::string text = name + "(" + repr(group.message()) + ", [";
  for (const std::exception_ptr& each : group.exceptions()) {
    if (text.back() != '[') text += ", ";
    text += repr(each);
  }
  return text + "])";
}

}  // namespace

std::string _shown_args(const BaseException& error) {
  if (!error.has_message()) return "";
  return dynamic_cast<const KeyError*>(&error) ? error.what() : repr(error.what());
}

std::string repr(const std::exception_ptr& error) {
  if (!error) return "None";
  if (const auto* group = _exception_cast<BaseExceptionGroup>(error)) return repr_of_group(type_name(error), *group);
  const auto* e = _exception_cast<BaseException>(error);
  return type_name(error) + "(" + (e ? _shown_args(*e) : repr(str(error))) + ")";
}

}  // namespace krait
