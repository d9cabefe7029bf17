#pragma once
// Finding where a header's name or value ends, sixteen bytes at a time.
//
// Both functions may read up to `scan_padding` bytes past `stop` (the input buffer has them), and look at none of
// those.

#include <cstddef>

#include "krait/http/_characters.h"

#if defined(__SSE2__) && !defined(KRAIT_NO_SIMD)
#include <emmintrin.h>
#define KRAIT_H1_SSE2 1
#endif

namespace krait::wire::h1 {

inline constexpr std::size_t scan_padding = 16;

inline const char* _scan_while(const char* p, const char* stop, std::uint8_t classes) noexcept {
  while (p < stop && http::_is(*p, classes)) ++p;
  return p;
}

#ifdef KRAIT_H1_SSE2

// One bit a byte: letters, digits and "-", which is all that most names are made of.
inline unsigned _plain_name_bytes(__m128i bytes) noexcept {
  const auto between = [](__m128i v, char first, char last) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(static_cast<char>(first - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(last + 1))));
  };
  const __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i digits = between(bytes, '0', '9');
  const __m128i dashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letters, digits), dashes)));
}

// One bit a byte: control characters other than the tab, which end a value (CR) or spoil it.
inline unsigned _value_ends(__m128i bytes) noexcept {
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
  const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del)));
}

// The first byte of [p, stop) that a name cannot hold; `stop` when there is none.
inline const char* scan_name(const char* p, const char* stop) noexcept {
  for (; p < stop; p += 16) {
    const unsigned others = ~_plain_name_bytes(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))) & 0xffffu;
    if (others == 0) continue;
    p += __builtin_ctz(others);
    if (p >= stop) return stop;
    return *p == ':' ? p : _scan_while(p, stop, http::_token);
  }
  return stop;
}

// The first byte of [p, stop) that a value cannot hold; `stop` when there is none.
inline const char* scan_value(const char* p, const char* stop) noexcept {
  for (; p < stop; p += 16) {
    const unsigned ends = _value_ends(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    if (ends == 0) continue;
    p += __builtin_ctz(ends);
    return p < stop ? p : stop;
  }
  return stop;
}

#else

inline const char* scan_name(const char* p, const char* stop) noexcept { return _scan_while(p, stop, http::_token); }
inline const char* scan_value(const char* p, const char* stop) noexcept {
  return _scan_while(p, stop, http::_field_value);
}

#endif

}  // namespace krait::wire::h1
