// The bytes of a peer, whole and cut in two at each place: the server must see the same requests or the same error,
// and answer alike. Sanitizers watch for the rest.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "krait/wire/h1.h"

namespace {

using namespace krait::wire::h1;

// Small, so that a few hundred bytes reach them.
constexpr Limits limits{.method = 16,
                        .request_line = 100,
                        .header_line = 80,
                        .header_count = 8,
                        .head = 300,
                        .chunk_extensions = 24,
                        .trailers = 60,
                        .body = 1000};

// Everything that may depend on the input. Equal transcripts have equal digests; the text is for whoever reads a
// failure.
class Transcript {
 public:
  explicit Transcript(bool keep_text) : keep_text_(keep_text) {}

  void add(std::string_view what, std::string_view text) {
    digest_ = digest_ * 31 + std::hash<std::string_view>()(what);
    digest_ = digest_ * 31 + std::hash<std::string_view>()(text);
    if (keep_text_) text_.append(what).append("(").append(text).append(") ");
  }
  void add(const RequestHead& head) {
    add("request", head.method);
    add("target", head.target);
    add("path", head.path);
    add("query", head.query);
    add("host", head.host);
    add("version", head.version());
    for (const auto& [name, value] : head.headers) {
      add("name", name);
      add("value", value);
    }
    add("length", head.content_length ? std::to_string(*head.content_length) : "none");
    add("flags", std::to_string(head.chunked * 4 + head.keep_alive * 2 + head.expect_continue));
    add("upgrade", head.upgrade);
  }
  std::size_t digest() const { return digest_; }
  const std::string& text() const { return text_; }

 private:
  bool keep_text_;
  std::size_t digest_ = 0;
  std::string text_;
};

// A server that answers each request when it has it all. `body` joins the data, whose cut may differ.
class Server {
 public:
  explicit Server(bool keep_text) : connection_(limits), transcript_(keep_text) {}

  void receive(std::string_view bytes) {
    connection_.receive_data(bytes);
    run();
  }
  void receive_eof() {
    connection_.receive_eof();
    run();
  }
  const Transcript& transcript() const { return transcript_; }

 private:
  void run() {
    try {
      while (!done_ && take(connection_.next_event())) {
      }
    } catch (const RemoteProtocolError& error) {
      done_ = true;
      transcript_.add("body", body_);
      transcript_.add(std::to_string(error.status()), error.what());
      connection_.send_response(out_, {.status = error.status()}, error.what());
      transcript_.add("output", out_);
    }
  }

  bool take(Event event) {
    switch (event) {
      case Event::NeedData:
        return false;
      case Event::Request:
        body_.clear();
        transcript_.add(connection_.request());
        return true;
      case Event::Data:
        body_.append(connection_.data());
        return true;
      case Event::EndOfMessage:
        finish();
        return true;
      case Event::Paused:
        transcript_.add("switched", "");
        break;
      case Event::ConnectionClosed:
        transcript_.add("closed", "");
        break;
    }
    done_ = true;
    return false;
  }

  void finish() {
    transcript_.add("body", body_);
    for (const auto& [name, value] : connection_.trailers()) {
      transcript_.add("trailer", name);
      transcript_.add("value", value);
    }
    // The views of the head must have outlived its body.
    transcript_.add(connection_.request());
    if (body_.size() % 2 == 0) {
      connection_.send_response(out_, {.status = 404}, body_);
    } else {
      connection_.send_response(out_, {.status = 404});
      connection_.send_data(out_, body_);
      connection_.end_response(out_);
    }
  }

  ServerConnection connection_;
  Transcript transcript_;
  std::string body_;
  std::string out_;
  bool done_ = false;
};

// What the server saw of `bytes` when they came `step` at a time, but for the first piece, which ends at `cut`.
Transcript serve(std::string_view bytes, std::size_t cut, std::size_t step, bool keep_text = false) {
  Server server(keep_text);
  server.receive(bytes.substr(0, cut));
  for (std::size_t at = cut; at < bytes.size(); at += step) server.receive(bytes.substr(at, step));
  server.receive_eof();
  return server.transcript();
}

void require_equal(std::size_t whole, std::string_view bytes, std::size_t cut, std::size_t step) {
  if (serve(bytes, cut, step).digest() == whole) return;
  std::fprintf(stderr, "whole: %s\ncut at %zu, then every %zu: %s\n",
               serve(bytes, bytes.size(), 1, true).text().c_str(), cut, step,
               serve(bytes, cut, step, true).text().c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // What is longer adds repetition, and its cost grows with the square.
  if (size > 512) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t whole = serve(bytes, size, 1).digest();
  require_equal(whole, bytes, 0, 1);
  for (std::size_t cut = 1; cut < size; ++cut) require_equal(whole, bytes, cut, size);
  return 0;
}
