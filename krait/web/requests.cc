#include "krait/web/requests.h"

#include <algorithm>

#include "krait/json/decoder.h"
#include "krait/web/_text.h"
#include "krait/web/exceptions.h"
#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/head.h"

namespace krait::web {

void Request::_begin(const wire::h1::RequestHead& head, _BodySource& source, const Address& client,
                     std::string_view scheme) {
  method_ = head.method;
  target_ = head.target;
  query_ = head.query;
  host_ = head.host;
  scheme_ = scheme;
  headers_ = Headers(head.headers);
  client_ = &client;
  body_source_ = &source;
  app_ = nullptr;
  route_ = nullptr;
  root_size_ = 0;
  content_length_ = head.has_body() || head.content_length ? head.content_length : std::optional<std::uint64_t>(0);
  if (head.chunked) content_length_.reset();
  max_body_size_ = UINT64_MAX;
  received_ = 0;
  path_params_._clear();
  query_parsed_ = cookies_parsed_ = false;
  body_state_ = BodyState::Unread;
  whole_body_ = {};
  pending_error_ = nullptr;
  decode_path(head.path);
}

void Request::decode_path(std::string_view raw) {
  if (raw.find('%') == std::string_view::npos) {
    path_ = raw;
    return;
  }
  decoded_path_.clear();
  _append_unquoted(raw, decoded_path_);
  path_ = decoded_path_;
}

const MultiDict& Request::query_params() {
  if (!query_parsed_) {
    query_params_._clear();
    _parse_query(query_, query_params_, decoded_query_);
    query_parsed_ = true;
  }
  return query_params_;
}

const MultiDict& Request::cookies() {
  if (!cookies_parsed_) {
    cookies_._clear();
    decoded_cookies_.clear();
    std::size_t size = 0;
    for (const http::Header& field : headers_) size += field.value.size();
    decoded_cookies_.reserve(2 * size);  // the views into it must not move
    for (std::string_view header : headers_.getlist("cookie")) _parse_cookies(header, cookies_, decoded_cookies_);
    cookies_parsed_ = true;
  }
  return cookies_;
}

void Request::check_size(std::uint64_t size) const {
  if (size > max_body_size_) throw HTTPException(413);
}

bool Request::_try_body() {
  if (body_state_ == BodyState::Whole) return true;
  if (body_state_ == BodyState::Streamed || received_ > 0) return false;
  if (content_length_ == std::uint64_t{0}) {
    body_state_ = BodyState::Whole;
    return true;
  }
  if (content_length_ > max_body_size_) return false;  // body() says so
  const auto whole = body_source_->take_whole();
  if (!whole) return false;
  check_size(whole->size());
  whole_body_ = *whole;
  body_state_ = BodyState::Whole;
  return true;
}

namespace {
// A broken chunk is the client's fault: what waits for it in a handler answers 400.
Coroutine<std::string_view> next_chunk(_BodySource& source) {
  try {
    co_return co_await source.next_chunk();
  } catch (const wire::h1::RemoteProtocolError& error) {
    throw HTTPException(error.status(), error.what());
  }
}
}  // namespace

Coroutine<std::string_view> Request::body() {
  if (body_state_ == BodyState::Streamed) throw RuntimeError("Stream consumed");
  try {
    if (_try_body()) co_return whole_body_;
  } catch (const wire::h1::RemoteProtocolError& error) {
    throw HTTPException(error.status(), error.what());
  }
  if (content_length_) check_size(*content_length_);
  received_body_.clear();
  // What a client announces is not yet worth that much memory.
  constexpr std::uint64_t most_reserved = 64 * 1024;
  received_body_.reserve(static_cast<std::size_t>(std::min(content_length_.value_or(0), most_reserved)));
  while (true) {
    const std::string_view chunk = co_await next_chunk(*body_source_);
    if (chunk.empty()) break;
    received_ += chunk.size();
    check_size(received_);
    received_body_.append(chunk);
  }
  whole_body_ = received_body_;
  body_state_ = BodyState::Whole;
  co_return whole_body_;
}

Coroutine<json::Value> Request::json() { co_return json::loads(co_await body()); }

BodyStream Request::stream() {
  if (body_state_ == BodyState::Streamed) throw RuntimeError("Stream consumed");
  if (body_state_ == BodyState::Unread) body_state_ = BodyState::Streamed;
  return BodyStream(*this);
}

Coroutine<std::optional<std::string_view>> BodyStream::next() {
  Request& request = *request_;
  if (request.body_state_ == Request::BodyState::Whole) {
    if (std::exchange(gave_buffered_, true) || request.whole_body_.empty()) co_return std::nullopt;
    co_return request.whole_body_;
  }
  if (request.content_length_) request.check_size(*request.content_length_);
  const std::string_view chunk = co_await next_chunk(*request.body_source_);
  if (chunk.empty()) co_return std::nullopt;
  request.received_ += chunk.size();
  request.check_size(request.received_);
  co_return chunk;
}

std::string _url_of(const Request& request, std::string_view path) {
  std::string url;
  if (!request.host().empty()) {
    url.append(request.scheme()).append("://").append(request.host());
  } else {
    // Without a host, "//a" would name one.
    while (path.starts_with("//")) path.remove_prefix(1);
  }
  url += _quote(path, "/:@!$&'()*+,;=");
  if (!request.query_string().empty()) url.append("?").append(request.query_string());
  return url;
}

}  // namespace krait::web
