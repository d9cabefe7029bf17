#include "krait/web/_ask.h"

#include "krait/builtins/exceptions.h"
#include "krait/wire/h1/connection.h"

namespace krait::web {

namespace {

class Source final : public _BodySource {
 public:
  explicit Source(const _Question& question) : body_(question.body), piece_(question.piece) {}

  Coroutine<std::string_view> next_chunk() override {
    const std::string_view chunk = body_.substr(0, piece_ == 0 ? body_.size() : piece_);
    body_.remove_prefix(chunk.size());
    co_return chunk;
  }
  std::optional<std::string_view> take_whole() override {
    if (piece_ != 0) return std::nullopt;
    return std::exchange(body_, {});
  }

 private:
  std::string_view body_;
  std::size_t piece_;
};

class Collector final : public ResponseWriter {
 public:
  explicit Collector(_Answer& answer) : answer_(answer) {}
  Coroutine<> write(std::string_view chunk) override {
    answer_.body.append(chunk);
    answer_.pieces.emplace_back(chunk);
    co_return;
  }

 private:
  _Answer& answer_;
};

std::string head_of(const std::string& line, const _Question& question) {
  std::string head = line + " HTTP/1.1\r\n";
  bool has_host = false;
  for (const auto& [name, value] : question.headers) {
    head += name + ": " + value + "\r\n";
    has_host |= http::equals_ignoring_case(name, "host");
  }
  if (!has_host) head += "Host: testserver\r\n";
  if (question.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!question.body.empty()) {
    head += "Content-Length: " + std::to_string(question.body.size()) + "\r\n";
  }
  return head + "\r\n";
}

}  // namespace

std::string _Answer::header(std::string_view name) const {
  std::string all;
  for (const auto& [key, value] : headers) {
    if (http::equals_ignoring_case(key, name)) all.append(all.empty() ? "" : ", ").append(value);
  }
  return all;
}

Coroutine<_Answer> _ask_async(App& app, std::string line, _Question question) {
  wire::h1::ServerConnection connection;
  connection.receive_data(head_of(line, question));
  if (connection.next_event() != wire::h1::Event::Request)
    throw ValueError("cannot ask '" + line + "': it is no request");
  Source source(question);
  const Address client{"testclient", 50000};
  Request request;
  request._begin(connection.request(), source, client);
  Response response;
  _Answer answer;
  answer.at_once = app.try_handle(request, response);
  if (!answer.at_once) co_await app.handle(request, response);
  answer.status = response.status_code;
  for (const http::Header& field : response.headers.items()) answer.headers.emplace_back(field.name, field.value);
  answer.length = response._stream_length();
  if (response._is_stream()) {
    Collector collector(answer);
    if (request.method() != "HEAD") co_await response._write_body(collector);
  } else {
    answer.body = response.body;
  }
  if (response._has_background()) co_await response._run_background();
  co_return answer;
}

_Answer _ask(App& app, std::string line, _Question question) {
  Coroutine<_Answer> asking = _ask_async(app, std::move(line), std::move(question));
  auto root = asking._release();
  root.resume();
  if (!root.done()) throw RuntimeError("cannot ask without an event loop: the handler waits");
  struct Frame {
    Coroutine<_Answer>::Handle handle;
    ~Frame() { handle.destroy(); }
  } frame{root};
  return root.promise().outcome.take();
}

}  // namespace krait::web
