#pragma once
// What krait-conform answers, besides aio.run: an op's name and what answers it. A room's ops stand in a file of their own.

#include <map>
#include <string_view>

#include "krait/json.h"

namespace krait::conformance {

// Takes the request, gives what stands under "ok". What it throws stands under "error".
using Op = json::Value (*)(const json::Value& request);
using Ops = std::map<std::string_view, Op>;

Ops codec_ops();  // http.request, json.loads
Ops re_ops();     // re.*

}  // namespace krait::conformance
