// A response (RFC 9112, 4, 6 and 7)
//   response := status-line *( field-line CRLF ) CRLF [body]
//   status-line := "HTTP/1.1" SP 3DIGIT SP [reason] CRLF
//   body := bytes as Content-Length says | *( size CRLF data CRLF ) "0" CRLF *( trailer CRLF ) CRLF | bytes until close

#include "krait/wire/h1/writer.h"

#include <cassert>
#include <charconv>
#include <cstring>

#include "krait/http/status.h"
#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

constexpr std::string_view content_length = "Content-Length: ";
constexpr std::string_view chunked_line = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view close_line = "Connection: close\r\n";
constexpr std::string_view keep_alive_line = "Connection: keep-alive\r\n";
constexpr std::size_t most_digits = 20;   // of a 64-bit number
constexpr std::size_t small_body = 4096;  // up to here a body is copied together with its head
constexpr std::size_t small_head = 1024;  // … and all of it put together on the stack
// What a head may hold beside reason, headers and preformatted lines, at most.
constexpr std::size_t fixed_lines =
    64 + content_length.size() + most_digits + chunked_line.size() + keep_alive_line.size() + 4;

[[noreturn]] void refuse(const char* what, const std::string& why) {
  throw LocalProtocolError(std::string("cannot ") + what + ": " + why);
}

enum class Special { None, Framing, Connection };

Special special(std::string_view name) noexcept {
  switch (name.size()) {
    case 10:
      return http::equals_ignoring_case(name, "connection") ? Special::Connection : Special::None;
    case 14:
      return http::equals_ignoring_case(name, "content-length") ? Special::Framing : Special::None;
    case 17:
      return http::equals_ignoring_case(name, "transfer-encoding") ? Special::Framing : Special::None;
    default:
      return Special::None;
  }
}

// Throws when the field could be read as something else than one field, or would contradict the framing.
Special check(const char* what, const http::Header& field) {
  if (!http::is_token(field.name)) refuse(what, "a header's name is not a token");
  if (!http::is_field_value(field.value)) {
    refuse(what, "the value of " + std::string(field.name) + " holds a control character");
  }
  const Special kind = special(field.name);
  if (kind == Special::Framing) refuse(what, std::string(field.name) + " is written by the connection itself");
  return kind;
}

char* put(char* at, std::string_view text) noexcept {
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* put(char* at, const http::Header& field) noexcept {
  at = put(at, field.name);
  *at++ = ':';
  *at++ = ' ';
  at = put(at, field.value);
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

char* put_status_line(char* at, int status, std::string_view reason) noexcept {
  if (const std::string_view line = http::status_line(status); reason.empty() && !line.empty()) return put(at, line);
  at = put(at, "HTTP/1.1 ");
  at = std::to_chars(at, at + 3, status).ptr;
  *at++ = ' ';
  at = put(at, reason);
  return put(at, "\r\n");
}

bool is_keep_alive(const http::Header& field) {
  return special(field.name) == Special::Connection && http::has_token(field.value, "keep-alive") &&
         !http::has_token(field.value, "close");
}

// Appends at most `most` bytes through a pointer: write() gets the place to write to and returns where it stopped.
template <class Write>
void append(std::string& out, std::size_t most, Write write) {
  // A string that grows fills itself with zeros first, which costs more than to copy what is small.
  if (most <= small_head) {
    char bytes[small_head];
    char* const end = write(bytes);
    assert(static_cast<std::size_t>(end - bytes) <= most);
    out.append(bytes, static_cast<std::size_t>(end - bytes));
    return;
  }
  const std::size_t before = out.size();
  out.resize(before + most);
  char* const end = write(out.data() + before);
  assert(static_cast<std::size_t>(end - out.data()) <= out.size());
  out.resize(static_cast<std::size_t>(end - out.data()));
}

std::size_t size_of(std::span<const http::Header> fields) noexcept {
  std::size_t size = 0;
  for (const http::Header& field : fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

}  // namespace

// What was decided about a response before its first byte is written.
struct ResponseWriter::Plan {
  Framing framing;
  std::uint64_t length;
  bool suppressed;
  bool keep_alive;
  bool switched;
  bool close_given;       // a Connection header of the caller's says so already
  bool keep_alive_given;  // … or names keep-alive, and is left out
};

void ResponseWriter::begin(Exchange exchange) noexcept {
  assert(state_ == State::Idle || state_ == State::Done);
  state_ = State::Waiting;
  exchange_ = exchange;
  switched_ = false;
}

void ResponseWriter::require(State expected, const char* what) const {
  if (state_ == expected) return;
  switch (state_) {
    case State::Idle:
      refuse(what, "there is no request to answer");
    case State::Waiting:
      refuse(what, "the response has not started");
    case State::Body:
      refuse(what, "the response has started already");
    case State::Done:
      refuse(what, "the response is complete");
  }
}

void ResponseWriter::send_informational(std::string& out, int status, std::span<const http::Header> headers) {
  constexpr const char* what = "send an informational response";
  require(State::Waiting, what);
  if (status < 100 || status > 199 || status == 101)
    refuse(what, std::to_string(status) + " is not an informational status");
  for (const http::Header& field : headers) check(what, field);
  if (exchange_.minor_version == 0) return;
  append(out, fixed_lines + size_of(headers), [&](char* at) {
    at = put_status_line(at, status, {});
    for (const http::Header& field : headers) at = put(at, field);
    return put(at, "\r\n");
  });
}

ResponseWriter::Plan ResponseWriter::plan(const ResponseHead& response, std::optional<std::uint64_t> length) const {
  constexpr const char* what = "send the response";
  require(State::Waiting, what);
  const int status = response.status;
  if ((status < 200 && status != 101) || status > 999) refuse(what, std::to_string(status) + " is not a final status");
  if (!http::is_field_value(response.reason)) refuse(what, "the reason holds a control character");

  Plan plan{.framing = Framing::Length,
            .length = length.value_or(0),
            .suppressed = exchange_.head || status == 304,
            .keep_alive = exchange_.keep_alive && !response.close,
            .switched = status == 101 || (exchange_.connect && status < 300),
            .close_given = false,
            .keep_alive_given = false};
  for (const http::Header& field : response.headers) {
    if (check(what, field) != Special::Connection) continue;
    plan.close_given |= http::has_token(field.value, "close");
    plan.keep_alive_given |= is_keep_alive(field);
  }
  if (plan.close_given) plan.keep_alive = false;

  if (plan.switched || status == 204) {
    if (plan.length != 0 && !exchange_.head) refuse(what, "a " + std::to_string(status) + " response has no body");
    plan.framing = Framing::None;
  } else if (status == 304) {
    plan.framing = Framing::None;
  } else if (!length) {
    plan.framing = exchange_.minor_version == 0 ? Framing::UntilClose : Framing::Chunks;
    plan.keep_alive &= plan.framing == Framing::Chunks;
  }
  return plan;
}

void ResponseWriter::write_head(std::string& out, const Plan& plan, const ResponseHead& response,
                                std::string_view body) {
  const std::size_t most = fixed_lines + response.reason.size() + size_of(response.headers) +
                           response.preformatted.size() + response.standard_lines.size() + body.size();
  append(out, most, [&](char* at) {
    at = put_status_line(at, response.status, response.reason);
    at = put(at, response.preformatted);
    at = put(at, response.standard_lines);
    for (const http::Header& field : response.headers) {
      if (plan.keep_alive_given && is_keep_alive(field)) continue;
      at = put(at, field);
    }
    if (plan.framing == Framing::Length) {
      at = put(at, content_length);
      at = std::to_chars(at, at + most_digits, plan.length).ptr;
      at = put(at, "\r\n");
    } else if (plan.framing == Framing::Chunks) {
      at = put(at, chunked_line);
    }
    if (!plan.keep_alive && !plan.close_given && !plan.switched) at = put(at, close_line);
    if (plan.keep_alive && exchange_.minor_version == 0) at = put(at, keep_alive_line);
    at = put(at, "\r\n");
    return put(at, body);
  });
  framing_ = plan.framing;
  remaining_ = plan.length;
  suppressed_ = plan.suppressed;
  switched_ = plan.switched;
  within_data_ = false;
  status_ = response.status;
  exchange_.keep_alive = plan.keep_alive;
}

void ResponseWriter::send_response(std::string& out, const ResponseHead& response) {
  write_head(out, plan(response, response.content_length), response, {});
  state_ = State::Body;
}

void ResponseWriter::send_response(std::string& out, const ResponseHead& response, std::string_view body) {
  const Plan decided = plan(response, body.size());
  if (decided.suppressed) body = {};
  write_head(out, decided, response, body.size() <= small_body ? body : std::string_view());
  if (body.size() > small_body) out.append(body);
  state_ = State::Done;
}

bool ResponseWriter::begin_data(std::string& out, std::uint64_t size) {
  constexpr const char* what = "send data";
  require(State::Body, what);
  if (within_data_) refuse(what, "the data before it has not ended");
  if (size == 0) return false;
  if (framing_ == Framing::None && !suppressed_) refuse(what, "a " + std::to_string(status_) + " response has no body");
  if (framing_ == Framing::Length) {
    if (size > remaining_) refuse_excess(size);
    remaining_ -= size;
  }
  if (suppressed_) return false;
  if (framing_ == Framing::Chunks) {
    append(out, most_digits + 2,
           [size](char* at) { return put(std::to_chars(at, at + most_digits, size, 16).ptr, "\r\n"); });
  }
  within_data_ = true;
  return true;
}

void ResponseWriter::refuse_excess(std::uint64_t size) const {
  refuse("send data",
         std::to_string(size) + " bytes, but " + std::to_string(remaining_) + " are left of Content-Length");
}

void ResponseWriter::end_data(std::string& out) {
  if (!within_data_) refuse("end data", "none has begun");
  if (framing_ == Framing::Chunks) out.append("\r\n");
  within_data_ = false;
}

void ResponseWriter::send_data(std::string& out, std::string_view data) {
  if (!begin_data(out, data.size())) return;
  out.append(data);
  end_data(out);
}

void ResponseWriter::end_response(std::string& out, std::span<const http::Header> trailers) {
  constexpr const char* what = "end the response";
  require(State::Body, what);
  if (within_data_) refuse(what, "data has begun and not ended");
  if (framing_ == Framing::Length && remaining_ != 0 && !suppressed_) {
    refuse(what, std::to_string(remaining_) + " bytes of Content-Length were not sent");
  }
  for (const http::Header& field : trailers) check(what, field);
  if (framing_ == Framing::Length && !trailers.empty() && !suppressed_) refuse(what, "trailers need a body in chunks");
  if (framing_ == Framing::Chunks && !suppressed_) {
    append(out, size_of(trailers) + 5, [&](char* at) {
      at = put(at, "0\r\n");
      for (const http::Header& field : trailers) at = put(at, field);
      return put(at, "\r\n");
    });
  }
  state_ = State::Done;
}

}  // namespace krait::wire::h1
