#include "krait/json/_type.h"

#include <cstring>
#include <limits>
#include <memory>

#include "krait/builtins/exceptions.h"
#include "krait/json/encoder.h"
#include "krait/json/value.h"

namespace krait::json {

namespace {
// Through memcpy: the object may be a long, a long long or an enum of that size.
template <class T>
T load(const void* object) noexcept {
  T value;
  std::memcpy(&value, object, sizeof value);
  return value;
}

template <class T, class V>
bool store(void* object, V value) noexcept {
  if (value < V{std::numeric_limits<T>::min()} || value > V{std::numeric_limits<T>::max()}) return false;
  const T narrow = static_cast<T>(value);
  std::memcpy(object, &narrow, sizeof narrow);
  return true;
}
}  // namespace

std::int64_t _load_int(const _Type& type, const void* object) noexcept {
  if (!type.is_signed) return static_cast<std::int64_t>(_load_uint(type, object));
  switch (type.size) {
    case 1:
      return load<std::int8_t>(object);
    case 2:
      return load<std::int16_t>(object);
    case 4:
      return load<std::int32_t>(object);
    default:
      return load<std::int64_t>(object);
  }
}

std::uint64_t _load_uint(const _Type& type, const void* object) noexcept {
  switch (type.size) {
    case 1:
      return load<std::uint8_t>(object);
    case 2:
      return load<std::uint16_t>(object);
    case 4:
      return load<std::uint32_t>(object);
    default:
      return load<std::uint64_t>(object);
  }
}

bool _store_int(const _Type& type, void* object, std::int64_t value) noexcept {
  if (!type.is_signed) return _store_uint(type, object, static_cast<std::uint64_t>(value));
  switch (type.size) {
    case 1:
      return store<std::int8_t>(object, value);
    case 2:
      return store<std::int16_t>(object, value);
    case 4:
      return store<std::int32_t>(object, value);
    default:
      return store<std::int64_t>(object, value);
  }
}

bool _store_uint(const _Type& type, void* object, std::uint64_t value) noexcept {
  switch (type.size) {
    case 1:
      return store<std::uint8_t>(object, value);
    case 2:
      return store<std::uint16_t>(object, value);
    case 4:
      return store<std::uint32_t>(object, value);
    default:
      return store<std::uint64_t>(object, value);
  }
}

const _Enumerator* _find_enumerator(const _Type& type, std::int64_t value) noexcept {
  for (std::size_t i = 0; i < type.count; ++i) {
    if (type.enumerators[i].value == value) return &type.enumerators[i];
  }
  return nullptr;
}

const _Enumerator* _find_enumerator(const _Type& type, std::string_view name) noexcept {
  for (std::size_t i = 0; i < type.count; ++i) {
    if (type.enumerators[i].name == name) return &type.enumerators[i];
  }
  return nullptr;
}

std::string _key_text(std::int64_t key) { return std::to_string(key); }
std::string _key_text(std::uint64_t key) { return std::to_string(key); }
std::string _key_text(bool key) { return key ? "true" : "false"; }
std::string _key_text(double key) { return dumps(key, {}); }

namespace {

constexpr unsigned char kPattern = 0xa5;

// A default-made struct in memory that was filled with a pattern first: a scalar member that still shows the pattern has no
// initialiser. The struct is made by a call through a pointer, in memory that escaped, so that no optimiser may think the
// pattern dead.
class Sample {
 public:
  explicit Sample(const _Type& type)
      : type_(type), memory_(new(std::align_val_t(type.alignment)) unsigned char[type.bytes]) {
    std::memset(memory_, kPattern, type.bytes);
    asm volatile("" : : "r"(memory_) : "memory");
    type.default_initialise(memory_);
    asm volatile("" : : "r"(memory_) : "memory");
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  ~Sample() {
    type_.destroy(memory_);
    ::operator delete[](memory_, std::align_val_t(type_.alignment));
  }

  bool is_required(const _Field& f) const {
    if (f.field.required.value != krait::_Required::Auto) return f.field.required.value == krait::_Required::Yes;
    return f.type->kind != _Type::Kind::Optional && !shows_initialiser(*f.type, memory_ + f.offset);
  }

 private:
  static bool shows_initialiser(const _Type& type, const unsigned char* member) {
    using Kind = _Type::Kind;
    switch (type.kind) {
      case Kind::Bool:
        return *member != kPattern;
      case Kind::Int:
      case Kind::UInt:
      case Kind::Float:
      case Kind::Enum: {
        for (std::size_t i = 0; i < type.size; ++i) {
          if (member[i] != kPattern) return true;
        }
        return false;
      }
      case Kind::String:
        return !reinterpret_cast<const std::string*>(member)->empty();
      case Kind::View:
        return !reinterpret_cast<const std::string_view*>(member)->empty();
      case Kind::Any:
        return !reinterpret_cast<const Value*>(member)->is_null();
      case Kind::AnyObject:
        return !reinterpret_cast<const Object*>(member)->empty();
      case Kind::List: {
        std::size_t n = 0;
        type.elements(member, &n);
        return n > 0;
      }
      case Kind::Map:
        return type.size_of(member) > 0;
      case Kind::Tuple:
        for (std::size_t i = 0; i < type.count; ++i) {
          if (shows_initialiser(*type.parts[i], static_cast<const unsigned char*>(type.part(member, i)))) return true;
        }
        return false;
      case Kind::Literal:
      case Kind::Optional:
      case Kind::Null:
      case Kind::Struct:
      case Kind::Variant:
      case Kind::Iso:
        return false;
    }
    return false;
  }

  const _Type& type_;
  unsigned char* memory_;
};

}  // namespace

std::uint64_t _required_members(const _Type& type) {
  _RequiredMembers& cache = *type.required;
  if (!cache.known.load(std::memory_order_acquire)) {
    if (!type.default_initialise) throw TypeError("cannot read a struct from JSON: it has no default constructor");
    const Sample sample(type);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < type.count; ++i) {
      if (sample.is_required(type.fields[i])) mask |= std::uint64_t{1} << i;
    }
    cache.mask.store(mask, std::memory_order_relaxed);
    cache.known.store(true, std::memory_order_release);
  }
  return cache.mask.load(std::memory_order_relaxed);
}

}  // namespace krait::json
