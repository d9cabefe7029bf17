// field     := type (';' parameter)*
// parameter := name '=' (value | '"' quoted '"')        a ';' within quotes ends nothing

#include "krait/http/media_types.h"

#include <algorithm>

#include "krait/http/_lower.h"
#include "krait/http/fields.h"

namespace krait::http {
namespace {

// Python: str.strip(), of ASCII
std::string_view stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r\x1c\x1d\x1e\x1f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Python: email.utils.unquote
std::string unquoted(std::string_view value) {
  if (value.size() < 2) return std::string(value);
  std::string inner(value.substr(1, value.size() - 2));
  if (value.starts_with('<') && value.ends_with('>')) return inner;
  if (!value.starts_with('"') || !value.ends_with('"')) return std::string(value);
  replace_all(inner, "\\\\", "\\");
  replace_all(inner, "\\\"", "\"");
  return inner;
}

// Where the parameter at the beginning of `text` ends: at a ';' with as many quotes before it as make pairs.
std::size_t end_of_parameter(std::string_view text) {
  bool within = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) within = !within;
    if (text[i] == ';' && (!within || i == 0)) return i;
  }
  return text.size();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> content_params(std::string_view field) {
  std::vector<std::pair<std::string, std::string>> params;
  for (;;) {
    const std::size_t end = end_of_parameter(field);
    const std::string_view part = stripped(field.substr(0, end));
    const std::size_t equals = part.find('=');
    if (equals == part.npos) {
      params.emplace_back(part, "");
    } else {
      params.emplace_back(_lower(std::string(stripped(part.substr(0, equals)))),
                          unquoted(stripped(part.substr(equals + 1))));
    }
    if (end == field.size()) return params;
    field.remove_prefix(end + 1);
  }
}

std::string content_type(std::string_view field) {
  std::string type = _lower(std::string(stripped(field.substr(0, field.find(';')))));
  return std::ranges::count(type, '/') == 1 ? type : "text/plain";
}

std::optional<std::string> content_param(std::string_view field, std::string_view name) {
  for (auto& [each, value] : content_params(field)) {
    if (equals_ignoring_case(each, name)) return std::move(value);
  }
  return std::nullopt;
}

std::optional<std::string> content_charset(std::string_view field) {
  const std::optional<std::string> charset = content_param(field, "charset");
  const auto beyond_ascii = [](char c) { return (c & 0x80) != 0; };
  if (!charset || std::ranges::any_of(*charset, beyond_ascii)) return std::nullopt;
  return _lower(*charset);
}

}  // namespace krait::http
