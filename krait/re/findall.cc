#include "krait/re/findall.h"

#include <algorithm>

#include "krait/builtins/exceptions.h"
#include "krait/re/_matcher.h"

namespace krait::re {

std::string_view Found::raise_tuple() const {
  throw TypeError("cannot take a tuple of " + std::to_string(size()) +
                  " groups for one text: name one, found[0], or make the other groups (?:…)");
}

void Found::raise_size(std::size_t wanted) const {
  throw TypeError("cannot take " + std::to_string(wanted) + " texts: each match has " + std::to_string(size()));
}

bool operator==(const Found& found, std::initializer_list<std::string_view> tuple) noexcept {
  return std::ranges::equal(found, tuple);
}

std::vector<std::string> Findall::strings() const {
  std::vector<std::string> all;
  all.reserve(size());
  for (const Found& found : *this) all.emplace_back(std::string_view(found));
  return all;
}

bool operator==(const Findall& found, const std::vector<std::string_view>& texts) noexcept {
  return found.width_ == 1 && found.texts_ == texts;
}

std::vector<std::string> Pieces::strings() const {
  std::vector<std::string> all;
  all.reserve(size());
  for (const Group& piece : *this) all.emplace_back(std::string_view(piece));
  return all;
}

std::string repr(const Findall& found) {
  std::string out = "[";
  for (const Found& each : found) {
    if (out.size() > 1) out += ", ";
    if (each.size() == 1) {
      out += repr_of(each[0], true);
      continue;
    }
    out += '(';
    for (std::size_t i = 0; i < each.size(); ++i) (out += i == 0 ? "" : ", ") += repr_of(each[i], true);
    out += ')';
  }
  return out + "]";
}

std::string repr(const Pieces& pieces) {
  std::string out = "[";
  for (const Group& piece : pieces) (out += out.size() > 1 ? ", " : "") += repr(piece);
  return out + "]";
}

}  // namespace krait::re
