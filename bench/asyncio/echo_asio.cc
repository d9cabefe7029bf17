// echo_asio PORT: the Boost.Asio peer of echo.cc, in coroutines on a context of one thread.

#define BOOST_ASIO_DISABLE_THREADS
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <iostream>
#include <string>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kReadSize = 64 * 1024;

asio::awaitable<void> echo(tcp::socket socket) {
  std::array<char, kReadSize> data;
  boost::system::error_code error;
  for (;;) {
    const std::size_t got =
        co_await socket.async_read_some(asio::buffer(data), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    co_await asio::async_write(socket, asio::buffer(data, got), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

asio::awaitable<void> serve(std::uint16_t port) {
  tcp::acceptor acceptor(co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), port});
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: echo_asio PORT\n";
    return 2;
  }
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_1);
  co_spawn(context, serve(static_cast<std::uint16_t>(std::stoi(argv[1]))), asio::detached);
  context.run();
}
