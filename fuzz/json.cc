// A document, whatever bytes it is made of: reading it throws one of the errors that are documented, or gives a value that
// is written and read again as the same; and where the quick reader of described structs takes a document, the slow way
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

void check_value(std::string_view document) {
  try {
    const std::string once = written(json::loads(document));
    if (written(json::loads(once)) != once) fail("written and read again, it is another value", once);
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
