#include "krait/re/_template.h"

#include <algorithm>

#include "krait/re/_engine.h"
#include "krait/re/_parser.h"
#include "krait/re/_source.h"
#include "krait/re/_utf8.h"

namespace krait::re {

namespace {

bool is_octal(char32_t code) { return code >= U'0' && code <= U'7'; }
bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }

class TemplateParser {
 public:
  TemplateParser(std::string_view text, bool is_text, const Tree& tree) : source_(text, is_text), tree_(tree) {}

  Template parse() {
    while (true) {
      const Token token = source_.get();
      if (token.at_end()) break;
      if (!token.is_escape()) {
        literal(token.first);
      } else if (token.second == U'g') {
        named_group();
      } else if (token.second == U'0') {
        std::u32string text = token.text();
        source_.get_while(text, 2, &Token::is_octal);
        literal(octal(text) & 0xff);
      } else if (is_digit(token.second)) {
        numbered(token.text());
      } else {
        escape(token);
      }
    }
    template_.tail = std::move(literal_);
    return std::move(template_);
  }

 private:
  void literal(char32_t code) {
    if (source_.is_text())
      append_utf8(literal_, code);
    else
      literal_ += static_cast<char>(code);
  }

  void group(std::size_t index, const std::string& number, std::size_t offset) {
    if (index > tree_.groups) source_.fail("invalid group reference " + number, offset);
    template_.parts.push_back({std::move(literal_), index});
    literal_.clear();
  }

  void named_group() {
    if (!source_.match(U'<')) source_.fail("missing <");
    const std::u32string name = source_.get_until(U'>', "group name");
    if (std::ranges::all_of(name, is_digit)) {
      const std::size_t index = to_number(name);
      const std::size_t zeros = std::min(name.find_first_not_of(U'0'), name.size() - 1);
      return group(index, encode_utf8(name.substr(zeros)), name.size() + 1);
    }
    source_.check_group_name(name, 1);
    const std::string key = encode_utf8(name);
    const auto found = std::ranges::find(tree_.groupindex, key, [](const auto& each) { return each.first; });
    if (found == tree_.groupindex.end()) throw IndexError("unknown group name " + repr(name));
    group(found->second, std::to_string(found->second), name.size() + 1);
  }

  static char32_t octal(const std::u32string& text) {
    char32_t value = 0;
    for (const char32_t digit : text.substr(1)) value = value * 8 + (digit - U'0');
    return value;
  }

  void numbered(std::u32string text) {
    if (source_.next().is_digit()) {
      text += source_.get().first;
      if (is_octal(text[1]) && is_octal(text[2]) && source_.next().is_octal()) {
        text += source_.get().first;
        const char32_t code = octal(text);
        if (code > 0377) {
          source_.fail("octal escape value " + encode_utf8(text) + " outside of range 0-0o377", text.size());
        }
        return literal(code);
      }
    }
    const std::size_t index = to_number(std::u32string_view(text).substr(1));
    group(index, std::to_string(index), text.size() - 1);
  }

  void escape(const Token& token) {
    constexpr std::u32string_view kLetters = U"abfnrtv\\", kMeanings = U"\a\b\f\n\r\t\v\\";
    const std::size_t known = kLetters.find(token.second);
    if (known != kLetters.npos) return literal(kMeanings[known]);
    const char32_t letter = token.second | 0x20;
    if (token.second < 0x80 && letter >= U'a' && letter <= U'z') {
      source_.fail("bad escape " + encode_utf8(token.text()), 2);
    }
    literal(U'\\');
    literal(token.second);
  }

  Source source_;
  const Tree& tree_;
  Template template_;
  std::string literal_;
};

}  // namespace

Template parse_template(std::string_view text, bool is_text, const Tree& tree) {
  return TemplateParser(text, is_text, tree).parse();
}

void append_expanded(std::string& to, const Template& template_, std::string_view subject, const std::size_t* spans) {
  for (const Template::Part& part : template_.parts) {
    to += part.literal;
    const std::size_t begin = spans[2 * part.group];
    if (begin != kNowhere) to.append(subject, begin, spans[2 * part.group + 1] - begin);
  }
  to += template_.tail;
}

}  // namespace krait::re
