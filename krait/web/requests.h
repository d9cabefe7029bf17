#pragma once
// A request, as a handler sees it.
//
//   app.post("/upload", [](web::Request& request) -> Coroutine<json::Object> {
//     auto stream = request.stream();
//     while (auto chunk = co_await stream.next()) size += chunk->size();
//     co_return json::Object{{"size", size}};
//   });
//
// A handler gets a reference, on purpose: the request, and every view it gives, lives until the response is complete.
// Python: starlette.requests.Request

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "krait/builtins/coroutine.h"
#include "krait/builtins/exceptions.h"
#include "krait/json/value.h"
#include "krait/web/datastructures.h"

namespace krait::wire::h1 {
struct RequestHead;
}

namespace krait::web {

class App;
class Request;
struct _Route;

// The client left before its request was read. Python: starlette.requests.ClientDisconnect
KRAIT_EXCEPTION(ClientDisconnect, Exception);

// Where a request's body comes from: a connection, or a test's string. The server implements it.
class _BodySource {
 public:
  virtual ~_BodySource() = default;
  // The next piece, "" at the end and ever after. The view holds until the next call. Only asking lets the peer send on:
  // that is the back-pressure (and, where the peer waits for it, the moment of "100 Continue").
  // Throws ClientDisconnect, and h1::RemoteProtocolError for a broken chunk.
  virtual Coroutine<std::string_view> next_chunk() = 0;
  // The whole rest of the body when it has arrived in one piece, so that it need not be awaited; else nullopt.
  // It counts as read then. The view holds until the response is complete.
  virtual std::optional<std::string_view> take_whole() { return std::nullopt; }
  // True once the peer has closed its side for good.
  virtual bool disconnected() const noexcept { return false; }
};

// The pieces of a request's body, as they arrive. Python: request.stream()
class BodyStream {
 public:
  // The next piece, nullopt at the end. The view holds until the next call.
  // Throws HTTPException 413 when the body is larger than the limit, ClientDisconnect.
  Coroutine<std::optional<std::string_view>> next();

 private:
  friend class Request;
  explicit BodyStream(Request& request) : request_(&request) {}
  Request* request_;
  bool gave_buffered_ = false;
};

class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // "GET". Python: request.method
  std::string_view method() const noexcept { return method_; }
  // Percent-decoded, without the query: "/items/ä". Bytes that are no UTF-8 came out as U+FFFD. Python: request.url.path
  std::string_view path() const noexcept { return path_; }
  // As sent: "/items/%C3%A4?q=1".
  std::string_view target() const noexcept { return target_; }
  // As sent, without the "?". Python: request.url.query
  std::string_view query_string() const noexcept { return query_; }
  // "http" or "https". Python: request.url.scheme
  std::string_view scheme() const noexcept { return scheme_; }
  // The host that was asked, "localhost:5000"; "" when unknown. Python: request.url.netloc
  std::string_view host() const noexcept { return host_; }
  // Python: request.headers
  const Headers& headers() const noexcept { return headers_; }
  // As urllib.parse.parse_qsl reads them, blank values kept. Python: request.query_params
  const MultiDict& query_params();
  // Python: request.cookies
  const MultiDict& cookies();
  // What the route's path bound: {"item_id": "7"}. Python: request.path_params
  const MultiDict& path_params() const noexcept { return path_params_; }
  // Python: request.client
  const Address& client() const noexcept { return *client_; }
  // The path below which an application is mounted; "" at the top. Python: request.scope["root_path"]
  std::string_view root_path() const noexcept { return path_.substr(0, root_size_); }
  // The application that serves this request. Python: request.app
  App& app() const noexcept { return *app_; }

  // The whole body. Asking again gives it again. Throws HTTPException 413 when it is larger than the limit,
  // ClientDisconnect, RuntimeError "Stream consumed" after stream(). Python: await request.body()
  Coroutine<std::string_view> body();
  // The body as JSON. Throws as body() and json::loads do. Python: await request.json()
  Coroutine<json::Value> json();
  // The body in pieces. Throws RuntimeError "Stream consumed" the second time. Python: request.stream()
  BodyStream stream();
  // Python: await request.is_disconnected()
  bool is_disconnected() const noexcept { return body_source_->disconnected(); }
  // In bytes; a larger body is answered 413.
  std::uint64_t max_body_size() const noexcept { return max_body_size_; }

  // --- for the server, and for a test's client ---

  // Makes this the request of `head`, whose text, like `source` and `client`, must live until the response is complete.
  // What was kept of the last request is forgotten, its memory reused.
  void _begin(const wire::h1::RequestHead& head, _BodySource& source, const Address& client,
              std::string_view scheme = "http");

  // --- for the rooms of krait::web ---

  // What is left of the path for a mounted application.
  std::string_view _route_path() const noexcept { return path_.substr(root_size_); }
  std::optional<std::uint64_t> _content_length() const noexcept { return content_length_; }
  // The body when it is here already, as body() would give it. False: it must be awaited.
  bool _try_body();
  std::string_view _whole_body() const noexcept { return whole_body_; }

 private:
  friend class App;
  friend class BodyStream;
  enum class BodyState : unsigned char { Unread, Whole, Streamed };

  void decode_path(std::string_view raw);
  void check_size(std::uint64_t size) const;

  std::string_view method_, target_, path_, query_, host_, scheme_;
  Headers headers_;
  const Address* client_ = nullptr;
  _BodySource* body_source_ = nullptr;
  App* app_ = nullptr;
  const _Route* route_ = nullptr;  // what the router of app_ chose, if it has
  std::size_t root_size_ = 0;
  std::optional<std::uint64_t> content_length_;
  std::uint64_t max_body_size_ = 0;
  std::uint64_t received_ = 0;

  MultiDict query_params_, cookies_, path_params_;
  bool query_parsed_ = false, cookies_parsed_ = false;
  BodyState body_state_ = BodyState::Unread;
  std::string_view whole_body_;
  std::string decoded_path_, decoded_query_, decoded_cookies_, received_body_;  // what the views above may point into
  std::exception_ptr pending_error_;  // what the quick path left to an exception handler that waits
};

// The request's URL with another (decoded) path: absolute, as far as the host is known; the query stays.
std::string _url_of(const Request& request, std::string_view path);

}  // namespace krait::web
