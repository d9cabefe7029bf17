#include "krait/builtins/exceptions.h"

#include <cxxabi.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <typeinfo>

namespace krait {

BaseException::~BaseException() = default;

std::string OSError::describe(int error, std::string_view what, std::string_view name) {
  std::string text = "[Errno " + std::to_string(error) + "] ";
  if (!what.empty()) text.append("cannot ").append(what).append(name.empty() ? "" : " ");
  if (!what.empty() && !name.empty()) text.append(name);
  if (!what.empty()) text.append(": ");
  text.append(std::strerror(error));
  if (what.empty() && !name.empty()) text.append(": '").append(name).append("'");
  return text;
}

OSError::OSError(int error, std::string_view what, std::string_view name)
    : BaseException(describe(error, what, name)), errno_(error) {}

void raise_os_error(int error, std::string_view what, std::string_view name) {
  switch (error) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
      throw BlockingIOError(error, what, name);
    case ECHILD:
      throw ChildProcessError(error, what, name);
    case EPIPE:
    case ESHUTDOWN:
      throw BrokenPipeError(error, what, name);
    case ECONNABORTED:
      throw ConnectionAbortedError(error, what, name);
    case ECONNREFUSED:
      throw ConnectionRefusedError(error, what, name);
    case ECONNRESET:
      throw ConnectionResetError(error, what, name);
    case EEXIST:
      throw FileExistsError(error, what, name);
    case ENOENT:
      throw FileNotFoundError(error, what, name);
    case EINTR:
      throw InterruptedError(error, what, name);
    case EISDIR:
      throw IsADirectoryError(error, what, name);
    case ENOTDIR:
      throw NotADirectoryError(error, what, name);
    case EACCES:
    case EPERM:
      throw PermissionError(error, what, name);
    case ESRCH:
      throw ProcessLookupError(error, what, name);
    case ETIMEDOUT:
      throw TimeoutError(error, what, name);
    default:
      throw OSError(error, what, name);
  }
}

std::string BaseExceptionGroup::describe(const std::string& message, std::size_t count) {
  return message + " (" + std::to_string(count) + (count == 1 ? " sub-exception)" : " sub-exceptions)");
}

BaseExceptionGroup::BaseExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions)
    : BaseException(describe(message, exceptions.size())),
      message_(std::move(message)),
      exceptions_(std::move(exceptions)) {
  if (exceptions_.empty()) throw ValueError("second argument (exceptions) must be a non-empty sequence");
}

ExceptionGroup::ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions)
    : BaseException(describe(message, exceptions.size())),
      BaseExceptionGroup(std::move(message), std::move(exceptions)) {
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
  try {
    if (error) std::rethrow_exception(error);
  } catch (const BaseException& e) {
    return e.what();
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "";
  }
  return "None";
}

namespace {

// A text as Python's repr() quotes it. Bytes above ASCII are printed as they are.
std::string quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string result(1, quote);
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r' || c == '\t') {
      result += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      result.append("\\x") += kHex[byte >> 4];
      result += kHex[byte & 15];
    } else {
      if (c == quote || c == '\\') result += '\\';
      result += c;
    }
  }
  return result += quote;
}

std::string repr_of_group(const std::string& name, const BaseExceptionGroup& group) {
  std::string text = name + "(" + quoted(group.message()) + ", [";
  for (const std::exception_ptr& each : group.exceptions()) {
    if (text.back() != '[') text += ", ";
    text += repr(each);
  }
  return text + "])";
}

}  // namespace

std::string repr(const std::exception_ptr& error) {
  if (!error) return "None";
  bool has_message = true;
  try {
    std::rethrow_exception(error);
  } catch (const BaseExceptionGroup& group) {
    return repr_of_group(type_name(error), group);
  } catch (const BaseException& e) {
    has_message = e.has_message();
  } catch (...) {
  }
  return type_name(error) + "(" + (has_message ? quoted(str(error)) : "") + ")";
}

}  // namespace krait
