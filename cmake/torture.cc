// Does this compiler keep coroutines' promises? CMake compiles and runs this program before anything else
// (torture.cmake).
//
// Every check builds the plainest code in which a known compiler bug shows, and runs in a child process of its own,
// because a miscompiled coroutine crashes as often as it lies. One line a failed check on standard output: "name: what
// is broken".
#include <sys/wait.h>
#include <unistd.h>

#include <coroutine>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

// The lazy task in its smallest form: starts its child and returns to its parent by symmetric transfer.
template <class T>
class Lazy {
 public:
  struct promise_type {
    T value{};
    std::exception_ptr error;
    std::coroutine_handle<> parent = std::noop_coroutine();

    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().parent;
      }
      void await_resume() noexcept {}
    };
    Lazy get_return_object() { return Lazy(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Final final_suspend() noexcept { return {}; }
    void return_value(T result) { value = std::move(result); }
    void unhandled_exception() { error = std::current_exception(); }
  };

  explicit Lazy(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Lazy(Lazy&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Lazy() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
    frame_.promise().parent = parent;
    return frame_;
  }
  T await_resume() {
    if (frame_.promise().error) std::rethrow_exception(frame_.promise().error);
    return std::move(frame_.promise().value);
  }
  T run() {
    frame_.resume();
    return await_resume();
  }

 private:
  std::coroutine_handle<promise_type> frame_;
};

// Knows its own address, as a short std::string does: a copy made bit by bit is seen when it is destroyed.
class Pinned {
 public:
  Pinned() { ++alive; }
  Pinned(const Pinned& other) : broken_(other.broken_) { ++alive; }
  Pinned& operator=(const Pinned& other) {
    broken_ = broken_ || other.broken_;
    return *this;
  }
  ~Pinned() {
    if (self_ != this || broken_) ++torn;
    broken_ = true;
    --alive;
  }
  static bool intact() { return alive == 0 && torn == 0; }

 private:
  static inline int alive = 0;
  static inline int torn = 0;
  Pinned* self_ = this;
  bool broken_ = false;
};

struct Options {
  std::string host;
  Pinned pinned;
  int port = 80;
};

Lazy<int> connect(Options options) { co_return options.host == "h" && options.port == 80 ? 1 : 0; }
Lazy<int> connect_by_name() { co_return co_await connect({.host = "h"}); }
bool aggregate_temporary() { return connect_by_name().run() == 1 && Pinned::intact(); }

template <class F>
Lazy<int> call(F f) {
  co_return f();
}
Lazy<int> call_a_closure() {
  Pinned kept;
  std::string name = "name";
  co_return co_await call([kept, name] { return static_cast<int>(name.size()); });
}
bool closure_temporary() { return call_a_closure().run() == 4 && Pinned::intact(); }

Lazy<int> one() { co_return 1; }
Lazy<int> add_up(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await one();
  co_return sum;
}
bool symmetric_transfer() { return add_up(1'000'000).run() == 1'000'000; }

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
  Pinned pinned;
};
Lazy<int> refuse() {
  throw Refused("refused");
  co_return 0;
}
Lazy<int> pass_on() { co_return co_await refuse(); }
Lazy<int> recover() {
  try {
    co_return co_await pass_on();
  } catch (const Refused& error) {
    co_return std::string(error.what()) == "refused" ? 1 : 0;
  }
}
bool exception_through_promise() { return recover().run() == 1 && Pinned::intact(); }

struct Pair {
  std::shared_ptr<int> first;
  Pinned second;
};
Lazy<Pair> make_pair(std::shared_ptr<int> shared) { co_return Pair{std::move(shared), {}}; }
Lazy<int> take_apart(std::shared_ptr<int> shared) {
  auto [first, second] = co_await make_pair(shared);
  co_return *first;
}
bool structured_binding() {
  auto shared = std::make_shared<int>(7);
  const int seven = take_apart(shared).run();
  return seven == 7 && shared.use_count() == 1 && Pinned::intact();
}

struct Check {
  const char* name;
  bool (*passes)();
  const char* broken;
};
constexpr Check checks[] = {
    {"aggregate_temporary", aggregate_temporary,
     "co_await f({.host = \"h\"}) copies the argument bit by bit into the frame and destroys it twice (GCC PR 107288)"},
    {"closure_temporary", closure_temporary,
     "a capturing lambda made in the same expression as co_await is destroyed twice (GCC PR 95599)"},
    {"symmetric_transfer", symmetric_transfer,
     "a million awaits that complete at once overflow the stack, since symmetric transfer is no tail call (GCC PR "
     "100897)"},
    {"exception_through_promise", exception_through_promise,
     "an exception that passes through a promise loses its text or is destroyed twice (GCC PR 95014)"},
    {"structured_binding", structured_binding,
     "auto [a, b] = co_await f() does not destroy a and b exactly once (GCC PR 124584)"},
};

bool survives(bool (*passes)()) {
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);  // what the allocator says of a double free adds nothing to the name of the check
    _exit(passes() ? 0 : 1);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main() {
  int failed = 0;
  for (const Check& check : checks) {
    if (survives(check.passes)) continue;
    std::printf("%s: %s\n", check.name, check.broken);
    std::fflush(stdout);  // what stays in the buffer, the next child would print again
    ++failed;
  }
  return failed;
}
