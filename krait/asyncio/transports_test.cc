#include "krait/asyncio/transports.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

void in_loop(Coroutine<> body) { run(wait_for(std::move(body), 60s)); }

const SocketAddress kAnyV4{.host = "127.0.0.1", .port = 0};
const SocketAddress kAnyV6{.host = "::1", .port = 0};

template <class A>
Coroutine<std::string> failure_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (...) {
    co_return repr(std::current_exception());
  }
  co_return "nothing was thrown";
}

// Keeps all that it is told.
struct Recorder : DatagramProtocol {
  std::shared_ptr<DatagramTransport> transport;
  Queue<Datagram> datagrams;
  Queue<std::string> errors;
  Future<std::exception_ptr> lost{get_running_loop()};
  int made = 0, paused = 0, resumed = 0;

  void connection_made(std::shared_ptr<DatagramTransport> t) override {
    transport = std::move(t);
    ++made;
  }
  void datagram_received(std::string data, SocketAddress addr) override {
    datagrams.put_nowait({std::move(data), std::move(addr)});
  }
  void error_received(std::exception_ptr error) override { errors.put_nowait(repr(error)); }
  void connection_lost(std::exception_ptr error) override { lost.set_result(error); }
  void pause_writing() override { ++paused; }
  void resume_writing() override { ++resumed; }
};

auto record(DatagramEndpointOptions options) {
  return get_running_loop().create_datagram_endpoint([] { return std::make_shared<Recorder>(); }, std::move(options));
}

// Sends through a protocol's endpoint to another, and back; large ones and empty ones, too.
Coroutine<> talk(SocketAddress any, std::size_t largest) {
  auto [server, server_protocol] = co_await record({.local_addr = any});
  auto [client, client_protocol] = co_await record({.remote_addr = server->sockname()});
  EXPECT_EQ(server_protocol->made, 1);
  EXPECT_EQ(std::any_cast<SocketAddress>(client->get_extra_info("peername")), server->sockname());
  EXPECT_FALSE(server->get_extra_info("peername").has_value());
  for (const std::string& data : {std::string("ping"), std::string(), std::string(largest, 'x')}) {
    client->sendto(data);
    Datagram got = co_await server_protocol->datagrams.get();
    EXPECT_TRUE(got.data == data) << got.data.size();
    EXPECT_EQ(got.addr, client->sockname());
    server->sendto(data, got.addr);
    Datagram back = co_await client_protocol->datagrams.get();
    EXPECT_TRUE(back.data == data) << back.data.size();
    EXPECT_EQ(back.addr, server->sockname());
  }
  for (auto& [transport, protocol] : {std::pair(server, server_protocol), std::pair(client, client_protocol)}) {
    transport->close();
    EXPECT_TRUE(transport->is_closing());
    EXPECT_FALSE(protocol->lost.done());
    EXPECT_EQ(co_await protocol->lost, nullptr);
    transport->close();
    transport->abort();
    protocol->transport.reset();
  }
}

TEST(CreateDatagramEndpoint, carries_datagrams_over_IPv4) { in_loop(talk(kAnyV4, 65507)); }
TEST(CreateDatagramEndpoint, carries_datagrams_over_IPv6) { in_loop(talk(kAnyV6, 65527)); }
TEST(CreateDatagramEndpoint, looks_names_up) { in_loop(talk({.host = "localhost", .port = 0}, 10)); }

TEST(CreateDatagramEndpoint, a_datagram_too_large_and_a_port_where_nobody_listens_are_told_to_the_protocol) {
  in_loop([]() -> Coroutine<> {
    auto [gone, gone_protocol] = co_await record({.local_addr = kAnyV4});
    SocketAddress nobody = gone->sockname();
    gone->close();
    co_await gone_protocol->lost;
    auto [transport, protocol] = co_await record({.remote_addr = nobody});
    transport->sendto(std::string(70'000, 'x'));
    EXPECT_EQ(co_await protocol->errors.get(), "OSError('[Errno 90] Message too long')");
    transport->sendto("ping");
    EXPECT_EQ(co_await protocol->errors.get(), "ConnectionRefusedError('[Errno 111] Connection refused')");
    EXPECT_FALSE(transport->is_closing());
    transport->abort();
    co_await protocol->lost;
  }());
}

TEST(CreateDatagramEndpoint, refuses_another_address_than_its_own_and_none_at_all) {
  in_loop([]() -> Coroutine<> {
    auto [open, open_protocol] = co_await record({.local_addr = kAnyV4});
    auto [bound, bound_protocol] = co_await record({.remote_addr = open->sockname()});
    std::string said;
    try {
      bound->sendto("x", SocketAddress{.host = "127.0.0.1", .port = 1});
    } catch (const ValueError& error) {
      said = error.what();
    }
    EXPECT_EQ(said, "Invalid address: must be None or ('127.0.0.1', " + std::to_string(open->sockname().port) + ")");
    EXPECT_THROW(open->sendto("x"), ValueError);
    bound->sendto("y", open->sockname());
    EXPECT_EQ((co_await open_protocol->datagrams.get()).data, "y");
    open->close();
    bound->close();
  }());
}

TEST(CreateDatagramEndpoint, needs_to_know_a_family) {
  in_loop([]() -> Coroutine<> {
    EXPECT_EQ(co_await failure_of(record({})), "ValueError('unexpected address family')");
    EXPECT_EQ(co_await failure_of(record({.local_addr = kAnyV4, .remote_addr = kAnyV6})),
              "ValueError('can not get address information')");
    auto [transport, protocol] = co_await record({.family = AF_INET});
    EXPECT_EQ(transport->sockname().host, "0.0.0.0");
    transport->close();
    co_await protocol->lost;
  }());
}

TEST(CreateDatagramEndpoint, shares_a_port_only_when_asked) {
  in_loop([]() -> Coroutine<> {
    auto [first, first_protocol] = co_await record({.local_addr = kAnyV4, .reuse_port = true});
    auto [second, second_protocol] = co_await record({.local_addr = first->sockname(), .reuse_port = true});
    EXPECT_EQ(first->sockname(), second->sockname());
    EXPECT_EQ(co_await failure_of(record({.local_addr = first->sockname()})),
              "OSError('[Errno 98] cannot bind to 127.0.0.1:" + std::to_string(first->sockname().port) +
                  ": Address already in use')");
    first->close();
    second->close();
  }());
}

TEST(CreateDatagramEndpoint, broadcasts_only_when_asked) {
  in_loop([]() -> Coroutine<> {
    auto allowed = [](const std::shared_ptr<DatagramTransport>& transport) {
      int value = 0;
      socklen_t size = sizeof value;
      ::getsockopt(std::any_cast<int>(transport->get_extra_info("socket")), SOL_SOCKET, SO_BROADCAST, &value, &size);
      return value != 0;
    };
    auto [quiet, quiet_protocol] = co_await record({.local_addr = kAnyV4});
    EXPECT_FALSE(allowed(quiet));
    auto [loud, loud_protocol] = co_await record({.remote_addr = quiet->sockname(), .allow_broadcast = true});
    EXPECT_TRUE(allowed(loud));
    EXPECT_FALSE(loud->get_extra_info("peername").has_value());  // not connected: whoever answers is heard
    loud->sendto("to all");
    EXPECT_EQ((co_await quiet_protocol->datagrams.get()).data, "to all");
    quiet->close();
    loud->close();
  }());
}

TEST(CreateDatagramEndpoint, may_be_closed_from_within_a_callback) {
  struct Once : Recorder {
    void datagram_received(std::string data, SocketAddress addr) override {
      Recorder::datagram_received(std::move(data), std::move(addr));
      transport->close();
      transport->sendto("not sent", transport->sockname());
    }
  };
  in_loop([]() -> Coroutine<> {
    auto [transport, protocol] = co_await get_running_loop().create_datagram_endpoint(
        [] { return std::make_shared<Once>(); }, {.local_addr = kAnyV4});
    transport->sendto("one", transport->sockname());
    transport->sendto("two", transport->sockname());
    co_await protocol->lost;
    EXPECT_EQ(protocol->datagrams.qsize(), 1U);
    EXPECT_FALSE(transport->get_extra_info("socket").has_value());
  }());
}

TEST(CreateDatagramEndpoint, what_a_protocol_throws_is_reported_and_the_next_datagram_received) {
  struct Failing : Recorder {
    void datagram_received(std::string data, SocketAddress addr) override {
      Recorder::datagram_received(data, addr);
      if (data == "bad") throw ValueError("boom");
    }
  };
  in_loop([]() -> Coroutine<> {
    std::vector<std::string> reports;
    get_running_loop().set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(repr(context.exception)); });
    auto [transport, protocol] = co_await get_running_loop().create_datagram_endpoint(
        [] { return std::make_shared<Failing>(); }, {.local_addr = kAnyV4});
    transport->sendto("bad", transport->sockname());
    transport->sendto("good", transport->sockname());
    EXPECT_EQ((co_await protocol->datagrams.get()).data, "bad");
    EXPECT_EQ((co_await protocol->datagrams.get()).data, "good");
    EXPECT_EQ(reports, std::vector<std::string>{"ValueError('boom')"});
    transport->close();
  }());
}

// The protocol holds the transport, as Python's do: neither may keep the other alive.
TEST(CreateDatagramEndpoint, left_open_is_freed_with_the_loop) {
  std::weak_ptr<DatagramTransport> transport;
  std::weak_ptr<Recorder> protocol;
  in_loop([](auto* t, auto* p) -> Coroutine<> {
    auto [open, recorder] = co_await record({.local_addr = kAnyV4});
    *t = open;
    *p = recorder;
  }(&transport, &protocol));
  EXPECT_TRUE(transport.expired());
  EXPECT_TRUE(protocol.expired());
}

TEST(OpenDatagramEndpoint, sends_and_receives_in_coroutines) {
  in_loop([]() -> Coroutine<> {
    DatagramEndpoint server = co_await open_datagram_endpoint({.local_addr = kAnyV4});
    DatagramEndpoint client = co_await open_datagram_endpoint({.remote_addr = server.sockname()});
    for (const char* data : {"one", "two", ""}) co_await client.sendto(data);
    for (const char* data : {"one", "two", ""}) {
      Datagram got = co_await server.recvfrom();
      EXPECT_EQ(got.data, data);
      EXPECT_EQ(got.addr, client.sockname());
    }
    co_await server.sendto("back", client.sockname());
    EXPECT_EQ((co_await client.recvfrom()).data, "back");
    EXPECT_EQ(co_await failure_of(server.sendto("to whom?")),
              "ValueError('cannot send a datagram: the endpoint has no remote address, and none was given')");
    server.close();
    EXPECT_EQ(co_await failure_of(server.recvfrom()), "OSError('[Errno 9] Bad file descriptor')");
    co_await client.sendto("nobody is there");
    EXPECT_EQ(co_await failure_of(client.recvfrom()), "ConnectionRefusedError('[Errno 111] Connection refused')");
  }());
}

TEST(OpenDatagramEndpoint, a_cancelled_recvfrom_loses_nothing_and_two_at_once_are_refused) {
  in_loop([]() -> Coroutine<> {
    DatagramEndpoint server = co_await open_datagram_endpoint({.local_addr = kAnyV4});
    DatagramEndpoint client = co_await open_datagram_endpoint({.remote_addr = server.sockname()});
    for (int turns = 0; turns < 4; ++turns) {
      auto reading = create_task(server.recvfrom());
      for (int i = 0; i < turns; ++i) co_await sleep(0);
      if (turns > 0)
        EXPECT_EQ(co_await failure_of(server.recvfrom()),
                  "RuntimeError('recvfrom() called while another coroutine is already waiting in it')");
      reading.cancel();
      EXPECT_EQ(co_await failure_of(reading), "CancelledError()");
      co_await client.sendto(std::to_string(turns));
      EXPECT_EQ((co_await server.recvfrom()).data, std::to_string(turns));
    }
  }());
}

TEST(OpenDatagramEndpoint, may_be_cancelled_while_it_looks_its_address_up) {
  in_loop([]() -> Coroutine<> {
    for (int turns = 0; turns < 3; ++turns) {
      auto opening = create_task(open_datagram_endpoint({.local_addr = kAnyV4}));
      for (int i = 0; i < turns; ++i) co_await sleep(0);
      if (opening.cancel()) EXPECT_EQ(co_await failure_of(opening), "CancelledError()");
    }
  }());
}

}  // namespace
}  // namespace krait::asyncio
