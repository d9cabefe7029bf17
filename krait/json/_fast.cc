// Reading a document straight into a described type: no Value between, no error to tell. Whatever is not exactly as the type
// wants it (a number in quotes, a key twice, a broken string) ends the attempt, and the slow way starts anew.

#include <charconv>
#include <cstdint>
#include <iterator>

#include "krait/json/_constraints.h"
#include "krait/json/_scanner.h"
#include "krait/json/_unicode.h"
#include "krait/json/decoder.h"

namespace krait::json {

namespace {

using Kind = _Type::Kind;

// Of an element: it demands nothing.
constexpr krait::Field kFree;

class FastReader {
 public:
  explicit FastReader(std::string_view document) : scanner_(document) {}

  bool document(const _Type& type, void* object) {
    scanner_.skip_space();
    if (!value(type, object, kFree, 0)) return false;
    scanner_.skip_space();
    return scanner_.at_end();
  }

 private:
  bool value(const _Type& type, void* object, const krait::Field& field, std::size_t depth) {
    return depth < max_depth && read(type, object, field, depth) &&
           (&field == &kFree || !_constrains(field) || _satisfies(type, object, field, nullptr, nullptr));
  }

  bool read(const _Type& type, void* object, const krait::Field& field, std::size_t depth) {
    switch (type.kind) {
      case Kind::Bool:
        return boolean(*static_cast<bool*>(object));
      case Kind::Int:
        return integer(type, object);
      case Kind::UInt:
        return natural(type, object);
      case Kind::Float:
        return floating(type, object);
      case Kind::String:
        return string(*static_cast<std::string*>(object));
      case Kind::Enum:
        return enumerator(type, object);
      case Kind::List:
        return list(type, object, depth);
      case Kind::Map:
        return map(type, object, depth);
      case Kind::Optional:
        type.clear(object);
        return scanner_.literal("null") || value(*type.element, type.emplace(object), field, depth);
      case Kind::Struct:
        return structure(type, static_cast<char*>(object), depth);
      case Kind::Tuple:
        return tuple(type, object, depth);
      case Kind::Variant:
        return variant(type, object, field, depth);
      case Kind::Iso:
        return iso(type, object);
      default:
        return false;
    }
  }

  bool boolean(bool& out) {
    out = scanner_.literal("true");
    return out || scanner_.literal("false");
  }

  bool at_number() const {
    const char c = scanner_.peek();
    return c == '-' || (c >= '0' && c <= '9');
  }

  bool integer(const _Type& type, void* object) {
    _Number number;
    if (scanner_.usual_number(&number)) return !number.is_float && _store_int(type, object, number.whole);
    std::int64_t value = 0;
    return whole(value) && _store_int(type, object, value);
  }
  bool natural(const _Type& type, void* object) {
    _Number number;
    if (scanner_.usual_number(&number)) {
      return !number.is_float && number.whole >= 0 &&
             _store_uint(type, object, static_cast<std::uint64_t>(number.whole));
    }
    std::uint64_t value = 0;
    return whole(value) && _store_uint(type, object, value);
  }
  bool whole(auto& value) {
    if (!at_number()) return false;
    const Scanner::Number number = scanner_.number();
    const char* end = number.text.data() + number.text.size();
    const auto result = std::from_chars(number.text.data(), end, value);
    return !number.is_float && result.ec == std::errc() && result.ptr == end;
  }

  bool floating(const _Type& type, void* object) {
    double value = 0;
    if (!real(&value)) return false;
    if (type.size == 4) {
      *static_cast<float*>(object) = static_cast<float>(value);
    } else {
      *static_cast<double*>(object) = value;
    }
    return true;
  }

  bool real(double* out) {
    _Number quick;
    if (scanner_.usual_number(&quick)) {
      *out = quick.is_float ? quick.real : static_cast<double>(quick.whole);
      return true;
    }
    if (!at_number()) return false;
    const Scanner::Number number = scanner_.number();
    *out = _parse_double(number.text);
    // An int that no double can hold is refused, 1e999 is infinity.
    return number.is_float || *out - *out == 0;
  }

  bool string(std::string& out) {
    if (scanner_.peek() != '"') return false;
    const std::string_view plain = scanner_.plain_string();
    if (plain.data()) {
      out = plain;
      return true;
    }
    scanner_.string(out);
    return _utf8_fault(out, false) == out.size();  // an escape may have made a lone surrogate
  }

  bool enumerator(const _Type& type, void* object) {
    if (scanner_.peek() != '"') return false;
    const std::string_view name = scanner_.plain_string();
    const _Enumerator* found = name.data() ? _find_enumerator(type, name) : nullptr;
    return found && _store_int(type, object, found->value);
  }

  bool list(const _Type& type, void* object, std::size_t depth) {
    if (scanner_.peek() != '[') return false;
    type.clear(object);
    if (!scanner_.open_array()) return true;
    // A list is likely to have as many elements as the last one of its type. What is reserved in vain was used before.
    LastSize& last = last_sizes_[reinterpret_cast<std::uintptr_t>(&type) / alignof(_Type) % std::size(last_sizes_)];
    if (last.type == &type) type.reserve(object, last.size);
    std::size_t size = 0;
    do {
      if (!value(*type.element, type.append(object), kFree, depth + 1)) return false;
      ++size;
    } while (scanner_.next_element());
    last = {&type, size};
    return true;
  }

  bool tuple(const _Type& type, void* object, std::size_t depth) {
    if (scanner_.peek() != '[' || !scanner_.open_array()) return false;
    for (std::size_t i = 0; i < type.count; ++i) {
      if (!value(*type.parts[i], const_cast<void*>(type.part(object, i)), kFree, depth + 1)) return false;
      if (scanner_.next_element() != (i + 1 < type.count)) return false;
    }
    return true;
  }

  // Only where the first byte leaves one alternative.
  bool variant(const _Type& type, void* object, const krait::Field& field, std::size_t depth) {
    std::size_t found = type.count;
    for (std::size_t i = 0; i < type.count; ++i) {
      if (!may_begin(*type.parts[i], scanner_.peek())) continue;
      if (found != type.count) return false;
      found = i;
    }
    if (found == type.count) return false;
    if (type.parts[found]->kind == Kind::Null) return type.emplace_part(object, found) && scanner_.literal("null");
    return value(*type.parts[found], type.emplace_part(object, found), field, depth + 1);
  }

  static bool may_begin(const _Type& type, char c) {
    switch (type.kind) {
      case Kind::Null:
        return c == 'n';
      case Kind::Bool:
        return c == 't' || c == 'f';
      case Kind::Int:
      case Kind::UInt:
      case Kind::Float:
        return c == '-' || (c >= '0' && c <= '9');
      case Kind::String:
      case Kind::Enum:
      case Kind::Iso:
        return c == '"';
      case Kind::List:
      case Kind::Tuple:
        return c == '[';
      case Kind::Map:
      case Kind::Struct:
        return c == '{';
      default:
        return true;
    }
  }

  bool iso(const _Type& type, void* object) {
    if (!type.read_text || !string(text_)) return false;
    try {
      type.read_text(object, text_);
      return true;
    } catch (const ValueError&) {
      return false;
    }
  }

  bool map(const _Type& type, void* object, std::size_t depth) {
    if (type.key) return false;
    if (scanner_.peek() != '{') return false;
    type.clear(object);
    if (!scanner_.open_object()) return true;
    std::size_t keys = 0;
    do {
      std::string key;
      scanner_.key(key);
      if (_utf8_fault(key, false) != key.size()) return false;
      if (!value(*type.element, type.insert(object, std::move(key)), kFree, depth + 1)) return false;
      ++keys;
    } while (scanner_.next_member());
    return type.size_of(object) == keys;  // else a key came twice, and its first element may show through
  }

  // The member of this name; `next` is where it stands if the keys come in the order of the description.
  static std::size_t find(const _Type& type, std::string_view name, std::size_t next) {
    if (next < type.count && type.fields[next].name() == name) return next;
    std::size_t i = 0;
    while (i < type.count && type.fields[i].name() != name) ++i;
    return i;
  }

  bool structure(const _Type& type, char* object, std::size_t depth) {
    if (scanner_.peek() != '{') return false;
    std::uint64_t seen = 0;
    if (scanner_.open_object()) {
      std::size_t next = 0;
      do {
        if (scanner_.peek() != '"') return false;
        const std::string_view name = scanner_.plain_string();
        if (!name.data()) return false;
        scanner_.colon();
        const std::size_t i = find(type, name, next);
        if (i == type.count) {
          if (!skip(depth + 1)) return false;
          continue;
        }
        const _Field& f = type.fields[i];
        if ((seen >> i & 1) != 0 || !value(*f.type, object + f.offset, f.field, depth + 1)) return false;
        seen |= std::uint64_t{1} << i;
        next = i + 1;
      } while (scanner_.next_member());
    }
    return (_required_members(type) & ~seen) == 0;
  }

  // A value that nobody asked for.
  bool skip(std::size_t depth) {
    if (depth >= max_depth) return false;
    switch (scanner_.peek()) {
      case '"':
        return skip_string();
      case '[':
        if (!scanner_.open_array()) return true;
        do {
          if (!skip(depth + 1)) return false;
        } while (scanner_.next_element());
        return true;
      case '{':
        if (!scanner_.open_object()) return true;
        do {
          if (scanner_.peek() != '"' || !skip_string()) return false;
          scanner_.colon();
          if (!skip(depth + 1)) return false;
        } while (scanner_.next_member());
        return true;
      default:
        break;
    }
    if (scanner_.literal("null") || scanner_.literal("true") || scanner_.literal("false")) return true;
    constexpr std::size_t plausible = 4300;  // a longer int is refused by loads
    return at_number() && scanner_.number().text.size() <= plausible;
  }

  bool skip_string() {
    if (scanner_.plain_string().data()) return true;
    scanner_.string(skipped_);
    return true;
  }

  struct LastSize {
    const _Type* type = nullptr;
    std::size_t size = 0;
  };

  Scanner scanner_;
  std::string skipped_, text_;
  LastSize last_sizes_[16];
};

// Plain UTF-8, as far as the first bytes can tell: what starts otherwise may be UTF-16.
bool looks_like_utf8(std::string_view document) { return document.size() > 2 && document[0] > 0 && document[1] != 0; }

}  // namespace

bool _read_fast(std::string_view document, const _Type& type, void* object) {
  if (!looks_like_utf8(document) || _utf8_fault(document, false) != document.size()) return false;
  try {
    return FastReader(document).document(type, object);
  } catch (const JSONDecodeError&) {
    return false;
  }
}

}  // namespace krait::json
