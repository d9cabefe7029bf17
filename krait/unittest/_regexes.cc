#include "krait/unittest/_regexes.h"

#include "krait/builtins/exceptions.h"
#include "krait/re/functions.h"

namespace krait::unittest {

namespace {

std::string repr_as(const re::Pattern& pattern, std::string_view text) {
  return _repr(pattern.is_bytes() ? _Value{_Value::Kind::Bytes, std::string(text), {}} : _text_value(text));
}

}  // namespace

_Regex::_Regex(std::string_view pattern)
    : pattern_(std::make_shared<re::Pattern>(re::compile(pattern))), empty_text_(pattern.empty()) {}
_Regex::_Regex(const re::Pattern& pattern) : pattern_(std::make_shared<re::Pattern>(pattern)) {}

void _Regex::check(const std::exception_ptr& error, const _Msg& msg, const _Assertions& test,
                   std::source_location at) const {
  const std::string text = str(error);
  if (!get().search(text)) test._fail_with(msg, "\"" + get().pattern() + "\" does not match \"" + text + "\"", at);
}

void _RegexAssertions::assertRegex(std::string_view text, const _Regex& expected_regex, const _Msg& msg, At at) const {
  if (expected_regex.is_empty_text()) throw AssertionError("expected_regex must not be empty.", at);
  const re::Pattern& pattern = expected_regex.get();
  if (pattern.search(text)) return;
  _fail_with(msg,
             "Regex didn't match: " + repr_as(pattern, pattern.pattern()) + " not found in " + repr_as(pattern, text),
             at);
}

void _RegexAssertions::assertNotRegex(std::string_view text, const _Regex& unexpected_regex, const _Msg& msg,
                                      At at) const {
  const re::Pattern& pattern = unexpected_regex.get();
  const auto match = pattern.search(text);
  if (!match) return;
  _fail_with(msg,
             "Regex matched: " + repr_as(pattern, match->group()) + " matches " + repr_as(pattern, pattern.pattern()) +
                 " in " + repr_as(pattern, text),
             at);
}

}  // namespace krait::unittest
