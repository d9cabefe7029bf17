#include "krait/argparse/_wrap.h"

#include <algorithm>

#include "krait/argparse/_unicode.h"

namespace krait::argparse {

namespace {

// What a line can be broken between. CPython's expression, tried at each place in this order:
//   blank+
//   '-'{2,}                  after one of \w ! " ' & . , ? and before \w: a dash between words
//   other+? then one of      (as few as can be)
//     '-'                    after two letters, or letter '-' letter, and before letter '-'? letter: within a compound word
//     the end of the word
//     before such a dash
class Splitter {
 public:
  explicit Splitter(const std::u32string& text) : text_(text) {}

  std::vector<std::u32string> run() {
    std::vector<std::u32string> chunks;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = chunk_end(at);
      chunks.push_back(text_.substr(at, end - at));
      at = end;
    }
    return chunks;
  }

 private:
  bool is_blank(std::size_t i) const {
    return i < text_.size() && (text_[i] == ' ' || (text_[i] >= '\t' && text_[i] <= '\r'));
  }
  bool is_word(std::size_t i) const { return i < text_.size() && _text::is_word(text_[i]); }
  bool is_letter(std::size_t i) const { return is_word(i) && _text::decimal(text_[i]) < 0; }
  bool is_hyphen(std::size_t i) const { return i < text_.size() && text_[i] == '-'; }
  bool is_word_or_stop(std::size_t i) const {
    return is_word(i) || std::u32string_view(U"!\"'&.,?").find(text_[i]) != std::u32string_view::npos;
  }

  // The end of a dash between words that begins at `at`, or 0.
  std::size_t dash_end(std::size_t at) const {
    if (at == 0 || !is_hyphen(at) || !is_word_or_stop(at - 1)) return 0;
    std::size_t end = at;
    while (is_hyphen(end)) ++end;
    return end - at >= 2 && is_word(end) ? end : 0;
  }

  bool is_compound_hyphen(std::size_t at) const {
    if (!is_hyphen(at) || at < 2) return false;
    const bool after = is_letter(at - 1) && (is_letter(at - 2) || (at >= 3 && is_hyphen(at - 2) && is_letter(at - 3)));
    if (!after || !is_letter(at + 1)) return false;
    return is_letter(at + 2) || (is_hyphen(at + 2) && is_letter(at + 3));
  }

  std::size_t chunk_end(std::size_t at) const {
    if (is_blank(at)) {
      while (is_blank(at)) ++at;
      return at;
    }
    if (const std::size_t end = dash_end(at)) return end;
    for (++at;; ++at) {
      if (is_compound_hyphen(at)) return at + 1;
      if (at == text_.size() || is_blank(at) || dash_end(at)) return at;
    }
  }

  const std::u32string& text_;
};

bool is_all_space(const std::u32string& chunk) { return std::all_of(chunk.begin(), chunk.end(), _text::is_space); }

// How much of a word that no line can hold goes to this one, which has `room`: up to its last hyphen, but not if there is
// nothing else before it.
std::size_t break_word(const std::u32string& word, std::size_t room) {
  if (word.size() <= room || room == 0) return room;
  const std::size_t hyphen = word.rfind(U'-', room - 1);
  if (hyphen == word.npos || hyphen == 0) return room;
  return word.find_first_not_of(U'-') < hyphen ? hyphen + 1 : room;
}

}  // namespace

std::vector<std::string> _wrap(std::string_view text, int width) {
  const auto most = static_cast<std::size_t>(std::max(width, 1));
  std::vector<std::u32string> chunks = Splitter(_text::decode(text)).run();
  std::reverse(chunks.begin(), chunks.end());
  std::vector<std::string> lines;
  while (!chunks.empty()) {
    if (!lines.empty() && is_all_space(chunks.back())) chunks.pop_back();
    std::vector<std::u32string> line;
    std::size_t size = 0;
    for (; !chunks.empty() && size + chunks.back().size() <= most; chunks.pop_back()) {
      size += chunks.back().size();
      line.push_back(std::move(chunks.back()));
    }
    if (!chunks.empty() && chunks.back().size() > most) {
      const std::size_t part = break_word(chunks.back(), most - size);
      line.push_back(chunks.back().substr(0, part));
      chunks.back().erase(0, part);
    }
    if (!line.empty() && is_all_space(line.back())) line.pop_back();
    if (line.empty()) continue;
    std::u32string whole;
    for (const std::u32string& chunk : line) whole += chunk;
    lines.push_back(_text::encode(whole));
  }
  return lines;
}

}  // namespace krait::argparse
