#pragma once
// Long stretches of text that need no look at each byte: sixteen at a time with SSE2, which every x86-64 has, else eight.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace krait::json {

// Eight bytes: a bit is set when one of them is '"', '\\' or a control character. What stands above the lowest set bit means
// nothing.
constexpr std::uint64_t _word_specials(std::uint64_t word) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t x) { return (x - ones) & ~x & highs; };
  return ((word - ones * 0x20) & ~word & highs) | has_zero(word ^ ones * '"') | has_zero(word ^ ones * '\\');
}
constexpr std::uint64_t _word_high_bits(std::uint64_t word) noexcept { return word & 0x8080808080808080; }
// The same, DEL included.
constexpr std::uint64_t _word_not_printable(std::uint64_t word) noexcept {
  return (word | ((word & 0x7f7f7f7f7f7f7f7f) + 0x0101010101010101)) & 0x8080808080808080;
}

#ifdef __SSE2__

using _Block = __m128i;
inline constexpr std::ptrdiff_t _block_size = 16;

inline _Block _load(const char* at) noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline void _store(_Block block, char* at) noexcept { _mm_storeu_si128(reinterpret_cast<__m128i*>(at), block); }
// Not 0 when one of the bytes is '"', '\' or a control character; _first then tells which.
inline unsigned _specials(_Block block) noexcept {
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
}
// Not 0 when one of the bytes is no ASCII.
inline unsigned _high_bits(_Block block) noexcept { return static_cast<unsigned>(_mm_movemask_epi8(block)); }
// The same, DEL included.
inline unsigned _not_printable(_Block block) noexcept {
  return _high_bits(_mm_or_si128(block, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f))));
}
inline std::ptrdiff_t _first(unsigned specials) noexcept { return std::countr_zero(specials); }

#else

using _Block = std::uint64_t;
inline constexpr std::ptrdiff_t _block_size = 8;

inline _Block _load(const char* at) noexcept {
  std::uint64_t block;
  std::memcpy(&block, at, sizeof block);
  return block;
}
inline void _store(_Block block, char* at) noexcept { std::memcpy(at, &block, sizeof block); }
inline std::uint64_t _specials(_Block block) noexcept {
  if constexpr (std::endian::native == std::endian::big) block = __builtin_bswap64(block);
  return _word_specials(block);
}
inline std::uint64_t _high_bits(_Block block) noexcept { return _word_high_bits(block); }
inline std::uint64_t _not_printable(_Block block) noexcept { return _word_not_printable(block); }
inline std::ptrdiff_t _first(std::uint64_t specials) noexcept { return std::countr_zero(specials) / 8; }

#endif

inline bool _is_special(char c) noexcept { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

// The first '"', '\' or control character from `at` on, else `end`. Sets `not_ascii` when a byte before it is no ASCII; that
// may be said in vain.
inline const char* _plain_end(const char* at, const char* end, bool* not_ascii) noexcept {
  while (end - at >= _block_size) {
    const _Block block = _load(at);
    const auto specials = _specials(block);
    if (_high_bits(block) != 0) *not_ascii = true;
    if (specials != 0) return at + _first(specials);
    at += _block_size;
  }
  for (; at != end && !_is_special(*at); ++at) {
    if (*at < 0) *not_ascii = true;
  }
  return at;
}

}  // namespace krait::json
