#include "krait/json/_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "krait/builtins/exceptions.h"
#include "krait/json/_float.h"
#include "krait/json/_runs.h"

namespace krait::json {

namespace {

// The double whose shortest digits are those of `number`: 0.1f is written 0.1, not 0.10000000149011612.
double widen(float number) {
  if (!std::isfinite(number)) return number;
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, number).ptr;
  double wide = number;
  std::from_chars(text, end, wide);
  return wide;
}

// Of a key that stands for a number: 64 bits, or a double, fit. Python sorts such keys before they become texts.
long double number_of(const std::string& key) {
  return key == "true" ? 1 : key == "false" ? 0 : std::strtold(key.c_str(), nullptr);
}

}  // namespace

void _Writer::Separator::set(std::string_view text) {
  whole = text;
  size = text.size();
  std::memcpy(start, text.data(), std::min(size, sizeof start));
}

_Writer::_Writer(std::string& out, _Invalid invalid)
    : out_(out), mode_(invalid == _Invalid::Escape ? Mode::Escape : Mode::Compact) {
  between_.set(",");
  after_key_.set(":");
}

_Writer::_Writer(std::string& out, const DumpsOptions& options)
    : out_(out),
      mode_(Mode::Options),
      ascii_(options.ensure_ascii),
      allow_nan_(options.allow_nan),
      sort_(options.sort_keys),
      indented_(options.indent.has_value()),
      plain_struct_(false) {
  between_.set(options.separators ? std::string_view(options.separators->item) : indented_ ? "," : ", ");
  after_key_.set(options.separators ? std::string_view(options.separators->key) : ": ");
  if (indented_) indent_ = options.indent->text;
  quick_members_ = !indented_ && between_.size <= sizeof between_.start && after_key_.size <= sizeof after_key_.start;
}

void _Writer::put(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(end_ - at_)) {
    flush();
    if (text.size() > kSize) {
      out_.append(text);
      return;
    }
  }
  std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

inline void _Writer::put(const Separator& separator) {
  if (separator.size > sizeof separator.start) return put(separator.whole);
  room(sizeof separator.start);
  char* const out = at_;
  at_ = out + separator.size;
  std::memcpy(out, separator.start, sizeof separator.start);
}

inline void _Writer::before_element(bool first) {
  if (!first) put(between_);
  if (!indented_) [[likely]]
    return;
  put('\n');
  for (unsigned i = 0; i < depth_; ++i) put(indent_);
}

// Of what is not empty.
inline void _Writer::before_close() {
  --depth_;
  if (!indented_) [[likely]]
    return;
  put('\n');
  for (unsigned i = 0; i < depth_; ++i) put(indent_);
}

inline void _Writer::deeper() {
  if (++depth_ > _deepest) throw RecursionError("maximum recursion depth exceeded while encoding a JSON object");
}

template <class Key>
inline void _Writer::key(const Key& key) {
  string(key);
  put(after_key_);
}

// Nearly all keys and many values are short ASCII with nothing to escape: up to 15 bytes in one block, up to 32 in two that
// may overlap. A block is copied whole, however many of its bytes are meant: a std::string's own buffer has them, and so has
// any that it allocates. Gives where the text ends, with its quotes; null when it is not of that kind. There is room for 40.
inline char* _Writer::short_string(const std::string& text, char* out) const {
#ifdef __SSE2__
  static_assert(sizeof(std::string) >= 24);
  const std::size_t size = text.size();
  const auto stops = [&](_Block block) {
    return _specials(block) | (ascii_ ? _not_printable(block) : _high_bits(block));
  };
  if (size > 32) return nullptr;
  const _Block first = _load(text.data());
  if (size < 16) {
    if ((stops(first) & ((1u << size) - 1)) != 0) return nullptr;
    _store(first, out + 1);
  } else {
    const _Block last = _load(text.data() + size - 16);
    if ((stops(first) | stops(last)) != 0) return nullptr;
    _store(first, out + 1);
    _store(last, out + 1 + size - 16);
  }
  out[0] = '"';
  out[size + 1] = '"';
  return out + size + 2;
#else
  (void)text, (void)out;
  return nullptr;
#endif
}

inline void _Writer::string(const std::string& text) {
  room(kShort);
  if (char* end = short_string(text, at_)) [[likely]] {
    at_ = end;
  } else {
    string(std::string_view(text));
  }
}

// What stands before a value of a dict: a comma, the key and the colon.
inline void _Writer::member(bool first, const std::string& name) {
  if (quick_members_) [[likely]] {
    room(kShort + 2 * sizeof between_.start);
    char* out = at_;
    if (!first) {
      std::memcpy(out, between_.start, sizeof between_.start);
      out += between_.size;
    }
    if (char* end = short_string(name, out)) [[likely]] {
      std::memcpy(end, after_key_.start, sizeof after_key_.start);
      at_ = end + after_key_.size;
      return;
    }
  }
  before_element(first);
  key(name);
}

void _Writer::integer(std::int64_t number) {
  room(_longest_int);
  if (number < 0) *at_++ = '-';
  at_ = _write_int(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number), at_);
}

void _Writer::natural(std::uint64_t number) {
  room(_longest_int);
  at_ = _write_int(number, at_);
}

void _Writer::floating(double number) {
  if (!std::isfinite(number)) [[unlikely]]
    return not_finite(number);
  room(_longest_float);
  at_ = _write_float(number, at_);
}

void _Writer::not_finite(double number) {
  if (mode_ == Mode::Escape) return put("null");
  if (!allow_nan_) {
    std::string text = "Out of range float values are not JSON compliant";
    if (mode_ == Mode::Options) _append_float(number, text.append(": "));
    throw ValueError(text);
  }
  put(std::string_view(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"));
}

[[gnu::always_inline]] inline void _Writer::any(const Value& value) {
  switch (value.type()) {
    case Value::Type::Null:
      return put("null");
    case Value::Type::Bool:
      return value.as_bool() ? put("true") : put("false");
    case Value::Type::Int:
      return integer(value.as_int());
    case Value::Type::BigInt:
      return put(value.as_big_int());
    case Value::Type::Float:
      return floating(value.as_float());
    case Value::Type::String:
      return string(value.as_string());
    case Value::Type::Array:
      return any_list(value.as_array());
    case Value::Type::Object:
      return any_object(value.as_object());
  }
}

void _Writer::any_list(const Array& list) {
  if (list.empty()) return put("[]");
  put('[');
  deeper();
  bool first = true;
  for (const Value& element : list) {
    before_element(std::exchange(first, false));
    any(element);
  }
  before_close();
  put(']');
}

void _Writer::any_object(const Object& object) {
  if (object.empty()) return put("{}");
  put('{');
  deeper();
  bool first = true;
  const auto write = [&](const Object::Item& item) {
    member(std::exchange(first, false), item.first);
    any(item.second);
  };
  if (!sort_) {
    for (const Object::Item& item : object) write(item);
  } else {
    std::vector<const Object::Item*> items;
    for (const Object::Item& item : object) items.push_back(&item);
    std::ranges::sort(items, {}, [](const Object::Item* item) -> const std::string& { return item->first; });
    for (const Object::Item* item : items) write(*item);
  }
  before_close();
  put('}');
}

void _Writer::list(const _Type& type, const void* object) {
  std::size_t n = 0;
  const auto* element = static_cast<const char*>(type.elements(object, &n));
  if (n == 0) return put("[]");
  put('[');
  deeper();
  for (std::size_t i = 0; i < n; ++i, element += type.stride) {
    before_element(i == 0);
    value(*type.element, element);
  }
  before_close();
  put(']');
}

void _Writer::tuple(const _Type& type, const void* object) {
  if (type.count == 0) return put("[]");
  put('[');
  deeper();
  for (std::size_t i = 0; i < type.count; ++i) {
    before_element(i == 0);
    value(*type.parts[i], type.part(object, i));
  }
  before_close();
  put(']');
}

void _Writer::map(const _Type& type, const void* object) {
  struct UnderWay {
    _Writer* writer;
    const _Type* element;
    bool first;
    std::vector<std::pair<std::string, const void*>> sorted;

    void write(std::string_view key, const void* element_of_key) {
      writer->before_element(std::exchange(first, false));
      writer->key(key);
      writer->value(*element, element_of_key);
    }
  } under_way{this, type.element, true, {}};
  if (type.size_of(object) == 0) return put("{}");
  put('{');
  deeper();
  type.each(object, &under_way, [](void* context, std::string_view key, const void* element) {
    auto& self = *static_cast<UnderWay*>(context);
    if (self.writer->sort_) {
      self.sorted.emplace_back(key, element);
    } else {
      self.write(key, element);
    }
  });
  std::ranges::sort(under_way.sorted, [&](const auto& a, const auto& b) {
    return type.key ? number_of(a.first) < number_of(b.first) : a.first < b.first;
  });
  for (const auto& [key, element] : under_way.sorted) under_way.write(key, element);
  before_close();
  put('}');
}

void _Writer::structure(const _Type& type, const char* object) {
  if (type.count == 0) return put("{}");
  put('{');
  deeper();
  const auto write = [&](const _Field& f, bool first) {
    before_element(first);
    key(f.name());
    value(*f.type, object + f.offset);
  };
  if (plain_struct_) [[likely]] {
    for (std::size_t i = 0; i < type.count; ++i) {
      const _Field& f = type.fields[i];
      if (f.key.empty()) {
        write(f, i == 0);
      } else {
        put(i == 0 ? f.key.substr(1) : f.key);
        value(*f.type, object + f.offset);
      }
    }
  } else if (!sort_) {
    for (std::size_t i = 0; i < type.count; ++i) write(type.fields[i], i == 0);
  } else {
    std::vector<const _Field*> fields;
    for (const _Field& f : _fields(type)) fields.push_back(&f);
    std::ranges::sort(fields, {}, &_Field::name);
    for (const _Field* f : fields) write(*f, f == fields.front());
  }
  before_close();
  put('}');
}

void _Writer::object(std::initializer_list<KeyRef> items) {
  if (items.size() == 0) return put("{}");
  put('{');
  deeper();
  for (const KeyRef& item : items) {
    before_element(&item == items.begin());
    key(item.key);
    value(item.value.type(), item.value.object());
  }
  before_close();
  put('}');
}

void _Writer::value(const _Type& type, const void* object) {
  using Kind = _Type::Kind;
  switch (type.kind) {
    case Kind::Null:
      return put("null");
    case Kind::Bool:
      return *static_cast<const bool*>(object) ? put("true") : put("false");
    case Kind::Int:
      return integer(_load_int(type, object));
    case Kind::UInt:
      return natural(_load_uint(type, object));
    case Kind::Float:
      return floating(type.size == 4 ? widen(*static_cast<const float*>(object)) : *static_cast<const double*>(object));
    case Kind::String:
      return string(*static_cast<const std::string*>(object));
    case Kind::View:
      return string(*static_cast<const std::string_view*>(object));
    case Kind::Literal:
      return string(std::string_view(static_cast<const char*>(object)));
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
    case Kind::AnyObject:
      return any_object(*static_cast<const Object*>(object));
    case Kind::Tuple:
      return tuple(type, object);
    case Kind::Variant: {
      std::size_t index = 0;
      const void* held = type.alternative(object, &index);
      return held ? value(*type.parts[index], held) : put("null");
    }
    case Kind::Iso:
      return string(type.text_of(object));
  }
}

}  // namespace krait::json
