#include "krait/json/_constraints.h"

#include <cmath>
#include <limits>
#include <string>

#include "krait/json/_unicode.h"
#include "krait/json/encoder.h"

namespace krait::json {

namespace {

using Kind = _Type::Kind;

bool is_number(Kind kind) { return kind == Kind::Int || kind == Kind::UInt || kind == Kind::Float; }

double number_of(const _Type& type, const void* object) {
  if (type.kind == Kind::Int) return static_cast<double>(_load_int(type, object));
  if (type.kind == Kind::UInt) return static_cast<double>(_load_uint(type, object));
  return type.size == 4 ? double{*static_cast<const float*>(object)} : *static_cast<const double*>(object);
}

// A bound within a message: "10", "0.5".
std::string text_of(double bound) {
  std::string text;
  _append_float(bound, text);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// One of gt, ge, lt, le.
struct Comparison {
  const char* error;
  const char* words;
  const char* key;
  bool (*holds)(double value, double bound);
};
constexpr Comparison kLe{"less_than_equal", "less than or equal to", "le", [](double v, double b) { return v <= b; }};
constexpr Comparison kLt{"less_than", "less than", "lt", [](double v, double b) { return v < b; }};
constexpr Comparison kGe{"greater_than_equal", "greater than or equal to", "ge",
                         [](double v, double b) { return v >= b; }};
constexpr Comparison kGt{"greater_than", "greater than", "gt", [](double v, double b) { return v > b; }};

void add_comparison(const Comparison& comparison, const std::string& bound, Value ctx, _Errors& errors,
                    const Value& input) {
  errors.add(comparison.error, std::string("Input should be ").append(comparison.words).append(" ").append(bound),
             input, Object{{comparison.key, std::move(ctx)}});
}

bool check_number(const _Type& type, double value, const krait::Field& field, _Errors* errors, const Value* input) {
  // In pydantic's order: only the first breach is told.
  const std::pair<const Comparison*, const krait::_Bound*> bounds[] = {
      {&kLe, &field.le}, {&kLt, &field.lt}, {&kGe, &field.ge}, {&kGt, &field.gt}};
  for (const auto& [comparison, bound] : bounds) {
    if (!bound->set || comparison->holds(value, bound->value)) continue;
    if (errors) {
      Value ctx = bound->value;
      const bool whole = std::trunc(bound->value) == bound->value && std::fabs(bound->value) < 0x1p63;
      if (type.kind != Kind::Float && whole) ctx = static_cast<std::int64_t>(bound->value);
      add_comparison(*comparison, text_of(bound->value), std::move(ctx), *errors, *input);
    }
    return false;
  }
  return true;
}

std::string count(long n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

bool check_string(std::string_view text, const krait::Field& field, _Errors* errors, const Value* input) {
  if (field.min_length < 0 && field.max_length < 0) return true;
  const auto length = static_cast<long>(_count_code_points(text));
  if (length < field.min_length) {
    if (errors) {
      errors->add("string_too_short", "String should have at least " + count(field.min_length, "character"), *input,
                  Object{{"min_length", field.min_length}});
    }
    return false;
  }
  if (field.max_length >= 0 && length > field.max_length) {
    if (errors) {
      errors->add("string_too_long", "String should have at most " + count(field.max_length, "character"), *input,
                  Object{{"max_length", field.max_length}});
    }
    return false;
  }
  return true;
}

bool check_min_length(std::size_t actual, const char* kind, const krait::Field& field, _Errors* errors,
                      const Value* input) {
  if (static_cast<long>(actual) >= field.min_length) return true;
  if (errors) {
    errors->add("too_short",
                std::string(kind) + " should have at least " + count(field.min_length, "item") +
                    " after validation, not " + std::to_string(actual),
                *input, Object{{"field_type", kind}, {"min_length", field.min_length}, {"actual_length", actual}});
  }
  return false;
}

bool check_map(std::size_t actual, const krait::Field& field, _Errors* errors, const Value* input) {
  if (field.max_length < 0 || static_cast<long>(actual) <= field.max_length) {
    return check_min_length(actual, "Dictionary", field, errors, input);
  }
  if (errors) {
    errors->add(
        "too_long", "Dictionary should have at most " + count(field.max_length, "item") + " after validation, not more",
        *input, Object{{"field_type", "Dictionary"}, {"max_length", field.max_length}, {"actual_length", nullptr}});
  }
  return false;
}

}  // namespace

bool _constrains(const krait::Field& field) noexcept {
  return field.gt.set || field.ge.set || field.lt.set || field.le.set || field.min_length >= 0 || field.max_length >= 0;
}

bool _satisfies(const _Type& type, const void* object, const krait::Field& field, _Errors* errors, const Value* input) {
  if (type.kind == Kind::Optional) {
    const void* held = type.held(object);
    return !held || _satisfies(*type.element, held, field, errors, input);
  }
  if (is_number(type.kind)) return check_number(type, number_of(type, object), field, errors, input);
  if (type.kind == Kind::String) return check_string(*static_cast<const std::string*>(object), field, errors, input);
  if (type.kind == Kind::Map) return check_map(type.size_of(object), field, errors, input);
  if (type.kind == Kind::List) {
    std::size_t n = 0;
    type.elements(object, &n);
    if (!errors && field.max_length >= 0 && static_cast<long>(n) > field.max_length) return false;
    return check_min_length(n, "List", field, errors, input);
  }
  return true;
}

bool _check_max_length(std::size_t actual, const krait::Field& field, _Errors& errors, const Value& input) {
  if (field.max_length < 0 || static_cast<long>(actual) <= field.max_length) return true;
  errors.add("too_long",
             "List should have at most " + count(field.max_length, "item") + " after validation, not " +
                 std::to_string(actual),
             input, Object{{"field_type", "List"}, {"max_length", field.max_length}, {"actual_length", actual}});
  return false;
}

void _add_range_error(const _Type& type, const krait::Field& field, bool low, _Errors& errors, const Value& input) {
  if (low ? field.ge.set || field.gt.set : field.le.set || field.lt.set) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    check_number(type, low ? -infinity : infinity, field, &errors, &input);
    return;
  }
  const int bits = 8 * type.size;
  Value bound;
  if (type.kind == Kind::UInt) {
    bound = low ? std::uint64_t{0} : std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
  } else {
    const std::int64_t high = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
    bound = low ? -high - 1 : high;
  }
  add_comparison(low ? kGe : kLe, dumps(bound), bound, errors, input);
}

}  // namespace krait::json
