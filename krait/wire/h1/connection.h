#pragma once
// One HTTP/1.1 connection, seen from its server: bytes in, events out, bytes. It never waits and knows no socket.
//
//   ServerConnection http;
//   std::string out;
//   switch (http.next_event()) {
//     case Event::NeedData: { auto room = http.prepare(4096); http.commit(recv(fd, room)); break; }   // 0:
//     receive_eof() case Event::Request: http.send_response(out, {.status = 200, .preformatted = date}, "Hello!\n");
//     break; …
//   }
//
// The events of one request come in this order; after each EndOfMessage the next request may follow:
//   Request  Data*  EndOfMessage
//
// Where views point: request() and trailers() stay valid until the next_event() that begins the next request, whatever
// else is received meanwhile. data() stays valid until the next prepare(), receive_data() or request; but when
// EndOfMessage came before those, as long as request(): a body that came at once needs no copy.
//
// Python: h11.Connection(h11.SERVER). Departures: a body arrives as views and a response is written head and body in
// one call, because copies are what such a codec spends its time on; and there is no start_next_cycle(): next_event()
// does it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "krait/wire/h1/_input.h"
#include "krait/wire/h1/body.h"
#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/head.h"
#include "krait/wire/h1/limits.h"
#include "krait/wire/h1/writer.h"

namespace krait::wire::h1 {

enum class Event : std::uint8_t {
  NeedData,          // receive more, then ask again
  Request,           // request() is there
  Data,              // data() holds the next bytes of its body
  EndOfMessage,      // the request is complete; trailers() are there
  Paused,            // complete the response first; or the connection switched to another protocol: see unread()
  ConnectionClosed,  // nothing more will come, or we said that nothing more would be answered: close the socket
};

class ServerConnection {
 public:
  explicit ServerConnection(const Limits& limits = {});
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  // Receiving. What exceeds the current request is kept for the next ones; see buffered() for when to stop reading.

  // Room to receive into, at least `min` bytes; valid until the next call of prepare(), receive_data() or trim().
  std::span<char> prepare(std::size_t min = 4096);
  // `n` bytes of that room were filled. Throws LocalProtocolError when that is more than it had.
  void commit(std::size_t n);
  // The same with a copy. Python: receive_data(data)
  void receive_data(std::string_view bytes);
  // The peer will send nothing more. Python: receive_data(b"")
  void receive_eof() noexcept { eof_ = true; }

  // What the received bytes mean; "not yet" is a value. Throws RemoteProtocolError when they can never be right, and
  // again at each call from then on: answer with its status (send_response works once, unless a response has started),
  // then close.
  Event next_event();

  const RequestHead& request() const noexcept { return parser_.head(); }
  std::string_view data() const noexcept { return body_.data(); }
  std::span<const http::Header> trailers() const noexcept { return body_.trailers(); }

  // The body of this request may have at most `bytes`, in place of Limits::body. Call it after Request.
  // Throws RemoteProtocolError (413) as next_event() does, at once when the announced length is more.
  void limit_body(std::uint64_t bytes);

  // We do not wait for the rest of this request: next_event() throws `why` from now on, and send_response() may answer
  // with it once, unless a response has started. For deadlines: give_up({"cannot read the request: too slow", 408}).
  void give_up(const RemoteProtocolError& why);

  // Responding. Each function appends to `out`. Throws LocalProtocolError when HTTP does not allow it; then nothing
  // was appended. See ResponseHead and ResponseWriter (writer.h).

  // "100 Continue", when the peer waits for it; else nothing and false. Call it before the handler wants the body.
  bool send_continue(std::string& out);
  // 102 Processing, 103 Early Hints; nothing to a peer that speaks HTTP/1.0.
  void send_informational(std::string& out, int status, std::span<const http::Header> headers = {}) {
    writer_.send_informational(out, status, headers);
  }
  // The head; the body follows by send_data() and end_response().
  void send_response(std::string& out, const ResponseHead& response);
  // The whole response.
  void send_response(std::string& out, const ResponseHead& response, std::string_view body);
  void send_data(std::string& out, std::string_view data) { writer_.send_data(out, data); }
  bool begin_data(std::string& out, std::uint64_t size) { return writer_.begin_data(out, size); }
  void end_data(std::string& out) { writer_.end_data(out); }
  void end_response(std::string& out, std::span<const http::Header> trailers = {}) {
    writer_.end_response(out, trailers);
  }

  // Where things stand.

  // The peer holds its body back until send_continue(). A final response without it closes the connection.
  bool waiting_for_continue() const noexcept;
  // The peer's message is complete: it was read up to EndOfMessage, or has no body.
  bool request_complete() const noexcept;
  bool response_started() const noexcept { return writer_.state() >= ResponseWriter::State::Body; }
  bool response_complete() const noexcept { return writer_.state() == ResponseWriter::State::Done; }
  // True between requests, when nothing of the next one has come: the time to count as idle.
  bool idle() const noexcept { return reading_ == Reading::Head && input_.empty(); }
  // False once it is known that no further request will be answered.
  bool keep_alive() const noexcept { return writer_.state() == ResponseWriter::State::Idle || writer_.keep_alive(); }
  // Body bytes of this request given so far.
  std::uint64_t body_received() const noexcept { return body_.received(); }

  // How many bytes were received and not used yet.
  std::size_t buffered() const noexcept { return input_.size(); }
  // These bytes. After 101 or CONNECT they are the first ones of the other protocol.
  std::string_view unread() const noexcept { return input_.view(); }
  // Gives the buffer back while idle(); the next prepare() takes a new one.
  void trim() noexcept;

 private:
  enum class Reading : std::uint8_t {
    Head,      // of a request, or before it
    Body,      // up to EndOfMessage
    Finished,  // EndOfMessage was given
    Switched,  // another protocol took over
    Failed,    // `failure_` was thrown
    Closed,
  };

  Event read_head();
  Event read_body();
  Event begin_next_request();
  void begin_message();
  void fail(const RemoteProtocolError& error);
  bool must_close_after(const ResponseHead& response) const;

  _Input input_;
  HeadParser parser_;
  BodyReader body_;
  ResponseWriter writer_;
  Reading reading_ = Reading::Head;
  bool eof_ = false;
  bool continue_sent_ = false;
  std::optional<RemoteProtocolError> failure_;
};

}  // namespace krait::wire::h1
