// Python: pprint.pformat, at its width of 80.
#include <algorithm>

#include "krait/unittest/_value.h"

namespace krait::unittest {

namespace {

using Kind = _Value::Kind;
constexpr std::ptrdiff_t kWidth = 80;

std::ptrdiff_t columns(const std::string& text) { return std::ssize(_decoded(text)); }
std::string repr_of(const std::u32string& text) { return _repr({Kind::Str, _encoded(text), {}}); }

class Printer {
 public:
  std::string out;

  // `indent`: the column that it starts in; `allowance`: what must still fit behind its last line; `level`: of nesting.
  void format(const _Value& value, std::ptrdiff_t indent, std::ptrdiff_t allowance, int level) {
    std::string whole = _repr(value);
    if (columns(whole) <= kWidth - indent - allowance) {
      out += whole;
      return;
    }
    switch (value.kind) {
      case Kind::Atom:
        out += whole;
        return;
      case Kind::Str:
        return text(value, whole, indent, allowance, level + 1);
      case Kind::Bytes:
        return bytes(value, whole, indent, allowance, level + 1);
      case Kind::List:
        return items(value, "[", "]", indent, allowance, level + 1);
      case Kind::Tuple:
        return items(value, "(", value.items.size() == 1 ? ",)" : ")", indent, allowance, level + 1);
      case Kind::Set:
        if (value.items.empty()) break;
        return items(value, "{", "}", indent, allowance, level + 1);
      case Kind::Dict:
        return pairs(value, "{", "}", ": ", indent + 1, allowance, level + 1);
      case Kind::Object:
        return pairs(value, value.text + "(", ")", "=", indent + columns(value.text) + 1, allowance, level + 1);
    }
    out += whole;
  }

 private:
  void new_line(std::ptrdiff_t indent) { out.append("\n").append(static_cast<std::size_t>(indent), ' '); }

  void items(const _Value& value, std::string_view open, std::string_view close, std::ptrdiff_t indent,
             std::ptrdiff_t allowance, int level) {
    out += open;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const bool last = i + 1 == value.items.size();
      format(value.items[i], indent + 1, last ? allowance + std::ssize(close) : 1, level);
      if (last) break;
      out += ",";
      new_line(indent + 1);
    }
    out += close;
  }

  // The allowance of a dict's brace is one more than what is allowed for; that of an object's parenthesis is not.
  void pairs(const _Value& value, const std::string& open, std::string_view close, std::string_view between,
             std::ptrdiff_t indent, std::ptrdiff_t allowance, int level) {
    out += open;
    const std::ptrdiff_t at_the_end = value.kind == Kind::Dict ? allowance + 1 : allowance;
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
      const bool last = i + 2 == value.items.size();
      const std::string key = _repr(value.items[i]);
      out.append(key).append(between);
      format(value.items[i + 1], indent + columns(key) + std::ssize(between), last ? at_the_end : 1, level);
      if (last) break;
      out += ",";
      new_line(indent);
    }
    out += close;
  }

  void chunks(const std::vector<std::string>& all, std::ptrdiff_t indent) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) new_line(indent);
      out += all[i];
    }
  }

  // A text is broken behind its line ends and, where a line is too long, between words.
  void text(const _Value& value, const std::string& whole, std::ptrdiff_t indent, std::ptrdiff_t allowance, int level) {
    if (level == 1) {
      ++indent;
      ++allowance;
    }
    const std::ptrdiff_t width = kWidth - indent;
    const std::vector<std::u32string> lines = _split_lines(_decoded(value.text), true);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool last_line = i + 1 == lines.size();
      std::string line = repr_of(lines[i]);
      if (columns(line) <= width - (last_line ? allowance : 0)) {
        parts.push_back(std::move(line));
      } else {
        break_line(lines[i], width, last_line ? allowance : 0, parts);
      }
    }
    if (parts.size() == 1) {
      out += whole;
      return;
    }
    if (level == 1) out += "(";
    chunks(parts, indent);
    if (level == 1) out += ")";
  }
  static void break_line(const std::u32string& line, std::ptrdiff_t width, std::ptrdiff_t at_the_end,
                         std::vector<std::string>& parts) {
    std::u32string current;
    for (std::size_t start = 0; start < line.size();) {
      std::size_t end = start;
      while (end < line.size() && !_is_space(line[end])) ++end;
      while (end < line.size() && _is_space(line[end])) ++end;
      const std::u32string word = line.substr(start, end - start);
      if (columns(repr_of(current + word)) > width - (end == line.size() ? at_the_end : 0)) {
        if (!current.empty()) parts.push_back(repr_of(current));
        current = word;
      } else {
        current += word;
      }
      start = end;
    }
    if (!current.empty()) parts.push_back(repr_of(current));
  }

  // Bytes are broken by fours.
  void bytes(const _Value& value, const std::string& whole, std::ptrdiff_t indent, std::ptrdiff_t allowance,
             int level) {
    if (value.text.size() <= 4) {
      out += whole;
      return;
    }
    if (level == 1) {
      ++indent;
      ++allowance;
      out += "(";
    }
    std::vector<std::string> parts;
    std::string current;
    const std::size_t last = value.text.size() / 4 * 4;
    for (std::size_t i = 0; i < value.text.size(); i += 4) {
      const std::string part = value.text.substr(i, 4);
      const std::ptrdiff_t width = kWidth - indent - (i == last ? allowance : 0);
      if (columns(_repr({Kind::Bytes, current + part, {}})) > width) {
        if (!current.empty()) parts.push_back(_repr({Kind::Bytes, current, {}}));
        current = part;
      } else {
        current += part;
      }
    }
    if (!current.empty()) parts.push_back(_repr({Kind::Bytes, current, {}}));
    chunks(parts, indent);
    if (level == 1) out += ")";
  }
};

}  // namespace

std::string _pformat(const _Value& value) {
  Printer printer;
  printer.format(value, 0, 0, 0);
  return std::move(printer.out);
}

}  // namespace krait::unittest
