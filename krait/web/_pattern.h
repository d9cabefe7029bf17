#pragma once
// A route's path, taken apart.
//
//   path    := ("/" | text | "{" name [":" convertor] "}")*          convertor := str | int | float | uuid | path
//
// Python: starlette.routing.compile_path, starlette.convertors

#include <string>
#include <string_view>
#include <vector>

namespace krait::web {

// What a parameter accepts, in the order in which a tree of routes prefers them.
enum class _Convertor : unsigned char { Int, Float, Uuid, Str, Path };

// How much of the start of `text` fits, "/" not among it but for a Path; npos when nothing does.
// int: digits. float: digits with at most one "." between. uuid: 8-4-4-4-12 hex digits. str: one character or more.
bool _fits(_Convertor convertor, std::string_view text) noexcept;

struct _Token {
  std::string text;  // of a literal; the name of a parameter
  bool is_parameter = false;
  _Convertor convertor = _Convertor::Str;
};

struct _Pattern {
  std::vector<_Token> tokens;       // literals and parameters in turn, "/" within the literals
  std::vector<std::string> params;  // the parameters' names, in order
};

// Throws ValueError that names the path.
_Pattern _parse_pattern(std::string_view path);

// True when `path` fits; the parameters' texts are then in `values`. Takes the longest text for each parameter, as a regular
// expression would.
bool _match_pattern(const std::vector<_Token>& tokens, std::string_view path, std::vector<std::string_view>& values);

}  // namespace krait::web
