#pragma once
// Python: format % args, and the same check at compile time.
//
//   %[(name)][#0- +]…[width or *][.precision or .*][h, l or L]conversion

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "krait/logging/value.h"

namespace krait::logging {

// What "%(name)s" is looked up in.
class _Mapping {
 public:
  virtual std::optional<Value> find(std::string_view name) const = 0;
  virtual std::string str() const = 0;  // for a "%s" that takes the whole

 protected:
  ~_Mapping() = default;
};

// Throws Python's TypeError, ValueError, OverflowError, and KeyError.
std::string _percent(std::string_view format, std::span<const Value> arguments);
std::string _percent(std::string_view format, const _Mapping& mapping);

// A float by printf's conversion of the same name, NaN and infinity as Python writes them, without a sign but "-".
std::string _float_digits(double value, char conversion, int precision, bool alternate);
// The digits of an int, "-" before them if negative.
std::string _int_digits(const Value& value, unsigned base);

}  // namespace krait::logging
