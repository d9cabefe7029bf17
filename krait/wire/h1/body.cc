// The body of a request (RFC 9112, 6 and 7)
//   body       := so many bytes as Content-Length says | chunked
//   chunked    := *chunk last-chunk *( field-line CRLF ) CRLF
//   chunk      := size [extensions] CRLF data CRLF        size is not 0 and says how long data is
//   last-chunk := 1*"0" [extensions] CRLF
//   size       := 1*16HEXDIG
//   extensions := *( BWS ";" BWS token [ BWS "=" BWS ( token | quoted-string ) ] )
// Extensions are checked and forgotten. A lone LF ends nothing here: recipients that let one end an extension
// disagree with the others about where the next request starts.

#include "krait/wire/h1/body.h"

#include <algorithm>
#include <iterator>

#include "krait/http/_characters.h"
#include "krait/wire/h1/_field_line.h"
#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/target.h"

namespace krait::wire::h1 {
namespace {

[[noreturn]] void refuse(const std::string& why, int status = 400) {
  throw RemoteProtocolError("cannot read the body: " + why, status);
}

// Fields that frame, route, authorize or describe a message must be known before its body (RFC 9110, 6.5.1).
constexpr std::string_view not_in_trailers[] = {
    "authorization",       "cache-control",     "connection", "content-encoding", "content-length",
    "content-range",       "content-type",      "cookie",     "expect",           "host",
    "keep-alive",          "max-forwards",      "range",      "set-cookie",       "te",
    "proxy-authorization", "transfer-encoding", "trailer",    "upgrade",
};

bool is_space(char c) { return c == ' ' || c == '\t'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = (c | 0x20) - 'a';
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

}  // namespace

void BodyReader::begin(const RequestHead& head) noexcept {
  data_ = {};
  received_ = 0;
  most_ = limits_.body;
  if (head.chunked) {
    state_ = State::Size;
    remaining_ = 0;
    size_digits_ = 0;
    extension_bytes_ = trailer_bytes_ = 0;
  } else {
    remaining_ = head.content_length.value_or(0);
    state_ = remaining_ == 0 ? State::Done : State::Length;
  }
  if (!trailers_.empty() || !trailer_lengths_.empty()) {
    trailers_.clear();
    trailer_lengths_.clear();
    trailer_text_.clear();
  }
}

BodyReader::Step BodyReader::next(const char*& p, const char* end) {
  while (true) {
    switch (state_) {
      case State::Done:
        return Step::End;
      case State::Length:
        return take_data(p, end, State::Done);
      case State::ChunkData:
        return take_data(p, end, State::DataCr);
      case State::Trailers:
        return read_trailers(p, end) ? Step::End : Step::NeedData;
      default:
        break;
    }
    if (p == end) return Step::NeedData;
    read_size_line(*p);
    ++p;
  }
}

BodyReader::Step BodyReader::take_data(const char*& p, const char* end, State after) {
  if (p == end) return Step::NeedData;
  const auto size = static_cast<std::size_t>(std::min(remaining_, static_cast<std::uint64_t>(end - p)));
  data_ = {p, size};
  p += size;
  received_ += size;
  remaining_ -= size;
  if (remaining_ == 0) state_ = after;
  return Step::Data;
}

// One byte of what stands between two chunks' data.
void BodyReader::read_size_line(char c) {
  switch (state_) {
    case State::DataCr:
      if (c != '\r') refuse("a chunk is longer than its size says");
      state_ = State::DataLf;
      return;
    case State::DataLf:
      if (c != '\n') refuse("a bare CR after a chunk");
      state_ = State::Size;
      size_digits_ = 0;
      return;
    case State::SizeLf:
      if (c != '\n') refuse("a bare CR in a chunk size line");
      end_size_line();
      return;
    case State::Size:
    case State::MoreSize:
      if (hex_digit(c) >= 0) {
        add_size_digit(c);
        return;
      }
      if (state_ == State::Size) refuse("invalid character " + describe_byte(c) + " in a chunk size");
      break;
    default:
      break;
  }
  if (c == '\n') refuse("a bare LF in a chunk size line");
  read_extension(c);
}

void BodyReader::add_size_digit(char c) {
  if (++size_digits_ > 16) refuse("a chunk size has more than 16 digits");
  remaining_ = remaining_ << 4 | static_cast<std::uint64_t>(hex_digit(c));
  state_ = State::MoreSize;
}

// Moves through the extensions and to the CR that ends them.
void BodyReader::read_extension(char c) {
  const bool may_end = state_ == State::MoreSize || state_ == State::ExtensionName || state_ == State::ExtensionToken ||
                       state_ == State::ExtensionEnd;
  if (c == '\r' && may_end) {
    state_ = State::SizeLf;
    return;
  }
  if (++extension_bytes_ > limits_.chunk_extensions) {
    refuse("chunk extensions are longer than " + std::to_string(limits_.chunk_extensions) + " bytes");
  }
  const bool token = http::_is(c, http::_token);
  const State before = state_;
  switch (before) {
    case State::MoreSize:
    case State::ExtensionEnd:
    case State::ExtensionSpace:
      if (c == ';') state_ = State::ExtensionStart;
      if (is_space(c)) state_ = State::ExtensionSpace;
      if (c == ';' || is_space(c)) return;
      break;
    case State::ExtensionStart:
      if (token) state_ = State::ExtensionName;
      if (token || is_space(c)) return;
      break;
    case State::ExtensionName:
    case State::ExtensionNameSpace:
      if (c == '=') state_ = State::ExtensionValueStart;
      if (c == ';') state_ = State::ExtensionStart;
      if (is_space(c)) state_ = State::ExtensionNameSpace;
      if (c == '=' || c == ';' || is_space(c) || (token && before == State::ExtensionName)) return;
      break;
    case State::ExtensionValueStart:
      if (c == '"') state_ = State::ExtensionQuoted;
      if (token) state_ = State::ExtensionToken;
      if (c == '"' || token || is_space(c)) return;
      break;
    case State::ExtensionToken:
      if (c == ';') state_ = State::ExtensionStart;
      if (is_space(c)) state_ = State::ExtensionSpace;
      if (token || c == ';' || is_space(c)) return;
      break;
    case State::ExtensionQuoted:
      if (c == '"') state_ = State::ExtensionEnd;
      if (c == '\\') state_ = State::ExtensionEscape;
      if (http::_is(c, http::_field_value)) return;
      break;
    case State::ExtensionEscape:
      state_ = State::ExtensionQuoted;
      if (http::_is(c, http::_field_value)) return;
      break;
    default:
      break;
  }
  refuse("invalid character " + describe_byte(c) + " in a chunk " + (before == State::MoreSize ? "size" : "extension"));
}

void BodyReader::end_size_line() {
  if (remaining_ == 0) {
    state_ = State::Trailers;
    return;
  }
  if (remaining_ > most_ || received_ > most_ - remaining_) refuse_body_size();
  state_ = State::ChunkData;
}

// True when the empty line was read.
bool BodyReader::read_trailers(const char*& p, const char* end) {
  while (true) {
    const char* const limit = p + (limits_.trailers - std::min(limits_.trailers, trailer_bytes_));
    const char* const stop = std::min(end, limit);
    if (stop - p >= 2 && p[0] == '\r') {
      if (p[1] != '\n') _refuse_value(p);
      p += 2;
      finish_trailers();
      return true;
    }
    http::Header field;
    const bool lone_cr = stop - p == 1 && p[0] == '\r';
    const char* const next = lone_cr ? nullptr : _read_field_line(p, stop, field);
    if (next == nullptr) {
      if (stop == limit) refuse("the trailers are longer than " + std::to_string(limits_.trailers) + " bytes", 431);
      return false;
    }
    add_trailer(field);
    trailer_bytes_ += static_cast<std::size_t>(next - p);
    p = next;
  }
}

void BodyReader::add_trailer(const http::Header& field) {
  const auto same = [&field](std::string_view name) { return http::equals_ignoring_case(field.name, name); };
  if (std::any_of(std::begin(not_in_trailers), std::end(not_in_trailers), same)) {
    refuse(std::string(field.name) + " must not stand in the trailers");
  }
  if (trailer_lengths_.size() == limits_.header_count) {
    refuse("more than " + std::to_string(limits_.header_count) + " trailers", 431);
  }
  trailer_lengths_.push_back({field.name.size(), field.value.size()});
  trailer_text_.append(field.name).append(field.value);
}

void BodyReader::finish_trailers() {
  const char* text = trailer_text_.data();
  for (const Lengths& each : trailer_lengths_) {
    trailers_.push_back({{text, each.name}, {text + each.name, each.value}});
    text += each.name + each.value;
  }
  state_ = State::Done;
}

void BodyReader::limit(std::uint64_t bytes) {
  most_ = bytes;
  const bool known = state_ == State::Length || state_ == State::ChunkData;
  const std::uint64_t announced = known ? remaining_ : 0;
  if (received_ > bytes || announced > bytes - received_) refuse_body_size();
}

void BodyReader::refuse_body_size() const {
  refuse("the body is longer than " + std::to_string(most_) + " bytes", 413);
}

std::string BodyReader::describe_missing() const {
  if (state_ == State::Length) return std::to_string(remaining_) + " bytes of the body are missing";
  return "the last chunk of the body is missing";
}

}  // namespace krait::wire::h1
