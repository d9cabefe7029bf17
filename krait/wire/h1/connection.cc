// The state of a connection is two states, one for each direction:
//
//   reading   Head -Request-> Body -EndOfMessage-> Finished -(response Done)-> Head | Closed
//             Head, Body -mistake-> Failed         Body, Finished -(101, CONNECT 2xx)-> Switched
//   writing   Idle -Request-> Waiting -send_response-> Body -end_response-> Done -(request Finished)-> Waiting
//
// The next request is read when both have ended, hence responses go out in the order of their requests.

#include "krait/wire/h1/connection.h"

#include <cstring>

namespace krait::wire::h1 {
namespace {

[[noreturn]] void refuse_eof(const std::string& why) {
  throw RemoteProtocolError("cannot read the request: the peer closed the connection, and " + why, 400);
}

bool switches_protocol(const RequestHead& request, int status) {
  return status == 101 || (request.known_method == http::HTTPMethod::CONNECT && status >= 200 && status < 300);
}

}  // namespace

ServerConnection::ServerConnection(const Limits& limits) : parser_(limits), body_(limits) {}

std::span<char> ServerConnection::prepare(std::size_t min) { return input_.prepare(min == 0 ? 1 : min); }

void ServerConnection::commit(std::size_t n) {
  if (eof_ && n != 0) throw LocalProtocolError("cannot receive data: the peer has closed its side");
  if (n > input_.room()) throw LocalProtocolError("cannot receive data: more bytes than prepare() gave room for");
  input_.commit(n);
}

void ServerConnection::receive_data(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::span<char> room = prepare(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

Event ServerConnection::next_event() {
  try {
    switch (reading_) {
      case Reading::Head:
        return read_head();
      case Reading::Body:
        return read_body();
      case Reading::Finished:
        return response_complete() ? begin_next_request() : Event::Paused;
      case Reading::Switched:
        return Event::Paused;
      case Reading::Closed:
        return Event::ConnectionClosed;
      case Reading::Failed:
        break;
    }
  } catch (const RemoteProtocolError& error) {
    fail(error);
    throw;
  }
  throw RemoteProtocolError(*failure_);
}

Event ServerConnection::read_head() {
  const char* const after = parser_.parse(input_.begin(), input_.end(), eof_);
  if (after != nullptr) {
    input_.consume_to(after);
    begin_message();
    return Event::Request;
  }
  if (!eof_) return Event::NeedData;
  // An empty line alone, as old clients send it after a body, is no request.
  if (!input_.empty() && input_.view() != "\r\n") refuse_eof("the head is not complete");
  reading_ = Reading::Closed;
  return Event::ConnectionClosed;
}

void ServerConnection::begin_message() {
  input_.pin();
  const RequestHead& head = parser_.head();
  body_.begin(head);
  continue_sent_ = false;
  reading_ = Reading::Body;
  writer_.begin({.head = head.known_method == http::HTTPMethod::HEAD,
                 .connect = head.known_method == http::HTTPMethod::CONNECT,
                 .minor_version = static_cast<std::uint8_t>(head.minor_version),
                 .keep_alive = head.keep_alive});
}

Event ServerConnection::read_body() {
  const char* p = input_.begin();
  const BodyReader::Step step = body_.next(p, input_.end());
  input_.consume_to(p);
  switch (step) {
    case BodyReader::Step::Data:
      return Event::Data;
    case BodyReader::Step::End:
      input_.pin();
      reading_ = Reading::Finished;
      return Event::EndOfMessage;
    case BodyReader::Step::NeedData:
      break;
  }
  if (eof_) refuse_eof(body_.describe_missing());
  return Event::NeedData;
}

Event ServerConnection::begin_next_request() {
  input_.unpin();
  if (!writer_.keep_alive()) {
    reading_ = Reading::Closed;
    return Event::ConnectionClosed;
  }
  parser_.reset();
  reading_ = Reading::Head;
  return read_head();
}

// Nothing more is read. A head that cannot be read may still be answered; so may a body's mistake, when the response
// has not started. Either answer is the last one.
void ServerConnection::fail(const RemoteProtocolError& error) {
  const RequestHead& head = parser_.head();
  if (reading_ == Reading::Head) {
    writer_.begin({.head = head.known_method == http::HTTPMethod::HEAD,
                   .minor_version = static_cast<std::uint8_t>(head.minor_version)});
  }
  writer_.close();
  failure_ = error;
  reading_ = Reading::Failed;
}

void ServerConnection::limit_body(std::uint64_t bytes) {
  if (reading_ != Reading::Body) return;
  try {
    body_.limit(bytes);
  } catch (const RemoteProtocolError& error) {
    fail(error);
    throw;
  }
}

void ServerConnection::give_up(const RemoteProtocolError& why) {
  if (reading_ == Reading::Head || reading_ == Reading::Body) fail(why);
}

bool ServerConnection::waiting_for_continue() const noexcept {
  return reading_ == Reading::Body && parser_.head().expect_continue && !continue_sent_ && body_.received() == 0 &&
         input_.empty();
}

bool ServerConnection::request_complete() const noexcept {
  return reading_ == Reading::Finished || (reading_ == Reading::Body && body_.complete());
}

bool ServerConnection::send_continue(std::string& out) {
  if (!waiting_for_continue() || response_started()) return false;
  writer_.send_informational(out, 100);
  continue_sent_ = true;
  return true;
}

// A peer that still waits for "100 Continue" may send its body or not; no next request can be told from that.
bool ServerConnection::must_close_after(const ResponseHead& response) const {
  const RequestHead& request = parser_.head();
  if (writer_.state() == ResponseWriter::State::Waiting && switches_protocol(request, response.status)) {
    const char* const why = reading_ == Reading::Failed                         ? "the request is broken"
                            : !request_complete()                               ? "the body of the request was not read"
                            : response.status == 101 && request.upgrade.empty() ? "the request did not ask for it"
                                                                                : nullptr;
    if (why != nullptr) throw LocalProtocolError(std::string("cannot switch protocols: ") + why);
  }
  return waiting_for_continue();
}

void ServerConnection::send_response(std::string& out, const ResponseHead& response) {
  if (must_close_after(response)) writer_.close();
  writer_.send_response(out, response);
  if (writer_.switched()) reading_ = Reading::Switched;
}

void ServerConnection::send_response(std::string& out, const ResponseHead& response, std::string_view body) {
  if (must_close_after(response)) writer_.close();
  writer_.send_response(out, response, body);
  if (writer_.switched()) reading_ = Reading::Switched;
}

void ServerConnection::trim() noexcept {
  if (idle()) input_.trim();
}

}  // namespace krait::wire::h1
