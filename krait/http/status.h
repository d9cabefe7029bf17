#pragma once
// Status codes and their phrases (RFC 9110, section 15, and the IANA registry).
//
//   phrase(404)                     // "Not Found"
//   phrase(HTTPStatus::NOT_FOUND)   // the same
//
// Python: http.HTTPStatus. The names, phrases and descriptions are those of Python 3.13, its older names for four of them included.

#include <string_view>

namespace krait::http {

enum class HTTPStatus : int {
  CONTINUE = 100,
  SWITCHING_PROTOCOLS = 101,
  PROCESSING = 102,
  EARLY_HINTS = 103,

  OK = 200,
  CREATED = 201,
  ACCEPTED = 202,
  NON_AUTHORITATIVE_INFORMATION = 203,
  NO_CONTENT = 204,
  RESET_CONTENT = 205,
  PARTIAL_CONTENT = 206,
  MULTI_STATUS = 207,
  ALREADY_REPORTED = 208,
  IM_USED = 226,

  MULTIPLE_CHOICES = 300,
  MOVED_PERMANENTLY = 301,
  FOUND = 302,
  SEE_OTHER = 303,
  NOT_MODIFIED = 304,
  USE_PROXY = 305,
  TEMPORARY_REDIRECT = 307,
  PERMANENT_REDIRECT = 308,

  BAD_REQUEST = 400,
  UNAUTHORIZED = 401,
  PAYMENT_REQUIRED = 402,
  FORBIDDEN = 403,
  NOT_FOUND = 404,
  METHOD_NOT_ALLOWED = 405,
  NOT_ACCEPTABLE = 406,
  PROXY_AUTHENTICATION_REQUIRED = 407,
  REQUEST_TIMEOUT = 408,
  CONFLICT = 409,
  GONE = 410,
  LENGTH_REQUIRED = 411,
  PRECONDITION_FAILED = 412,
  CONTENT_TOO_LARGE = 413,
  URI_TOO_LONG = 414,
  UNSUPPORTED_MEDIA_TYPE = 415,
  RANGE_NOT_SATISFIABLE = 416,
  EXPECTATION_FAILED = 417,
  IM_A_TEAPOT = 418,
  MISDIRECTED_REQUEST = 421,
  UNPROCESSABLE_CONTENT = 422,
  LOCKED = 423,
  FAILED_DEPENDENCY = 424,
  TOO_EARLY = 425,
  UPGRADE_REQUIRED = 426,
  PRECONDITION_REQUIRED = 428,
  TOO_MANY_REQUESTS = 429,
  REQUEST_HEADER_FIELDS_TOO_LARGE = 431,
  UNAVAILABLE_FOR_LEGAL_REASONS = 451,

  INTERNAL_SERVER_ERROR = 500,
  NOT_IMPLEMENTED = 501,
  BAD_GATEWAY = 502,
  SERVICE_UNAVAILABLE = 503,
  GATEWAY_TIMEOUT = 504,
  HTTP_VERSION_NOT_SUPPORTED = 505,
  VARIANT_ALSO_NEGOTIATES = 506,
  INSUFFICIENT_STORAGE = 507,
  LOOP_DETECTED = 508,
  NOT_EXTENDED = 510,
  NETWORK_AUTHENTICATION_REQUIRED = 511,

  // Older names. Python: the same
  REQUEST_ENTITY_TOO_LARGE = CONTENT_TOO_LARGE,
  REQUEST_URI_TOO_LONG = URI_TOO_LONG,
  REQUESTED_RANGE_NOT_SATISFIABLE = RANGE_NOT_SATISFIABLE,
  UNPROCESSABLE_ENTITY = UNPROCESSABLE_CONTENT,
};

// The phrase of a status, "" for a number that has none. Python: HTTPStatus(status).phrase
// Departs from Python, where an unknown number raises ValueError: a server may send any of 100-999.
std::string_view phrase(int status) noexcept;
inline std::string_view phrase(HTTPStatus status) noexcept { return phrase(static_cast<int>(status)); }

// What a status means, in some words; "" for a number that has none, and for those of which Python says no more than the phrase.
// Python: HTTPStatus(status).description
std::string_view description(int status) noexcept;
inline std::string_view description(HTTPStatus status) noexcept { return description(static_cast<int>(status)); }

// Which of the five classes it is of, whether it has a phrase or not. Python: HTTPStatus(status).is_informational …
constexpr bool is_informational(int status) noexcept { return status >= 100 && status <= 199; }
constexpr bool is_success(int status) noexcept { return status >= 200 && status <= 299; }
constexpr bool is_redirection(int status) noexcept { return status >= 300 && status <= 399; }
constexpr bool is_client_error(int status) noexcept { return status >= 400 && status <= 499; }
constexpr bool is_server_error(int status) noexcept { return status >= 500 && status <= 599; }
constexpr bool is_informational(HTTPStatus status) noexcept { return is_informational(static_cast<int>(status)); }
constexpr bool is_success(HTTPStatus status) noexcept { return is_success(static_cast<int>(status)); }
constexpr bool is_redirection(HTTPStatus status) noexcept { return is_redirection(static_cast<int>(status)); }
constexpr bool is_client_error(HTTPStatus status) noexcept { return is_client_error(static_cast<int>(status)); }
constexpr bool is_server_error(HTTPStatus status) noexcept { return is_server_error(static_cast<int>(status)); }

// The first line of a response, "HTTP/1.1 200 OK\r\n", "" for a number without a phrase.
std::string_view status_line(int status) noexcept;

}  // namespace krait::http
