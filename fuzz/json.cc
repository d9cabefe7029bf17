// A document, whatever bytes it is made of: reading it throws one of the errors that are documented, or gives a value that
// is written and read again as the same, with whatever options; both decoders read the same; and where the quick reader of described structs takes a document, the slow way
// reads the same from it.

#include "krait/json.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace {

using namespace krait;

enum class Kind { noodle, dumpling };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling);

struct Node {
  std::string name;
  std::optional<std::int16_t> number;
  double weight = 1;
  bool flag = false;
  Kind kind = Kind::noodle;
  std::vector<Node> nodes;
  std::map<std::string, std::uint8_t> counts;
  std::optional<std::string> text;
};
KRAIT_DESCRIBE(Node, (name, .max_length = 4), (number, .ge = -5), (weight, .lt = 1000), flag, kind,
               (nodes, .required = false, .max_length = 3), (counts, .required = false), (text, .min_length = 1));

[[noreturn]] void fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

std::string written(const json::Value& value) {
  std::string out;
  json::_dump(json::_type<json::Value>, &value, out, json::_Invalid::Escape);
  return out;
}

bool has_nan(const json::Value& value) { return json::dumps(value, {}).find("NaN") != std::string::npos; }

// The options change how a value is written, not which.
void check_options(const json::Value& value) {
  for (const json::DumpsOptions& options :
       {json::DumpsOptions{}, json::DumpsOptions{.indent = 1, .sort_keys = true},
        json::DumpsOptions{.ensure_ascii = false, .separators = json::Separators{"\t,\n\n\n\n\n\n\n", "\r:"}}}) {
    std::string text;
    try {
      text = json::dumps(value, options);
    } catch (const UnicodeEncodeError&) {  // a lone surrogate, where it may not be escaped
      if (options.ensure_ascii) throw;
      continue;
    }
    if (!has_nan(value) && json::loads(text) != value)
      fail("written with options and read again, it is another value", text);
    if (json::dumps(json::loads(text), options) != text)
      fail("written, read and written again, it is another text", text);
  }
}

// A hook that gives back what it was given changes nothing; it takes the document through the exact decoder.
void check_decoders(std::string_view document, const json::Value& value) {
  const json::Value exact =
      json::loads(document, {.object_hook = [](json::Object object) -> json::Value { return object; }});
  if (written(exact) != written(value)) fail("the one-pass reader and the exact decoder differ", document);
}

void check_value(std::string_view document) {
  try {
    const json::Value value = json::loads(document);
    const std::string once = written(value);
    if (written(json::loads(once)) != once) fail("written and read again, it is another value", once);
    check_options(value);
    check_decoders(document, value);
  } catch (const json::JSONDecodeError& error) {
    if (error.pos > document.size() || error.lineno == 0 || error.colno == 0) fail("an impossible place", error.what());
  } catch (const UnicodeDecodeError&) {
  } catch (const json::RecursionError&) {
  } catch (const ValueError&) {
  }
}

void check_struct(std::string_view document) {
  Node quick;
  if (json::_read_fast(document, json::_type<Node>, &quick)) {
    Node slow;
    json::_convert(json::loads(document), json::_type<Node>, &slow);
    if (json::dumps(quick) != json::dumps(slow)) fail("the quick reader and validation differ", document);
    return;
  }
  try {
    const Node slow = json::loads<Node>(document);
    if (json::loads(json::dumps(slow)) != json::Value(slow)) fail("a struct does not survive", document);
  } catch (const json::ValidationError& error) {
    for (const json::ErrorDetail& detail : error.errors()) written(detail.to_object());
  } catch (const ValueError&) {
  } catch (const json::RecursionError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  check_value(document);
  check_struct(document);
  return 0;
}
