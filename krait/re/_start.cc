#include "krait/re/_start.h"

#include <algorithm>
#include <bit>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace krait::re {

namespace {

// How often a byte is likely to be met: what texts and logs are made of.
int frequency(unsigned char byte) {
  if (byte == ' ') return 9;
  if (byte == 'e' || byte == 't' || byte == 'a' || byte == 'o' || byte == '0' || byte == '1') return 8;
  if ((byte >= '2' && byte <= '9') || (byte >= 'a' && byte <= 'z')) return 6;
  if (byte == '.' || byte == ',' || byte == '\n' || byte == '"' || byte == '-') return 5;
  if (byte >= 'A' && byte <= 'Z') return 4;
  return byte >= 0x80 ? 7 : 3;
}

std::optional<std::array<unsigned char, 2>> one_of_two(const CodeSet& set) {
  const std::vector<Range>& ranges = set.ranges();
  if (ranges.empty() || ranges.size() > 2) return std::nullopt;
  if (ranges.size() == 1 && ranges[0].last - ranges[0].first > 1) return std::nullopt;
  if (ranges.size() == 2 && (ranges[0].first != ranges[0].last || ranges[1].first != ranges[1].last))
    return std::nullopt;
  return std::array{static_cast<unsigned char>(ranges.front().first), static_cast<unsigned char>(ranges.back().last)};
}

bool fits(const Landmark& landmark, const unsigned char* start) {
  const unsigned char byte = start[landmark.offset];
  return byte == landmark.bytes[0] || byte == landmark.bytes[1];
}

#ifdef __SSE2__
constexpr std::size_t kWidth = 16;

// For each of the sixteen starts from `start` on, whether the landmark fits.
__m128i fits_at(const Landmark& landmark, const std::array<__m128i, 2>& bytes, const unsigned char* start) {
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(start + landmark.offset));
  return _mm_or_si128(_mm_cmpeq_epi8(text, bytes[0]), _mm_cmpeq_epi8(text, bytes[1]));
}

std::array<__m128i, 2> spread(const Landmark& landmark) {
  return {_mm_set1_epi8(static_cast<char>(landmark.bytes[0])), _mm_set1_epi8(static_cast<char>(landmark.bytes[1]))};
}
#endif

}  // namespace

std::optional<Landmarks> Landmarks::choose(const std::vector<CodeSet>& at) {
  std::vector<std::pair<int, Landmark>> found;
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (const auto bytes = one_of_two(at[i])) {
      found.emplace_back(frequency((*bytes)[0]) + ((*bytes)[0] == (*bytes)[1] ? 0 : 2), Landmark{i, *bytes});
    }
  }
  if (found.empty()) return std::nullopt;
  std::ranges::sort(found, {}, [](const auto& each) { return std::pair(each.first, each.second.offset); });
  // The second is the last of the next rarest: those further on tell more that the first does not.
  std::size_t second = std::min<std::size_t>(1, found.size() - 1);
  while (second + 1 < found.size() && found[second + 1].first == found[second].first) ++second;
  return Landmarks{found[0].second, found[second].second};
}

const unsigned char* find_start(const Landmarks& landmarks, const unsigned char* at, const unsigned char* end,
                                std::size_t width) noexcept {
  if (static_cast<std::size_t>(end - at) < width) return nullptr;
  const unsigned char* const last = end - width;
#ifdef __SSE2__
  const std::size_t reach = std::max(landmarks.first.offset, landmarks.second.offset) + kWidth;
  const auto first = spread(landmarks.first), second = spread(landmarks.second);
  while (static_cast<std::size_t>(end - at) >= reach) {
    const __m128i both = _mm_and_si128(fits_at(landmarks.first, first, at), fits_at(landmarks.second, second, at));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(both)); mask != 0) {
      const unsigned char* const found = at + std::countr_zero(mask);
      return found <= last ? found : nullptr;
    }
    at += kWidth;
  }
#endif
  for (; at <= last; ++at) {
    if (fits(landmarks.first, at) && fits(landmarks.second, at)) return at;
  }
  return nullptr;
}

}  // namespace krait::re
