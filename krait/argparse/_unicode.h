#pragma once
// Text as Python sees it: a str is code points, and a byte that is no UTF-8 is one of them, U+DC00 plus the byte
// (os.fsdecode's surrogateescape). Here text is UTF-8 in a std::string, and these functions count and judge its code points.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace krait::argparse::_text {

std::u32string decode(std::string_view text);
std::string encode(std::u32string_view points);

// Python: len(text)
std::size_t length(std::string_view text);
// Python: text[:1]
std::string_view first(std::string_view text);
// Python: text[1:]
inline std::string_view rest(std::string_view text) { return text.substr(first(text).size()); }
// Python: character in text, for what first() gave.
inline bool contains(std::string_view text, std::string_view character) {
  return !character.empty() && text.find(character) != text.npos;
}
inline bool starts_with_one_of(std::string_view text, std::string_view characters) {
  return contains(characters, first(text));
}

bool is_word(char32_t c) noexcept;  // Python: \w
bool is_space(char32_t c) noexcept;
int decimal(char32_t c) noexcept;  // Python: unicodedata.decimal(c, -1)

// Python: text.strip()
std::string_view strip(std::string_view text);
// Python: text.upper()
std::string upper(std::string_view text);
// Python: text.splitlines(keepends)
std::vector<std::string> splitlines(std::string_view text, bool keepends = false);
// Python: re.sub(r"\s+", " ", text, flags=re.ASCII).strip()
std::string collapsed(std::string_view text);
// As a stream with errors="backslashreplace" writes it: a byte that is no UTF-8 becomes "\udcff".
std::string escaped(std::string_view text);
// Python: separator.join(texts)
std::string join(std::string_view separator, std::span<const std::string> texts);

struct UpperRun {
  char32_t first, last;
  int step, add;
};
struct UpperSeveral {
  char32_t from;
  char32_t to[3];
};
struct Tables {
  std::span<const char32_t> alphanumeric, zeros;
  std::span<const UpperRun> upper_runs;
  std::span<const UpperSeveral> upper_several;
};
extern const Tables kTables;

}  // namespace krait::argparse::_text
