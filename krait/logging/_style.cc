#include "krait/logging/_style.h"

#include <array>
#include <cctype>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/logging/formatter.h"

namespace krait::logging {

_Style::~_Style() = default;

namespace {

std::string or_else(std::string fmt, std::string_view fallback) { return fmt.empty() ? std::string(fallback) : fmt; }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

// Python: re.search(r'%\(\w+\)[#0+ -]*(\*|\d+)?(\.(\*|\d+))?[diouxefgcrsa%]', fmt, re.I), at `at`
bool is_field(std::string_view fmt, std::size_t at) {
  const auto is_at = [&](std::string_view characters) {
    return at < fmt.size() && characters.find(fmt[at]) != std::string_view::npos;
  };
  const auto skip_number = [&] {
    if (is_at("*")) {
      ++at;
      return true;
    }
    const std::size_t start = at;
    while (is_at("0123456789")) ++at;
    return at > start;
  };
  if (!fmt.substr(at).starts_with("%(")) return false;
  at += 2;
  const std::size_t name = at;
  while (at < fmt.size() && is_word(fmt[at])) ++at;
  if (at == name || !is_at(")")) return false;
  ++at;
  while (is_at("#0+ -")) ++at;
  skip_number();
  if (is_at(".")) {
    ++at;
    if (!skip_number()) return false;
  }
  return is_at("diouxefgcrsaDIOUXEFGCRSA%");
}

class PercentStyle final : public _Style {
 public:
  PercentStyle(std::string fmt, Dict defaults) : _Style(or_else(std::move(fmt), "%(message)s"), std::move(defaults)) {}
  bool uses_time() const override { return fmt.find("%(asctime)") != fmt.npos; }
  void validate() const override {
    for (std::size_t at = fmt.find('%'); at != fmt.npos; at = fmt.find('%', at + 1)) {
      if (is_field(fmt, at)) return;
    }
    throw ValueError("Invalid format '" + fmt + "' for '%' style");
  }
  std::string format(const _Mapping& record) const override { return _percent(fmt, record); }
};

class StrFormatStyle final : public _Style {
 public:
  StrFormatStyle(std::string fmt, Dict defaults) : _Style(or_else(std::move(fmt), "{message}"), std::move(defaults)) {}
  bool uses_time() const override { return fmt.find("{asctime") != fmt.npos; }
  void validate() const override { _validate_braces(fmt); }
  std::string format(const _Mapping& record) const override { return _braces(fmt, record); }
};

class StringTemplateStyle final : public _Style {
 public:
  StringTemplateStyle(std::string fmt, Dict defaults)
      : _Style(or_else(std::move(fmt), "${message}"), std::move(defaults)) {}
  bool uses_time() const override { return fmt.find("$asctime") != fmt.npos || fmt.find("${asctime}") != fmt.npos; }
  void validate() const override { _validate_template(fmt); }
  std::string format(const _Mapping& record) const override { return _substitute(fmt, record); }
};

}  // namespace

std::string_view _basic_format(char style) {
  switch (style) {
    case '%':
      return BASIC_FORMAT;
    case '{':
      return "{levelname}:{name}:{message}";
    case '$':
      return "${levelname}:${name}:${message}";
    default:
      throw ValueError("Style must be one of: %,{,$");
  }
}

std::unique_ptr<_Style> _make_style(char style, std::string fmt, Dict defaults) {
  _basic_format(style);
  if (style == '{') return std::make_unique<StrFormatStyle>(std::move(fmt), std::move(defaults));
  if (style == '$') return std::make_unique<StringTemplateStyle>(std::move(fmt), std::move(defaults));
  return std::make_unique<PercentStyle>(std::move(fmt), std::move(defaults));
}

// Python: string.Template.pattern
//   $$ | $name | ${name} | $ and anything else, which is invalid;   name := [_a-zA-Z][_a-zA-Z0-9]*
namespace {

struct Placeholder {
  enum class Kind { Escaped, Named, Invalid } kind;
  std::string_view name;
  std::size_t size;  // from the "$" on
};

// re.IGNORECASE over str lets these two stand for s and k: U+017F, U+212A. They are not supported.
std::size_t identifier_size(std::string_view text) {
  const auto fits = [](char c, bool first) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
  };
  std::size_t size = 0;
  while (size < text.size() && fits(text[size], size == 0)) ++size;
  return size;
}

Placeholder placeholder(std::string_view at_dollar) {
  const std::string_view rest = at_dollar.substr(1);
  if (rest.starts_with('$')) return {Placeholder::Kind::Escaped, {}, 2};
  if (const std::size_t size = identifier_size(rest)) return {Placeholder::Kind::Named, rest.substr(0, size), 1 + size};
  if (rest.starts_with('{')) {
    const std::size_t size = identifier_size(rest.substr(1));
    if (size > 0 && rest.substr(1 + size).starts_with('}')) {
      return {Placeholder::Kind::Named, rest.substr(1, size), 3 + size};
    }
  }
  return {Placeholder::Kind::Invalid, {}, 1};
}

}  // namespace

void _validate_template(std::string_view format) {
  bool any = false;
  for (std::size_t at = format.find('$'); at != format.npos; at = format.find('$', at)) {
    const Placeholder found = placeholder(format.substr(at));
    if (found.kind == Placeholder::Kind::Invalid) throw ValueError("invalid format: bare '$' not allowed");
    any = any || found.kind == Placeholder::Kind::Named;
    at += found.size;
  }
  if (!any) throw ValueError("invalid format: no fields");
}

std::string _substitute(std::string_view format, const _Mapping& mapping) {
  std::string result;
  std::size_t at = 0;
  while (true) {
    const std::size_t dollar = format.find('$', at);
    result.append(format.substr(at, dollar == format.npos ? format.npos : dollar - at));
    if (dollar == format.npos) return result;
    const Placeholder found = placeholder(format.substr(dollar));
    if (found.kind == Placeholder::Kind::Invalid) {
      const std::string_view before = format.substr(0, dollar);
      std::size_t line = 1, start = 0;
      for (std::size_t i = before.find('\n'); i != before.npos; i = before.find('\n', start)) {
        start = i + 1;
        ++line;
      }
      throw ValueError("Invalid placeholder in string: line " + std::to_string(line) + ", col " +
                       std::to_string(dollar - start + 1));
    }
    if (found.kind == Placeholder::Kind::Escaped) {
      result += '$';
    } else {
      const std::optional<Value> value = mapping.find(found.name);
      if (!value) throw KeyError(std::string(found.name));
      result += value->str();
    }
    at = dollar + found.size;
  }
}

}  // namespace krait::logging
