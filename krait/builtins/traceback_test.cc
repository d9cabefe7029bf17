#include "krait/builtins/traceback.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "krait/builtins/coroutine.h"

namespace krait {
namespace {

template <class T>
std::exception_ptr failure_of(Coroutine<T> coroutine) {
  auto handle = coroutine._release();
  struct End {
    decltype(handle)& frame;
    ~End() { frame.destroy(); }
  } end{handle};
  handle.resume();
  EXPECT_TRUE(handle.done());
  try {
    (void)handle.promise().outcome.take();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

std::vector<unsigned> lines_of(const std::exception_ptr& error) {
  std::vector<unsigned> lines;
  for (const auto& each : _exception_cast<BaseException>(error)->traceback()) lines.push_back(each.line());
  return lines;
}

// Text with its files cut to their names and the functions left out: "File "a.cc", line 7".
std::string brief(const std::string& text) {
  std::string result;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    std::string line = text.substr(start, end - start);
    if (const std::size_t file = line.find("File \""); file != line.npos) {
      const std::size_t name = line.rfind('/', line.find("\", line"));
      line = line.substr(0, file + 6) + line.substr(name + 1, line.find(", in ") - name - 1);
    }
    result += line + "\n";
    start = end + 1;
  }
  return result;
}
std::string line(unsigned number) { return "  File \"traceback_test.cc\", line " + std::to_string(number) + "\n"; }

constexpr unsigned kInner = __LINE__ + 1;
Coroutine<int> inner() {
  throw ValueError("boom");
  co_return 0;
}
constexpr unsigned kMiddle = __LINE__ + 1;
Coroutine<int> middle() {
  int before = 1;
  co_return before + co_await inner();
}
constexpr unsigned kOuter = __LINE__ + 1;
Coroutine<> outer() {
  co_await std::suspend_never();
  co_await middle();
}

TEST(Traceback, begins_where_the_exception_was_made_and_has_each_await_that_it_left) {
  const std::vector<unsigned> lines = lines_of(failure_of(outer()));
  EXPECT_EQ(lines, (std::vector{kInner + 1, kMiddle + 2, kOuter + 2}));
}

// The coroutine that made it says so once: the last await before that would mislead.
TEST(Traceback, names_the_function_of_each_line) {
  const auto places = _exception_cast<BaseException>(failure_of(outer()))->traceback();
  ASSERT_EQ(places.size(), 3U);
  EXPECT_NE(std::string(places[0].function_name()).find("inner()"), std::string::npos);
  EXPECT_NE(std::string(places[1].function_name()).find("middle()"), std::string::npos);
  EXPECT_NE(std::string(places[2].function_name()).find("outer()"), std::string::npos);
}

TEST(Traceback, of_one_that_was_not_thrown_is_where_it_was_made) {
  const ValueError error("boom");
  const unsigned here = __LINE__ - 1;
  ASSERT_EQ(error.traceback().size(), 1U);
  EXPECT_EQ(error.traceback()[0].line(), here);
  EXPECT_TRUE(std::string_view(error.traceback()[0].file_name()).ends_with("traceback_test.cc"));
}

template <class E>
void knows_where(E error, unsigned made) {
  EXPECT_EQ(error.traceback()[0].line(), made) << type_name(std::make_exception_ptr(error));
}

TEST(Traceback, every_class_knows_where_it_was_made) {
  knows_where(KeyError(), __LINE__);
  knows_where(StopIteration("s"), __LINE__);
  knows_where(OSError(2, "open", "a"), __LINE__);
  knows_where(ConnectionResetError(104, "read"), __LINE__);
  knows_where(TimeoutError(), __LINE__);
  knows_where(KeyboardInterrupt(), __LINE__);
  knows_where(SystemExit(3), __LINE__);
  const std::exception_ptr foreign = std::make_exception_ptr(std::bad_alloc());
  knows_where(ExceptionGroup("g", {foreign}), __LINE__);
  knows_where(BaseExceptionGroup("g", {foreign}), __LINE__);
}

TEST(Traceback, of_a_system_error_is_where_it_was_raised) {
  unsigned here = 0;
  try {
    here = __LINE__ + 1;
    raise_os_error(2, "open", "a");
  } catch (const FileNotFoundError& error) {
    EXPECT_EQ(error.traceback()[0].line(), here);
  }
}

TEST(Traceback, of_one_that_was_caught_and_thrown_again_goes_on) {
  const unsigned here = __LINE__;
  auto catches = []() -> Coroutine<> {
    try {
      co_await inner();
    } catch (const ValueError&) {
      throw;
    }
  };
  auto caller = [&]() -> Coroutine<> { co_await catches(); };
  EXPECT_EQ(lines_of(failure_of(caller())), (std::vector{kInner + 1, here + 3, here + 8}));
}

TEST(Traceback, of_one_made_from_another_begins_anew) {
  auto translates = []() -> Coroutine<> {
    try {
      co_await inner();
    } catch (const ValueError&) {
      KeyError error("k");
      error.set_cause(std::current_exception());
      throw error;
    }
  };
  const std::exception_ptr error = failure_of(translates());
  EXPECT_EQ(lines_of(error).size(), 1U);
  EXPECT_EQ(lines_of(_exception_cast<BaseException>(error)->cause()), (std::vector{kInner + 1}));
}

struct Depth {
  Coroutine<> go(int depth) {
    if (depth == 0) throw ValueError("deep");
    co_await go(depth - 1);
  }
};
TEST(Traceback, keeps_the_innermost_sixty_four_awaits) {
  Depth depth;
  const std::vector<unsigned> some = lines_of(failure_of(depth.go(10))), many = lines_of(failure_of(depth.go(1000)));
  EXPECT_EQ(some.size(), 11U);
  ASSERT_EQ(many.size(), 65U);
  EXPECT_TRUE(std::equal(some.begin(), some.end(), many.begin()));
}

// Two tasks that await the same failed one each get the exception, and go on from there by themselves.
ValueError made_elsewhere() { return ValueError("boom"); }
TEST(Traceback, copies_share_it_until_one_goes_on) {
  const ValueError original = made_elsewhere();
  original._passed(std::source_location::current());
  const ValueError copy = original;
  EXPECT_EQ(copy.traceback().size(), 2U);
  copy._passed(std::source_location::current());
  EXPECT_EQ(copy.traceback().size(), 3U);
  EXPECT_EQ(original.traceback().size(), 2U);
  original._passed(std::source_location::current());
  EXPECT_EQ(original.traceback().size(), 3U);
  EXPECT_EQ(copy.traceback()[1].line(), original.traceback()[1].line());
  EXPECT_NE(copy.traceback()[2].line(), original.traceback()[2].line());
}

TEST(FormatException, has_the_outermost_await_first_and_the_class_and_text_last) {
  EXPECT_EQ(brief(format_exception(failure_of(outer()))), "Traceback (most recent call last):\n" + line(kOuter + 2) +
                                                              line(kMiddle + 2) + line(kInner + 1) +
                                                              "ValueError: boom\n");
}

TEST(FormatException, a_line_names_file_line_and_function) {
  const std::source_location here = std::source_location::current();
  EXPECT_EQ(_format_location(here), std::string("  File \"") + here.file_name() + "\", line " +
                                        std::to_string(here.line()) + ", in " + here.function_name());
}

TEST(FormatException, without_a_message_there_is_no_colon) {
  const KeyboardInterrupt error;
  const unsigned made = __LINE__ - 1;
  EXPECT_EQ(brief(format_exception(std::make_exception_ptr(error))),
            "Traceback (most recent call last):\n" + line(made) + "KeyboardInterrupt\n");
}

TEST(FormatException, of_a_foreign_one_is_its_class_and_text) {
  EXPECT_EQ(format_exception(std::make_exception_ptr(std::out_of_range("far"))), "out_of_range: far\n");
  EXPECT_EQ(format_exception(std::make_exception_ptr(7)), "int\n");
}

TEST(FormatException, of_none_says_so) { EXPECT_EQ(format_exception(nullptr), "NoneType: None\n"); }

TEST(FormatException, has_the_cause_first) {
  RuntimeError error("while serving");
  const unsigned made = __LINE__ - 1;
  error.set_cause(std::make_exception_ptr(std::runtime_error("no dumplings")));
  EXPECT_EQ(brief(format_exception(std::make_exception_ptr(error))),
            "runtime_error: no dumplings\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n" +
                line(made) + "RuntimeError: while serving\n");
}

TEST(FormatException, a_chain_of_causes_has_the_first_one_first_and_ends_somewhere) {
  std::exception_ptr error = std::make_exception_ptr(ValueError("0"));
  for (int i = 1; i < 100; ++i) {
    ValueError next(std::to_string(i));
    next.set_cause(error);
    error = std::make_exception_ptr(next);
  }
  const std::string text = format_exception(error);
  EXPECT_EQ(text.find("ValueError: 88\n"), std::string::npos);
  EXPECT_LT(text.find("ValueError: 89\n"), text.find("ValueError: 98\n"));
  EXPECT_TRUE(text.ends_with("ValueError: 99\n"));
}

TEST(FormatException, a_group_s_errors_follow_it_indented) {
  const std::exception_ptr first = std::make_exception_ptr(std::runtime_error("a"));
  const std::exception_ptr second = std::make_exception_ptr(std::logic_error("b"));
  const ExceptionGroup inner_group("inner", {second});
  const unsigned inner_made = __LINE__ - 1;
  const ExceptionGroup group("outer", {first, std::make_exception_ptr(inner_group)});
  const unsigned made = __LINE__ - 1;
  EXPECT_EQ(brief(format_exception(std::make_exception_ptr(group))), "Traceback (most recent call last):\n" +
                                                                         line(made) +
                                                                         "ExceptionGroup: outer (2 sub-exceptions)\n"
                                                                         "  +---------------- 1 ----------------\n"
                                                                         "  | runtime_error: a\n"
                                                                         "  +---------------- 2 ----------------\n"
                                                                         "  | Traceback (most recent call last):\n"
                                                                         "  | " +
                                                                         line(inner_made) +
                                                                         "  | ExceptionGroup: inner (1 sub-exception)\n"
                                                                         "  |   +---------------- 1 ----------------\n"
                                                                         "  |   | logic_error: b\n"
                                                                         "  |   +------------------------------------\n"
                                                                         "  +------------------------------------\n");
}

TEST(FormatException, groups_within_groups_end_somewhere) {
  std::exception_ptr error = std::make_exception_ptr(std::runtime_error("bottom"));
  for (int i = 0; i < 100; ++i) error = std::make_exception_ptr(ExceptionGroup("g", {error}));
  const std::string text = format_exception(error);
  EXPECT_EQ(text.find("bottom"), std::string::npos);
  EXPECT_LT(text.size(), 10'000U);
}

TEST(PrintException, writes_to_stderr) {
  testing::internal::CaptureStderr();
  print_exception(std::make_exception_ptr(std::runtime_error("r")));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "runtime_error: r\n");
}

}  // namespace
}  // namespace krait
