#include "krait/asyncio/exceptions.h"

#include <gtest/gtest.h>

namespace krait::asyncio {
namespace {

template <class E>
std::exception_ptr made(E exception) {
  return std::make_exception_ptr(std::move(exception));
}

// B2.14: a handler of errors never swallows a cancellation.
TEST(CancelledError, passes_by_handlers_of_exceptions) {
  std::string caught;
  try {
    try {
      throw CancelledError("why");
    } catch (const Exception&) {
      caught = "as an Exception";
    } catch (const std::exception&) {
      caught = "as a std::exception";
    }
  } catch (const BaseException& e) {
    caught = e.what();
  }
  EXPECT_EQ(caught, "why");
}

TEST(CancelledError, may_stand_in_no_group_of_exceptions) {
  EXPECT_THROW(ExceptionGroup("g", {made(CancelledError())}), TypeError);
  EXPECT_NO_THROW(BaseExceptionGroup("g", {made(CancelledError())}));
}

TEST(AsyncioExceptions, derive_as_in_python) {
  EXPECT_TRUE(isinstance<OSError>(made(TimeoutError())));
  EXPECT_TRUE(isinstance<EOFError>(made(IncompleteReadError("ab", 4))));
  EXPECT_TRUE(isinstance<RuntimeError>(made(DeadlockError())));
  for (const std::exception_ptr& error : {made(InvalidStateError()), made(QueueEmpty()), made(QueueFull()),
                                          made(QueueShutDown()), made(LimitOverrunError("l", 1))}) {
    EXPECT_TRUE(isinstance<Exception>(error)) << type_name(error);
  }
  EXPECT_EQ(repr(made(CancelledError("why"))), "CancelledError('why')");
}

TEST(IncompleteReadError, tells_what_came_and_what_was_expected) {
  IncompleteReadError error("abc", 10);
  EXPECT_EQ(error.partial, "abc");
  EXPECT_EQ(error.expected, 10);
  EXPECT_STREQ(error.what(), "3 bytes read on a total of 10 expected bytes");
  EXPECT_STREQ(IncompleteReadError("", -1).what(), "0 bytes read on a total of undefined expected bytes");
}

TEST(LimitOverrunError, tells_how_much_was_looked_at) {
  LimitOverrunError error("Separator is not found, and chunk exceed the limit", 65536);
  EXPECT_EQ(error.consumed, 65536U);
  EXPECT_STREQ(error.what(), "Separator is not found, and chunk exceed the limit");
}

}  // namespace
}  // namespace krait::asyncio
