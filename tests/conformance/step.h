#pragma once
// One step of a scenario: ["op", argument…]. A view: it lives as long as the scenario's JSON.

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "krait/asyncio.h"
#include "krait/builtins.h"
#include "krait/json.h"

namespace krait::conformance {

using Steps = std::span<const json::Value>;

inline Steps steps_of(const json::Value& value) { return value.as_array(); }

// Whole milliseconds, as scenarios count; null is none.
inline std::optional<std::chrono::nanoseconds> duration_of(const json::Value& value) {
  if (value.is_null()) return std::nullopt;
  return std::chrono::milliseconds(value.as_int());
}

class Step {
 public:
  // `group`: the innermost task group that the step stands in, or null.
  explicit Step(const json::Value& step, asyncio::TaskGroup* group = nullptr) : parts_(step.as_array()), group_(group) {
    if (parts_.empty()) throw ValueError("not enough values to unpack (expected at least 1, got 0)");
  }

  asyncio::TaskGroup* group() const noexcept { return group_; }
  const std::string& op() const { return parts_.front().as_string(); }
  // How many arguments there are.
  std::size_t size() const noexcept { return parts_.size() - 1; }
  // Argument `index`, from 0. Throws IndexError.
  const json::Value& operator[](std::size_t index) const {
    if (index >= size()) throw IndexError("list index out of range");
    return parts_[index + 1];
  }
  const std::string& text(std::size_t index) const { return (*this)[index].as_string(); }
  std::int64_t number(std::size_t index) const { return (*this)[index].as_int(); }
  // An argument that may be left out: Python's bool(a[index:] and a[index]), for a bool or a number.
  bool flag(std::size_t index) const {
    if (index >= size()) return false;
    const json::Value& value = (*this)[index];
    return value.is_bool() ? value.as_bool() : value.is_int() && value.as_int() != 0;
  }

 private:
  Steps parts_;
  asyncio::TaskGroup* group_;
};

}  // namespace krait::conformance
