#pragma once
// What str.isprintable() refuses, as a table.

#include <span>

namespace krait {

// Where it begins and ends, alternately.
extern const std::span<const char32_t> _unprintable;

}  // namespace krait
