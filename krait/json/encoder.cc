#include "krait/json/encoder.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "krait/builtins/exceptions.h"
#include "krait/json/_unicode.h"

namespace krait::json {

namespace {

// 0: goes through. 1: written as \u00xx. 2: may be part of UTF-8, to be checked. Else: what follows the backslash.
constexpr auto kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 1;
  for (std::size_t c = 0x80; c < 0x100; ++c) table[c] = 2;
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

constexpr char kHex[] = "0123456789abcdef";

constexpr std::size_t kLongestDecimal = 24;

// Writes a number that is a decimal of at most six places, as prices and measures are; null when it is none. Of decimals with
// at most 15 digits no two are the same double, so one that gives `number` back has the shortest digits there are.
char* short_decimal(double number, char* out) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
  const double magnitude = std::fabs(number);
  if (magnitude >= 1e9 || (magnitude < 1e-4 && magnitude != 0)) return nullptr;
  int places = 0;
  std::int64_t scaled = static_cast<std::int64_t>(magnitude);
  while (static_cast<double>(scaled) / kPowers[places] != magnitude) {
    if (++places > 6) return nullptr;
    scaled = static_cast<std::int64_t>(magnitude * kPowers[places] + 0.5);
  }
  if (std::signbit(number)) *out++ = '-';
  const auto power = static_cast<std::int64_t>(kPowers[places]);
  out = std::to_chars(out, out + 12, scaled / power).ptr;
  *out++ = '.';
  if (places == 0) *out++ = '0';
  for (std::int64_t rest = scaled % power, digit = power / 10; digit > 0; digit /= 10) {
    *out++ = static_cast<char>('0' + rest / digit % 10);
  }
  return out;
}

// The double whose shortest digits are those of `number`: 0.1f is written 0.1, not 0.10000000149011612.
double widen(float number) {
  if (!std::isfinite(number)) return number;
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, number).ptr;
  double wide = number;
  std::from_chars(text, end, wide);
  return wide;
}

// Small pieces gather in a buffer on the stack, which goes to the string when it is full: a std::string's own append is
// slower for a few bytes.
class Writer {
 public:
  Writer(std::string& out, _Invalid invalid) : out_(out), invalid_(invalid) {}

  void put(char c) {
    if (size_ == sizeof buffer_) flush();
    buffer_[size_++] = c;
  }
  void put(std::string_view text) {
    if (text.size() > sizeof buffer_ - size_) {
      flush();
      if (text.size() > sizeof buffer_) {
        out_.append(text);
        return;
      }
    }
    std::memcpy(buffer_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  // Room for `n` bytes in a row; taken(end) says how many were used.
  char* room(std::size_t n) {
    if (n > sizeof buffer_ - size_) flush();
    return buffer_ + size_;
  }
  void taken(const char* end) { size_ = static_cast<std::size_t>(end - buffer_); }
  void flush() {
    out_.append(buffer_, size_);
    size_ = 0;
  }

  void value(const _Type& type, const void* object);
  void string(std::string_view text);
  void object(std::initializer_list<KeyRef> items) {
    put('{');
    bool first = true;
    for (const KeyRef& item : items) {
      if (!std::exchange(first, false)) put(',');
      string(item.key);
      put(':');
      value(item.value.type(), item.value.object());
    }
    put('}');
  }

 private:
  void integer(auto number) {
    char* at = room(24);
    taken(std::to_chars(at, at + 24, number).ptr);
  }
  void floating(double number);
  void any(const Value& value);
  void list(const _Type& type, const void* object);
  void map(const _Type& type, const void* object);
  void structure(const _Type& type, const char* object);
  std::size_t special(std::string_view rest);

  std::string& out_;
  _Invalid invalid_;
  std::size_t size_ = 0;
  char buffer_[512];
};

// Writes what stands at the start of `rest` and cannot go through as it is; gives its size.
std::size_t Writer::special(std::string_view rest) {
  const auto c = static_cast<unsigned char>(rest[0]);
  const char escape = kEscapes[c];
  if (escape > 2) {
    put('\\');
    put(escape);
    return 1;
  }
  if (escape == 1) {
    put("\\u00");
    put(kHex[c >> 4]);
    put(kHex[c & 15]);
    return 1;
  }
  const _CodePoint next = _decode_utf8(rest, true);
  const bool surrogate = next.size != 0 && next.value >= 0xd800 && next.value < 0xe000;
  if (next.size != 0 && !surrogate) {
    put(rest.substr(0, next.size));
    return next.size;
  }
  if (invalid_ == _Invalid::Throw) {
    throw UnicodeEncodeError(surrogate ? "cannot write a str as JSON: it holds a lone surrogate"
                                       : "cannot write a str as JSON: it is not UTF-8");
  }
  if (!surrogate) {
    put("\xef\xbf\xbd");
    return 1;
  }
  put("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) put(kHex[next.value >> shift & 15]);
  return next.size;
}

void Writer::string(std::string_view text) {
  put('"');
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    if (kEscapes[static_cast<unsigned char>(text[at])] == 0) [[likely]] {
      ++at;
      continue;
    }
    put(text.substr(begin, at - begin));
    at += special(text.substr(at));
    begin = at;
  }
  put(text.substr(begin));
  put('"');
}

void Writer::floating(double number) {
  if (std::isfinite(number)) [[likely]] {
    if (const char* end = short_decimal(number, room(kLongestDecimal))) return taken(end);
    std::string text;
    _append_float(number, text);
    put(text);
    return;
  }
  if (invalid_ == _Invalid::Throw) throw ValueError("Out of range float values are not JSON compliant");
  put("null");
}

void Writer::any(const Value& value) {
  switch (value.type()) {
    case Value::Type::Null:
      return put("null");
    case Value::Type::Bool:
      return put(value.as_bool() ? "true" : "false");
    case Value::Type::Int:
      return integer(value.as_int());
    case Value::Type::BigInt:
      return put(value.as_big_int());
    case Value::Type::Float:
      return floating(value.as_float());
    case Value::Type::String:
      return string(value.as_string());
    case Value::Type::Array:
      return this->value(_type<Array>, &value.as_array());
    case Value::Type::Object:
      return this->value(_type<Object>, &value.as_object());
  }
}

void Writer::list(const _Type& type, const void* object) {
  std::size_t n = 0;
  const auto* element = static_cast<const char*>(type.elements(object, &n));
  put('[');
  for (std::size_t i = 0; i < n; ++i, element += type.stride) {
    if (i > 0) put(',');
    value(*type.element, element);
  }
  put(']');
}

void Writer::map(const _Type& type, const void* object) {
  struct UnderWay {
    Writer* writer;
    const _Type* element;
    bool first;
  } under_way{this, type.element, true};
  put('{');
  type.each(object, &under_way, [](void* context, std::string_view key, const void* element) {
    auto& self = *static_cast<UnderWay*>(context);
    if (!std::exchange(self.first, false)) self.writer->put(',');
    self.writer->string(key);
    self.writer->put(':');
    self.writer->value(*self.element, element);
  });
  put('}');
}

void Writer::structure(const _Type& type, const char* object) {
  put('{');
  for (std::size_t i = 0; i < type.count; ++i) {
    const _Field& f = type.fields[i];
    if (!f.key.empty()) [[likely]] {
      put(i == 0 ? f.key.substr(1) : f.key);
    } else {
      if (i > 0) put(',');
      string(f.name());
      put(':');
    }
    value(*f.type, object + f.offset);
  }
  put('}');
}

void Writer::value(const _Type& type, const void* object) {
  using Kind = _Type::Kind;
  switch (type.kind) {
    case Kind::Null:
      return put("null");
    case Kind::Bool:
      return put(*static_cast<const bool*>(object) ? "true" : "false");
    case Kind::Int:
      return integer(_load_int(type, object));
    case Kind::UInt:
      return integer(_load_uint(type, object));
    case Kind::Float:
      return floating(type.size == 4 ? widen(*static_cast<const float*>(object)) : *static_cast<const double*>(object));
    case Kind::String:
      return string(*static_cast<const std::string*>(object));
    case Kind::View:
      return string(*static_cast<const std::string_view*>(object));
    case Kind::Literal:
      return string(static_cast<const char*>(object));
    case Kind::Enum: {
      const _Enumerator* e = _find_enumerator(type, _load_int(type, object));
      if (!e) throw ValueError("cannot write an enum as JSON: its value is none of those described");
      return string(e->name);
    }
    case Kind::List:
      return list(type, object);
    case Kind::Map:
      return map(type, object);
    case Kind::Optional: {
      const void* held = type.held(object);
      return held ? value(*type.element, held) : put("null");
    }
    case Kind::Struct:
      return structure(type, static_cast<const char*>(object));
    case Kind::Any:
      return any(*static_cast<const Value*>(object));
    case Kind::AnyObject: {
      put('{');
      bool first = true;
      for (const auto& [key, element] : *static_cast<const Object*>(object)) {
        if (!std::exchange(first, false)) put(',');
        string(key);
        put(':');
        any(element);
      }
      return put('}');
    }
  }
}

// Runs `write`, and leaves `out` as it was if that throws.
template <class F>
void write_all(std::string& out, _Invalid invalid, F write) {
  const std::size_t before = out.size();
  try {
    Writer writer(out, invalid);
    write(writer);
    writer.flush();
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace

void _dump(const _Type& type, const void* object, std::string& out, _Invalid invalid) {
  write_all(out, invalid, [&](Writer& writer) { writer.value(type, object); });
}

void dump(Ref value, std::string& out) { _dump(value.type(), value.object(), out, _Invalid::Throw); }

void dump(std::initializer_list<KeyRef> items, std::string& out) {
  write_all(out, _Invalid::Throw, [&](Writer& writer) { writer.object(items); });
}

std::string dumps(Ref value) {
  std::string out;
  dump(value, out);
  return out;
}

void dump_string(std::string_view text, std::string& out) {
  write_all(out, _Invalid::Throw, [&](Writer& writer) { writer.string(text); });
}

// The shortest digits that read back as `value`, laid out as Python does: in full from 1e-4 up to below 1e16, else with an
// exponent of at least two digits.
void _append_float(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
    return;
  }
  char text[40];
  const char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const char* p = text;
  if (*p == '-') out += *p++;
  char digits[24];
  std::size_t count = 0;
  for (; *p != 'e'; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  ++p;
  if (*p == '+') ++p;
  int exponent = 0;
  std::from_chars(p, end, exponent);

  const std::string_view all(digits, count);
  if (exponent >= 16 || exponent < -4) {
    out += all[0];
    if (count > 1) out.append(".").append(all.substr(1));
    out.append(exponent < 0 ? "e-" : "e+");
    const int magnitude = std::abs(exponent);
    if (magnitude < 10) out += '0';
    out += std::to_string(magnitude);
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(all);
  } else {
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (count <= whole) {
      out.append(all).append(whole - count, '0').append(".0");
    } else {
      out.append(all.substr(0, whole)).append(".").append(all.substr(whole));
    }
  }
}

}  // namespace krait::json
