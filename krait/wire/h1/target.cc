// request-target (RFC 9112, 3.2)
//   origin-form    := "/" path ["?" query]                    any method but CONNECT
//   absolute-form  := scheme "://" authority [path] ["?" query]   the same; scheme is http or https
//   authority-form := host ":" port                           CONNECT only
//   asterisk-form  := "*"                                     OPTIONS only
//   Host           := host [":" port]
//   host           := reg-name | IPv4 | "[" IPv6 "]"
//
// A path or query may hold any printable ASCII character except "#", quote, "<", ">" and, in the path, the backslash.
// The RFC's grammar is narrower, but browsers send [ ] { | } ^ ` and a lone % unencoded, as the URL Standard tells them
// to.

#include "krait/wire/h1/target.h"

#include <cstdint>

#include "krait/http/_characters.h"
#include "krait/http/fields.h"
#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw RemoteProtocolError("cannot read the request target: " + why, 400);
}

bool all(std::string_view text, std::uint8_t classes) {
  for (char c : text) {
    if (!http::_is(c, classes)) return false;
  }
  return true;
}

Target split_path(std::string_view text) {
  const std::size_t mark = text.find('?');
  const std::string_view path = text.substr(0, mark);
  if (path.find('\\') != path.npos) refuse("invalid character '\\' in the path");
  return {.path = path, .query = mark == text.npos ? std::string_view() : text.substr(mark + 1), .authority = {}};
}

bool is_web_scheme(std::string_view scheme) {
  return http::equals_ignoring_case(scheme, "http") || http::equals_ignoring_case(scheme, "https");
}

Target split_absolute(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == text.npos) refuse("it is neither a path nor an absolute URL");
  if (!is_web_scheme(text.substr(0, colon))) refuse("its scheme is neither http nor https");
  text.remove_prefix(colon + 3);
  const std::size_t end = text.find_first_of("/?");
  const std::string_view authority = text.substr(0, end);
  if (authority.empty() || authority[0] == ':' || !is_host(authority)) refuse("invalid host");
  Target target = end == text.npos ? Target{} : split_path(text.substr(end));
  if (target.path.empty()) target.path = "/";
  target.authority = authority;
  return target;
}

Target split_authority(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size() || !is_host(text)) refuse("CONNECT needs host:port");
  return {.path = {}, .query = {}, .authority = text};
}

}  // namespace

Target parse_target(http::HTTPMethod method, std::string_view text) {
  if (method == http::HTTPMethod::CONNECT) return split_authority(text);
  if (text[0] == '/') return split_path(text);
  if (text == "*") {
    if (method != http::HTTPMethod::OPTIONS) refuse("'*' is for OPTIONS only");
    return {.path = text, .query = {}, .authority = {}};
  }
  return split_absolute(text);
}

bool is_host(std::string_view value) noexcept {
  std::size_t end;
  if (value.starts_with('[')) {
    const std::size_t bracket = value.find(']');
    if (bracket == value.npos || bracket < 3) return false;
    if (value.substr(1, bracket - 1).find_first_not_of("0123456789ABCDEFabcdef:.") != value.npos) return false;
    end = bracket + 1;
  } else {
    end = value.find(':');
    if (end == value.npos) end = value.size();
    if (!all(value.substr(0, end), http::_host)) return false;
  }
  return end == value.size() || (value[end] == ':' && all(value.substr(end + 1), http::_digit));
}

std::string describe_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (code > 0x20 && code < 0x7f) return std::string("'") + byte + "'";
  constexpr char digits[] = "0123456789abcdef";
  return std::string("byte 0x") + digits[code >> 4] + digits[code & 15];
}

}  // namespace krait::wire::h1
