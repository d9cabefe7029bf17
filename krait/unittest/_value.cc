#include "krait/unittest/_value.h"

#include <cxxabi.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "krait/builtins/print.h"
#include "krait/builtins/repr.h"

namespace krait::unittest {

namespace {

void append_code_point(std::string& text, char32_t c) {
  if (c >= 0xdc80 && c <= 0xdcff) {
    text += static_cast<char>(c - 0xdc00);
  } else if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | (c >> 6));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | (c >> 18));
    text += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// The length of the well-formed UTF-8 sequence at the start of `text` and its code point; 0 when there is none.
std::size_t sequence(std::string_view text, char32_t& c) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || length > text.size() || lead > 0xf4) return 0;
  c = length == 1 ? lead : lead & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    c = (c << 6) | (byte(i) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (c < kSmallest[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
  return length;
}

// Numbers by their value, others by their text.
bool less(const _Value& a, const _Value& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.kind == _Value::Kind::Atom) {
    double x = 0, y = 0;
    const auto number = [](const std::string& text, double& to) {
      return std::from_chars(text.data(), text.data() + text.size(), to).ec == std::errc();
    };
    if (number(a.text, x) && number(b.text, y) && x != y) return x < y;
  }
  if (a.text != b.text) return a.text < b.text;
  return std::ranges::lexicographical_compare(a.items, b.items, less);
}

std::string joined(const std::vector<_Value>& items) {
  std::string text;
  for (const _Value& item : items) text.append(text.empty() ? "" : ", ").append(_repr(item));
  return text;
}

std::string pairs(const _Value& value, const char* between) {
  std::string text;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2)
    text.append(i ? ", " : "").append(_repr(value.items[i])).append(between).append(_repr(value.items[i + 1]));
  return text;
}

}  // namespace

std::string _repr(const _Value& value) {
  switch (value.kind) {
    case _Value::Kind::Atom:
      return value.text;
    case _Value::Kind::Str:
      return krait::repr(value.text);
    case _Value::Kind::Bytes:
      return repr_bytes(value.text);
    case _Value::Kind::List:
      return "[" + joined(value.items) + "]";
    case _Value::Kind::Tuple:
      return "(" + joined(value.items) + (value.items.size() == 1 ? ",)" : ")");
    case _Value::Kind::Set:
      return value.items.empty() ? "set()" : "{" + joined(value.items) + "}";
    case _Value::Kind::Dict:
      return "{" + pairs(value, ": ") + "}";
    case _Value::Kind::Object:
      return value.text + "(" + pairs(value, "=") + ")";
  }
  return {};
}

void _sort_items(_Value& value) {
  if (value.kind == _Value::Kind::Set) {
    std::ranges::sort(value.items, less);
    return;
  }
  std::vector<std::pair<_Value, _Value>> items;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2)
    items.emplace_back(std::move(value.items[i]), std::move(value.items[i + 1]));
  std::ranges::sort(items, [](const auto& a, const auto& b) { return less(a.first, b.first); });
  value.items.clear();
  for (auto& [key, item] : items) {
    value.items.push_back(std::move(key));
    value.items.push_back(std::move(item));
  }
}

std::string _class_name(const std::type_info& type) {
  if (type == typeid(int) || type == typeid(long) || type == typeid(long long) || type == typeid(unsigned) ||
      type == typeid(unsigned long) || type == typeid(unsigned long long) || type == typeid(short) ||
      type == typeid(unsigned short))
    return "int";
  if (type == typeid(double) || type == typeid(float)) return "float";
  if (type == typeid(std::string) || type == typeid(std::string_view) || type == typeid(const char*)) return "str";
  char* demangled = abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr);
  std::string name = demangled ? demangled : type.name();
  std::free(demangled);
  for (std::string_view anonymous = "(anonymous namespace)::"; name.starts_with(anonymous);)
    name.erase(0, anonymous.size());
  const std::size_t colons = name.rfind("::", name.find('<'));
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

_Value _atom(std::string text) { return {_Value::Kind::Atom, std::move(text), {}}; }
_Value _signed_value(long long number) { return _atom(std::to_string(number)); }
_Value _unsigned_value(unsigned long long number) { return _atom(std::to_string(number)); }
_Value _float_value(double number) { return _atom(str(number)); }
_Value _text_value(std::string_view text) { return {_Value::Kind::Str, std::string(text), {}}; }
_Value _exception_value(const std::exception_ptr& error) { return _atom(repr(error)); }

_Value _exception_value(const std::type_info& type, const char* what) {
  const std::string_view text(what);
  return _atom(_class_name(type) + "(" + (text.empty() ? "" : _repr(_text_value(text))) + ")");
}

_Value _object_value(const std::type_info& type, const void* at) {
  char address[32];
  const auto number = reinterpret_cast<std::uintptr_t>(at);
  std::string text(address, std::to_chars(address, address + sizeof address, number, 16).ptr);
  return _atom("<" + _class_name(type) + " object at 0x" + text + ">");
}

_Value _enum_value(const std::type_info& type, std::string_view name, long long number) {
  const std::string dotted = name.empty() ? "" : "." + std::string(name);
  return _atom("<" + _class_name(type) + dotted + ": " + std::to_string(number) + ">");
}

// datetime.timedelta's days, seconds and microseconds, of which a finer time loses the rest.
_Value _timedelta_value(long double seconds) {
  const long double days = std::floor(seconds / 86400);
  const long double rest = seconds - days * 86400;
  long double whole = std::floor(rest);
  const long double micros = std::floor((rest - whole) * 1'000'000 + 0.0005L);
  std::string text;
  const auto add = [&](const char* name, long double number) {
    if (number == 0) return;
    text.append(text.empty() ? "" : ", ")
        .append(name)
        .append("=")
        .append(std::to_string(static_cast<long long>(number)));
  };
  add("days", days);
  add("seconds", whole);
  add("microseconds", micros);
  return _atom("datetime.timedelta(" + (text.empty() ? "0" : text) + ")");
}

std::u32string _decoded(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  while (!text.empty()) {
    char32_t c = 0;
    std::size_t length = sequence(text, c);
    if (length == 0) {
      c = 0xdc00 + static_cast<unsigned char>(text[0]);
      length = 1;
    }
    result += c;
    text.remove_prefix(length);
  }
  return result;
}

std::string _encoded(std::u32string_view text) {
  std::string result;
  for (char32_t c : text) append_code_point(result, c);
  return result;
}

bool _is_space(char32_t c) noexcept {
  return (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::vector<std::u32string> _split_lines(const std::u32string& text, bool keep_ends) {
  const auto ends = [](char32_t c) {
    return (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
  };
  std::vector<std::u32string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = start;
    while (end < text.size() && !ends(text[end])) ++end;
    std::size_t next = end;
    if (next < text.size()) next += text[end] == U'\r' && end + 1 < text.size() && text[end + 1] == U'\n' ? 2 : 1;
    lines.push_back(text.substr(start, (keep_ends ? next : end) - start));
    start = next;
  }
  return lines;
}

}  // namespace krait::unittest
