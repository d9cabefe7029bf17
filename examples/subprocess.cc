// Run: build/examples/subprocess
//
// A child that is talked to line by line, one that is fed and read to its end, and one that takes too long.
#include <krait/asyncio.h>

#include <chrono>

using namespace krait;
using namespace krait::asyncio::subprocess;
using namespace std::chrono_literals;

Coroutine<> converse() {
  auto cat = co_await asyncio::create_subprocess_exec("cat", {"-n"}, {.stdin_ = PIPE, .stdout_ = PIPE});
  for (const char* line : {"one\n", "two\n"}) {
    cat.stdin_->write(line);
    co_await cat.stdin_->drain();
    print("cat says:", co_await cat.stdout_->readline());
  }
  cat.stdin_->close();
  print("cat ended with", co_await cat.wait());
}

Coroutine<> feed_and_read() {
  auto sort = co_await asyncio::create_subprocess_exec("sort", {"-r"}, {.stdin_ = PIPE, .stdout_ = PIPE});
  Output output = co_await sort.communicate("a\nc\nb\n");
  print("sorted:\n" + output.stdout_);
}

Coroutine<> give_up() {
  auto slow = co_await asyncio::create_subprocess_shell("sleep 1000", {.kill_on_cancel = true});
  try {
    co_await asyncio::wait_for(slow.wait(), 100ms);
  } catch (const TimeoutError&) {
    print("given up; it ended with", *slow.returncode());
  }
}

Coroutine<> amain() {
  co_await converse();
  co_await feed_and_read();
  co_await give_up();
  try {
    co_await asyncio::create_subprocess_exec("no-such-program");
  } catch (const FileNotFoundError& error) {
    print(error.what());
  }
}

int main() { asyncio::run(amain()); }
