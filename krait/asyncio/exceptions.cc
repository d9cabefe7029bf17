#include "krait/asyncio/exceptions.h"

namespace krait::asyncio {

IncompleteReadError::IncompleteReadError(std::string partial_bytes, long expected_bytes)
    : BaseException(std::to_string(partial_bytes.size()) + " bytes read on a total of " +
                    (expected_bytes < 0 ? std::string("undefined") : std::to_string(expected_bytes)) +
                    " expected bytes"),
      partial(std::move(partial_bytes)),
      expected(expected_bytes) {}

}  // namespace krait::asyncio
