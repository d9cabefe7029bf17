#include "krait/asyncio/addresses.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>

#include "krait/asyncio/gather.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

void in_loop(Coroutine<> body) { run(wait_for(std::move(body), 60s)); }

template <class A>
Coroutine<std::string> failure_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (...) {
    co_return repr(std::current_exception());
  }
  co_return "nothing was thrown";
}

TEST(SocketAddress, goes_to_bytes_and_back) {
  for (const SocketAddress& address :
       {SocketAddress{.host = "127.0.0.1", .port = 80}, SocketAddress{.host = "0.0.0.0"}}) {
    EXPECT_EQ(_socket_address(_sockaddr_bytes(address, AF_INET)), address);
  }
  SocketAddress v6{"fe80::1", 65535, 5, 7};
  EXPECT_EQ(_socket_address(_sockaddr_bytes(v6, AF_INET6)), v6);
}

TEST(SocketAddress, refuses_what_is_none) {
  EXPECT_THROW(_sockaddr_bytes({.host = "127.0.0.1", .port = 65536}, AF_INET), OverflowError);
  EXPECT_THROW(_sockaddr_bytes({.host = "127.0.0.1", .port = -1}, AF_INET), OverflowError);
  EXPECT_THROW(_sockaddr_bytes({.host = "name", .port = 1}, AF_INET), gaierror);
  EXPECT_THROW(_sockaddr_bytes({.host = "127.0.0.1", .port = 1}, AF_INET6), gaierror);
  EXPECT_THROW(_socket_address(""), OSError);
  EXPECT_THROW(_socket_address("\x01"), OSError);
}

TEST(Getaddrinfo, looks_names_and_services_up) {
  in_loop([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto found = co_await loop.getaddrinfo("localhost", 80, {.family = AF_INET, .type = SOCK_STREAM});
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found.at(0).family, AF_INET);
    EXPECT_EQ(found.at(0).type, SOCK_STREAM);
    EXPECT_EQ(found.at(0).sockaddr, (SocketAddress{.host = "127.0.0.1", .port = 80}));
    found = co_await loop.getaddrinfo("::1", "7", {.type = SOCK_DGRAM, .flags = AI_NUMERICHOST});
    EXPECT_EQ(found.at(0).family, AF_INET6);
    EXPECT_EQ(found.at(0).sockaddr, (SocketAddress{.host = "::1", .port = 7}));
    found = co_await loop.getaddrinfo("", 9, {.family = AF_INET, .type = SOCK_STREAM, .flags = AI_PASSIVE});
    EXPECT_EQ(found.at(0).sockaddr.host, "0.0.0.0");
  }());
}

TEST(Getaddrinfo, what_is_not_known_is_a_gaierror) {
  in_loop([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(co_await failure_of(loop.getaddrinfo("no.number", 1, {.flags = AI_NUMERICHOST})),
              "gaierror('[Errno -2] Name or service not known')");
    EXPECT_EQ(co_await failure_of(loop.getaddrinfo("127.0.0.1", "no-such-service", {.type = SOCK_STREAM})),
              "gaierror('[Errno -8] Servname not supported for ai_socktype')");
  }());
}

TEST(Getnameinfo, gives_host_and_service) {
  in_loop([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    NameInfo name = co_await loop.getnameinfo({.host = "127.0.0.1", .port = 80}, NI_NUMERICHOST | NI_NUMERICSERV);
    EXPECT_EQ(name.host, "127.0.0.1");
    EXPECT_EQ(name.service, "80");
    name = co_await loop.getnameinfo({.host = "::1", .port = 81}, NI_NUMERICHOST | NI_NUMERICSERV);
    EXPECT_EQ(name.host, "::1");
    EXPECT_EQ(
        co_await failure_of(wait_for(
            [](EventLoop& l) -> Coroutine<NameInfo> { co_return co_await l.getnameinfo({"no number", 1}); }(loop), 1h)),
        "gaierror('[Errno -2] Name or service not known')");
  }());
}

TEST(Getaddrinfo, many_at_once_are_all_answered) {
  in_loop([]() -> Coroutine<> {
    std::vector<Coroutine<std::vector<AddressInfo>>> lookups;
    for (int port = 1; port <= 200; ++port) {
      lookups.push_back(get_running_loop().getaddrinfo("127.0.0.1", port, {.type = SOCK_STREAM}));
    }
    auto answers = co_await gather(std::move(lookups));
    for (int port = 1; port <= 200; ++port)
      EXPECT_EQ(answers[static_cast<std::size_t>(port - 1)].at(0).sockaddr.port, port);
  }());
}

TEST(Getaddrinfo, does_not_keep_the_loop_from_its_turns) {
  in_loop([]() -> Coroutine<> {
    auto lookup = create_task(get_running_loop().getaddrinfo("127.0.0.1", 1, {}));
    co_await sleep(0);
    EXPECT_FALSE(lookup.done());
    co_await lookup;
  }());
}

TEST(Getaddrinfo, may_be_cancelled_in_each_turn_and_outlived_by_its_thread) {
  for (int turns = 0; turns < 4; ++turns) {
    in_loop([](int n) -> Coroutine<> {
      auto lookup = create_task(get_running_loop().getaddrinfo("localhost", 1, {}));
      for (int i = 0; i < n; ++i) co_await sleep(0);
      if (lookup.cancel()) EXPECT_EQ(co_await failure_of(lookup), "CancelledError()");
    }(turns));
  }
}

TEST(Getaddrinfo, is_waited_for_in_virtual_time) {
  unittest::VirtualClock clock;
  run([]() -> Coroutine<> {
    auto found = co_await get_running_loop().getaddrinfo("127.0.0.1", 1, {.type = SOCK_STREAM});
    EXPECT_EQ(found.size(), 1U);
  }());
  EXPECT_EQ(clock.elapsed(), 0s);
}

}  // namespace
}  // namespace krait::asyncio
