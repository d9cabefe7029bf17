#include "krait/argparse/_unicode.h"

#include <algorithm>

namespace krait::argparse::_text {

namespace {

constexpr char kHex[] = "0123456789abcdef";

// The code point that `text`, which is not empty, begins with, and its bytes.
struct Character {
  char32_t point;
  std::size_t size;
  bool escaped;
};

Character next(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, false};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (size == 0 || lead > 0xf4 || text.size() < size) return {0xdc00u + lead, 1, true};
  char32_t point = lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0xdc00u + lead, 1, true};
    point = point << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  if (point < kLeast[size] || point > 0x10ffff || surrogate) return {0xdc00u + lead, 1, true};
  return {point, size, false};
}

void append(std::string& text, char32_t c) {
  if (c >= 0xdc80 && c <= 0xdcff) {
    text += static_cast<char>(c - 0xdc00);
  } else if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | c >> 6);
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | c >> 18);
    text += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    text += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  }
}

bool within(std::span<const char32_t> boundaries, char32_t c) noexcept {
  return (std::upper_bound(boundaries.begin(), boundaries.end(), c) - boundaries.begin()) % 2 != 0;
}

// "\x1f", "\u200b" or "\U000e0001"
void append_escape(std::string& text, char32_t c) {
  const int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  text.append(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U");
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += kHex[c >> shift & 15];
}

bool ends_line(char32_t c) noexcept {
  return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

void append_upper(std::string& text, char32_t c) {
  for (const UpperSeveral& each : kTables.upper_several) {
    if (each.from != c) continue;
    for (char32_t to : each.to) {
      if (to) append(text, to);
    }
    return;
  }
  for (const UpperRun& run : kTables.upper_runs) {
    if (c < run.first || c > run.last) continue;
    if ((c - run.first) % run.step == 0) {
      return append(text, static_cast<char32_t>(static_cast<int>(c) + run.add));
    }
  }
  append(text, c);
}

}  // namespace

std::u32string decode(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) {
    const Character c = next(text);
    points += c.point;
    text.remove_prefix(c.size);
  }
  return points;
}

std::string encode(std::u32string_view points) {
  std::string text;
  for (char32_t c : points) append(text, c);
  return text;
}

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(next(text).size);
  return count;
}

std::string_view first(std::string_view text) { return text.empty() ? text : text.substr(0, next(text).size); }

bool is_word(char32_t c) noexcept { return c == '_' || within(kTables.alphanumeric, c); }

bool is_space(char32_t c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

int decimal(char32_t c) noexcept {
  const auto after = std::upper_bound(kTables.zeros.begin(), kTables.zeros.end(), c);
  if (after == kTables.zeros.begin()) return -1;
  const char32_t distance = c - *(after - 1);
  return distance < 10 ? static_cast<int>(distance) : -1;
}

std::string_view strip(std::string_view text) {
  while (!text.empty() && is_space(next(text).point)) text.remove_prefix(next(text).size);
  std::size_t keep = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = next(text.substr(at));
    at += c.size;
    if (!is_space(c.point)) keep = at;
  }
  return text.substr(0, keep);
}

std::string upper(std::string_view text) {
  std::string result;
  for (; !text.empty(); text = rest(text)) append_upper(result, next(text).point);
  return result;
}

std::vector<std::string> splitlines(std::string_view text, bool keepends) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, start = 0; start < text.size();) {
    const Character c = at < text.size() ? next(text.substr(at)) : Character{'\n', 0, false};
    std::size_t end = at + c.size;
    if (!ends_line(c.point)) {
      at = end;
      continue;
    }
    if (c.point == '\r' && text.substr(end).starts_with('\n')) ++end;
    lines.emplace_back(text.substr(start, (keepends ? end : at) - start));
    start = at = end;
  }
  return lines;
}

std::string collapsed(std::string_view text) {
  std::string result;
  bool before = false;
  for (char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space || !before) result += space ? ' ' : c;
    before = space;
  }
  return std::string(strip(result));
}

std::string escaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character c = next(text);
    if (c.escaped) {
      append_escape(result, c.point);
    } else {
      result.append(text.substr(0, c.size));
    }
    text.remove_prefix(c.size);
  }
  return result;
}

std::string join(std::string_view separator, std::span<const std::string> texts) {
  std::string result;
  for (std::size_t i = 0; i < texts.size(); ++i) result.append(i ? separator : "").append(texts[i]);
  return result;
}

}  // namespace krait::argparse::_text
