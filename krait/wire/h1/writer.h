#pragma once
// Responses as bytes: head, body by length or in chunks, trailers.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "krait/http/fields.h"

namespace krait::wire::h1 {

// The head of a response. Python: h11.Response
// Nothing is kept: all text may die after the call that it was given to.
struct ResponseHead {
  int status = 200;              // 200-999, or 101
  std::string_view reason = {};  // empty: the standard phrase of the status

  // Written in this order. Content-Length and Transfer-Encoding are the writer's own and refused here. Connection may
  // be given: "close" closes, "keep-alive" is left out (it does not decide), another option such as "Upgrade" is
  // written.
  std::span<const http::Header> headers = {};

  // Whole lines, each with its CRLF, written as they are and not checked: "Server: krait\r\nDate: …\r\n".
  std::string_view preformatted = {};
  // More of them: those that every response has.
  std::string_view standard_lines = {};

  // The size of the body; nullopt: unknown, so it is sent in chunks, or to HTTP/1.0 until the connection closes.
  std::optional<std::uint64_t> content_length = {};

  bool close = false;  // end the connection after this response
};

// Writes one response for each begin(). Every function appends to `out`; when it throws, it appended nothing.
class ResponseWriter {
 public:
  // What the response depends on in its request.
  struct Exchange {
    bool head = false;     // HEAD: all of a body is counted, none of it is written
    bool connect = false;  // CONNECT: a 2xx response has no body, and the connection becomes a tunnel
    std::uint8_t minor_version = 1;
    bool keep_alive = false;
  };

  enum class State : std::uint8_t { Idle, Waiting, Body, Done };

  State state() const noexcept { return state_; }
  // Idle or Done -> Waiting.
  void begin(Exchange exchange) noexcept;
  // Waiting: the response will close the connection.
  void close() noexcept { exchange_.keep_alive = false; }
  // False once it is known that the connection ends with this response.
  bool keep_alive() const noexcept { return exchange_.keep_alive; }
  // The response was 101, or 2xx to CONNECT: what follows is another protocol.
  bool switched() const noexcept { return switched_; }

  // "HTTP/1.1 100 Continue" and the like: status 100-199 without 101. Nothing is written to HTTP/1.0.
  void send_informational(std::string& out, int status, std::span<const http::Header> headers = {});

  // Waiting -> Body.
  void send_response(std::string& out, const ResponseHead& response);
  // Waiting -> Done: head and whole body in one pass. `response.content_length` is not looked at.
  void send_response(std::string& out, const ResponseHead& response, std::string_view body);

  void send_data(std::string& out, std::string_view data);
  // For data that need not be copied, such as a file's: what stands before and after it in `out`.
  // False: do not send the data, nor call end_data(): it is empty, or the response has no body (HEAD, 304).
  bool begin_data(std::string& out, std::uint64_t size);
  void end_data(std::string& out);
  // Body -> Done. Trailers need a body in chunks; where HTTP/1.0 or HEAD forbid one, they are left out.
  void end_response(std::string& out, std::span<const http::Header> trailers = {});

 private:
  enum class Framing : std::uint8_t { None, Length, Chunks, UntilClose };
  struct Plan;

  void require(State expected, const char* what) const;
  Plan plan(const ResponseHead& response, std::optional<std::uint64_t> length) const;
  void write_head(std::string& out, const Plan& plan, const ResponseHead& response, std::string_view body);
  void refuse_excess(std::uint64_t size) const;

  State state_ = State::Idle;
  Framing framing_ = Framing::None;
  bool suppressed_ = false;   // the body is counted, not written
  bool within_data_ = false;  // between begin_data() and end_data()
  bool switched_ = false;
  int status_ = 0;
  std::uint64_t remaining_ = 0;  // of Content-Length
  Exchange exchange_;
};

}  // namespace krait::wire::h1
