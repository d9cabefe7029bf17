#include "krait/json/_quick.h"

#include <bit>
#include <cstring>
#include <limits>

#include "krait/json/_number.h"
#include "krait/json/_runs.h"
#include "krait/json/_scanner.h"
#include "krait/json/_unicode.h"
#include "krait/json/decoder.h"

namespace krait::json {

namespace {

// Whether keys are all different. It is quick, and a hostile client gains nothing: after too many keys alike it gives up, and
// Object's own index, which cannot be foreseen, decides.
class Distinct {
 public:
  bool operator()(const Object::Item* items, std::size_t count) {
    if (count <= 4) return pairwise(items, count);
    const std::size_t wanted = std::bit_ceil(count * 4);
    if (slots_.size() < wanted) slots_.assign(wanted, {});
    if (++round_ == 0) {
      slots_.assign(slots_.size(), {});
      round_ = 1;
    }
    const std::size_t mask = wanted - 1;
    std::size_t patience = 32 + count;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t mark = mark_of(items[i].first);
      std::size_t slot = mark >> 32 & mask;
      for (; slots_[slot].round == round_; slot = (slot + 1) & mask) {
        if (items[slots_[slot].position].first == items[i].first || --patience == 0) return false;
      }
      slots_[slot] = {round_, static_cast<std::uint32_t>(i)};
    }
    return true;
  }

 private:
  struct Slot {
    std::uint32_t round = 0, position = 0;
  };

  static bool pairwise(const Object::Item* items, std::size_t count) {
    for (std::size_t i = 1; i < count; ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (items[i].first == items[k].first) return false;
      }
    }
    return true;
  }

  // Of the first and the last eight bytes and the length.
  static std::uint64_t mark_of(const std::string& key) {
    std::uint64_t first = 0, last = 0;
    const char* data = key.data();
    const std::size_t size = key.size();
    if (size >= 8) {
      std::memcpy(&first, data, 8);
      std::memcpy(&last, data + size - 8, 8);
    } else if (size >= 4) {
      std::memcpy(&first, data, 4);
      std::memcpy(&last, data + size - 4, 4);
    } else {
      for (std::size_t i = 0; i < size; ++i) first = first << 8 | static_cast<unsigned char>(data[i]);
    }
    constexpr std::uint64_t k1 = 0x9e3779b97f4a7c15, k2 = 0xc2b2ae3d27d4eb4f;
    std::uint64_t mark = (first ^ size) * k1 ^ std::rotl(last * k2, 31);
    return mark ^ mark >> 29;
  }

  std::vector<Slot> slots_;
  std::uint32_t round_ = 0;
};

}  // namespace

class _QuickDecoder {
 public:
  explicit _QuickDecoder(std::string_view document) : at_(document.data()), end_(at_ + document.size()) {}

  bool document(Value& out) {
    skip_space();
    if (!value(out, 0, 0)) return false;
    skip_space();
    return at_ == end_;
  }

 private:
  void skip_space() {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ' &&
           (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }
  // The next byte after white space, 0 at the end.
  char next() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') return *at_;
    skip_space();
    return at_ == end_ ? '\0' : *at_;
  }
  bool literal(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
      return false;
    at_ += word.size();
    return true;
  }

  // Into a null value. At its first byte.
  bool value(Value& out, std::size_t depth, std::size_t place) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"': {
        const std::string_view text = string();
        if (!text.data()) return false;
        new (&out.string_) std::string(text);
        out.type_ = Value::Type::String;
        return true;
      }
      case '{':
        return object(out, depth, place);
      case '[':
        return array(out, depth, place);
      case 'n':
        return literal("null");
      case 't':
        out.bool_ = true;
        out.type_ = Value::Type::Bool;
        return literal("true");
      case 'f':
        out.bool_ = false;
        out.type_ = Value::Type::Bool;
        return literal("false");
      default:
        return number(out);
    }
  }

  // How many elements the last container had that stood under such a key, or in a list under such a key: the next one is likely
  // to have as many. What is reserved in vain is never more than what was used before.
  static constexpr std::size_t kPlaces = 64;
  static std::size_t place_of_member(std::string_view key) {
    if (key.empty()) return 1;
    const auto first = static_cast<unsigned char>(key.front()), last = static_cast<unsigned char>(key.back());
    return key.size() * 5 + first * 3u + last;
  }
  static std::size_t place_of_element(std::size_t place) { return place + 23; }

  bool array(Value& out, std::size_t depth, std::size_t place) {
    if (depth >= max_depth) return false;
    new (&out.array_) Array();
    out.type_ = Value::Type::Array;
    Array& list = out.array_;
    ++at_;
    if (next() == ']') {
      ++at_;
      return true;
    }
    std::uint32_t& size = sizes_[place % kPlaces];
    list.reserve(size);
    while (true) {
      if (!value(list.emplace_back(), depth + 1, place_of_element(place))) return false;
      const char c = next();
      if (c != ',') {
        if (c != ']') return false;
        break;
      }
      ++at_;
      next();
    }
    ++at_;
    size = static_cast<std::uint32_t>(list.size());
    return true;
  }

  bool object(Value& out, std::size_t depth, std::size_t place) {
    if (depth >= max_depth) return false;
    new (&out.object_) Object();
    out.type_ = Value::Type::Object;
    auto& items = out.object_.items_;
    ++at_;
    if (next() == '}') {
      ++at_;
      return true;
    }
    std::uint32_t& size = sizes_[place % kPlaces];
    items.reserve(size);
    while (true) {
      if (at_ == end_ || *at_ != '"') return false;
      const std::string_view key = string();
      if (!key.data() || next() != ':') return false;
      const std::size_t place_within = place_of_member(key);
      Object::Item& item = items.emplace_back(key, nullptr);
      ++at_;
      next();
      if (!value(item.second, depth + 1, place_within)) return false;
      const char c = next();
      if (c != ',') {
        if (c != '}') return false;
        break;
      }
      ++at_;
      next();
    }
    ++at_;
    size = static_cast<std::uint32_t>(items.size());
    if (!distinct_(items.data(), items.size())) join_equal_keys(out.object_);
    return true;
  }

  static void join_equal_keys(Object& object) {
    auto items = std::move(object.items_);
    object.clear();
    for (Object::Item& item : items) object.set(std::move(item.first), std::move(item.second));
  }

  // Takes a string. What it gives lies within the document, or in unescaped_; it has no data when something is wrong. (A view is
  // given back in registers. Through a pointer it would have to go to memory and straight back, which stalls.)
  std::string_view string() {
    const char* begin = ++at_;
    bool not_ascii = false;
    const char* end = _plain_end(begin, end_, &not_ascii);
    if (end == end_) return {};
    const std::string_view text(begin, static_cast<std::size_t>(end - begin));
    if (not_ascii && _utf8_fault(text, true) != text.size()) return {};
    at_ = end;
    if (*end == '"') [[likely]] {
      ++at_;
      return text;
    }
    return *end == '\\' ? escaped_string(text) : std::string_view();
  }

  // At the first backslash; `before` stands before it.
  std::string_view escaped_string(std::string_view before) {
    unescaped_.assign(before);
    while (true) {
      if (*at_ == '\\') {
        if (!escape()) return {};
      } else if (*at_ == '"') {
        ++at_;
        return unescaped_;
      } else {
        return {};
      }
      bool not_ascii = false;
      const char* end = _plain_end(at_, end_, &not_ascii);
      if (end == end_) return {};
      const std::string_view run(at_, static_cast<std::size_t>(end - at_));
      if (not_ascii && _utf8_fault(run, true) != run.size()) return {};
      unescaped_.append(run);
      at_ = end;
    }
  }

  bool escape() {
    if (end_ - at_ < 2) return false;
    const char c = at_[1];
    if (c != 'u') {
      const char meant = _meaning_of_escape(c);
      if (meant == 0) return false;
      unescaped_ += meant;
      at_ += 2;
      return true;
    }
    std::uint32_t code_point = 0;
    if (end_ - at_ < 7 || !_hex4(at_ + 2, &code_point)) return false;
    at_ += 6;
    std::uint32_t low = 0;
    if (code_point >= 0xd800 && code_point < 0xdc00 && end_ - at_ > 6 && at_[0] == '\\' && at_[1] == 'u') {
      if (!_hex4(at_ + 2, &low)) return false;
      if (low >= 0xdc00 && low < 0xe000) {
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
        at_ += 6;
      }
    }
    _append_utf8(code_point, unescaped_);
    return true;
  }

  bool number(Value& out) {
    _Number number;
    const char* end = _read_number(at_, end_, &number);
    if (!end) return unusual_number(out);
    if (number.is_float) {
      out.float_ = number.real;
      out.type_ = Value::Type::Float;
    } else {
      out.int_ = number.whole;
      out.type_ = Value::Type::Int;
    }
    at_ = end;
    return true;
  }

  // A number of many digits, or of a size at a double's limits; or none.
  bool unusual_number(Value& out) {
    const char* digits = at_ + (*at_ == '-');
    if (digits == end_ || *digits < '0' || *digits > '9') return constant(out);
    Scanner scanner({at_, static_cast<std::size_t>(end_ - at_)});
    const Scanner::Number number = scanner.number();
    constexpr std::size_t most_digits = 4300;
    if (number.is_float) {
      out.float_ = _parse_double(number.text);
      out.type_ = Value::Type::Float;
    } else {
      if (number.text.size() > most_digits) return false;
      out = Value::big_int(std::string(number.text));
    }
    at_ += number.text.size();
    return true;
  }

  bool constant(Value& out) {
    double value;
    if (literal("NaN")) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (literal("Infinity")) {
      value = std::numeric_limits<double>::infinity();
    } else if (literal("-Infinity")) {
      value = -std::numeric_limits<double>::infinity();
    } else {
      return false;
    }
    out.float_ = value;
    out.type_ = Value::Type::Float;
    return true;
  }

  const char* at_;
  const char* end_;
  Distinct distinct_;
  std::string unescaped_;
  std::uint32_t sizes_[kPlaces] = {};
};

bool _load_quickly(std::string_view document, Value* out) {
  // A document that starts otherwise may be UTF-16 or UTF-32.
  const bool utf8 = document.size() > 1 && document[0] > 0 && document[1] != 0;
  return utf8 && _QuickDecoder(document).document(*out);
}

}  // namespace krait::json
