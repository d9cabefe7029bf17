#pragma once
// Python: None. What stands for "no value" where a template needs a type: the result of a Future<void> in a tuple.

#include <type_traits>

namespace krait {

struct NoneType {
  bool operator==(const NoneType&) const = default;
};
inline constexpr NoneType None{};

// T, or NoneType for void.
template <class T>
using _Stored = std::conditional_t<std::is_void_v<T>, NoneType, T>;

}  // namespace krait
