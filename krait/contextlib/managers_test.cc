#include "krait/contextlib/managers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

#include "krait/builtins/async_generator.h"
#include "krait/builtins/async_with.h"
#include "krait/builtins/print.h"
#include "krait/builtins/with.h"

namespace krait::contextlib {
namespace {

std::string thrown_by(auto call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    return repr(std::current_exception());
  }
}
// Runs a coroutine that never waits.
template <class T>
T run(Coroutine<T> coroutine) {
  struct Frame {
    typename Coroutine<T>::Handle handle;
    ~Frame() { handle.destroy(); }
  } frame{coroutine._release()};
  frame.handle.resume();
  EXPECT_TRUE(frame.handle.done());
  return frame.handle.promise().outcome.take();
}
template <class E>
std::exception_ptr made(std::string message) {
  return std::make_exception_ptr(E(std::move(message)));
}
std::exception_ptr group(std::string message, std::vector<std::exception_ptr> exceptions) {
  return std::make_exception_ptr(ExceptionGroup(std::move(message), std::move(exceptions)));
}

struct Door {
  bool* open;
  explicit Door(bool& o) : open(&o) { *open = true; }
  void close() { *open = false; }
};
TEST(Closing, closes_at_the_end_however_it_came) {
  bool open = false;
  with(closing(Door(open)), [&](Door& door) { EXPECT_TRUE(*door.open); });
  EXPECT_FALSE(open);
  Door door(open);
  EXPECT_EQ(thrown_by([&] { with(closing(door), [](Door&) { throw ValueError("v"); }); }), "ValueError('v')");
  EXPECT_FALSE(open);
}
TEST(Aclosing, closes_a_generator_that_is_left_early) {
  bool closed = false;
  auto numbers = [&closed]() -> AsyncGenerator<int> {
    std::exception_ptr left;
    try {
      for (int i = 0;; ++i) co_yield i;
    } catch (...) {
      left = std::current_exception();
    }
    closed = true;
    std::rethrow_exception(left);
  };
  run(async_with(aclosing(numbers()),
                 [](AsyncGenerator<int>& generator) -> Coroutine<> { EXPECT_EQ(co_await generator.anext(), 0); }));
  EXPECT_TRUE(closed);
}

TEST(Suppress, swallows_what_it_names) {
  EXPECT_EQ(thrown_by([] { with(suppress<ValueError>(), [] {}); }), "nothing");
  EXPECT_EQ(thrown_by([] { with(suppress<ValueError>(), [] { throw ValueError("v"); }); }), "nothing");
  EXPECT_EQ(thrown_by([] { with(suppress<LookupError>(), [] { throw KeyError("k"); }); }), "nothing");
  EXPECT_EQ(thrown_by([] { with(suppress<KeyError, ValueError>(), [] { throw ValueError("v"); }); }), "nothing");
}
TEST(Suppress, lets_everything_else_through) {
  EXPECT_EQ(thrown_by([] { with(suppress<ValueError>(), [] { throw KeyError("k"); }); }), "KeyError('k')");
  EXPECT_EQ(thrown_by([] { with(suppress<>(), [] { throw KeyError("k"); }); }), "KeyError('k')");
}
TEST(Suppress, may_be_used_again_and_within_itself) {
  suppress<ValueError> ignored;
  bool reached = false;
  with(ignored, [&] {
    with(ignored, [] { throw ValueError("inner"); });
    reached = true;
    throw ValueError("outer");
  });
  EXPECT_TRUE(reached);
}
TEST(Suppress, takes_what_it_names_out_of_a_group) {
  auto both = group("g", {made<ValueError>("v"), made<KeyError>("k")});
  EXPECT_EQ(thrown_by([&] { with(suppress<ValueError>(), [&] { std::rethrow_exception(both); }); }),
            "ExceptionGroup('g', [KeyError('k')])");
  EXPECT_EQ(thrown_by([&] { with(suppress<ValueError, KeyError>(), [&] { std::rethrow_exception(both); }); }),
            "nothing");
  EXPECT_EQ(thrown_by([&] { with(suppress<ExceptionGroup>(), [&] { std::rethrow_exception(both); }); }), "nothing");
}
TEST(Suppress, leaves_a_group_as_it_is_that_holds_nothing_of_it) {
  auto both = group("g", {made<ValueError>("v"), made<KeyError>("k")});
  std::exception_ptr caught;
  try {
    with(suppress<EOFError>(), [&] { std::rethrow_exception(both); });
  } catch (...) {
    caught = std::current_exception();
  }
  EXPECT_EQ(caught, both);
}
TEST(Suppress, keeps_the_nesting_of_what_is_left) {
  auto nested = group("outer", {group("all", {made<ValueError>("1")}),
                                group("some", {made<ValueError>("2"), made<KeyError>("k")}), made<EOFError>("e")});
  EXPECT_EQ(thrown_by([&] { with(suppress<ValueError>(), [&] { std::rethrow_exception(nested); }); }),
            "ExceptionGroup('outer', [ExceptionGroup('some', [KeyError('k')]), EOFError('e')])");
}
TEST(Suppress, makes_an_exception_group_of_what_is_left_when_it_can) {
  auto mixed = std::make_exception_ptr(BaseExceptionGroup("g", {made<KeyboardInterrupt>(""), made<ValueError>("v")}));
  EXPECT_EQ(thrown_by([&] { with(suppress<KeyboardInterrupt>(), [&] { std::rethrow_exception(mixed); }); }),
            "ExceptionGroup('g', [ValueError('v')])");
  EXPECT_EQ(thrown_by([&] { with(suppress<ValueError>(), [&] { std::rethrow_exception(mixed); }); }),
            "BaseExceptionGroup('g', [KeyboardInterrupt('')])");
}

TEST(Nullcontext, gives_what_it_was_given) {
  EXPECT_EQ(with(nullcontext(5), [](int value) { return value; }), 5);
  EXPECT_EQ(run(async_with(nullcontext(5), [](int value) { return value; })), 5);
  EXPECT_EQ(with(nullcontext(), [] { return 6; }), 6);
  EXPECT_EQ(run(async_with(nullcontext(), [] { return 6; })), 6);
  EXPECT_EQ(thrown_by([] { with(nullcontext(), [] { throw ValueError("v"); }); }), "ValueError('v')");
}

TEST(RedirectStdout, catches_print_and_cout) {
  std::ostringstream text;
  with(redirect_stdout(text), [] {
    print("one", 2);
    std::cout << "three\n";
  });
  EXPECT_EQ(text.str(), "one 2\nthree\n");
}
TEST(RedirectStdout, gives_its_target) {
  std::ostringstream text;
  with(redirect_stdout(text), [](std::ostream& target) { target << "direct"; });
  EXPECT_EQ(text.str(), "direct");
}
TEST(RedirectStdout, may_be_used_again_and_within_itself) {
  std::ostringstream text, other;
  redirect_stdout redirected(text);
  with(redirected, [&] {
    print("a");
    with(redirect_stdout(other), [&] {
      print("b");
      with(redirected, [] { print("c"); });
      print("d");
    });
    print("e");
  });
  with(redirected, [] { print("f"); });
  EXPECT_EQ(text.str(), "a\nc\ne\nf\n");
  EXPECT_EQ(other.str(), "b\nd\n");
}
TEST(RedirectStdout, goes_back_after_an_exception) {
  std::streambuf* before = std::cout.rdbuf();
  std::ostringstream text;
  EXPECT_EQ(thrown_by([&] { with(redirect_stdout(text), [] { throw ValueError("v"); }); }), "ValueError('v')");
  EXPECT_EQ(std::cout.rdbuf(), before);
}
TEST(RedirectStderr, catches_cerr) {
  std::ostringstream text;
  with(redirect_stderr(text), [] { std::cerr << "oops\n"; });
  EXPECT_EQ(text.str(), "oops\n");
}

// A folder of its own, gone with it.
struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "krait-chdir-XXXXXX").string();
    path = std::filesystem::canonical(::mkdtemp(pattern.data()));
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};
TEST(Chdir, goes_there_and_back) {
  Folder folder;
  auto before = std::filesystem::current_path();
  with(chdir(folder.path), [&] { EXPECT_EQ(std::filesystem::current_path(), folder.path); });
  EXPECT_EQ(std::filesystem::current_path(), before);
  EXPECT_EQ(thrown_by([&] { with(chdir(folder.path), [] { throw ValueError("v"); }); }), "ValueError('v')");
  EXPECT_EQ(std::filesystem::current_path(), before);
}
TEST(Chdir, may_be_used_within_itself) {
  Folder folder;
  auto before = std::filesystem::current_path();
  chdir there(folder.path);
  with(there, [&] {
    with(chdir("/"), [&] {
      with(there, [&] { EXPECT_EQ(std::filesystem::current_path(), folder.path); });
      EXPECT_EQ(std::filesystem::current_path(), "/");
    });
  });
  EXPECT_EQ(std::filesystem::current_path(), before);
}
TEST(Chdir, stays_where_it_is_when_the_folder_is_not_there) {
  Folder folder;
  auto before = std::filesystem::current_path();
  std::string missing = folder.path / "missing";
  try {
    with(chdir(missing), [] {});
    FAIL() << "it threw nothing";
  } catch (const FileNotFoundError& error) {
    EXPECT_EQ(error.what(), "[Errno 2] No such file or directory: '" + missing + "'");
  }
  EXPECT_EQ(std::filesystem::current_path(), before);
}

}  // namespace
}  // namespace krait::contextlib
