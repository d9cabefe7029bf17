#include "krait/http/status.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace krait::http {
namespace {

struct Line {
  int status;
  std::string_view text;
  std::string_view description;
};

constexpr Line lines[] = {
    {100, "HTTP/1.1 100 Continue\r\n", "Request received, please continue"},
    {101, "HTTP/1.1 101 Switching Protocols\r\n", "Switching to new protocol; obey Upgrade header"},
    {102, "HTTP/1.1 102 Processing\r\n", ""},
    {103, "HTTP/1.1 103 Early Hints\r\n", ""},
    {200, "HTTP/1.1 200 OK\r\n", "Request fulfilled, document follows"},
    {201, "HTTP/1.1 201 Created\r\n", "Document created, URL follows"},
    {202, "HTTP/1.1 202 Accepted\r\n", "Request accepted, processing continues off-line"},
    {203, "HTTP/1.1 203 Non-Authoritative Information\r\n", "Request fulfilled from cache"},
    {204, "HTTP/1.1 204 No Content\r\n", "Request fulfilled, nothing follows"},
    {205, "HTTP/1.1 205 Reset Content\r\n", "Clear input form for further input"},
    {206, "HTTP/1.1 206 Partial Content\r\n", "Partial content follows"},
    {207, "HTTP/1.1 207 Multi-Status\r\n", ""},
    {208, "HTTP/1.1 208 Already Reported\r\n", ""},
    {226, "HTTP/1.1 226 IM Used\r\n", ""},
    {300, "HTTP/1.1 300 Multiple Choices\r\n", "Object has several resources -- see URI list"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n", "Object moved permanently -- see URI list"},
    {302, "HTTP/1.1 302 Found\r\n", "Object moved temporarily -- see URI list"},
    {303, "HTTP/1.1 303 See Other\r\n", "Object moved -- see Method and URL list"},
    {304, "HTTP/1.1 304 Not Modified\r\n", "Document has not changed since given time"},
    {305, "HTTP/1.1 305 Use Proxy\r\n", "You must use proxy specified in Location to access this resource"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n", "Object moved temporarily -- see URI list"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n", "Object moved permanently -- see URI list"},
    {400, "HTTP/1.1 400 Bad Request\r\n", "Bad request syntax or unsupported method"},
    {401, "HTTP/1.1 401 Unauthorized\r\n", "No permission -- see authorization schemes"},
    {402, "HTTP/1.1 402 Payment Required\r\n", "No payment -- see charging schemes"},
    {403, "HTTP/1.1 403 Forbidden\r\n", "Request forbidden -- authorization will not help"},
    {404, "HTTP/1.1 404 Not Found\r\n", "Nothing matches the given URI"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n", "Specified method is invalid for this resource"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n", "URI not available in preferred format"},
    {407, "HTTP/1.1 407 Proxy Authentication Required\r\n", "You must authenticate with this proxy before proceeding"},
    {408, "HTTP/1.1 408 Request Timeout\r\n", "Request timed out; try again later"},
    {409, "HTTP/1.1 409 Conflict\r\n", "Request conflict"},
    {410, "HTTP/1.1 410 Gone\r\n", "URI no longer exists and has been permanently removed"},
    {411, "HTTP/1.1 411 Length Required\r\n", "Client must specify Content-Length"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n", "Precondition in headers is false"},
    {413, "HTTP/1.1 413 Content Too Large\r\n", "Content is too large"},
    {414, "HTTP/1.1 414 URI Too Long\r\n", "URI is too long"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n", "Entity body in unsupported format"},
    {416, "HTTP/1.1 416 Range Not Satisfiable\r\n", "Cannot satisfy request range"},
    {417, "HTTP/1.1 417 Expectation Failed\r\n", "Expect condition could not be satisfied"},
    {418, "HTTP/1.1 418 I'm a Teapot\r\n", "Server refuses to brew coffee because it is a teapot."},
    {421, "HTTP/1.1 421 Misdirected Request\r\n", "Server is not able to produce a response"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n", ""},
    {423, "HTTP/1.1 423 Locked\r\n", ""},
    {424, "HTTP/1.1 424 Failed Dependency\r\n", ""},
    {425, "HTTP/1.1 425 Too Early\r\n", ""},
    {426, "HTTP/1.1 426 Upgrade Required\r\n", ""},
    {428, "HTTP/1.1 428 Precondition Required\r\n", "The origin server requires the request to be conditional"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n",
     "The user has sent too many requests in a given amount of time (\"rate limiting\")"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n",
     "The server is unwilling to process the request because its header fields are too large"},
    {451, "HTTP/1.1 451 Unavailable For Legal Reasons\r\n",
     "The server is denying access to the resource as a consequence of a legal demand"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n", "Server got itself in trouble"},
    {501, "HTTP/1.1 501 Not Implemented\r\n", "Server does not support this operation"},
    {502, "HTTP/1.1 502 Bad Gateway\r\n", "Invalid responses from another server/proxy"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n", "The server cannot process the request due to a high load"},
    {504, "HTTP/1.1 504 Gateway Timeout\r\n", "The gateway server did not receive a timely response"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n", "Cannot fulfill request"},
    {506, "HTTP/1.1 506 Variant Also Negotiates\r\n", ""},
    {507, "HTTP/1.1 507 Insufficient Storage\r\n", ""},
    {508, "HTTP/1.1 508 Loop Detected\r\n", ""},
    {510, "HTTP/1.1 510 Not Extended\r\n", ""},
    {511, "HTTP/1.1 511 Network Authentication Required\r\n",
     "The client needs to authenticate to gain network access"},
};

constexpr int first = 100;
constexpr int last = 511;
constexpr std::size_t before_phrase = std::string_view("HTTP/1.1 200 ").size();

// For each status from `first` on, one more than the place of its line; 0: it has none.
constexpr auto places = [] {
  std::array<std::uint8_t, last - first + 1> table{};
  for (std::size_t i = 0; i < std::size(lines); ++i) {
    table[static_cast<std::size_t>(lines[i].status - first)] = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}();

const Line* find(int status) noexcept {
  if (status < first || status > last) return nullptr;
  const std::uint8_t place = places[static_cast<std::size_t>(status - first)];
  return place == 0 ? nullptr : &lines[place - 1];
}

}  // namespace

std::string_view status_line(int status) noexcept {
  const Line* line = find(status);
  return line ? line->text : std::string_view();
}

std::string_view description(int status) noexcept {
  const Line* line = find(status);
  return line ? line->description : std::string_view();
}

std::string_view phrase(int status) noexcept {
  std::string_view line = status_line(status);
  if (line.empty()) return {};
  line.remove_prefix(before_phrase);
  line.remove_suffix(2);
  return line;
}

}  // namespace krait::http
