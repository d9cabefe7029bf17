#include "krait/web/responses.h"

#include "krait/http/dates.h"
#include "krait/web/_buffers.h"
#include "krait/web/_text.h"
#include "krait/web/requests.h"

namespace krait::web {

namespace {

constexpr std::string_view kPlain = "content-type: text/plain; charset=utf-8\r\n";
constexpr std::string_view kHtml = "content-type: text/html; charset=utf-8\r\n";
constexpr std::string_view kJson = "content-type: application/json\r\n";

// Text is UTF-8 unless the media type says something else, as in Starlette.
std::string with_charset(const std::string& media_type) {
  const bool text = media_type.starts_with("text/") && media_type.find("charset=") == std::string::npos;
  return text ? media_type + "; charset=utf-8" : media_type;
}

}  // namespace

Response::Response(std::string content, ResponseOptions options) : body(std::move(content)) {
  apply(std::move(options), {});
}

Response& Response::operator=(Response&& other) noexcept {
  status_code = other.status_code;
  // Swapped, so that the memory of both stays in use.
  headers._swap(other.headers);
  body.swap(other.body);
  rare_ = std::move(other.rare_);
  return *this;
}

Response::~Response() {
  _keep_spare_buffer(headers._storage());
  _keep_spare_buffer(body);
}

void Response::_reset() noexcept {
  constexpr std::size_t largest_kept = 64 * 1024;
  status_code = 200;
  headers.clear();
  body.clear();
  if (body.capacity() > largest_kept) body.shrink_to_fit();
  rare_.reset();
}

void Response::apply(ResponseOptions&& options, std::string_view content_type_line) {
  status_code = options.status_code;
  bool has_type = false;
  for (const auto& [name, value] : options.headers) {
    headers.append(name, value);
    has_type |= http::equals_ignoring_case(name, "content-type");
  }
  if (has_type) return;
  if (!options.media_type.empty()) {
    headers.append("content-type", with_charset(options.media_type));
  } else if (!content_type_line.empty()) {
    headers._append_lines(content_type_line);
  }
}

Response::Rare& Response::rare() {
  if (!rare_) rare_ = std::make_unique<Rare>();
  return *rare_;
}

void Response::set_background(_base::Function<Coroutine<>()> task) { rare().background = std::move(task); }

void Response::_set_writer(BodyWriter writer, std::optional<std::uint64_t> length) {
  rare().writer = std::move(writer);
  rare().length = length;
}

void Response::_set_prepare(_base::Function<void(Response&, const Request&)> prepare) {
  rare().prepare = std::move(prepare);
}

void Response::_drop_body() noexcept {
  body.clear();
  if (!rare_) return;
  rare_->writer = nullptr;
  rare_->length.reset();
}

void Response::set_cookie(std::string_view key, std::string_view value, const CookieOptions& options) {
  if (!http::is_token(key)) throw ValueError("cannot set a cookie: '" + std::string(key) + "' is no name for one");
  const std::string samesite = options.samesite;
  if (!samesite.empty() && samesite != "lax" && samesite != "strict" && samesite != "none") {
    throw ValueError("cannot set the cookie " + std::string(key) +
                     ": samesite must be either 'strict', 'lax' or 'none'");
  }
  for (const std::string* part : {&options.domain, &options.path, &options.expires}) {
    if (part->find(';') == std::string::npos) continue;
    throw ValueError("cannot set the cookie " + std::string(key) + ": '" + *part + "' has a semicolon");
  }
  // The attributes stand in the order of their names, as Python's http.cookies writes them.
  std::string line = std::string(key) + "=" + _quote_cookie(value);
  if (!options.domain.empty()) line += "; Domain=" + options.domain;
  if (!options.expires.empty()) line += "; expires=" + options.expires;
  if (options.httponly) line += "; HttpOnly";
  if (options.max_age) line += "; Max-Age=" + std::to_string(*options.max_age);
  if (options.partitioned) line += "; Partitioned";
  if (!options.path.empty()) line += "; Path=" + options.path;
  if (!samesite.empty()) line += "; SameSite=" + samesite;
  if (options.secure) line += "; Secure";
  headers.append("set-cookie", line);
}

void Response::delete_cookie(std::string_view key, CookieOptions options) {
  options.max_age = 0;
  options.expires = http::http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  set_cookie(key, "", options);
}

PlainTextResponse::PlainTextResponse(std::string content, ResponseOptions options) {
  body = std::move(content);
  apply(std::move(options), kPlain);
}

HTMLResponse::HTMLResponse(std::string content, ResponseOptions options) {
  body = std::move(content);
  apply(std::move(options), kHtml);
}

JSONResponse::JSONResponse(json::Ref content, ResponseOptions options) {
  _use_spare_buffer(body);
  json::dump(content, body);
  apply(std::move(options), kJson);
}

JSONResponse::JSONResponse(std::initializer_list<json::KeyRef> items, ResponseOptions options) {
  _use_spare_buffer(body);
  json::dump(items, body);
  apply(std::move(options), kJson);
}

RedirectResponse::RedirectResponse(std::string_view url, ResponseOptions options) {
  apply(std::move(options), {});
  headers.set("location", _quote(url, ":/%#?=@[]!$&'()*+,;"));
}

namespace {

Coroutine<> write_generator(Generator<std::string>& pieces, ResponseWriter& out) {
  while (auto piece = pieces.next()) co_await out.write(*piece);
}

Coroutine<> write_source(_base::Function<Coroutine<std::optional<std::string>>()>& next, ResponseWriter& out) {
  while (true) {
    const std::optional<std::string> piece = co_await next();
    if (!piece) break;
    co_await out.write(*piece);
  }
}

}  // namespace

StreamingResponse::StreamingResponse(Generator<std::string> pieces, ResponseOptions options) {
  apply(std::move(options), {});
  _set_writer([pieces = std::move(pieces)](ResponseWriter& out) mutable { return write_generator(pieces, out); });
}

StreamingResponse::StreamingResponse(_base::Function<Coroutine<std::optional<std::string>>()> next,
                                     ResponseOptions options) {
  apply(std::move(options), {});
  _set_writer([next = std::move(next)](ResponseWriter& out) mutable { return write_source(next, out); });
}

StreamingResponse::StreamingResponse(BodyWriter write, ResponseOptions options) {
  apply(std::move(options), {});
  _set_writer(std::move(write));
}

}  // namespace krait::web
