#pragma once
// The numbers of documents, nearly all of them: read in one pass over their digits.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "krait/json/_float.h"

namespace krait::json {

struct _Number {
  bool is_float = false;
  std::int64_t whole = 0;
  double real = 0;
};

inline bool _is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// True when the eight bytes at `at` are digits; then their number is `out`.
inline bool _eight_digits(const char* at, std::uint64_t* out) noexcept {
  if constexpr (std::endian::native != std::endian::little) return false;
  std::uint64_t word;
  std::memcpy(&word, at, 8);
  constexpr std::uint64_t zeros = 0x3030303030303030;
  const std::uint64_t above = word + 0x4646464646464646, below = word - zeros;
  if (((above | below) & 0x8080808080808080) != 0) return false;
  word -= zeros;
  word = word * 10 + (word >> 8);  // four pairs, in the even bytes
  constexpr std::uint64_t mask = 0x000000ff000000ff;
  *out = ((word & mask) * (100 + (std::uint64_t{1000000} << 32)) +
          (word >> 16 & mask) * (1 + (std::uint64_t{10000} << 32))) >>
         32;
  return true;
}

// At "e": moves `at` behind the exponent and adds it. False: it is none, or absurd.
inline bool _read_exponent(const char*& at, const char* end, std::int64_t* exponent) noexcept {
  const char* p = at + 1;
  const bool negative = p != end && *p == '-';
  if (p != end && (*p == '-' || *p == '+')) ++p;
  const char* const digits = p;
  std::int64_t number = 0;
  constexpr std::ptrdiff_t most = 9;
  for (; p != end && _is_digit(*p) && p - digits < most; ++p) number = number * 10 + (*p - '0');
  if (p == digits || p - digits == most) return false;
  *exponent += negative ? -number : number;
  at = p;
  return true;
}

// Where the number that begins at `at` ends; null when there is none, when it has more digits than 64 bits hold, or when only
// std::from_chars can tell the nearest double.
inline const char* _read_number(const char* at, const char* end, _Number* out) noexcept {
  const char* p = at;
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  const char* const digits = p;
  std::uint64_t mantissa = 0;
  for (; p != end && _is_digit(*p); ++p) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
  std::ptrdiff_t count = p - digits;
  if (count == 0 || (*digits == '0' && count > 1)) return nullptr;
  constexpr std::ptrdiff_t most = 19;  // digits that 64 bits hold whatever they are
  if (p == end || (*p != '.' && *p != 'e' && *p != 'E')) {
    if (count >= most) return nullptr;
    out->is_float = false;
    out->whole = negative ? -static_cast<std::int64_t>(mantissa) : static_cast<std::int64_t>(mantissa);
    return p;
  }
  std::int64_t exponent = 0;
  if (*p == '.') {
    const char* const fraction = ++p;
    std::uint64_t eight = 0;
    while (end - p >= 8 && _eight_digits(p, &eight)) {
      mantissa = mantissa * 100'000'000 + eight;
      p += 8;
    }
    for (; p != end && _is_digit(*p); ++p) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
    if (p == fraction) return nullptr;
    exponent = fraction - p;
    count += p - fraction;
  }
  if (p != end && (*p == 'e' || *p == 'E') && !_read_exponent(p, end, &exponent)) return nullptr;
  out->is_float = true;
  return count <= most && _to_double(mantissa, exponent, negative, &out->real) ? p : nullptr;
}

}  // namespace krait::json
