#pragma once
// What an exception came through, as text.
//
//   Traceback (most recent call last):
//     File "shop.cc", line 41, in Coroutine<> serve(Order)
//     File "shop.cc", line 17, in Coroutine<> cook(Order)
//   ValueError: no such dumpling
//
// Every coroutine that an exception leaves adds the await it stood at; that costs some tens of nanoseconds beside the
// microsecond that C++ takes to throw, so it is always on. Python: traceback

#include <source_location>
#include <string>

#include "krait/builtins/exceptions.h"

namespace krait {

// One line of it: `  File "shop.cc", line 17, in Coroutine<> cook(Order)`.
std::string _format_location(const std::source_location& at);

// The traceback, the class and the text; before them the same of its cause. A group's exceptions follow, indented.
// Exceptions of C++ that are none of Python's tree have no traceback. Python: "".join(traceback.format_exception(error))
std::string format_exception(const std::exception_ptr& error);
// To stderr. Python: traceback.print_exception(error)
void print_exception(const std::exception_ptr& error) noexcept;

// From now on an exception of Python's tree that leaves main() is printed so before the program aborts, and SystemExit ends
// it with its code. Does nothing when the program has set a terminate handler of its own. asyncio::run calls it.
// Python: sys.excepthook
void _install_excepthook() noexcept;

}  // namespace krait
