#pragma once
// Python: format % mapping, the conversions of str: %(name)s, %(name)-10d, %% …

#include <optional>
#include <string>
#include <string_view>

#include "krait/argparse/value.h"

namespace krait::argparse {

class _Mapping {
 public:
  virtual ~_Mapping() = default;
  virtual std::optional<Value> find(std::string_view name) const = 0;
  // Python: repr(mapping), which a conversion without a name shows; nullopt: it has no text.
  virtual std::optional<std::string> whole() const { return std::nullopt; }
};

// Throws KeyError, ValueError, TypeError, OverflowError with Python's texts. Departs from Python: where the mapping has
// no text, a conversion without a name is a TypeError that says what to write.
std::string _percent(std::string_view format, const _Mapping& values);

// The mapping of one name, prog.
std::string _percent_prog(std::string_view format, std::string_view prog);

}  // namespace krait::argparse
