// str.format
//   format := (text | "{{" | "}}" | "{" [name] ["!" conversion] [":" spec] "}")*
//   name   := (identifier | number) ("." attribute | "[" index "]")*          spec may hold fields, too, one level deep

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/logging/_characters.h"
#include "krait/logging/_style.h"

namespace krait::logging {
namespace {

struct Field {
  std::string_view name, spec;
  std::optional<char32_t> conversion;
};

// Python: string.Formatter().parse(format): texts and fields in turn.
class Parser {
 public:
  explicit Parser(std::string_view format) : rest_(format) {}

  // Appends the text before the next field; gives whether there was anything left.
  bool next(std::string& text, std::optional<Field>& field) {
    field.reset();
    if (rest_.empty()) return false;
    const std::size_t brace = rest_.find_first_of("{}");
    text.append(rest_.substr(0, brace));
    if (brace == rest_.npos) {
      rest_ = {};
      return true;
    }
    const char c = rest_[brace];
    rest_.remove_prefix(brace + 1);
    if (c == '}' && !rest_.starts_with('}')) throw ValueError("Single '}' encountered in format string");
    if (rest_.empty()) throw ValueError("Single '{' encountered in format string");
    if (rest_[0] == c) {
      text += c;
      rest_.remove_prefix(1);
    } else {
      field = read_field();
    }
    return true;
  }

 private:
  Field read_field() {
    Field field;
    std::size_t at = 0;
    for (; at < rest_.size() && rest_[at] != '}' && rest_[at] != ':' && rest_[at] != '!'; ++at) {
      if (rest_[at] == '{') throw ValueError("unexpected '{' in field name");
      if (rest_[at] == '[') at = std::min(rest_.find(']', at), rest_.size()) - 1;
    }
    field.name = rest_.substr(0, at);
    if (at == rest_.size()) throw ValueError("expected '}' before end of string");
    const char end = rest_[at];
    rest_.remove_prefix(at + 1);
    if (end == '}') return field;
    if (end == '!') {
      if (rest_.empty()) throw ValueError("end of string while looking for conversion specifier");
      const _Character conversion = _decode(rest_, 0);
      field.conversion = conversion.value;
      rest_.remove_prefix(conversion.size);
      if (rest_.empty()) throw ValueError("unmatched '{' in format spec");
      const char after = rest_[0];
      rest_.remove_prefix(1);
      if (after == '}') return field;
      if (after != ':') throw ValueError("expected ':' after conversion specifier");
    }
    int depth = 1;
    for (at = 0; at < rest_.size(); ++at) {
      if (rest_[at] == '{') ++depth;
      if (rest_[at] == '}' && --depth == 0) {
        field.spec = rest_.substr(0, at);
        rest_.remove_prefix(at + 1);
        return field;
      }
    }
    throw ValueError("unmatched '{' in format spec");
  }

  std::string_view rest_;
};

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == text.npos; }

Value look_up(std::string_view name, const _Mapping& mapping) {
  const std::size_t end = std::min(name.find_first_of(".["), name.size());
  const std::string_view first = name.substr(0, end);
  if (all_digits(first)) {
    throw IndexError("Replacement index " + std::string(first.empty() ? "0" : first) +
                     " out of range for positional args tuple");
  }
  std::optional<Value> found = mapping.find(first);
  if (!found) throw KeyError(std::string(first));
  name.remove_prefix(end);
  while (!name.empty()) {
    if (name[0] == '.') {
      const std::size_t stop = std::min(name.find_first_of(".[", 1), name.size());
      throw AttributeError("'" + std::string(found->type_name()) + "' object has no attribute '" +
                           std::string(name.substr(1, stop - 1)) + "'");
    }
    if (name[0] != '[') throw ValueError("Only '.' or '[' may follow ']' in format field specifier");
    const std::size_t close = name.find(']');
    if (close == name.npos) throw ValueError("Missing ']' in format string");
    const std::string_view key = name.substr(1, close - 1);
    if (!found->as_dict()) throw TypeError("'" + std::string(found->type_name()) + "' object is not subscriptable");
    found = Value(found->as_dict()->at(key));
    name.remove_prefix(close + 1);
  }
  return *found;
}

Value convert(Value value, std::optional<char32_t> conversion) {
  if (!conversion) return value;
  switch (*conversion) {
    case 's':
      return value.str();
    case 'r':
      return value.repr();
    case 'a':
      return _only_ascii(value.repr());
    default: {
      std::string shown;
      _append_character(shown, *conversion);
      throw ValueError("Unknown conversion specifier " + shown);
    }
  }
}

std::string render(std::string_view format, const _Mapping& mapping, int depth) {
  if (depth < 0) throw ValueError("Max string recursion exceeded");
  std::string result;
  std::optional<Field> field;
  for (Parser parser(format); parser.next(result, field);) {
    if (!field) continue;
    const Value value = convert(look_up(field->name, mapping), field->conversion);
    const bool nested = field->spec.find('{') != field->spec.npos;
    result += _format_value(value, nested ? render(field->spec, mapping, depth - 1) : std::string(field->spec));
  }
  return result;
}

// Python: the pattern  ^(.?[<>=^])?[+ -]?#?0?(\d+|{\w+})?[,_]?(\.(\d+|{\w+}))?[bcdefgnosx%]?$  without case
bool is_known_spec(std::string_view spec) {
  const auto take = [&spec](std::string_view any) {
    if (spec.empty() || any.find(spec[0]) == any.npos) return false;
    spec.remove_prefix(1);
    return true;
  };
  const auto take_number = [&spec, &take] {
    if (spec.starts_with('{')) {
      const std::size_t close = spec.find('}');
      if (close == spec.npos || close < 2) return false;
      for (const char c : spec.substr(1, close - 1)) {
        if (c != '_' && (c & 0x80) == 0 && !(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
          return false;
      }
      spec.remove_prefix(close + 1);
      return true;
    }
    bool any = false;
    while (take("0123456789")) any = true;
    return any;
  };
  constexpr std::string_view kAligns = "<>=^";
  if (!spec.empty()) {
    const std::size_t fill = spec[0] == '\n' ? 0 : _decode(spec, 0).size;
    if (fill > 0 && fill < spec.size() && kAligns.find(spec[fill]) != kAligns.npos) {
      spec.remove_prefix(fill + 1);
    } else {
      take(kAligns);
    }
  }
  take("+ -");
  take("#");
  take("0");
  take_number();
  take(",_");
  if (take(".") && !take_number()) return false;
  take("bcdefgnosxBCDEFGNOSX%");
  return spec.empty() || spec == "\n";
}

// Python: the pattern  ^(\d+|\w+)(\.\w+|\[[^]]+\])*$
bool is_known_name(std::string_view name) {
  const auto take_word = [&name] {
    std::size_t size = 0;
    while (size < name.size() &&
           (name[size] == '_' || (name[size] & 0x80) != 0 || (name[size] >= '0' && name[size] <= '9') ||
            ((name[size] | 0x20) >= 'a' && (name[size] | 0x20) <= 'z'))) {
      ++size;
    }
    name.remove_prefix(size);
    return size > 0;
  };
  if (!take_word()) return false;
  while (!name.empty()) {
    if (name[0] == '.') {
      name.remove_prefix(1);
      if (!take_word()) return false;
    } else if (name[0] == '[') {
      const std::size_t close = name.find(']');
      if (close == name.npos || close < 2) return false;
      name.remove_prefix(close + 1);
    } else {
      return name == "\n";
    }
  }
  return true;
}

void validate(std::string_view format) {
  bool any = false;
  std::string text;
  std::optional<Field> field;
  for (Parser parser(format); parser.next(text, field);) {
    if (!field) continue;
    if (!field->name.empty()) {
      if (!is_known_name(field->name)) throw ValueError("invalid field name/expression: " + krait::repr(field->name));
      any = true;
    }
    if (field->conversion && *field->conversion != 'r' && *field->conversion != 's' && *field->conversion != 'a') {
      std::string shown;
      _append_character(shown, *field->conversion);
      throw ValueError("invalid conversion: " + krait::repr(shown));
    }
    if (!field->spec.empty() && !is_known_spec(field->spec))
      throw ValueError("bad specifier: " + krait::repr(field->spec));
  }
  if (!any) throw ValueError("no fields");
}

}  // namespace

std::string _braces(std::string_view format, const _Mapping& mapping) { return render(format, mapping, 2); }

void _validate_braces(std::string_view format) {
  try {
    validate(format);
  } catch (const ValueError& error) {
    throw ValueError(std::string("invalid format: ") + error.what());
  }
}

}  // namespace krait::logging
