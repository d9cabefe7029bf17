#include "krait/builtins/exceptions.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>
#include <stdexcept>

namespace shop {
KRAIT_EXCEPTION(SoldOut, krait::LookupError);
KRAIT_EXCEPTION(DumplingsSoldOut, SoldOut);
KRAIT_EXCEPTION(Closing, virtual krait::BaseException);
KRAIT_OS_EXCEPTION(StoveError, krait::OSError);
}  // namespace shop

namespace krait {
namespace {

template <class E>
std::exception_ptr made(E exception) {
  return std::make_exception_ptr(std::move(exception));
}

// What `function` throws, as repr() prints it.
template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    return repr(std::current_exception());
  }
  return "nothing";
}

TEST(Exceptions, derive_as_in_python) {
  EXPECT_TRUE(isinstance<LookupError>(made(KeyError("k"))));
  EXPECT_TRUE(isinstance<Exception>(made(KeyError("k"))));
  EXPECT_TRUE(isinstance<BaseException>(made(KeyError("k"))));
  EXPECT_FALSE(isinstance<ValueError>(made(KeyError("k"))));
  EXPECT_TRUE(isinstance<ValueError>(made(UnicodeDecodeError("u"))));
  EXPECT_TRUE(isinstance<ArithmeticError>(made(ZeroDivisionError())));
  EXPECT_FALSE(isinstance<BaseException>(made(std::runtime_error("r"))));
  EXPECT_FALSE(isinstance<BaseException>(nullptr));
}

TEST(Exceptions, system_errors_share_a_branch) {
  EXPECT_TRUE(isinstance<ConnectionError>(made(ConnectionResetError())));
  EXPECT_TRUE(isinstance<OSError>(made(BrokenPipeError())));
  EXPECT_TRUE(isinstance<OSError>(made(TimeoutError())));
  EXPECT_TRUE(isinstance<OSError>(made(FileNotFoundError())));
  EXPECT_FALSE(isinstance<ConnectionError>(made(TimeoutError())));
}

TEST(Exceptions, an_exception_is_caught_as_its_base_and_keeps_its_text) {
  EXPECT_NO_THROW(try { throw KeyError("k"); } catch (const LookupError& e) { EXPECT_STREQ(e.what(), "'k'"); });
  EXPECT_NO_THROW(try { throw KeyError("k"); } catch (const Exception& e) { EXPECT_STREQ(e.what(), "'k'"); });
  EXPECT_NO_THROW(try { throw KeyError("k"); } catch (const BaseException& e) { EXPECT_STREQ(e.what(), "'k'"); });
  EXPECT_NO_THROW(try { throw KeyError("k"); } catch (const std::exception& e) { EXPECT_STREQ(e.what(), "'k'"); });
  EXPECT_NO_THROW(try { throw TimeoutError("late"); } catch (const OSError& e) { EXPECT_STREQ(e.what(), "late"); });
}

// What merely passes through a program is not swallowed by those who handle errors.
template <class E>
void passes_by_handlers_of_errors(E thrown) {
  try {
    try {
      throw thrown;
    } catch (const std::exception&) {
      FAIL() << "a std::exception";
    }
  } catch (const BaseException& e) {
    EXPECT_STREQ(e.what(), thrown.what());
  }
}

TEST(Exceptions, an_interrupt_is_no_std_exception) { passes_by_handlers_of_errors(KeyboardInterrupt()); }
TEST(Exceptions, the_program_s_exit_is_no_std_exception) { passes_by_handlers_of_errors(SystemExit(3)); }
TEST(Exceptions, a_generator_s_exit_is_no_std_exception) { passes_by_handlers_of_errors(GeneratorExit()); }
TEST(Exceptions, a_group_of_anything_is_no_std_exception) {
  passes_by_handlers_of_errors(BaseExceptionGroup("g", {made(KeyboardInterrupt())}));
}

TEST(Exceptions, a_system_exit_carries_its_code) {
  SystemExit exit(3);
  EXPECT_EQ(exit.code, 3);
  EXPECT_EQ(str(made(exit)), "3");
}

TEST(Exceptions, users_add_their_own_in_one_line) {
  try {
    throw shop::DumplingsSoldOut("no more today");
  } catch (const shop::SoldOut& e) {
    EXPECT_STREQ(e.what(), "no more today");
    EXPECT_EQ(type_name(std::current_exception()), "DumplingsSoldOut");
  }
  EXPECT_TRUE(isinstance<LookupError>(made(shop::DumplingsSoldOut())));
  EXPECT_FALSE(isinstance<std::exception>(made(shop::Closing())));
  EXPECT_EQ(repr(made(shop::Closing("at ten"))), "Closing('at ten')");
  EXPECT_EQ(shop::StoveError(ENOENT, "light", "stove").errno_, ENOENT);
}

TEST(Exceptions, one_without_a_message_has_none) {
  EXPECT_FALSE(ValueError().has_message());
  EXPECT_STREQ(ValueError().what(), "");
  EXPECT_TRUE(ValueError("").has_message());
}

TEST(Exceptions, a_cause_is_kept_through_a_copy) {
  RuntimeError error("outer");
  error.set_cause(made(ValueError("inner")));
  RuntimeError copy = error;
  EXPECT_EQ(repr(copy.cause()), "ValueError('inner')");
  EXPECT_EQ(RuntimeError("plain").cause(), nullptr);
}

TEST(TypeName, is_the_class_without_its_namespaces) {
  EXPECT_EQ(type_name(made(ValueError())), "ValueError");
  EXPECT_EQ(type_name(made(std::out_of_range("r"))), "out_of_range");
  EXPECT_EQ(type_name(made(7)), "int");
  EXPECT_EQ(type_name(nullptr), "NoneType");
}

template <class T>
struct Templated {};
TEST(TypeName, keeps_template_arguments_whole) {
  EXPECT_EQ(type_name(made(Templated<shop::SoldOut>())), "Templated<shop::SoldOut>");
}

TEST(Str, is_the_message_of_any_exception) {
  EXPECT_EQ(str(made(ValueError("boom"))), "boom");
  EXPECT_EQ(str(made(ValueError())), "");
  EXPECT_EQ(str(made(std::runtime_error("std"))), "std");
  EXPECT_EQ(str(made(7)), "");
  EXPECT_EQ(str(nullptr), "None");
}

TEST(Repr, is_python_s) {
  EXPECT_EQ(repr(made(ValueError("boom"))), "ValueError('boom')");
  EXPECT_EQ(repr(made(ValueError())), "ValueError()");
  EXPECT_EQ(repr(made(ValueError(""))), "ValueError('')");
  EXPECT_EQ(repr(made(std::runtime_error("std"))), "runtime_error('std')");
  EXPECT_EQ(repr(nullptr), "None");
}

TEST(Repr, quotes_as_python_does) {
  EXPECT_EQ(repr(made(ValueError("it's"))), R"(ValueError("it's"))");
  EXPECT_EQ(repr(made(ValueError(R"(say "it's")"))), R"(ValueError('say "it\'s"'))");
  EXPECT_EQ(repr(made(ValueError("a\\b"))), R"(ValueError('a\\b'))");
  EXPECT_EQ(repr(made(ValueError("a\tb\x01\x7f\r\nc \u00e9"))), "ValueError('a\\tb\\x01\\x7f\\r\\nc \u00e9')");
}

TEST(Repr, of_a_group_shows_what_is_in_it) {
  ExceptionGroup group("m", {made(ValueError("x")), made(TypeError())});
  EXPECT_EQ(repr(made(group)), "ExceptionGroup('m', [ValueError('x'), TypeError()])");
}

TEST(OSError, knows_its_number_and_prints_as_python_does) {
  OSError error(EADDRINUSE, {});
  EXPECT_EQ(error.errno_, EADDRINUSE);
  EXPECT_STREQ(error.what(), "[Errno 98] Address already in use");
  EXPECT_STREQ(OSError(ENOENT, {}, "menu.json").what(), "[Errno 2] No such file or directory: 'menu.json'");
  EXPECT_EQ(OSError("plain").errno_, 0);
}

TEST(OSError, says_what_was_tried_and_to_what) {
  EXPECT_STREQ(OSError(ECONNREFUSED, "connect to", "127.0.0.1:80").what(),
               "[Errno 111] cannot connect to 127.0.0.1:80: Connection refused");
  EXPECT_STREQ(OSError(EMFILE, "accept").what(), "[Errno 24] cannot accept: Too many open files");
}

std::string class_for(int number) {
  try {
    raise_os_error(number);
  } catch (const OSError& e) {
    EXPECT_EQ(e.errno_, number);
    return type_name(std::current_exception());
  }
}

TEST(RaiseOSError, throws_the_class_that_python_maps_the_number_to) {
  const std::pair<int, const char*> table[] = {
      {EAGAIN, "BlockingIOError"},
      {EALREADY, "BlockingIOError"},
      {EINPROGRESS, "BlockingIOError"},
      {EWOULDBLOCK, "BlockingIOError"},
      {ECHILD, "ChildProcessError"},
      {EPIPE, "BrokenPipeError"},
      {ESHUTDOWN, "BrokenPipeError"},
      {ECONNABORTED, "ConnectionAbortedError"},
      {ECONNREFUSED, "ConnectionRefusedError"},
      {ECONNRESET, "ConnectionResetError"},
      {EEXIST, "FileExistsError"},
      {ENOENT, "FileNotFoundError"},
      {EINTR, "InterruptedError"},
      {EISDIR, "IsADirectoryError"},
      {ENOTDIR, "NotADirectoryError"},
      {EACCES, "PermissionError"},
      {EPERM, "PermissionError"},
      {ESRCH, "ProcessLookupError"},
      {ETIMEDOUT, "TimeoutError"},
      {ENOSPC, "OSError"},
  };
  for (auto [number, name] : table) EXPECT_EQ(class_for(number), name) << number;
}

TEST(ExceptionGroup, counts_its_errors_in_its_text) {
  ExceptionGroup one("unhandled errors", {made(ValueError("a"))});
  ExceptionGroup two("unhandled errors", {made(ValueError("a")), made(TypeError("b"))});
  EXPECT_STREQ(one.what(), "unhandled errors (1 sub-exception)");
  EXPECT_STREQ(two.what(), "unhandled errors (2 sub-exceptions)");
  EXPECT_EQ(two.message(), "unhandled errors");
  ASSERT_EQ(two.exceptions().size(), 2U);
  EXPECT_EQ(repr(two.exceptions()[1]), "TypeError('b')");
}

TEST(ExceptionGroup, is_caught_as_an_exception_and_as_a_group) {
  std::exception_ptr group = made(ExceptionGroup("g", {made(ValueError())}));
  EXPECT_TRUE(isinstance<Exception>(group));
  EXPECT_TRUE(isinstance<std::exception>(group));
  EXPECT_TRUE(isinstance<BaseExceptionGroup>(group));
}

TEST(ExceptionGroup, may_hold_groups_and_exceptions_of_other_libraries) {
  ExceptionGroup inner("inner", {made(std::bad_alloc())});
  ExceptionGroup outer("outer", {made(inner), made(std::runtime_error("r"))});
  EXPECT_EQ(outer.exceptions().size(), 2U);
}

TEST(ExceptionGroup, refuses_to_be_empty) {
  EXPECT_EQ(failure([] { ExceptionGroup("g", {}); }),
            "ValueError('second argument (exceptions) must be a non-empty sequence')");
  EXPECT_EQ(failure([] { BaseExceptionGroup("g", {}); }),
            "ValueError('second argument (exceptions) must be a non-empty sequence')");
}

TEST(ExceptionGroup, refuses_what_is_no_exception) {
  EXPECT_EQ(failure([] { ExceptionGroup("g", {made(ValueError()), made(KeyboardInterrupt())}); }),
            "TypeError('Cannot nest BaseExceptions in an ExceptionGroup')");
  EXPECT_EQ(BaseExceptionGroup("g", {made(KeyboardInterrupt())}).exceptions().size(), 1U);
}

// BaseException is a virtual base of them all, so a cast has to find it within the object.
TEST(ExceptionCast, finds_the_base_that_a_catch_clause_would_find) {
  const std::exception_ptr error = made(shop::DumplingsSoldOut("no more today"));
  const auto* base = _exception_cast<BaseException>(error);
  const auto* lookup = _exception_cast<LookupError>(error);
  const auto* standard = _exception_cast<std::exception>(error);
  ASSERT_TRUE(base && lookup && standard);
  EXPECT_STREQ(base->what(), "no more today");
  EXPECT_STREQ(lookup->what(), "no more today");
  EXPECT_STREQ(standard->what(), "no more today");
  EXPECT_EQ(static_cast<const BaseException*>(lookup), base);
  try {
    std::rethrow_exception(error);
  } catch (const BaseException& caught) {
    EXPECT_EQ(&caught, base);
  }
}

TEST(ExceptionCast, finds_each_of_a_group_s_bases) {
  const std::exception_ptr group = made(ExceptionGroup("g", {made(ValueError())}));
  ASSERT_NE(_exception_cast<BaseExceptionGroup>(group), nullptr);
  EXPECT_EQ(_exception_cast<BaseExceptionGroup>(group)->message(), "g");
  EXPECT_STREQ(_exception_cast<std::exception>(group)->what(), "g (1 sub-exception)");
  EXPECT_EQ(static_cast<const BaseException*>(_exception_cast<Exception>(group)),
            _exception_cast<BaseException>(group));
}

TEST(ExceptionCast, gives_null_for_what_it_is_not) {
  EXPECT_EQ(_exception_cast<ValueError>(made(KeyError("k"))), nullptr);
  EXPECT_EQ(_exception_cast<std::exception>(made(KeyboardInterrupt())), nullptr);
  EXPECT_EQ(_exception_cast<BaseException>(nullptr), nullptr);
}

TEST(ExceptionCast, knows_exceptions_of_other_libraries) {
  EXPECT_STREQ(_exception_cast<std::logic_error>(made(std::out_of_range("far")))->what(), "far");
  EXPECT_EQ(*_exception_cast<int>(made(7)), 7);
  EXPECT_EQ(_exception_cast<int>(made(7L)), nullptr);
  EXPECT_EQ(_exception_cast<BaseException>(made(std::out_of_range("far"))), nullptr);
  struct Plain {};
  EXPECT_EQ(_exception_cast<BaseException>(made(Plain())), nullptr);
}

TEST(ExceptionCast, of_a_foreign_class_with_an_ambiguous_base_finds_none) {
  struct Left : std::runtime_error {
    Left() : std::runtime_error("left") {}
  };
  struct Right : std::runtime_error {
    Right() : std::runtime_error("right") {}
  };
  struct Both : Left, Right {};
  EXPECT_EQ(_exception_cast<std::runtime_error>(made(Both())), nullptr);
  EXPECT_NE(_exception_cast<Left>(made(Both())), nullptr);
}

}  // namespace
}  // namespace krait
