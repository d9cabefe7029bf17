#include "krait/http/methods.h"

#include <iterator>

namespace krait::http {
namespace {

constexpr std::string_view names[] = {"",        "CONNECT", "DELETE", "GET", "HEAD",
                                      "OPTIONS", "PATCH",   "POST",   "PUT", "TRACE"};
static_assert(std::size(names) == static_cast<std::size_t>(HTTPMethod::TRACE) + 1);

constexpr HTTPMethod only(HTTPMethod candidate, std::string_view text) noexcept {
  return text == names[static_cast<std::size_t>(candidate)] ? candidate : HTTPMethod::OTHER;
}

}  // namespace

HTTPMethod method(std::string_view text) noexcept {
  if (text.size() < 3) return HTTPMethod::OTHER;
  switch (text[0]) {
    case 'C':
      return only(HTTPMethod::CONNECT, text);
    case 'D':
      return only(HTTPMethod::DELETE, text);
    case 'G':
      return only(HTTPMethod::GET, text);
    case 'H':
      return only(HTTPMethod::HEAD, text);
    case 'O':
      return only(HTTPMethod::OPTIONS, text);
    case 'T':
      return only(HTTPMethod::TRACE, text);
    case 'P':
      if (text[1] == 'O') return only(HTTPMethod::POST, text);
      return only(text[1] == 'U' ? HTTPMethod::PUT : HTTPMethod::PATCH, text);
    default:
      return HTTPMethod::OTHER;
  }
}

std::string_view name(HTTPMethod method) noexcept { return names[static_cast<std::size_t>(method)]; }

bool is_idempotent(HTTPMethod method) noexcept {
  switch (method) {
    case HTTPMethod::GET:
    case HTTPMethod::HEAD:
    case HTTPMethod::OPTIONS:
    case HTTPMethod::TRACE:
    case HTTPMethod::PUT:
    case HTTPMethod::DELETE:
      return true;
    case HTTPMethod::CONNECT:
    case HTTPMethod::PATCH:
    case HTTPMethod::POST:
    case HTTPMethod::OTHER:
      return false;
  }
  return false;
}

}  // namespace krait::http
