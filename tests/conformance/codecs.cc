#include "krait/wire/h1.h"
#include "ops.h"
#include "tagged.h"

namespace krait::conformance {

namespace {

using json::Value;
using wire::h1::RequestMessage;

// Header bytes are shown as Starlette shows them.
Value fields(const RequestMessage::Fields& fields) {
  json::Array array;
  for (const auto& [name, value] : fields) array.emplace_back(json::Array{decode_latin1(name), decode_latin1(value)});
  return array;
}

Value show(const RequestMessage& message) {
  return json::Object{{"method", decode_latin1(message.method)},
                      {"target", decode_latin1(message.target)},
                      {"version", message.version},
                      {"headers", fields(message.headers)},
                      {"body", tag_bytes(message.body)},
                      {"trailers", fields(message.trailers)},
                      {"keep_alive", message.keep_alive}};
}

// The requests within `bytes`, which arrive `step` at a time (0: at once): a list of dicts.
// Throws wire::h1::RemoteProtocolError.
Value http_request(const Value& request) {
  const Value* step = request.as_object().find("step");
  const std::int64_t bytes_at_a_time = step && !step->is_null() ? step->as_int() : 0;
  if (bytes_at_a_time < 0) throw ValueError("cannot feed " + std::to_string(bytes_at_a_time) + " bytes at a time");
  json::Array messages;
  for (const RequestMessage& each :
       wire::h1::read_requests(untag_bytes(request["bytes"]), static_cast<std::size_t>(bytes_at_a_time))) {
    messages.push_back(show(each));
  }
  return messages;
}

// The value of a JSON text, what JSON cannot carry tagged. Throws json::JSONDecodeError.
Value json_loads(const Value& request) { return tag_numbers(json::loads(untag_bytes(request["text"]))); }

}  // namespace

Ops codec_ops() { return {{"http.request", http_request}, {"json.loads", json_loads}}; }

}  // namespace krait::conformance
