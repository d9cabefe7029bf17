#include "krait/wire/h1/_field_line.h"

#include <string>

#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/target.h"

namespace krait::wire::h1 {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw RemoteProtocolError("cannot read the headers: " + why, 400); }

}  // namespace

void _refuse_name(const char* line, const char* bad) {
  const bool at_start = bad == line;
  switch (*bad) {
    case ':':
      refuse("a header without a name");
    case ' ':
    case '\t':
      refuse(at_start ? "a line starts with whitespace (folding is obsolete)" : "whitespace before the colon");
    case '\r':
      refuse(at_start ? "a bare CR" : "a line without a colon");
    case '\n':
      refuse(at_start ? "a bare LF" : "a line without a colon");
    default:
      refuse("invalid character " + describe_byte(*bad) + " in a name");
  }
}

void _refuse_value(const char* bad) {
  switch (*bad) {
    case '\r':
      refuse("a bare CR");
    case '\n':
      refuse("a bare LF");
    default:
      refuse("invalid character " + describe_byte(*bad) + " in a value");
  }
}

}  // namespace krait::wire::h1
