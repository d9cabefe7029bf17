#pragma once
// What a request asks for: the four forms of a request target, and a Host's value.

#include <string>
#include <string_view>

#include "krait/http/methods.h"

namespace krait::wire::h1 {

struct Target {
  std::string_view path;       // still percent-encoded; "/" when an absolute target has none, "" for CONNECT
  std::string_view query;      // what follows "?", still encoded; "" when there is none
  std::string_view authority;  // "host:port" of an absolute target or of CONNECT, else ""
};

// Splits `text`, which must be non-empty and hold only characters that a query may.
// Throws RemoteProtocolError (400) when the form does not suit the method.
Target parse_target(http::HTTPMethod method, std::string_view text);

// True for `host [":" port]`, a name, an IPv4 address or an IPv6 address in brackets; the empty name is legal, too.
bool is_host(std::string_view value) noexcept;

// How an error message shows a byte: 'x' when it can be printed, else "byte 0x0a".
std::string describe_byte(char byte);

}  // namespace krait::wire::h1
