#include "krait/web/_pattern.h"

#include <algorithm>

#include "krait/builtins/exceptions.h"

namespace krait::web {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool fits_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

[[noreturn]] void refuse(std::string_view path, const std::string& why) {
  throw ValueError("cannot use the path '" + std::string(path) + "': " + why);
}

_Convertor convertor_named(std::string_view name, std::string_view path) {
  constexpr std::string_view names[] = {"int", "float", "uuid", "str", "path"};
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) refuse(path, "Unknown path convertor '" + std::string(name) + "'");
  return static_cast<_Convertor>(found - std::begin(names));
}

_Token parse_parameter(std::string_view inside, std::string_view path) {
  const std::size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  const bool good = !name.empty() && is_name_start(name[0]) &&
                    std::all_of(name.begin(), name.end(), [](char c) { return is_name_start(c) || is_digit(c); });
  if (!good) refuse(path, "'{" + std::string(inside) + "}' is no parameter");
  const _Convertor convertor =
      colon == std::string_view::npos ? _Convertor::Str : convertor_named(inside.substr(colon + 1), path);
  return {std::string(name), true, convertor};
}

}  // namespace

bool _fits(_Convertor convertor, std::string_view text) noexcept {
  switch (convertor) {
    case _Convertor::Int:
      return all_digits(text);
    case _Convertor::Float: {
      const std::size_t dot = text.find('.');
      if (dot == std::string_view::npos) return all_digits(text);
      return all_digits(text.substr(0, dot)) && all_digits(text.substr(dot + 1));
    }
    case _Convertor::Uuid:
      return fits_uuid(text);
    case _Convertor::Str:
      return !text.empty() && text.find('/') == std::string_view::npos;
    case _Convertor::Path:
      return true;
  }
  return false;
}

_Pattern _parse_pattern(std::string_view path) {
  if (path.empty() || path[0] != '/') refuse(path, "Routed paths must start with '/'");
  _Pattern pattern;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    if (open > 0) pattern.tokens.push_back({std::string(rest.substr(0, open))});
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::size_t close = rest.find('}');
    if (close == std::string_view::npos) refuse(path, "a '{' is not closed");
    _Token token = parse_parameter(rest.substr(1, close - 1), path);
    if (std::find(pattern.params.begin(), pattern.params.end(), token.text) != pattern.params.end()) {
      refuse(path, "Duplicated param name " + token.text);
    }
    pattern.params.push_back(token.text);
    pattern.tokens.push_back(std::move(token));
    rest.remove_prefix(close + 1);
  }
  constexpr std::size_t most = 64;
  if (pattern.params.size() > most) refuse(path, "it has more than 64 parameters");
  return pattern;
}

namespace {

// Which texts at[i…] the tokens from `token` on can match, tried longest first. Every pair of token and place is tried once:
// `dead` remembers those that failed, so a hostile path costs tokens times length at most.
class Matcher {
 public:
  Matcher(const std::vector<_Token>& tokens, std::string_view path, std::vector<std::string_view>& values)
      : tokens_(tokens), path_(path), values_(values), dead_(tokens.size() * (path.size() + 1)) {}

  bool from(std::size_t token, std::size_t at) {
    if (token == tokens_.size()) return at == path_.size();
    const std::size_t state = token * (path_.size() + 1) + at;
    if (dead_[state]) return false;
    if (try_token(token, at)) return true;
    dead_[state] = true;
    return false;
  }

 private:
  bool try_token(std::size_t token, std::size_t at) {
    const _Token& t = tokens_[token];
    const std::string_view rest = path_.substr(at);
    if (!t.is_parameter) return rest.starts_with(t.text) && from(token + 1, at + t.text.size());
    const bool any = t.convertor == _Convertor::Str || t.convertor == _Convertor::Path;
    const std::size_t shortest = t.convertor == _Convertor::Path ? 0 : 1;
    const std::size_t longest = t.convertor == _Convertor::Path ? rest.size() : std::min(rest.find('/'), rest.size());
    for (std::size_t size = longest + 1; size-- > shortest;) {
      if (!any && !_fits(t.convertor, rest.substr(0, size))) continue;
      values_.push_back(rest.substr(0, size));
      if (from(token + 1, at + size)) return true;
      values_.pop_back();
    }
    return false;
  }

  const std::vector<_Token>& tokens_;
  std::string_view path_;
  std::vector<std::string_view>& values_;
  std::vector<bool> dead_;
};

}  // namespace

bool _match_pattern(const std::vector<_Token>& tokens, std::string_view path, std::vector<std::string_view>& values) {
  values.clear();
  return Matcher(tokens, path, values).from(0, 0);
}

}  // namespace krait::web
