#pragma once
// Whose fault it was is in the type.

#include <string>
#include <utility>

#include "krait/builtins/exceptions.h"

namespace krait::wire::h1 {

// Python: h11.ProtocolError
KRAIT_EXCEPTION(ProtocolError, Exception);

// Our own caller asked for something that HTTP does not allow: a second response, a line break in a header.
// Nothing was written and the connection stands as before the call. Python: h11.LocalProtocolError
KRAIT_EXCEPTION(LocalProtocolError, ProtocolError);

// The peer broke the protocol or a limit. Answer with `status()` and close. Python: h11.RemoteProtocolError
class RemoteProtocolError : public ProtocolError {
 public:
  RemoteProtocolError(std::string message, int status) : BaseException(std::move(message)), status_(status) {}
  // The status to answer with, 400-505. Python: error_status_hint
  int status() const noexcept { return status_; }

 private:
  int status_;
};

}  // namespace krait::wire::h1
