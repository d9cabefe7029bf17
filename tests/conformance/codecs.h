#pragma once
// The ops that take bytes apart: http.request, json.loads.

#include "krait/json.h"

namespace krait::conformance {

// The requests within `bytes`, which arrive `step` at a time (0: at once): a list of dicts.
// Throws wire::h1::RemoteProtocolError.
json::Value http_request(const json::Value& request);

// The value of a JSON text, what JSON cannot carry tagged. Throws json::JSONDecodeError.
json::Value json_loads(const json::Value& request);

}  // namespace krait::conformance
