// The service of examples/hello.cc as one writes it with Boost.Beast, for the comparison of compile times: coroutines,
// keep-alive, one route with a typed parameter, JSON out, a 404 and a 422. Usage: beast_hello [PORT]

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

Response json_response(const Request& request, http::status status, const json::value& value) {
  Response response{status, request.version()};
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = json::serialize(value);
  response.prepare_payload();
  return response;
}

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Response handle(const Request& request) {
  constexpr std::string_view prefix = "/items/";
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with(prefix)) return json_response(request, http::status::not_found, {{"detail", "Not Found"}});
  if (request.method() != http::verb::get)
    return json_response(request, http::status::method_not_allowed, {{"detail", "Method Not Allowed"}});
  const std::optional<int> item_id = to_int(path.substr(prefix.size()));
  if (!item_id)
    return json_response(request, http::status::unprocessable_entity, {{"detail", "item_id is not an integer"}});
  return json_response(request, http::status::ok, {{"item_id", *item_id}});
}

asio::awaitable<void> session(beast::tcp_stream stream) {
  try {
    beast::flat_buffer buffer;
    for (;;) {
      stream.expires_after(std::chrono::seconds(30));
      Request request;
      co_await http::async_read(stream, buffer, request, asio::use_awaitable);
      Response response = handle(request);
      co_await http::async_write(stream, response, asio::use_awaitable);
      if (!response.keep_alive()) break;
    }
  } catch (const boost::system::system_error&) {
    // The client left, or took too long.
  }
  beast::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> serve(unsigned short port) {
  auto executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::make_address("127.0.0.1"), port});
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(executor, session(beast::tcp_stream(std::move(socket))), asio::detached);
  }
}

int main(int argc, char** argv) {
  asio::io_context context(1);
  const int port = argc > 1 ? std::atoi(argv[1]) : 5000;
  asio::co_spawn(context, serve(static_cast<unsigned short>(port)), asio::detached);
  context.run();
}
