#pragma once
// The methods that RFC 9110 and RFC 5789 (PATCH) define.
//
//   method("GET") == HTTPMethod::GET      method("BREW") == HTTPMethod::OTHER
//
// Python: http.HTTPMethod. OTHER is ours: any other token is a legal method, which a router may still serve by its
// text.

#include <cstdint>
#include <string_view>

namespace krait::http {

enum class HTTPMethod : std::uint8_t { OTHER, CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE };

// The method of this text; methods are case-sensitive, so "get" is OTHER.
HTTPMethod method(std::string_view text) noexcept;
// "GET"; "" for OTHER. Python: str(HTTPMethod.GET)
std::string_view name(HTTPMethod method) noexcept;
// True when asking twice has the effect of asking once. OTHER is not known to be. (RFC 9110, 9.2.2)
bool is_idempotent(HTTPMethod method) noexcept;

}  // namespace krait::http
