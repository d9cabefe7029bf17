#pragma once
// Documents in UTF-8 without a fault, read in one pass.

#include <string_view>

#include "krait/json/value.h"

namespace krait::json {

// False: something is wrong, nested too deep, or only unusual; the Decoder of decoder.cc will find out, and say so as Python does.
bool _load_quickly(std::string_view document, Value* out);

}  // namespace krait::json
