// The head of a request (RFC 9112, 2.1 and 3)
//   head         := [CRLF] request-line CRLF *( field-line CRLF ) CRLF
//   request-line := method SP request-target SP HTTP-version
//   method       := token
//   HTTP-version := "HTTP/" DIGIT "." DIGIT
//   request-target: see target.cc          field-line: see _field_line.h
//
// Lines are read from left to right and the first mistake counts, so that a head fails alike whether its bytes come at
// once or one by one. Nothing that an earlier recipient might read otherwise is forgiven: one space where SP stands,
// CR LF and nothing else as a line's end.

#include "krait/wire/h1/head.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "krait/http/_characters.h"
#include "krait/wire/h1/_field_line.h"
#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/target.h"

namespace krait::wire::h1 {
namespace {

constexpr std::string_view version_pattern = "HTTP/d.d\r\n";

[[noreturn]] void refuse(const std::string& why, int status = 400) {
  throw RemoteProtocolError("cannot read the request: " + why, status);
}

[[noreturn]] void refuse_in_request_line(const std::string& what, char bad) {
  if (bad == '\n') refuse("a bare LF in the request line");
  refuse("invalid character " + describe_byte(bad) + " in " + what);
}

// `name` is a token of as many bytes as `lower`, hence setting bit 0x20 changes nothing but the case of letters.
template <std::size_t N>
bool is_name(const char* name, const char (&lower)[N]) noexcept {
  for (std::size_t i = 0; i + 1 < N; ++i) {
    if ((name[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

bool is_digit(char c) { return http::_is(c, http::_digit); }

}  // namespace

void HeadParser::restart(const char* begin) noexcept {
  begin_ = begin;
  line_ = searched_ = 0;
  stage_ = Stage::BeforeRequestLine;
  field_count_ = 0;
  // In place: an assignment from a temporary reads it back in wider pieces than it was written in, and stalls.
  std::construct_at(&notes_);
  std::construct_at(&head_);
}

const char* HeadParser::parse(const char* begin, const char* end, bool last) {
  if (begin != begin_) restart(begin);
  if (!last && !line_may_be_complete(end)) return nullptr;
  const char* p = begin + line_;
  if (stage_ == Stage::BeforeRequestLine) {
    p = skip_empty_line(p, end);
    if (p == nullptr) return nullptr;
    line_ = static_cast<std::size_t>(p - begin);
    stage_ = Stage::RequestLine;
  }
  if (stage_ == Stage::RequestLine) {
    const char* const stop = std::min(end, line_limit(p));
    const char* const line = p;
    p = read_request_line(line, stop);
    if (p == nullptr) {
      if (stop == line_limit(line)) refuse_length(line);
      searched_ = static_cast<std::size_t>(end - begin);
      return nullptr;
    }
    line_ = static_cast<std::size_t>(p - begin);
    stage_ = Stage::Fields;
  }
  return read_fields(p, end);
}

// A line that broke off is read again from its start once its LF is there. Until then only new bytes are looked at, so
// that a peer who sends single bytes costs no more than one who sends lines.
bool HeadParser::line_may_be_complete(const char* end) noexcept {
  if (searched_ <= line_ || end >= line_limit(begin_ + line_)) return true;
  const char* const news = begin_ + searched_;
  searched_ = static_cast<std::size_t>(end - begin_);
  return end > news && std::memchr(news, '\n', static_cast<std::size_t>(end - news)) != nullptr;
}

// The place that the CRLF of this line must not pass.
const char* HeadParser::line_limit(const char* line) const noexcept {
  const std::size_t most = (stage_ == Stage::Fields ? limits_.header_line : limits_.request_line) + 2;
  const std::size_t left = limits_.head - std::min(limits_.head, static_cast<std::size_t>(line - begin_));
  return line + std::min(most, left);
}

void HeadParser::refuse_length(const char* line) const {
  const bool in_request_line = stage_ != Stage::Fields;
  const std::size_t most = in_request_line ? limits_.request_line : limits_.header_line;
  if (line_limit(line) != line + most + 2)
    refuse("the head is longer than " + std::to_string(limits_.head) + " bytes", 431);
  if (in_request_line) refuse("the request line is longer than " + std::to_string(most) + " bytes", 414);
  refuse("a header is longer than " + std::to_string(most) + " bytes", 431);
}

// RFC 9112, 2.2: a server should ignore at least one empty line before the request line.
const char* HeadParser::skip_empty_line(const char* p, const char* end) const {
  if (p == end) return nullptr;
  if (*p != '\r') return p;
  if (end - p < 2) return nullptr;
  if (p[1] != '\n') refuse("a bare CR before the request line");
  return p + 2;
}

const char* HeadParser::read_request_line(const char* p, const char* stop) {
  p = read_method(p, stop);
  if (p != nullptr) p = read_target(p, stop);
  if (p != nullptr) p = read_version(p, stop);
  if (p == nullptr) return nullptr;

  head_.known_method = http::method(head_.method);
  if (head_.target[0] == '/' && head_.known_method != http::HTTPMethod::CONNECT) return p;
  const Target target = parse_target(head_.known_method, head_.target);
  head_.path = target.path;
  head_.query = target.query;
  head_.host = target.authority;
  return p;
}

const char* HeadParser::read_method(const char* p, const char* stop) {
  const char* const most = static_cast<std::size_t>(stop - p) > limits_.method ? p + limits_.method + 1 : stop;
  const char* const end = _scan_while(p, most, http::_token);
  if (end == most) {
    if (most == stop && static_cast<std::size_t>(stop - p) <= limits_.method) return nullptr;
    refuse("the method is longer than " + std::to_string(limits_.method) + " characters", 501);
  }
  if (*end != ' ' || end == p) refuse_in_request_line("the method", *end);
  head_.method = {p, static_cast<std::size_t>(end - p)};
  return end + 1;
}

const char* HeadParser::read_target(const char* p, const char* stop) {
  const char* end = p;
  if (p < stop && *p == '/') {
    end = _scan_while(p, stop, http::_path);
    head_.path = {p, static_cast<std::size_t>(end - p)};
    if (end < stop && *end == '?') {
      const char* const query = end + 1;
      end = _scan_while(query, stop, http::_query);
      head_.query = {query, static_cast<std::size_t>(end - query)};
    }
  } else {
    end = _scan_while(p, stop, http::_query);
  }
  if (end == stop) return nullptr;
  if (end == p || *end != ' ') {
    if (*end == ' ') refuse("two spaces after the method");
    if (*end == '\r') refuse("the request line has no HTTP version");
    refuse_in_request_line("the request target", *end);
  }
  head_.target = {p, static_cast<std::size_t>(end - p)};
  return end + 1;
}

const char* HeadParser::read_version(const char* p, const char* stop) {
  if (stop - p >= 10 && std::memcmp(p, "HTTP/1.1\r\n", 10) == 0) return p + 10;
  const std::size_t available = std::min(version_pattern.size(), static_cast<std::size_t>(stop - p));
  for (std::size_t i = 0; i < available; ++i) {
    const char expected = version_pattern[i];
    if (expected == 'd' ? is_digit(p[i]) : p[i] == expected) continue;
    if (p[i] == '\n') refuse("a bare LF in the request line");
    refuse("the HTTP version is malformed");
  }
  if (available < version_pattern.size()) return nullptr;
  if (p[5] != '1') refuse(std::string("HTTP/") + p[5] + "." + p[7] + " is not spoken here", 505);
  head_.minor_version = p[7] == '0' ? 0 : 1;
  return p + version_pattern.size();
}

const char* HeadParser::read_fields(const char* p, const char* end) {
  while (true) {
    const char* const limit = line_limit(p);
    const char* const stop = std::min(end, limit);
    if (stop - p >= 2 && p[0] == '\r') {
      if (p[1] != '\n') _refuse_value(p);
      finish();
      return p + 2;
    }
    if (field_count_ == fields_.size()) fields_.resize(2 * fields_.size());
    http::Header& field = fields_[field_count_];
    const bool lone_cr = stop - p == 1 && p[0] == '\r';
    const char* const next = lone_cr ? nullptr : _read_field_line(p, stop, field);
    if (next == nullptr) {
      if (stop == limit) refuse_length(p);
      line_ = static_cast<std::size_t>(p - begin_);
      searched_ = static_cast<std::size_t>(end - begin_);
      return nullptr;
    }
    note_field(field);
    ++field_count_;
    p = next;
  }
}

void HeadParser::note_field(const http::Header& field) {
  if (field_count_ == limits_.header_count)
    refuse("more than " + std::to_string(limits_.header_count) + " headers", 431);
  // Most names have a length that none of those below has.
  constexpr std::uint32_t lengths = 1u << 4 | 1u << 6 | 1u << 7 | 1u << 10 | 1u << 14 | 1u << 17;
  if (field.name.size() >= 32 || (lengths >> field.name.size() & 1) == 0) return;
  const char* const name = field.name.data();
  switch (field.name.size()) {
    case 4:
      if (is_name(name, "host")) note_host(field.value);
      break;
    case 6:
      if (is_name(name, "expect")) {
        const bool known = http::equals_ignoring_case(field.value, "100-continue");
        (known ? notes_.expects_continue : notes_.expects_other) = true;
      }
      break;
    case 7:
      if (is_name(name, "upgrade")) notes_.upgrade = field.value;
      break;
    case 10:
      if (is_name(name, "connection")) note_connection(field.value);
      break;
    case 14:
      if (is_name(name, "content-length")) note_content_length(field.value);
      break;
    case 17:
      if (is_name(name, "transfer-encoding")) note_transfer_encoding(field.value);
      break;
    default:
      break;
  }
}

void HeadParser::note_host(std::string_view value) {
  if (notes_.has_host) refuse("more than one Host header");
  if (value.size() != right_host_size_ || std::memcmp(value.data(), right_host_.data(), value.size()) != 0) {
    if (!is_host(value)) refuse("the Host header is invalid");
    if (value.size() <= right_host_.size()) {
      std::memcpy(right_host_.data(), value.data(), value.size());
      right_host_size_ = value.size();
    }
  }
  notes_.has_host = true;
  if (head_.host.empty()) head_.host = value;
}

void HeadParser::note_content_length(std::string_view value) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  if (value.empty()) refuse("Content-Length is empty");
  std::uint64_t length = 0;
  for (char c : value) {
    if (!is_digit(c)) refuse("Content-Length is not a number");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (most - digit) / 10) refuse("Content-Length is too large");
    length = length * 10 + digit;
  }
  if (head_.content_length.value_or(length) != length) refuse("two Content-Length headers differ");
  head_.content_length = length;
}

void HeadParser::note_transfer_encoding(std::string_view value) noexcept {
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view coding = http::strip(value.substr(0, comma));
    const bool chunked = http::equals_ignoring_case(coding, "chunked");
    if (coding.empty() || notes_.codings == Codings::Chunked || notes_.codings == Codings::OthersThenChunked) {
      notes_.codings = Codings::Broken;
    } else if (notes_.codings == Codings::None) {
      notes_.codings = chunked ? Codings::Chunked : Codings::Others;
    } else if (notes_.codings == Codings::Others && chunked) {
      notes_.codings = Codings::OthersThenChunked;
    }
    if (comma == std::string_view::npos) return;
    value.remove_prefix(comma + 1);
  }
}

void HeadParser::note_connection(std::string_view value) noexcept {
  if (value.size() == 10 && is_name(value.data(), "keep-alive")) {
    notes_.keep_alive = true;
    return;
  }
  notes_.close |= http::has_token(value, "close");
  notes_.keep_alive |= http::has_token(value, "keep-alive");
  notes_.upgrade_listed |= http::has_token(value, "upgrade");
}

void HeadParser::finish() {
  head_.headers = {fields_.data(), field_count_};
  if (!notes_.has_host && head_.minor_version != 0) refuse("there is no Host header");
  finish_framing();
  head_.keep_alive = !notes_.close && (head_.minor_version != 0 || notes_.keep_alive);
  if (head_.minor_version == 0) return;
  if (notes_.expects_other) refuse("the expectation is not 100-continue", 417);
  head_.expect_continue = notes_.expects_continue && head_.has_body();
  if (notes_.upgrade_listed) head_.upgrade = notes_.upgrade;
}

void HeadParser::finish_framing() {
  const Codings codings = notes_.codings;
  if (codings != Codings::None) {
    if (head_.minor_version == 0) refuse("Transfer-Encoding in HTTP/1.0");
    if (head_.content_length) refuse("both Content-Length and Transfer-Encoding");
    if (codings == Codings::OthersThenChunked) refuse("a transfer coding other than chunked is not supported", 501);
    if (codings != Codings::Chunked) refuse("the last transfer coding is not chunked, or not just once");
    head_.chunked = true;
  }
  if (head_.content_length.value_or(0) > limits_.body) {
    refuse("the body is longer than " + std::to_string(limits_.body) + " bytes", 413);
  }
}

}  // namespace krait::wire::h1
