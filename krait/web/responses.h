#pragma once
// What a handler answers.
//
//   return web::PlainTextResponse("Hello, World!");
//   return web::JSONResponse({{"id", id}, {"name", name}}, {.status_code = 201});
//   return web::StreamingResponse([]() -> Generator<std::string> { co_yield "a"; co_yield "b"; }());
//
// Python: starlette.responses

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/generator.h"
#include "krait/json/encoder.h"
#include "krait/web/datastructures.h"

namespace krait::web {

class Request;

// Where the body of a streaming response goes. The server implements it; so does a test's client.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  // Sends one piece (an empty one is nothing), and comes back when the peer takes more: that is the back-pressure.
  // The response's head goes out before the first piece. `chunk` must stay alive until this completes.
  // Throws ClientDisconnect; CancelledError when the server cancels the handler of a client that left.
  virtual Coroutine<> write(std::string_view chunk) = 0;
};

// Writes a whole body, piece by piece.
using BodyWriter = _base::Function<Coroutine<>(ResponseWriter&)>;

struct ResponseOptions {
  int status_code = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string media_type = {};  // "": the class's own
};

// Python: the keywords of Response.set_cookie
struct CookieOptions {
  std::optional<std::int64_t> max_age = {};  // seconds
  std::string expires = {};                  // an HTTP date (http::http_date)
  std::string path = "/";                    // "": not sent
  std::string domain = {};
  bool secure = false;
  bool httponly = false;
  std::string samesite = "lax";  // "lax", "strict", "none"; "": not sent
  bool partitioned = false;
};

class Response {
 public:
  Response() = default;
  // Python: Response(content, status_code=200, headers=None, media_type=None)
  explicit Response(std::string content, ResponseOptions options = {});
  Response(Response&&) noexcept = default;
  Response& operator=(Response&& other) noexcept;
  ~Response();

  int status_code = 200;
  MutableHeaders headers;
  std::string body;

  // Adds a Set-Cookie field. Throws ValueError for a key that is no token, an unknown samesite. Python: response.set_cookie
  void set_cookie(std::string_view key, std::string_view value = "", const CookieOptions& options = {});
  // Python: response.delete_cookie
  void delete_cookie(std::string_view key, CookieOptions options = {});

  // A coroutine that runs once the response is sent. Python: Response(background=…)
  void set_background(_base::Function<Coroutine<>()> task);

  // Says that this body never ends by itself (an event stream): a server that shuts down ends it at once, instead of
  // waiting for it. EventSourceResponse does so by itself. uvicorn waits: Kludex/uvicorn#326
  void end_at_shutdown() { rare().ends_at_shutdown = true; }

  // --- for the server ---

  bool _ends_at_shutdown() const noexcept { return rare_ && rare_->ends_at_shutdown; }
  // True when the body is written by _write_body, not held in `body`.
  bool _is_stream() const noexcept { return rare_ && rare_->writer; }
  // The length of a stream's body when it is known, so that it need not be sent in chunks. (An answer to HEAD may say
  // the length of a body that it does not carry.)
  std::optional<std::uint64_t> _stream_length() const noexcept { return rare_ ? rare_->length : std::nullopt; }
  // Writes a stream's body. Once; the response must live until it completes.
  Coroutine<> _write_body(ResponseWriter& writer) { return rare_->writer(writer); }
  bool _has_background() const noexcept { return rare_ && rare_->background; }
  Coroutine<> _run_background() { return rare_->background(); }
  // Lets the response see its request, once, before it is sent: conditions, ranges. The App calls it.
  // Throws what a file that cannot be read does.
  void _prepare(const Request& request) {
    if (rare_ && rare_->prepare) [[unlikely]]
      std::exchange(rare_->prepare, nullptr)(*this, request);
  }
  // Empties it for the next use; memory is kept.
  void _reset() noexcept;

  // --- for krait's own kinds of response ---

  void _set_writer(BodyWriter writer, std::optional<std::uint64_t> length = {});
  void _set_prepare(_base::Function<void(Response&, const Request&)> prepare);
  // Drops whatever body there is.
  void _drop_body() noexcept;

 protected:
  void apply(ResponseOptions&& options, std::string_view content_type_line);

 private:
  struct Rare {
    BodyWriter writer;
    std::optional<std::uint64_t> length;
    _base::Function<void(Response&, const Request&)> prepare;
    _base::Function<Coroutine<>()> background;
    bool ends_at_shutdown = false;
  };
  Rare& rare();
  std::unique_ptr<Rare> rare_;  // what most responses have none of
};

// Python: PlainTextResponse
class PlainTextResponse : public Response {
 public:
  explicit PlainTextResponse(std::string content, ResponseOptions options = {});
};

// Python: HTMLResponse
class HTMLResponse : public Response {
 public:
  explicit HTMLResponse(std::string content, ResponseOptions options = {});
};

// Any value that JSON can hold, written at once. Throws as json::dumps does. Python: JSONResponse
class JSONResponse : public Response {
 public:
  explicit JSONResponse(json::Ref content, ResponseOptions options = {});
  JSONResponse(std::initializer_list<json::KeyRef> items, ResponseOptions options = {});
};

// Python: RedirectResponse(url, status_code=307)
class RedirectResponse : public Response {
 public:
  explicit RedirectResponse(std::string_view url, ResponseOptions options = {.status_code = 307});
};

// A body that is made while it is sent. Whatever the source holds, the response owns. Python: StreamingResponse
class StreamingResponse : public Response {
 public:
  // Python: StreamingResponse(generator())
  explicit StreamingResponse(Generator<std::string> pieces, ResponseOptions options = {});
  // A coroutine function that gives the next piece, nullopt at the end. Python: StreamingResponse(async_generator())
  explicit StreamingResponse(_base::Function<Coroutine<std::optional<std::string>>()> next,
                             ResponseOptions options = {});
  // A coroutine function that writes them: [](web::ResponseWriter& out) -> Coroutine<> { co_await out.write("a"); }
  explicit StreamingResponse(BodyWriter write, ResponseOptions options = {});
};

}  // namespace krait::web
