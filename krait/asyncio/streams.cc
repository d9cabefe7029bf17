#include "krait/asyncio/streams.h"

#include <algorithm>

#include "krait/asyncio/_stream.h"
#include "krait/asyncio/_tls.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {

StreamReader::StreamReader(std::shared_ptr<_Transport> transport, std::size_t limit)
    : stream_(_Stream::of(std::move(transport))), limit_(limit) {
  if (limit == 0) throw ValueError("Limit cannot be <= 0");
}

Coroutine<std::string> StreamReader::read(std::ptrdiff_t n) {
  std::shared_ptr<_Stream> stream = stream_;
  if (stream->exception()) std::rethrow_exception(stream->exception());
  if (n == 0) co_return "";
  if (n < 0) {
    while (co_await stream->fill("read")) {
    }
    co_return stream->take(stream->held().size());
  }
  if (stream->held().empty()) co_await stream->fill("read");
  co_return stream->take(static_cast<std::size_t>(n));
}

Coroutine<std::string> StreamReader::until(std::vector<std::string> separators) {
  if (separators.empty()) throw ValueError("Separator should contain at least one element");
  auto by_size = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
  std::size_t longest = std::max_element(separators.begin(), separators.end(), by_size)->size();
  if (std::min_element(separators.begin(), separators.end(), by_size)->empty())
    throw ValueError("Separator should be at least one-byte string");
  std::shared_ptr<_Stream> stream = stream_;
  if (stream->exception()) std::rethrow_exception(stream->exception());
  std::size_t looked = 0;  // no separator starts before this
  for (;;) {
    std::string_view held = stream->held();
    std::size_t start = held.npos, end = held.npos;
    for (const std::string& each : separators) {
      std::size_t at = held.find(each, looked);
      if (at == held.npos || at + each.size() >= end) continue;
      start = at;
      end = at + each.size();
    }
    if (end != held.npos) {
      if (start > limit_) throw LimitOverrunError("Separator is found, but chunk is longer than limit", start);
      co_return stream->take(end);
    }
    if (held.size() >= longest) looked = held.size() + 1 - longest;
    if (looked > limit_) throw LimitOverrunError("Separator is not found, and chunk exceed the limit", looked);
    if (!co_await stream->fill("readuntil")) throw IncompleteReadError(stream->take(stream->held().size()), -1);
  }
}

Coroutine<std::string> StreamReader::readuntil(std::string separator) {
  std::vector<std::string> one;
  one.push_back(std::move(separator));
  return until(std::move(one));
}

Coroutine<std::string> StreamReader::readuntil(std::vector<std::string> separators) {
  return until(std::move(separators));
}

Coroutine<std::string> StreamReader::readline() {
  std::shared_ptr<_Stream> stream = stream_;
  std::string problem;
  std::size_t consumed = 0;
  try {
    co_return co_await readuntil("\n");
  } catch (IncompleteReadError& end) {
    co_return std::move(end.partial);
  } catch (const LimitOverrunError& over) {
    problem = over.what();
    consumed = over.consumed;
  }
  std::string_view held = stream->held();
  bool whole_line = held.size() > consumed && held[consumed] == '\n';
  stream->take(whole_line ? consumed + 1 : held.size());
  throw ValueError(problem);
}

Coroutine<std::string> StreamReader::readexactly(std::size_t n) {
  std::shared_ptr<_Stream> stream = stream_;
  if (stream->exception()) std::rethrow_exception(stream->exception());
  while (stream->held().size() < n) {
    if (!co_await stream->fill("readexactly"))
      throw IncompleteReadError(stream->take(stream->held().size()), static_cast<long>(n));
  }
  co_return stream->take(n);
}

Coroutine<std::optional<std::string>> StreamReader::anext() {
  std::string line = co_await readline();
  if (line.empty()) co_return std::nullopt;
  co_return line;
}

bool StreamReader::at_eof() const noexcept { return stream_->ended() && stream_->held().empty(); }
void StreamReader::feed_data(std::string_view data) { stream_->feed(data); }
void StreamReader::feed_eof() { stream_->feed_eof(); }
void StreamReader::set_exception(std::exception_ptr error) { stream_->set_exception(std::move(error)); }
std::exception_ptr StreamReader::exception() const noexcept { return stream_->exception(); }

StreamWriter::StreamWriter(std::shared_ptr<_Transport> transport) : stream_(_Stream::of(std::move(transport))) {}

void StreamWriter::write(std::string_view data) { stream_->write(data); }

void StreamWriter::writelines(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& each : lines) all += each;
  stream_->write(all);
}

// Each keeps the state alive by itself: the writer may be moved meanwhile.
Coroutine<> StreamWriter::drain() {
  std::shared_ptr<_Stream> stream = stream_;
  co_await stream->drain();
}

void StreamWriter::write_eof() { stream_->write_eof(); }
bool StreamWriter::can_write_eof() const noexcept { return stream_->transport()->can_write_eof(); }
bool StreamWriter::is_closing() const noexcept { return stream_->is_closing(); }
void StreamWriter::close() noexcept { stream_->close(); }
void StreamWriter::abort() noexcept { stream_->abort(); }

Coroutine<> StreamWriter::wait_closed() {
  std::shared_ptr<_Stream> stream = stream_;
  co_await stream->wait_closed();
}

namespace {

nanoseconds positive(std::optional<nanoseconds> given, const char* name, nanoseconds fallback) {
  if (given && given->count() <= 0) {
    throw ValueError(std::string(name) + " should be a positive number, got " +
                     std::to_string(std::chrono::duration<double>(*given).count()));
  }
  return given.value_or(fallback);
}

// Python: the checks of SSLProtocol.__init__
template <class Options>
_TlsOptions tls_options(const Options& options) {
  _TlsOptions tls;
  tls.handshake_timeout = positive(options.ssl_handshake_timeout, "ssl_handshake_timeout", tls.handshake_timeout);
  tls.shutdown_timeout = positive(options.ssl_shutdown_timeout, "ssl_shutdown_timeout", tls.shutdown_timeout);
  return tls;
}

}  // namespace

Coroutine<> StreamWriter::start_tls(ssl::SSLContext context, StartTlsOptions options) {
  std::shared_ptr<_Stream> stream = stream_;
  _TlsOptions tls = tls_options(options);
  tls.wrap.server_side = stream->accepted;
  if (!stream->accepted) tls.wrap.server_hostname = options.server_hostname;
  co_await stream->replace_transport([context, tls](std::shared_ptr<_Transport> plain, std::string ahead) {
    return _start_tls(std::move(plain), context, tls, std::move(ahead));
  });
}

std::string StreamWriter::peername() const { return stream_->transport()->peer_name(); }

std::any StreamWriter::extra_info(std::string_view name) const { return stream_->transport()->extra_info(name); }

void StreamWriter::raise_other_type(std::string_view name) {
  throw TypeError("cannot give '" + std::string(name) + "' as the type asked for: streams.h says which it has");
}

ssl::SSLContext _UseTls::context() const {
  if (context_) return *context_;
  return ssl::create_default_context();
}

namespace {

// Python: the first checks of loop.create_connection
template <class Options>
void check_tls(const Options& options) {
  if (options.ssl) return;
  if (options.server_hostname) throw ValueError("server_hostname is only meaningful with ssl");
  if (options.ssl_handshake_timeout) throw ValueError("ssl_handshake_timeout is only meaningful with ssl");
  if (options.ssl_shutdown_timeout) throw ValueError("ssl_shutdown_timeout is only meaningful with ssl");
}

StreamPair make_pair_of(std::shared_ptr<_Transport> transport, std::size_t limit) {
  // The writer first, so that its share of the stream holds until the reader has its own.
  StreamWriter writer(transport);
  return {StreamReader(transport, limit), std::move(writer)};
}

template <class Options>
Coroutine<StreamPair> finish_connection(_Socket socket, Options options) {
  std::shared_ptr<_Transport> transport = std::make_shared<_Socket>(std::move(socket));
  if (options.ssl) {
    _TlsOptions tls = tls_options(options);
    ssl::SSLContext context = options.ssl.context();
    tls.wrap.server_hostname = options.server_hostname;
    transport = co_await _start_tls(std::move(transport), context, tls);
  }
  co_return make_pair_of(std::move(transport), options.limit);
}

}  // namespace

Coroutine<StreamPair> open_connection(ConnectionOptions options) {
  check_tls(options);
  if (options.ssl && !options.server_hostname) {
    if (options.host.empty()) throw ValueError("You must set server_hostname when using ssl without a host");
    options.server_hostname = options.host;
  }
  tls_options(options);
  _Socket socket = co_await wait_for(_connect(options.host, options.port), options.timeout);
  co_return co_await finish_connection(std::move(socket), std::move(options));
}

Coroutine<StreamPair> open_unix_connection(std::string path, UnixConnectionOptions options) {
  if (options.ssl && !options.server_hostname) throw ValueError("you have to pass server_hostname when using ssl");
  check_tls(options);
  tls_options(options);
  _Socket socket = co_await _connect_unix(std::move(path));
  co_return co_await finish_connection(std::move(socket), std::move(options));
}

}  // namespace krait::asyncio
