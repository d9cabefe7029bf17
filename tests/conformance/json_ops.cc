#include "krait/json.h"

#include <algorithm>

#include "ops.h"
#include "tagged.h"

namespace krait::conformance {

namespace {

using json::Value;

const Value* option(const Value& request, std::string_view name) {
  const Value* value = request.as_object().find(name);
  return value && !value->is_null() ? value : nullptr;
}

bool flag(const Value& request, std::string_view name, bool otherwise) {
  const Value* value = option(request, name);
  return value ? value->as_bool() : otherwise;
}

// json.loads with `strict`, and with those hooks that "hooks" lists: each gives something that shows what it was given.
json::LoadsOptions loads_options(const Value& request) {
  json::LoadsOptions options;
  options.strict = flag(request, "strict", true);
  const Value* hooks = option(request, "hooks");
  const auto wanted = [&](std::string_view name) {
    if (!hooks) return false;
    const json::Array& names = hooks->as_array();
    return std::ranges::find(names, Value(name)) != names.end();
  };
  if (wanted("parse_float")) options.parse_float = [](std::string_view digits) { return json::Array{"float", digits}; };
  if (wanted("parse_int")) options.parse_int = [](std::string_view digits) { return json::Array{"int", digits}; };
  if (wanted("parse_constant"))
    options.parse_constant = [](std::string_view name) { return json::Array{"constant", name}; };
  if (wanted("object_hook")) {
    options.object_hook = [](json::Object object) -> Value {
      const std::size_t size = object.size();
      return json::Array{"dict", size, std::move(object)};
    };
  }
  if (wanted("object_pairs_hook")) {
    options.object_pairs_hook = [](std::vector<json::Object::Item> pairs) -> Value {
      json::Array list{"pairs"};
      for (auto& [key, value] : pairs) list.push_back(json::Array{key, std::move(value)});
      return list;
    };
  }
  return options;
}

// {"text", "as": "bytes", "str" or "raw", "idx", "strict", "hooks"} to a value; of "raw" also where it ends, in code points.
Value json_decode(const Value& request) {
  const std::string text = untag_bytes(request["text"]);
  const std::string& as = request["as"].as_string();
  json::LoadsOptions options = loads_options(request);
  if (as == "bytes") return tag_numbers(json::loads(text, std::move(options)));
  if (as == "str") {
    return tag_numbers(json::loads(std::u8string_view(reinterpret_cast<const char8_t*>(text.data()), text.size()),
                                   std::move(options)));
  }
  const Value* idx = option(request, "idx");
  const auto [value, end] =
      json::JSONDecoder(std::move(options)).raw_decode(text, idx ? static_cast<std::size_t>(idx->as_int()) : 0);
  return json::Array{tag_numbers(value), Value(text.substr(0, end)).size()};
}

// {"text", options of json.dumps} to the text of what "text" holds, as bytes.
Value json_dumps(const Value& request) {
  json::DumpsOptions options{.ensure_ascii = flag(request, "ensure_ascii", true),
                             .allow_nan = flag(request, "allow_nan", true),
                             .sort_keys = flag(request, "sort_keys", false)};
  if (const Value* indent = option(request, "indent")) {
    options.indent =
        indent->is_int() ? json::Indent(static_cast<int>(indent->as_int())) : json::Indent(indent->as_string());
  }
  if (const Value* separators = option(request, "separators")) {
    options.separators = json::Separators{(*separators)[0].as_string(), (*separators)[1].as_string()};
  }
  return tag_bytes(json::dumps(json::loads(untag_bytes(request["text"])), options));
}

}  // namespace

Ops json_ops() { return {{"json.decode", json_decode}, {"json.dumps", json_dumps}}; }

}  // namespace krait::conformance
