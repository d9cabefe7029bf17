#include "krait/asyncio/_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/_socket.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {
namespace {

void in_loop(Coroutine<> body) { run(wait_for(std::move(body), 60s)); }

// Two connected ends.
struct Pair {
  _base::UniqueFd here, there;
  Pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    here = _base::UniqueFd(fds[0]);
    there = _base::UniqueFd(fds[1]);
  }
  void send(std::string_view text) const {
    EXPECT_EQ(::write(there.get(), text.data(), text.size()), ssize_t(text.size()));
  }
  std::string take(std::size_t n) const {
    std::string text(n, '\0');
    ssize_t got = ::read(here.get(), text.data(), n);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
  }
};

TEST(AddReader, calls_while_there_is_something_to_read) {
  in_loop([]() -> Coroutine<> {
    Pair pair;
    EventLoop& loop = get_running_loop();
    std::string got;
    Future<> done(loop);
    loop.add_reader(pair.here.get(), [&] {
      got += pair.take(1);  // leaves the rest: the loop must call again without a new edge
      if (got.size() == 6) done.set_result();
    });
    pair.send("abc");
    while (got.size() < 3) co_await sleep(0);
    for (int i = 0; i < 200; ++i) co_await sleep(0);
    EXPECT_EQ(got, "abc");
    pair.send("def");
    co_await done;
    EXPECT_EQ(got, "abcdef");
    EXPECT_TRUE(loop.remove_reader(pair.here.get()));
    EXPECT_FALSE(loop.remove_reader(pair.here.get()));
    EXPECT_FALSE(loop.remove_writer(pair.here.get()));
  }());
}

TEST(AddReader, is_called_at_the_end_of_the_stream) {
  in_loop([]() -> Coroutine<> {
    Pair pair;
    Future<> done(get_running_loop());
    get_running_loop().add_reader(pair.here.get(), [&] {
      get_running_loop().remove_reader(pair.here.get());
      done.set_result();
    });
    pair.there.reset();
    co_await done;
    EXPECT_EQ(pair.take(1), "");
  }());
}

TEST(AddReader, replaces_the_former_one_even_from_within) {
  in_loop([]() -> Coroutine<> {
    Pair pair;
    EventLoop& loop = get_running_loop();
    std::vector<std::string> trace;
    Future<> done(loop);
    auto held = std::make_shared<int>(0);
    loop.add_reader(pair.here.get(), [held] { ADD_FAILURE() << "was replaced"; });
    loop.add_reader(pair.here.get(), [&, held, text = std::string(100, 'x')] {
      trace.emplace_back("second");
      loop.add_reader(pair.here.get(), [&] {
        trace.emplace_back("third");
        loop.remove_reader(pair.here.get());
        done.set_result();
      });
      EXPECT_EQ(text, std::string(100, 'x'));
    });
    pair.send("x");
    co_await done;
    EXPECT_EQ(trace, (std::vector<std::string>{"second", "third"}));
    EXPECT_EQ(held.use_count(), 1);
  }());
}

TEST(AddReader, an_exception_is_reported_and_the_function_called_again) {
  in_loop([]() -> Coroutine<> {
    Pair pair;
    EventLoop& loop = get_running_loop();
    int reports = 0;
    Future<> done(loop);
    loop.set_exception_handler([&](EventLoop&, const ExceptionContext&) { ++reports; });
    loop.add_reader(pair.here.get(), [&] {
      pair.take(1);
      if (reports == 1) {
        loop.remove_reader(pair.here.get());
        done.set_result();
      }
      throw ValueError("boom");
    });
    pair.send("ab");
    co_await done;
    co_await sleep(0);
    EXPECT_EQ(reports, 2);
  }());
}

TEST(AddReader, one_removed_in_the_turn_it_is_due_is_not_called) {
  in_loop([]() -> Coroutine<> {
    Pair first, second;
    EventLoop& loop = get_running_loop();
    int calls = 0;
    for (Pair* pair : {&first, &second}) {
      loop.add_reader(pair->here.get(), [&] {
        ++calls;
        loop.remove_reader(first.here.get());
        loop.remove_reader(second.here.get());
      });
    }
    first.send("x");
    second.send("x");
    while (calls == 0) co_await sleep(0);
    for (int i = 0; i < 200; ++i) co_await sleep(0);
    EXPECT_EQ(calls, 1);
  }());
}

TEST(AddWriter, calls_while_there_is_room_and_beside_a_reader) {
  in_loop([]() -> Coroutine<> {
    Pair pair;
    EventLoop& loop = get_running_loop();
    int writes = 0, reads = 0;
    loop.add_reader(pair.here.get(), [&] {
      ++reads;
      pair.take(10);
    });
    loop.add_writer(pair.here.get(), [&] {
      if (++writes == 3) loop.remove_writer(pair.here.get());
    });
    while (writes < 3) co_await sleep(0);
    pair.send("x");
    while (reads < 1) co_await sleep(0);
    EXPECT_EQ(writes, 3);
    EXPECT_FALSE(loop.remove_writer(pair.here.get()));
    EXPECT_TRUE(loop.remove_reader(pair.here.get()));
  }());
}

TEST(AddReader, refuses_what_cannot_be_watched) {
  in_loop([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(failure([&] { loop.add_reader(-1, [] {}); }), "ValueError('Invalid file descriptor: -1')");
    _base::UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    EXPECT_THROW(loop.add_reader(file.get(), [] {}), PermissionError);
    EXPECT_THROW(loop.add_reader(1'000'000, [] {}), OSError);
    Pair pair;
    _Socket socket(loop, std::move(pair.here));
    EXPECT_EQ(failure([&] { loop.add_writer(socket.fd(), [] {}); }),
              "RuntimeError('File descriptor " + std::to_string(socket.fd()) + " is used by a transport')");
    EXPECT_FALSE(loop.remove_reader(socket.fd()));
    co_return;
  }());
}

TEST(AddReader, closing_the_loop_lets_its_captures_go) {
  Pair pair;
  auto held = std::make_shared<int>(0);
  _base::Ref<EventLoop> loop = new_event_loop();
  loop->add_reader(pair.here.get(), [held] {});
  loop->add_writer(pair.here.get(), [held] {});
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(loop->remove_reader(pair.here.get()));
  EXPECT_THROW(loop->add_reader(pair.here.get(), [] {}), RuntimeError);
}

}  // namespace
}  // namespace krait::asyncio
