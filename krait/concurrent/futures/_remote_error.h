#pragma once
// An exception as bytes, for the process that waits for it.
//
//   error := kind:u16 text:optional number:i32 count:u64 error*     `number` is errno or SystemExit's code; a group's errors
//
// Python's tree crosses with class and text. Another class becomes the nearest one that it derives from, and RuntimeError when
// that says no more than Exception; its own name stands before the text then: "NoDumpling: the pot is empty".

#include <exception>

#include "krait/builtins/exceptions.h"
#include "krait/multiprocessing/reduction.h"

namespace krait::concurrent::futures {

// What an exception came through in the process that threw it: its cause here.
// Python: concurrent.futures.process._RemoteTraceback
KRAIT_EXCEPTION(_RemoteTraceback, Exception);

void _write_error(multiprocessing::_Writer& out, const std::exception_ptr& error);
// The same exception with the _RemoteTraceback as its cause. Throws UnpicklingError.
std::exception_ptr _read_error(multiprocessing::_Reader& in);

}  // namespace krait::concurrent::futures
