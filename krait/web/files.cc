#include "krait/web/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <cstdlib>
#include <memory>

#include "krait/_base/unique_fd.h"
#include "krait/http/dates.h"
#include "krait/web/_media_types.h"
#include "krait/web/_text.h"
#include "krait/web/exceptions.h"

namespace krait::web {

namespace {

constexpr std::size_t kPiece = 64 * 1024;

// A regular file, open.
struct File {
  _base::UniqueFd fd;
  std::uint64_t size = 0;
  std::chrono::sys_seconds modified;
  std::string etag;
};

std::string hex(std::uint64_t value) {
  char text[16];
  return std::string(text, std::to_chars(text, text + sizeof text, value, 16).ptr);
}

File open_file(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  File file{_base::UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0, {}, {}};
  if (!file.fd) {
    if (errno == ENOENT || errno == ENOTDIR) throw RuntimeError("File at path " + path + " does not exist.");
    raise_os_error(errno, "open", path);
  }
  struct stat status;
  if (::fstat(file.fd.get(), &status) != 0) raise_os_error(errno, "look at", path);
  if (!S_ISREG(status.st_mode)) throw RuntimeError("File at path " + path + " is not a file.");
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.modified = std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
  file.etag = "\"" + hex(static_cast<std::uint64_t>(status.st_mtim.tv_sec)) + "-" +
              hex(static_cast<std::uint64_t>(status.st_mtim.tv_nsec)) + "-" + hex(file.size) + "\"";
  return file;
}

// Bytes [begin, end) of a file.
struct Span {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t size() const { return end - begin; }
};

// Reads up to `size` bytes into `out`. Throws OSError when the file ends before `span` does: it was cut meanwhile.
void read_piece(int fd, const Span& span, std::string& out) {
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(span.size(), kPiece)));
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t n = ::pread(fd, out.data() + filled, out.size() - filled, static_cast<off_t>(span.begin + filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) raise_os_error(errno, "read a file that is being sent");
    if (n == 0) throw OSError("cannot send the file: it became shorter while it was sent");
    filled += static_cast<std::size_t>(n);
  }
}

Coroutine<> write_file(const _base::UniqueFd& fd, Span span, ResponseWriter& out) {
  ::posix_fadvise(fd.get(), static_cast<off_t>(span.begin), static_cast<off_t>(span.size()), POSIX_FADV_SEQUENTIAL);
  std::string piece;
  while (span.begin < span.end) {
    read_piece(fd.get(), span, piece);
    span.begin += piece.size();
    co_await out.write(piece);
  }
}

// True when one of the tags in an If-None-Match is ours; weakly compared, as RFC 9110 (13.1.2) has it.
bool lists_etag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view tag = http::strip(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

bool is_not_modified(const Request& request, const File& file) {
  if (const auto tags = request.headers().get("if-none-match")) return lists_etag(*tags, file.etag);
  if (const auto since = request.headers().get("if-modified-since")) {
    const auto date = http::parse_http_date(*since);
    return date && *date >= file.modified;
  }
  return false;
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) number = UINT64_MAX;
  return !text.empty() && error != std::errc::invalid_argument && end == text.data() + text.size();
}

enum class RangeKind { Whole, Part, Unsatisfiable };

// A Range header of one part (RFC 9110, 14.1.2): "bytes=0-9", "bytes=10-", "bytes=-5". Any other is ignored.
RangeKind parse_range(std::string_view header, std::uint64_t size, Span& span) {
  constexpr std::string_view unit = "bytes=";
  if (header.size() < unit.size() || !http::equals_ignoring_case(header.substr(0, unit.size()), unit))
    return RangeKind::Whole;
  const std::string_view part = http::strip(header.substr(unit.size()));
  const std::size_t dash = part.find('-');
  if (dash == std::string_view::npos) return RangeKind::Whole;
  const std::string_view first = part.substr(0, dash), last = part.substr(dash + 1);
  std::uint64_t begin = 0, end = UINT64_MAX;
  if (first.empty()) {
    std::uint64_t suffix = 0;
    if (!read_number(last, suffix)) return RangeKind::Whole;
    if (suffix == 0 || size == 0) return RangeKind::Unsatisfiable;
    span = {size - std::min(suffix, size), size};
    return RangeKind::Part;
  }
  if (!read_number(first, begin) || (!last.empty() && !read_number(last, end)) || end < begin) return RangeKind::Whole;
  if (begin >= size) return RangeKind::Unsatisfiable;
  span = {begin, end >= size ? size : end + 1};
  return RangeKind::Part;
}

// What If-Range says: whether the Range may count. A weak tag never matches.
bool range_counts(const Request& request, const File& file) {
  const auto condition = request.headers().get("if-range");
  if (!condition) return true;
  if (condition->starts_with('"') || condition->starts_with("W/")) return *condition == file.etag;
  const auto date = http::parse_http_date(*condition);
  return date && *date == file.modified;
}

void answer_not_modified(Response& response) {
  // All that a 304 keeps; see RFC 9110, 15.4.5.
  constexpr std::string_view kept[] = {"cache-control", "content-location", "date", "etag", "expires",
                                       "vary",          "set-cookie"};
  MutableHeaders headers;
  for (const http::Header& field : response.headers.items()) {
    if (std::find(std::begin(kept), std::end(kept), field.name) != std::end(kept))
      headers.append(field.name, field.value);
  }
  response.headers = std::move(headers);
  response.status_code = 304;
}

void put_body(Response& response, File file, const Span& span, bool head) {
  if (span.size() <= kPiece && !head) {
    if (span.size() > 0) read_piece(file.fd.get(), span, response.body);
    return;
  }
  response._set_writer([fd = std::make_unique<_base::UniqueFd>(std::move(file.fd)),
                        span](ResponseWriter& out) { return write_file(*fd, span, out); },
                       span.size());
}

// What FileResponse does when it is sent.
void prepare_file(const std::string& path, Response& response, const Request& request) {
  File file = open_file(path);
  response.headers.setdefault("last-modified", http::http_date(file.modified));
  response.headers.setdefault("etag", file.etag);
  Span span{0, file.size};
  const bool get = request.method() == "GET";
  if (response.status_code == 200 && (get || request.method() == "HEAD")) {
    if (is_not_modified(request, file)) return answer_not_modified(response);
    const auto range = get ? request.headers().get("range") : std::nullopt;
    const RangeKind kind =
        range && range_counts(request, file) ? parse_range(*range, file.size, span) : RangeKind::Whole;
    if (kind == RangeKind::Unsatisfiable) {
      response = PlainTextResponse("", {.status_code = 416});
      response.headers.set("content-range", "bytes */" + std::to_string(file.size));
      return;
    }
    if (kind == RangeKind::Part) {
      response.status_code = 206;
      response.headers.set("content-range", "bytes " + std::to_string(span.begin) + "-" + std::to_string(span.end - 1) +
                                                "/" + std::to_string(file.size));
    }
  }
  put_body(response, std::move(file), span, !get && request.method() == "HEAD");
}

std::string media_type_of(const std::string& path, const FileOptions& options) {
  if (!options.media_type.empty()) return options.media_type;
  const std::string_view guess = _guess_media_type(options.filename.empty() ? path : options.filename);
  return std::string(guess.empty() ? "text/plain" : guess);
}

}  // namespace

FileResponse::FileResponse(std::string path, FileOptions options) {
  ResponseOptions plain{options.status_code, std::move(options.headers), media_type_of(path, options)};
  apply(std::move(plain), {});
  headers.setdefault("accept-ranges", "bytes");
  if (!options.filename.empty()) {
    const std::string quoted = _quote(options.filename, "/");
    const std::string name =
        quoted == options.filename ? "filename=\"" + options.filename + "\"" : "filename*=utf-8''" + quoted;
    headers.setdefault("content-disposition", options.content_disposition_type + "; " + name);
  }
  _set_prepare(
      [path = std::move(path)](Response& response, const Request& request) { prepare_file(path, response, request); });
}

// --- StaticFiles ---

namespace {

// The path without links, "." and ".."; "" when there is nothing.
std::string resolve(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real) return real.get();
  if (errno == EACCES) throw HTTPException(401);
  return "";
}

enum class What { Nothing, File, Directory };

What look_at(const std::string& path) {
  struct stat status;
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return What::Nothing;
  return S_ISREG(status.st_mode) ? What::File : S_ISDIR(status.st_mode) ? What::Directory : What::Nothing;
}

// "a/b" of "/a//./b/"; nullopt when a part leads up, or cannot be a name.
std::optional<std::string> normalise(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." || part.find('\0') != std::string_view::npos || part.size() > NAME_MAX) return std::nullopt;
    out.append(out.empty() ? "" : "/").append(part);
  }
  return out;
}

}  // namespace

StaticFiles::StaticFiles(std::string directory) : StaticFiles(std::move(directory), Options()) {}

StaticFiles::StaticFiles(std::string directory, Options options) : html_(options.html) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(directory.c_str(), nullptr), &std::free);
  if (!real) throw RuntimeError("StaticFiles directory '" + directory + "' does not exist.");
  root_ = real.get();
  if (look_at(root_) != What::Directory) throw RuntimeError("StaticFiles path '" + directory + "' is not a directory.");
}

// The file or directory of that name below the root, resolved; "" when there is none.
std::string StaticFiles::find(const std::string& relative) const {
  const std::string path = resolve(root_ + "/" + relative);
  const bool below = path == root_ || (path.starts_with(root_) && (root_ == "/" || path[root_.size()] == '/'));
  return below ? path : "";
}

bool StaticFiles::try_handle(Request& request, Response& out) {
  const bool get = request.method() == "GET";
  if (!get && request.method() != "HEAD") throw HTTPException(405, "Method Not Allowed", {{"allow", "GET, HEAD"}});
  const std::string_view path = request._route_path();
  const bool slash = path.ends_with('/');
  const std::optional<std::string> relative = normalise(path);
  std::string file = relative ? find(*relative) : "";
  What what = look_at(file);
  if (what == What::File && slash) what = What::Nothing;
  if (what == What::Directory) {
    const std::string index = html_ ? find(relative->empty() ? "index.html" : *relative + "/index.html") : "";
    what = look_at(index) == What::File ? What::File : What::Nothing;
    if (what == What::File && !slash) {
      // So that the page's relative links lead into the directory.
      out = RedirectResponse(_url_of(request, std::string(request.path()) + "/"));
      return true;
    }
    file = index;
  }
  int status = 200;
  if (what != What::File) {
    file = html_ ? find("404.html") : "";
    if (look_at(file) != What::File) throw HTTPException(404);
    status = 404;
  }
  out = FileResponse(file, {.status_code = status});
  out._prepare(request);
  return true;
}

Coroutine<> StaticFiles::handle(Request& request, Response& out) {
  try_handle(request, out);
  co_return;
}

}  // namespace krait::web
