#pragma once
// Where in a text a match may start: two places of it, at fixed distances from its start, are looked for at once.

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "krait/re/_unicode.h"

namespace krait::re {

// What is at some byte of every match: one of two, which may be the same.
struct Landmark {
  std::size_t offset = 0;
  std::array<unsigned char, 2> bytes{};
};

// The characters at the first bytes of every match, as far as their places are known, and the two that are rarest there.
// Nullopt where none is one of two.
struct Landmarks {
  Landmark first, second;
  static std::optional<Landmarks> choose(const std::vector<CodeSet>& at);
};

// The first start from `at` on, or null. A match takes `width` bytes or more, all landmarks among them.
const unsigned char* find_start(const Landmarks& landmarks, const unsigned char* at, const unsigned char* end,
                                std::size_t width) noexcept;

}  // namespace krait::re
