#include "krait/time/_match.h"

#include <set>
#include <span>
#include <utility>

#include "krait/builtins/exceptions.h"
#include "krait/time/_format.h"

namespace krait::time {

namespace {

constexpr std::string_view kDirectives = "aAbBdfGHIjmMpSuUVwWyYzZ";
constexpr std::string_view kEscapedByRegex = "\\.^$*+?(){}[]|";  // after a % CPython finds a backslash there

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with(std::string_view text, std::string_view name) {
  if (text.size() < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (lower(text[i]) != lower(name[i])) return false;
  }
  return true;
}

[[noreturn]] void bad_directive(std::string_view directive, std::string_view format) {
  throw ValueError("'" + std::string(directive) + "' is a bad directive in format '" + std::string(format) + "'");
}

// A character of UTF-8, or the byte that is none.
std::string_view character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return text.substr(0, size);
}

class Reader {
 public:
  explicit Reader(std::string_view format) : format_(format) {}

  std::vector<_Step> run() {
    read(format_);
    for (const char letter : twice_) {
      throw ValueError(std::string("duplicate directive %") + letter + " in format '" + std::string(format_) + "'");
    }
    return std::move(steps_);
  }

 private:
  void read(std::string_view format) {
    std::size_t at = 0;
    while (at < format.size()) {
      if (const std::size_t space = _space(format.substr(at)); space > 0) {
        at += space;
        if (steps_.empty() || steps_.back().kind != _Step::Kind::Space) steps_.push_back({_Step::Kind::Space, ' '});
      } else if (format[at] != '%') {
        steps_.push_back({_Step::Kind::Byte, format[at++]});
      } else {
        if (at + 1 == format.size()) throw ValueError("stray % in format '" + std::string(format_) + "'");
        read_directive(format.substr(at + 1));
        at += 2;
      }
    }
  }

  void read_directive(std::string_view rest) {
    const char letter = rest[0];
    if (letter == 'c') return read("%a %b %d %H:%M:%S %Y");
    if (letter == 'x') return read("%m/%d/%y");
    if (letter == 'X') return read("%H:%M:%S");
    if (letter == '%') return steps_.push_back({_Step::Kind::Byte, '%'});
    if (_space(rest) > 0 || kEscapedByRegex.find(letter) != kEscapedByRegex.npos) bad_directive("%", format_);
    if (kDirectives.find(letter) == kDirectives.npos) bad_directive(character(rest), format_);
    bool& seen = seen_[static_cast<unsigned char>(letter)];
    if (seen) twice_ += letter;
    seen = true;
    steps_.push_back({_Step::Kind::Directive, letter});
  }

  std::string_view format_;
  std::vector<_Step> steps_;
  std::array<bool, 128> seen_{};
  std::string twice_;
};

// Numbers that a directive takes: those of two digits from `least` to `most`, with a zero before or not, then those of one.
struct Range {
  int least, most;
  bool one_zero;  // "0" by itself is one
};

int two_digits(std::string_view text) {
  return text.size() >= 2 && digit(text[0]) && digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

// Where in `text` an alternative may end, the preferred one first.
class Ends {
 public:
  Ends(std::string_view text, std::size_t at, std::array<std::size_t, 8>& ends) : text_(text), at_(at), ends_(ends) {}

  std::size_t count() const { return count_; }
  void add(std::size_t size) { ends_[count_++] = at_ + size; }

  void range(Range range) {
    const int value = two_digits(text_);
    if (value >= range.least && value <= range.most) add(2);
    if (!text_.empty() && digit(text_[0]) && (range.one_zero || text_[0] != '0')) add(1);
  }
  void day() {
    range({1, 31, false});
    if (text_.size() >= 2 && text_[0] == ' ' && digit(text_[1]) && text_[1] != '0') add(2);
  }
  void day_of_year() {
    if (text_.size() >= 3 && digit(text_[2])) {
      const int tens = two_digits(text_);
      const int value = tens * 10 + (text_[2] - '0');
      if (tens >= 0 && value >= 1 && value <= 366) add(3);
    }
    range({1, 99, false});
  }
  void one_digit(char least, char most) {
    if (!text_.empty() && text_[0] >= least && text_[0] <= most) add(1);
  }
  void digits(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= text_.size() || !digit(text_[i])) return;
    }
    add(count);
  }
  void fraction(std::size_t from) {
    std::size_t size = 0;
    while (size < 6 && from + size < text_.size() && digit(text_[from + size])) ++size;
    for (; size > 0; --size) add(from + size);
  }
  void names(std::span<const std::string_view> names, std::size_t abbreviated) {
    for (std::string_view name : names) {
      name = name.substr(0, abbreviated);
      if (starts_with(text_, name)) add(name.size());
    }
  }
  // [+-]hh:?mm(:?ss(.ffffff)?)? or Z
  void offset() {
    if (text_.starts_with('Z')) return add(1);
    if (!text_.starts_with('+') && !text_.starts_with('-')) return;
    if (two_digits(text_.substr(1)) < 0) return;
    const std::size_t minutes = 3 + colon(3);
    if (!sixty(minutes)) return;
    const std::size_t seconds = minutes + 2 + colon(minutes + 2);
    if (sixty(seconds)) {
      if (seconds + 2 < text_.size() && text_[seconds + 2] == '.') fraction(seconds + 3);
      add(seconds + 2);
    }
    add(minutes + 2);
  }

 private:
  std::size_t colon(std::size_t at) const { return at < text_.size() && text_[at] == ':' ? 1 : 0; }
  bool sixty(std::size_t at) const {
    const int value = at < text_.size() ? two_digits(text_.substr(at)) : -1;
    return value >= 0 && value < 60;
  }

  std::string_view text_;
  std::size_t at_;
  std::array<std::size_t, 8>& ends_;
  std::size_t count_ = 0;
};

}  // namespace

std::size_t _space(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return first == ' ' || (first >= 9 && first <= 13) || (first >= 0x1c && first <= 0x1f) ? 1 : 0;
  if (first == 0xc2) return byte(1) == 0x85 || byte(1) == 0xa0 ? 2 : 0;
  if (first < 0xe1 || first > 0xe3) return 0;
  if ((byte(1) & 0xc0U) != 0x80 || (byte(2) & 0xc0U) != 0x80) return 0;  // no UTF-8, perhaps cut off
  const unsigned c = (first & 15U) << 12U | (byte(1) & 63U) << 6U | (byte(2) & 63U);
  const bool space = c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
                     c == 0x205f || c == 0x3000;
  return space ? 3 : 0;
}

std::vector<_Step> _read_format(std::string_view format) { return Reader(format).run(); }

std::size_t _Match::ends(const _Step& step, std::size_t at, std::array<std::size_t, 8>& into) const {
  Ends ends(text_.substr(at), at, into);
  switch (step.value) {
    case 'd':
      ends.day();
      break;
    case 'm':
    case 'I':
      ends.range({1, 12, false});
      break;
    case 'H':
      ends.range({0, 23, true});
      break;
    case 'M':
      ends.range({0, 59, true});
      break;
    case 'S':
      ends.range({0, 61, true});
      break;
    case 'U':
    case 'W':
    case 'V':
      ends.range({step.value == 'V' ? 1 : 0, 53, true});
      break;
    case 'j':
      ends.day_of_year();
      break;
    case 'w':
      ends.one_digit('0', '6');
      break;
    case 'u':
      ends.one_digit('1', '7');
      break;
    case 'y':
      ends.digits(2);
      break;
    case 'Y':
    case 'G':
      ends.digits(4);
      break;
    case 'f':
      ends.fraction(0);
      break;
    case 'z':
      ends.offset();
      break;
    case 'a':
      ends.names(kWeekdays, 3);
      break;
    case 'A':
      ends.names(kWeekdays, std::string_view::npos);
      break;
    case 'b':
      ends.names(kMonths, 3);
      break;
    case 'B':
      ends.names(kMonths, std::string_view::npos);
      break;
    case 'p': {
      constexpr std::string_view kHalves[] = {"am", "pm"};
      ends.names(kHalves, 2);
      break;
    }
    default:  // 'Z'
      for (const std::string& zone : *zones_) {
        if (ends.count() < into.size() && starts_with(text_.substr(at), zone)) ends.add(zone.size());
      }
  }
  return ends.count();
}

// Depth first, as the regex engine goes. A directive stands once in a format, so there are few choices; one that led
// nowhere is remembered, so that no text takes more than its length times their number.
bool _Match::run(std::string_view text, const std::vector<_Step>& steps, const std::vector<std::string>& zones) {
  text_ = text;
  zones_ = &zones;
  std::array<Choice, kDirectives.size()> choices;
  std::size_t depth = 0;
  std::set<std::pair<std::size_t, std::size_t>> hopeless;
  std::array<std::size_t, 8> into{};

  std::size_t step = 0;
  std::size_t at = 0;
  const auto back = [&] {
    while (depth > 0) {
      Choice& choice = choices[depth - 1];
      const std::size_t count = ends(steps[choice.step], choice.at, into);
      if (choice.next < count) {
        at = into[choice.next++];
        step = choice.step + 1;
        taken_[static_cast<unsigned char>(steps[choice.step].value)] = text.substr(choice.at, at - choice.at);
        return true;
      }
      hopeless.emplace(choice.step, choice.at);
      --depth;
    }
    return false;
  };

  while (step < steps.size()) {
    const _Step& now = steps[step];
    bool good = false;
    if (now.kind == _Step::Kind::Byte) {
      good = at < text.size() && lower(text[at]) == lower(now.value);
      at += good ? 1 : 0;
    } else if (now.kind ==
               _Step::Kind::Space) {  // what follows never begins with white space: no need to give any back
      for (std::size_t space = 0; (space = _space(text.substr(at))) > 0; at += space) good = true;
    } else if (hopeless.empty() || !hopeless.contains({step, at})) {
      const std::size_t count = ends(now, at, into);
      good = count > 0;
      if (count > 1) choices[depth++] = {step, at, 1};
      if (good) {
        taken_[static_cast<unsigned char>(now.value)] = text.substr(at, into[0] - at);
        at = into[0];
      }
    }
    if (good) {
      ++step;
    } else if (!back()) {
      return false;
    }
  }
  end_ = at;
  return true;
}

std::string_view _Match::operator[](char letter) const { return taken_[static_cast<unsigned char>(letter)]; }

}  // namespace krait::time
