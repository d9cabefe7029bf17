#include "krait/re/error.h"

#include <algorithm>

namespace krait::re {

namespace {

struct Place {
  std::size_t pos, lineno, colno;
};

Place place_of(std::u32string_view text, std::ptrdiff_t pos) {
  const std::size_t at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(pos, 0));
  const std::u32string_view before = text.substr(0, std::min(at, text.size()));
  const std::size_t newline = before.rfind(U'\n');
  return {at, static_cast<std::size_t>(std::count(before.begin(), before.end(), U'\n')) + 1,
          newline == before.npos ? at + 1 : at - newline};
}

std::string describe(const std::string& msg, std::u32string_view text, const Place& place) {
  std::string full = msg + " at position " + std::to_string(place.pos);
  if (text.find(U'\n') != text.npos) {
    full += " (line " + std::to_string(place.lineno) + ", column " + std::to_string(place.colno) + ")";
  }
  return full;
}

}  // namespace

PatternError::PatternError(std::string msg) : BaseException(msg), msg(std::move(msg)) {}

PatternError::PatternError(std::string msg, std::string pattern, std::u32string_view characters, std::ptrdiff_t pos)
    : BaseException(describe(msg, characters, place_of(characters, pos))),
      msg(std::move(msg)),
      pattern(std::move(pattern)) {
  const Place place = place_of(characters, pos);
  this->pos = place.pos;
  lineno = place.lineno;
  colno = place.colno;
}

}  // namespace krait::re
