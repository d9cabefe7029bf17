#pragma once
// The head of a request: its first line and its headers.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "krait/http/fields.h"
#include "krait/http/methods.h"
#include "krait/wire/h1/limits.h"

namespace krait::wire::h1 {

// A request as it came, checked, with what the protocol itself needs already looked up. Python: h11.Request
// All text points into the connection's buffer: see ServerConnection for how long it lives.
struct RequestHead {
  std::string_view method;  // as sent: "GET"
  std::string_view target;  // as sent: "/items?q=1"
  std::string_view path;    // the target's path, percent-encoded; "*" for OPTIONS *, "" for CONNECT
  std::string_view query;   // what follows its "?", percent-encoded; "" when there is none
  std::string_view
      host;  // the Host header, or the host of an absolute target, which counts more; "" when there is none
  http::HTTPMethod known_method = http::HTTPMethod::OTHER;
  int minor_version = 1;  // 1 for HTTP/1.1 and up, 0 for HTTP/1.0

  std::span<const http::Header> headers;  // in the order sent, names in the peer's own spelling

  std::optional<std::uint64_t> content_length;  // set when the header was there; never together with `chunked`
  bool chunked = false;
  bool keep_alive = true;        // the peer wants the connection to outlive the response
  bool expect_continue = false;  // the peer waits for "100 Continue" before it sends its body
  std::string_view upgrade;      // the Upgrade header, when Connection names it, too: "websocket"

  // True when body bytes follow.
  bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
  // "1.1" or "1.0". Python: h11.Request.http_version
  std::string_view version() const noexcept { return minor_version == 0 ? "1.0" : "1.1"; }
  // The first header of this name, whatever its case.
  std::optional<std::string_view> header(std::string_view name) const noexcept { return http::find(headers, name); }
};

// Reads one head after another. A head that did not come whole is continued at the line where it broke off.
class HeadParser {
 public:
  explicit HeadParser(const Limits& limits) : limits_(_bounded(limits)), fields_(16) {}

  // Forgets the last head; its views may be dead from now on.
  void reset() noexcept { begin_ = nullptr; }

  // Reads the head at `begin`, and gives the place after it, or nullptr when it is not complete at `end`: come again
  // with more behind the same bytes, at the same place or another. `last`: nothing more will come. Throws
  // RemoteProtocolError (400, 414, 417, 431, 501, 505). `end` must have scan_padding readable bytes behind it.
  const char* parse(const char* begin, const char* end, bool last = false);

  // The head that parse() completed.
  const RequestHead& head() const noexcept { return head_; }

 private:
  enum class Stage : std::uint8_t { BeforeRequestLine, RequestLine, Fields };
  // The list of transfer codings so far. Only Chunked can be served; the message of the others has no known end.
  enum class Codings : std::uint8_t { None, Chunked, Others, OthersThenChunked, Broken };
  // What single fields said; finish() judges them together.
  struct Notes {
    bool has_host = false;
    Codings codings = Codings::None;
    bool close = false;
    bool keep_alive = false;
    bool upgrade_listed = false;
    bool expects_continue = false;
    bool expects_other = false;
    std::string_view upgrade;
  };

  void restart(const char* begin) noexcept;
  bool line_may_be_complete(const char* end) noexcept;
  const char* line_limit(const char* line) const noexcept;
  [[noreturn]] void refuse_length(const char* line) const;

  const char* skip_empty_line(const char* p, const char* end) const;
  const char* read_request_line(const char* p, const char* stop);
  const char* read_method(const char* p, const char* stop);
  const char* read_target(const char* p, const char* stop);
  const char* read_version(const char* p, const char* stop);
  const char* read_fields(const char* p, const char* end);

  void note_field(const http::Header& field);
  void note_host(std::string_view value);
  void note_content_length(std::string_view value);
  void note_transfer_encoding(std::string_view value) noexcept;
  void note_connection(std::string_view value) noexcept;
  void finish();
  void finish_framing();

  Limits limits_;
  RequestHead head_;
  Notes notes_;
  std::vector<http::Header> fields_;  // grows to what the peer sends and stays there: no allocation once warm
  std::size_t field_count_ = 0;

  const char* begin_ = nullptr;  // where the head started when it was read last
  std::size_t line_ = 0;         // the line to go on with, counted from begin_
  std::size_t searched_ = 0;     // up to here no LF ends that line
  Stage stage_ = Stage::BeforeRequestLine;

  // The last Host that was read whole and found right: who sends one request after another repeats it.
  std::array<char, 64> right_host_;
  std::size_t right_host_size_ = 0;
};

}  // namespace krait::wire::h1
