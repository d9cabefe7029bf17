#include "krait/unittest/_difflib.h"

#include <algorithm>
#include <unordered_map>

#include "krait/unittest/_value.h"

namespace krait::unittest {

namespace {

using Line = std::u32string;
using Lines = std::vector<std::u32string>;
using Elements = std::vector<char32_t>;  // the letters of a line, or numbers that stand for lines

struct Match {
  std::size_t a, b, size;
  auto operator<=>(const Match&) const = default;
};
struct Opcode {
  enum class Tag { Equal, Replace, Delete, Insert } tag;
  std::size_t a1, a2, b1, b2;
};

// Python: difflib.SequenceMatcher. The first sequence changes often, the second seldom.
class Matcher {
 public:
  // Blanks and tabs never begin a match between two lines. Python: IS_CHARACTER_JUNK
  explicit Matcher(bool blanks_are_junk) : blanks_are_junk_(blanks_are_junk) {}

  void set_first(Elements a) { a_ = std::move(a); }
  void set_second(Elements b) {
    b_ = std::move(b);
    places_.clear();
    for (std::size_t j = 0; j < b_.size(); ++j) places_[b_[j]].push_back(j);
    count_.clear();
    for (const auto& [element, at] : places_) count_[element] = std::ssize(at);
    if (blanks_are_junk_) {
      places_.erase(U' ');
      places_.erase(U'\t');
    }
    // What makes up more than a hundredth of a long sequence is no anchor for a match either.
    if (b_.size() >= 200)
      std::erase_if(places_, [&](const auto& each) { return each.second.size() > b_.size() / 100 + 1; });
  }

  double ratio() const {
    std::size_t matches = 0;
    for (const Match& match : matching_blocks()) matches += match.size;
    return of_all(matches);
  }
  // Upper bounds of ratio(), the cheapest first.
  double real_quick_ratio() const { return of_all(std::min(a_.size(), b_.size())); }
  double quick_ratio() const {
    std::unordered_map<char32_t, std::ptrdiff_t> left;
    std::size_t matches = 0;
    for (char32_t element : a_) {
      auto [at, added] = left.try_emplace(element, 0);
      if (added) {
        const auto counted = count_.find(element);
        at->second = counted == count_.end() ? 0 : counted->second;
      }
      if (at->second-- > 0) ++matches;
    }
    return of_all(matches);
  }

  std::vector<Opcode> opcodes() const {
    std::vector<Opcode> codes;
    std::size_t i = 0, j = 0;
    for (const Match& match : matching_blocks()) {
      if (i < match.a || j < match.b) {
        const auto tag = i == match.a ? Opcode::Tag::Insert : j == match.b ? Opcode::Tag::Delete : Opcode::Tag::Replace;
        codes.push_back({tag, i, match.a, j, match.b});
      }
      i = match.a + match.size;
      j = match.b + match.size;
      if (match.size) codes.push_back({Opcode::Tag::Equal, match.a, i, match.b, j});
    }
    return codes;
  }

 private:
  double of_all(std::size_t matches) const {
    const std::size_t length = a_.size() + b_.size();
    return length ? 2.0 * static_cast<double>(matches) / static_cast<double>(length) : 1.0;
  }
  bool junk(std::size_t j) const { return blanks_are_junk_ && (b_[j] == U' ' || b_[j] == U'\t'); }

  Match longest(std::size_t alo, std::size_t ahi, std::size_t blo, std::size_t bhi) const {
    Match best{alo, blo, 0};
    // The length of the match that ends at a[i - 1] and b[j - 1], for the i before and for this one.
    std::vector<std::size_t> before(b_.size() + 1), now(b_.size() + 1);
    std::vector<std::size_t> set_before, set_now;
    for (std::size_t i = alo; i < ahi; ++i) {
      if (const auto found = places_.find(a_[i]); found != places_.end()) {
        for (std::size_t j : found->second) {
          if (j < blo) continue;
          if (j >= bhi) break;
          const std::size_t size = before[j] + 1;
          now[j + 1] = size;
          set_now.push_back(j + 1);
          if (size > best.size) best = {i + 1 - size, j + 1 - size, size};
        }
      }
      for (std::size_t j : set_before) before[j] = 0;
      set_before.clear();
      before.swap(now);
      set_before.swap(set_now);
    }
    for (const bool over_junk : {false, true}) {
      while (best.a > alo && best.b > blo && junk(best.b - 1) == over_junk && a_[best.a - 1] == b_[best.b - 1]) {
        --best.a;
        --best.b;
        ++best.size;
      }
      while (best.a + best.size < ahi && best.b + best.size < bhi && junk(best.b + best.size) == over_junk &&
             a_[best.a + best.size] == b_[best.b + best.size])
        ++best.size;
    }
    return best;
  }

  // In order, neighbours joined, and an empty one at the end.
  std::vector<Match> matching_blocks() const {
    struct Part {
      std::size_t alo, ahi, blo, bhi;
    };
    std::vector<Part> parts{{0, a_.size(), 0, b_.size()}};
    std::vector<Match> found;
    while (!parts.empty()) {
      const Part part = parts.back();
      parts.pop_back();
      const Match match = longest(part.alo, part.ahi, part.blo, part.bhi);
      if (!match.size) continue;
      found.push_back(match);
      if (part.alo < match.a && part.blo < match.b) parts.push_back({part.alo, match.a, part.blo, match.b});
      if (match.a + match.size < part.ahi && match.b + match.size < part.bhi)
        parts.push_back({match.a + match.size, part.ahi, match.b + match.size, part.bhi});
    }
    std::ranges::sort(found);
    std::vector<Match> blocks;
    for (const Match& match : found) {
      if (!blocks.empty() && blocks.back().a + blocks.back().size == match.a &&
          blocks.back().b + blocks.back().size == match.b) {
        blocks.back().size += match.size;
      } else {
        blocks.push_back(match);
      }
    }
    blocks.push_back({a_.size(), b_.size(), 0});
    return blocks;
  }

  bool blanks_are_junk_;
  Elements a_, b_;
  std::unordered_map<char32_t, std::vector<std::size_t>> places_;  // in b; without junk and what is too frequent
  std::unordered_map<char32_t, std::ptrdiff_t> count_;             // in b; of everything
};

Elements letters(const Line& line) { return {line.begin(), line.end()}; }

// Python: difflib.Differ(charjunk=IS_CHARACTER_JUNK)
class Differ {
 public:
  Differ(const Lines& a, const Lines& b) : a_(a), b_(b) {}

  Lines compare() {
    std::unordered_map<Line, char32_t> numbers;
    const auto numbered = [&](const Lines& lines) {
      Elements elements;
      for (const Line& line : lines)
        elements.push_back(numbers.try_emplace(line, static_cast<char32_t>(numbers.size())).first->second);
      return elements;
    };
    Matcher lines(false);
    lines.set_first(numbered(a_));
    lines.set_second(numbered(b_));
    for (const Opcode& code : lines.opcodes()) {
      switch (code.tag) {
        case Opcode::Tag::Replace:
          replace(code.a1, code.a2, code.b1, code.b2);
          break;
        case Opcode::Tag::Delete:
          dump(U"- ", a_, code.a1, code.a2);
          break;
        case Opcode::Tag::Insert:
          dump(U"+ ", b_, code.b1, code.b2);
          break;
        case Opcode::Tag::Equal:
          dump(U"  ", a_, code.a1, code.a2);
          break;
      }
    }
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kMostPairs = 4'000'000;
  struct Pair {
    std::size_t i, j;
    bool identical;
  };

  void dump(const Line& tag, const Lines& lines, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) out_.push_back(tag + lines[i]);
  }

  // Around the two lines that are most alike, if any are: what is before them, they, what is after them.
  void replace(std::size_t alo, std::size_t ahi, std::size_t blo, std::size_t bhi) {
    while (alo < ahi && blo < bhi) {
      Pair pair{};
      if (!most_alike(alo, ahi, blo, bhi, pair)) {
        plain(alo, ahi, blo, bhi);
        return;
      }
      replace(alo, pair.i, blo, pair.j);
      if (pair.identical) {
        out_.push_back(U"  " + a_[pair.i]);
      } else {
        marked(a_[pair.i], b_[pair.j]);
      }
      alo = pair.i + 1;
      blo = pair.j + 1;
    }
    dump(U"- ", a_, alo, ahi);
    dump(U"+ ", b_, blo, bhi);
  }

  void plain(std::size_t alo, std::size_t ahi, std::size_t blo, std::size_t bhi) {
    const bool second_first = bhi - blo < ahi - alo;
    if (second_first) dump(U"+ ", b_, blo, bhi);
    dump(U"- ", a_, alo, ahi);
    if (!second_first) dump(U"+ ", b_, blo, bhi);
  }

  bool most_alike(std::size_t alo, std::size_t ahi, std::size_t blo, std::size_t bhi, Pair& pair) {
    if ((ahi - alo) * (bhi - blo) > kMostPairs) return false;
    double best = 0.74;
    bool any_identical = false;
    Pair identical{};
    for (std::size_t j = blo; j < bhi; ++j) {
      letters_.set_second(letters(b_[j]));
      for (std::size_t i = alo; i < ahi; ++i) {
        if (a_[i] == b_[j]) {
          if (!any_identical) identical = {i, j, true};
          any_identical = true;
          continue;
        }
        letters_.set_first(letters(a_[i]));
        if (letters_.real_quick_ratio() <= best || letters_.quick_ratio() <= best) continue;
        if (const double ratio = letters_.ratio(); ratio > best) {
          best = ratio;
          pair = {i, j, false};
        }
      }
    }
    if (best >= 0.75) return true;
    pair = identical;
    return any_identical;
  }

  // Both lines, each with a line below that points at what differs.
  void marked(const Line& first, const Line& second) {
    letters_.set_second(letters(second));
    letters_.set_first(letters(first));
    Line first_tags, second_tags;
    for (const Opcode& code : letters_.opcodes()) {
      const bool equal = code.tag == Opcode::Tag::Equal, replaced = code.tag == Opcode::Tag::Replace;
      first_tags.append(code.a2 - code.a1, equal ? U' ' : replaced ? U'^' : U'-');
      second_tags.append(code.b2 - code.b1, equal ? U' ' : replaced ? U'^' : U'+');
    }
    with_tags(U"- ", first, first_tags);
    with_tags(U"+ ", second, second_tags);
  }
  void with_tags(const Line& sign, const Line& line, Line tags) {
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (tags[i] == U' ' && _is_space(line[i])) tags[i] = line[i];
    }
    while (!tags.empty() && _is_space(tags.back())) tags.pop_back();
    out_.push_back(sign + line);
    if (!tags.empty()) out_.push_back(U"? " + tags + U"\n");
  }

  const Lines& a_;
  const Lines& b_;
  Lines out_;
  Matcher letters_{true};
};

}  // namespace

std::vector<std::u32string> _ndiff(const std::vector<std::u32string>& a, const std::vector<std::u32string>& b) {
  return Differ(a, b).compare();
}

}  // namespace krait::unittest
