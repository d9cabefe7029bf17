#pragma once
// A value as bytes, for another process of the same program; and back. What cannot cross does not compile.
//
//   std::string bytes = multiprocessing::dumps(order);
//   Order same = multiprocessing::loads<Order>(bytes);      // throws UnpicklingError for bytes that are no Order
//
// Numbers, bool, enums, std::string, the standard containers, optional, pair, tuple, array, variant, unique_ptr, durations, None,
// and structs with a KRAIT_DESCRIBE. Python: pickle, as multiprocessing.reduction.ForkingPickler uses it
//
//   number  := its bytes, as they are in memory      bool := 0 | 1
//   list    := count:u64 item*                       optional := 0 | 1 value
//   struct  := member*, in the order described       variant  := index:u8 value

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "krait/builtins/describe.h"
#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

namespace krait::multiprocessing {

// Python: pickle.PickleError, pickle.PicklingError, pickle.UnpicklingError
KRAIT_EXCEPTION(PickleError, Exception);
KRAIT_EXCEPTION(PicklingError, PickleError);
KRAIT_EXCEPTION(UnpicklingError, PickleError);

// Structs within structs: more would end the stack.
inline constexpr int _kDeepest = 500;

class _Writer {
 public:
  std::string bytes;
  void raw(const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); }
  void byte(std::uint8_t value) { bytes += static_cast<char>(value); }
  void count(std::size_t n) {
    std::uint64_t count = n;
    raw(&count, sizeof count);
  }
  void enter() {
    if (++depth_ > _kDeepest) throw RecursionError("maximum recursion depth exceeded while pickling an object");
  }
  void leave() noexcept { --depth_; }

 private:
  int depth_ = 0;
};

class _Reader {
 public:
  explicit _Reader(std::string_view bytes) : rest_(bytes) {}
  void raw(void* to, std::size_t size) { std::memcpy(to, take(size), size); }
  const char* take(std::size_t size) {
    if (size > rest_.size()) throw UnpicklingError("pickle data was truncated");
    const char* at = rest_.data();
    rest_.remove_prefix(size);
    return at;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(*take(1)); }
  bool flag() {
    std::uint8_t value = byte();
    if (value > 1) throw UnpicklingError("invalid bool " + std::to_string(value));
    return value == 1;
  }
  // Of things of at least `size` bytes each, so that no count makes us reserve more than there is.
  std::size_t count(std::size_t size = 1) {
    std::uint64_t count;
    raw(&count, sizeof count);
    if (count > rest_.size() / size) throw UnpicklingError("pickle data was truncated");
    return count;
  }
  void enter() {
    if (++depth_ > _kDeepest) throw RecursionError("maximum recursion depth exceeded while unpickling an object");
  }
  void leave() noexcept { --depth_; }
  std::size_t left() const noexcept { return rest_.size(); }
  void end() const {
    if (!rest_.empty()) throw UnpicklingError(std::to_string(rest_.size()) + " bytes follow the pickled object");
  }

 private:
  std::string_view rest_;
  int depth_ = 0;
};

// Every codec writes at least one byte.
template <class T>
struct _Codec {
  static_assert(
      !std::is_pointer_v<T> && !std::is_member_pointer_v<T>,
      "a pointer cannot cross to another process, where it means nothing: send the value, or std::string for text");
  static_assert(!std::is_reference_v<T>, "a reference cannot cross to another process: send the value");
  static_assert(std::is_pointer_v<T> || std::is_reference_v<T> || std::is_member_pointer_v<T> ||
                    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, NoneType> ||
                    std::is_same_v<T, std::monostate> || Described<T>,
                "this type cannot cross to another process: name its members with KRAIT_DESCRIBE "
                "(krait/builtins/describe.h), or send what it is made of");

  static void write(_Writer& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out.byte(value ? 1 : 0);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      out.raw(&value, sizeof value);
    } else if constexpr (Described<T>) {
      out.enter();
      bool empty = true;
      _for_each_member<T>([&]<class M>(const _Member<M>& member) {
        empty = false;
        _Codec<M>::write(out, *reinterpret_cast<const M*>(reinterpret_cast<const char*>(&value) + member.offset));
      });
      if (empty) out.byte(0);
      out.leave();
    } else {
      out.byte(0);
    }
  }
  static T read(_Reader& in) {
    if constexpr (std::is_same_v<T, bool>) {
      return in.flag();
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      T value;
      in.raw(&value, sizeof value);
      if constexpr (DescribedEnum<T>) require_enumerator(value);
      return value;
    } else if constexpr (Described<T>) {
      T value{};
      in.enter();
      bool empty = true;
      _for_each_member<T>([&]<class M>(const _Member<M>& member) {
        empty = false;
        *reinterpret_cast<M*>(reinterpret_cast<char*>(&value) + member.offset) = _Codec<M>::read(in);
      });
      if (empty) in.byte();
      in.leave();
      return value;
    } else {
      in.byte();
      return T{};
    }
  }

 private:
  static void require_enumerator(T value) {
    bool known = false;
    if constexpr (DescribedEnum<T>)
      _for_each_enumerator<T>([&](std::string_view, T each) { known = known || each == value; });
    if (!known) throw UnpicklingError("invalid value of an enum");
  }
};

template <>
struct _Codec<std::string> {
  static void write(_Writer& out, const std::string& text) {
    out.count(text.size());
    out.raw(text.data(), text.size());
  }
  static std::string read(_Reader& in) {
    std::size_t size = in.count();
    return std::string(in.take(size), size);
  }
};

// What grows by one element at its end.
template <class List>
struct _ListCodec {
  using T = typename List::value_type;
  static constexpr bool kFlat =
      std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && std::is_same_v<List, std::vector<T>>;
  static void write(_Writer& out, const List& list) {
    out.count(list.size());
    if constexpr (kFlat) {
      out.raw(list.data(), list.size() * sizeof(T));
    } else {
      for (const T& each : list) _Codec<T>::write(out, each);
    }
  }
  static List read(_Reader& in) {
    List list;
    if constexpr (kFlat) {
      std::size_t count = in.count(sizeof(T));
      list.resize(count);
      if (count > 0) in.raw(list.data(), count * sizeof(T));
    } else {
      for (std::size_t left = in.count(); left > 0; --left) list.insert(list.end(), _Codec<T>::read(in));
    }
    return list;
  }
};
template <class T>
struct _Codec<std::vector<T>> : _ListCodec<std::vector<T>> {};
template <class T>
struct _Codec<std::deque<T>> : _ListCodec<std::deque<T>> {};
template <class T>
struct _Codec<std::list<T>> : _ListCodec<std::list<T>> {};
template <class T>
struct _Codec<std::set<T>> : _ListCodec<std::set<T>> {};
template <class T>
struct _Codec<std::unordered_set<T>> : _ListCodec<std::unordered_set<T>> {};

template <class Map>
struct _MapCodec {
  static void write(_Writer& out, const Map& map) {
    out.count(map.size());
    for (const auto& [key, value] : map) {
      _Codec<typename Map::key_type>::write(out, key);
      _Codec<typename Map::mapped_type>::write(out, value);
    }
  }
  static Map read(_Reader& in) {
    Map map;
    for (std::size_t left = in.count(); left > 0; --left) {
      auto key = _Codec<typename Map::key_type>::read(in);
      map.insert_or_assign(std::move(key), _Codec<typename Map::mapped_type>::read(in));
    }
    return map;
  }
};
template <class K, class V>
struct _Codec<std::map<K, V>> : _MapCodec<std::map<K, V>> {};
template <class K, class V>
struct _Codec<std::unordered_map<K, V>> : _MapCodec<std::unordered_map<K, V>> {};

template <class T>
struct _Codec<std::optional<T>> {
  static void write(_Writer& out, const std::optional<T>& value) {
    out.byte(value ? 1 : 0);
    if (value) _Codec<T>::write(out, *value);
  }
  static std::optional<T> read(_Reader& in) {
    if (!in.flag()) return std::nullopt;
    return _Codec<T>::read(in);
  }
};
template <class T>
struct _Codec<std::unique_ptr<T>> {
  static void write(_Writer& out, const std::unique_ptr<T>& value) {
    out.byte(value ? 1 : 0);
    if (value) _Codec<T>::write(out, *value);
  }
  static std::unique_ptr<T> read(_Reader& in) {
    if (!in.flag()) return nullptr;
    return std::make_unique<T>(_Codec<T>::read(in));
  }
};

template <class... T>
struct _Codec<std::tuple<T...>> {
  static void write(_Writer& out, const std::tuple<T...>& values) {
    if constexpr (sizeof...(T) == 0) out.byte(0);
    std::apply([&](const T&... each) { (_Codec<T>::write(out, each), ...); }, values);
  }
  static std::tuple<T...> read(_Reader& in) {
    if constexpr (sizeof...(T) == 0) in.byte();
    return std::tuple<T...>{_Codec<T>::read(in)...};  // braces: in this order
  }
};
template <class A, class B>
struct _Codec<std::pair<A, B>> {
  static void write(_Writer& out, const std::pair<A, B>& value) {
    _Codec<A>::write(out, value.first);
    _Codec<B>::write(out, value.second);
  }
  static std::pair<A, B> read(_Reader& in) { return std::pair<A, B>{_Codec<A>::read(in), _Codec<B>::read(in)}; }
};
template <class T, std::size_t N>
struct _Codec<std::array<T, N>> {
  static void write(_Writer& out, const std::array<T, N>& values) {
    if constexpr (N == 0) out.byte(0);
    for (const T& each : values) _Codec<T>::write(out, each);
  }
  static std::array<T, N> read(_Reader& in) {
    if constexpr (N == 0) in.byte();
    std::array<T, N> values{};
    for (T& each : values) each = _Codec<T>::read(in);
    return values;
  }
};

template <class... T>
struct _Codec<std::variant<T...>> {
  static_assert(sizeof...(T) < 255);
  static void write(_Writer& out, const std::variant<T...>& value) {
    if (value.valueless_by_exception()) throw PicklingError("cannot pickle a variant without a value");
    out.byte(static_cast<std::uint8_t>(value.index()));
    std::visit([&]<class V>(const V& held) { _Codec<V>::write(out, held); }, value);
  }
  static std::variant<T...> read(_Reader& in) { return read(in, in.byte(), std::index_sequence_for<T...>()); }

 private:
  template <std::size_t... I>
  static std::variant<T...> read(_Reader& in, std::size_t index, std::index_sequence<I...>) {
    std::optional<std::variant<T...>> value;
    (void)((I == index && (value.emplace(std::in_place_index<I>, _Codec<T>::read(in)), true)) || ...);
    if (!value) throw UnpicklingError("invalid index of a variant");
    return std::move(*value);
  }
};

template <class R, class P>
struct _Codec<std::chrono::duration<R, P>> {
  static void write(_Writer& out, const std::chrono::duration<R, P>& value) { _Codec<R>::write(out, value.count()); }
  static std::chrono::duration<R, P> read(_Reader& in) { return std::chrono::duration<R, P>(_Codec<R>::read(in)); }
};
template <class C, class D>
struct _Codec<std::chrono::time_point<C, D>> {
  static void write(_Writer& out, const std::chrono::time_point<C, D>& value) {
    _Codec<D>::write(out, value.time_since_epoch());
  }
  static std::chrono::time_point<C, D> read(_Reader& in) { return std::chrono::time_point<C, D>(_Codec<D>::read(in)); }
};

// Python: pickle.dumps(obj)
template <class T>
std::string dumps(const T& value) {
  _Writer out;
  _Codec<T>::write(out, value);
  return std::move(out.bytes);
}

// Throws UnpicklingError "pickle data was truncated", …; RecursionError; never trusts a count. Python: pickle.loads(data)
template <class T>
T loads(std::string_view bytes) {
  _Reader in(bytes);
  T value = _Codec<T>::read(in);
  in.end();
  return value;
}

}  // namespace krait::multiprocessing
