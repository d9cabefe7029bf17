// Four ways to wait: synchronous or asynchronous, blocking or not. Run: ./dev cookbook 48
//
// In a server the fourth is the one to want: a thread that blocks serves nobody. What has to block belongs into
// `asyncio::to_thread`.
#include <krait/asyncio.h>
#include <krait/concurrent/futures.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <latch>
#include <string>
#include <thread>

using namespace krait;

void say(std::string state, std::string what) { std::cout << "  [" << state << "] " << what << "\n"; }

const std::string baozi = "包子";

// The kitchen, as seen from a guest who waits at the counter: dumplings come over a socket.
void cook_over_socket(int counter, std::latch& begin) {
  begin.wait();
  ::send(counter, baozi.data(), baozi.size(), 0);
}

// The guest stands in line and does nothing else: recv() comes back with the dumplings.
void synchronous_blocking() {
  int ends[2];  // the guest's, the counter's
  ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  std::latch begin(1);
  std::thread kitchen(cook_over_socket, ends[1], std::ref(begin));
  say("运行", "点餐，站在队里");
  say("阻塞", "recv：等包子，什么都不做");
  begin.count_down();
  char food[100];
  ssize_t size = ::recv(ends[0], food, sizeof food, 0);
  say("运行", "拿到" + std::string(food, static_cast<std::size_t>(size)));
  kitchen.join();
  ::close(ends[0]);
  ::close(ends[1]);
}

// The guest plays and looks up after every round: recv() comes back at once, mostly with nothing.
void synchronous_nonblocking() {
  int ends[2];
  ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
  say("运行", "点餐，一边玩一边看");
  char food[100];
  ssize_t size = -1;
  for (int round = 1; (size = ::recv(ends[0], food, sizeof food, 0)) < 0 && errno == EAGAIN; ++round) {
    say("运行", "recv：还没有；玩第 " + std::to_string(round) + " 局");
    if (round == 2) ::send(ends[1], baozi.data(), baozi.size(), 0);  // meanwhile, in the kitchen
  }
  say("运行", "拿到" + std::string(food, static_cast<std::size_t>(size)));
  ::close(ends[0]);
  ::close(ends[1]);
}

// The guest has a number that will be called, and sits down to wait for that.
void asynchronous_blocking() {
  concurrent::futures::Future<std::string> number;
  std::latch begin(1);
  std::thread kitchen([number, &begin] {
    begin.wait();
    number.set_result(baozi);
  });
  say("运行", "点餐，领到 250 号");
  say("阻塞", "result：坐着等叫号，什么都不做");
  begin.count_down();
  std::string food = number.result();
  say("运行", "250 号拿到" + food);
  kitchen.join();
}

Coroutine<std::string> cook() {
  co_await asyncio::sleep(0);
  co_await asyncio::sleep(0);
  co_return baozi;
}

// The guest has a number, and plays until it is called. Nobody asks whether the dumplings are ready.
Coroutine<> asynchronous_nonblocking() {
  bool called = false;
  auto number = asyncio::create_task(cook());
  number.add_done_callback([&called](asyncio::FutureBase) {
    called = true;
    say("就绪", "叫到 250 号");
  });
  say("运行", "点餐，领到 250 号，去玩");
  int round = 0;
  while (!called) {
    ++round;
    say("运行", "玩第 " + std::to_string(round) + " 局");
    co_await asyncio::sleep(0);
  }
  say("运行", "250 号拿到" + number.result());
}

int main() {
  std::cout << "同步阻塞\n";
  synchronous_blocking();
  std::cout << "同步非阻塞\n";
  synchronous_nonblocking();
  std::cout << "异步阻塞\n";
  asynchronous_blocking();
  std::cout << "异步非阻塞\n";
  asyncio::run(asynchronous_nonblocking());
}
