#include "krait/json/validation.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "krait/json/_constraints.h"
#include "krait/json/_fault_text.h"
#include "krait/json/_lax.h"
#include "krait/json/_scanner.h"
#include "krait/json/_unicode.h"

namespace krait::json {

namespace {

using Kind = _Type::Kind;

// Walks a Value and a type together. One for each call of _validate. Its functions are not inlined: the temporaries of all of
// them would lie in the frame of value(), which a nested document multiplies.
class Validator {
 public:
  explicit Validator(_Errors& errors) : errors_(errors) {}

  bool value(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    if (++depth_ > 2 * max_depth)
      throw RecursionError("maximum recursion depth exceeded while validating a JSON value");
    const bool converted = convert(input, type, object, field);
    --depth_;
    return converted &&
           (!_constrains(field) || type.kind == Kind::Optional || _satisfies(type, object, field, &errors_, &input));
  }

 private:
  [[gnu::noinline]] bool refuse(const char* type, const char* msg, const Value& input, Object ctx = {}) {
    errors_.add(type, msg, input, std::move(ctx));
    return false;
  }

  bool convert(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    switch (type.kind) {
      case Kind::Bool:
        return boolean(input, *static_cast<bool*>(object));
      case Kind::Int:
      case Kind::UInt:
        return integer(input, type, object, field);
      case Kind::Float:
        return floating(input, type, object);
      case Kind::String:
        return string(input, *static_cast<std::string*>(object));
      case Kind::Enum:
        return enumerator(input, type, object);
      case Kind::List:
        return list(input, type, object, field);
      case Kind::Map:
        return map(input, type, object);
      case Kind::Optional:
        return optional(input, type, object, field);
      case Kind::Struct:
        return structure(input, type, static_cast<char*>(object));
      case Kind::Any:
        *static_cast<Value*>(object) = input;
        return true;
      case Kind::AnyObject:
        if (!input.is_object()) return refuse("dict_type", "Input should be a valid dictionary", input);
        *static_cast<Object*>(object) = input.as_object();
        return true;
      case Kind::Null:
        if (!input.is_null()) return refuse("none_required", "Input should be None", input);
        return true;
      case Kind::Tuple:
        return tuple(input, type, object);
      case Kind::Variant:
        return variant(input, type, object, field);
      case Kind::Iso:
        return iso(input, type, object);
      case Kind::View:
      case Kind::Literal:
        break;
    }
    throw TypeError("cannot read JSON into a view: it would own no text");
  }

  [[gnu::noinline]] bool boolean(const Value& input, bool& out) {
    constexpr auto msg = "Input should be a valid boolean, unable to interpret input";
    int read = -2;
    if (input.is_bool()) {
      read = input.as_bool();
    } else if (input.type() == Value::Type::Int) {
      read = input.as_int() == 0 ? 0 : input.as_int() == 1 ? 1 : -1;
    } else if (input.is_float() && (input.as_float() == 0 || input.as_float() == 1)) {
      read = input.as_float() == 1;
    } else if (input.is_string()) {
      read = _lax_bool(input.as_string());
    }
    if (read == -1) return refuse("bool_parsing", msg, input);
    if (read == -2) return refuse("bool_type", "Input should be a valid boolean", input);
    out = read == 1;
    return true;
  }

  [[gnu::noinline]] bool store(const Value& number, const _Type& type, void* object, const krait::Field& field,
                               const Value& input) {
    const bool big = number.type() == Value::Type::BigInt;
    const bool negative = big ? number.as_big_int()[0] == '-' : number.as_int() < 0;
    bool fits = false;
    if (type.kind == Kind::UInt) {
      std::uint64_t value = big ? 0 : static_cast<std::uint64_t>(number.as_int());
      bool known = !big && !negative;
      if (big && !negative) {
        const std::string& digits = number.as_big_int();
        known = std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
      }
      fits = known && _store_uint(type, object, value);
    } else {
      fits = !big && _store_int(type, object, number.as_int());
    }
    if (!fits) _add_range_error(type, field, negative, errors_, input);
    return fits;
  }

  [[gnu::noinline]] bool integer(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    constexpr auto too_large = "Unable to parse input string as an integer, exceeded maximum size";
    if (input.is_int()) return store(input, type, object, field, input);
    if (input.is_bool()) return store(std::int64_t{input.as_bool()}, type, object, field, input);
    if (input.is_float()) {
      const double number = input.as_float();
      if (!std::isfinite(number)) return refuse("finite_number", "Input should be a finite number", input);
      if (std::trunc(number) != number) {
        return refuse("int_from_float", "Input should be a valid integer, got a number with a fractional part", input);
      }
      if (std::fabs(number) >= 0x1p63) return refuse("int_parsing_size", too_large, input);
      return store(static_cast<std::int64_t>(number), type, object, field, input);
    }
    if (!input.is_string()) return refuse("int_type", "Input should be a valid integer", input);
    constexpr std::size_t most_digits = 4300;
    if (input.as_string().size() > most_digits) return refuse("int_parsing_size", too_large, input);
    std::string digits;
    if (!_lax_int(input.as_string(), digits)) {
      return refuse("int_parsing", "Input should be a valid integer, unable to parse string as an integer", input);
    }
    return store(Value::big_int(std::move(digits)), type, object, field, input);
  }

  [[gnu::noinline]] bool floating(const Value& input, const _Type& type, void* object) {
    double number = 0;
    if (input.is_string()) {
      if (!_lax_float(input.as_string(), number)) {
        return refuse("float_parsing", "Input should be a valid number, unable to parse string as a number", input);
      }
    } else if (input.is_bool()) {
      number = input.as_bool();
    } else if (input.type() == Value::Type::BigInt) {
      number = _parse_double(input.as_big_int());
      if (std::isinf(number)) return refuse("float_type", "Input should be a valid number", input);
    } else if (input.is_int() || input.is_float()) {
      number = input.as_float();
    } else {
      return refuse("float_type", "Input should be a valid number", input);
    }
    if (type.size == 4) {
      *static_cast<float*>(object) = static_cast<float>(number);
    } else {
      *static_cast<double*>(object) = number;
    }
    return true;
  }

  bool is_text(const Value& input) {
    // Python's str holds lone surrogates, a std::string in UTF-8 does not.
    const std::string& text = input.as_string();
    if (_utf8_fault(text, false) == text.size()) return true;
    return refuse("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string",
                  input);
  }

  [[gnu::noinline]] bool string(const Value& input, std::string& out) {
    if (!input.is_string()) return refuse("string_type", "Input should be a valid string", input);
    if (!is_text(input)) return false;
    out = input.as_string();
    return true;
  }

  [[gnu::noinline]] bool enumerator(const Value& input, const _Type& type, void* object) {
    if (input.is_string()) {
      if (const _Enumerator* found = _find_enumerator(type, input.as_string()))
        return _store_int(type, object, found->value);
    }
    std::string expected;
    for (std::size_t i = 0; i < type.count; ++i) {
      if (i > 0) expected += i + 1 == type.count ? " or " : ", ";
      expected.append("'").append(type.enumerators[i].name).append("'");
    }
    errors_.add("enum", "Input should be " + expected, input, Object{{"expected", expected}});
    return false;
  }

  [[gnu::noinline]] bool list(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    if (!input.is_array()) return refuse("list_type", "Input should be a valid list", input);
    const Array& elements = input.as_array();
    if (!_check_max_length(elements.size(), field, errors_, input)) return false;
    type.clear(object);
    bool good = true;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      errors_.loc.emplace_back(static_cast<std::int64_t>(i));
      good &= value(elements[i], *type.element, type.append(object), {});
      errors_.loc.pop_back();
    }
    return good;
  }

  [[gnu::noinline]] bool map(const Value& input, const _Type& type, void* object) {
    if (!input.is_object()) return refuse("dict_type", "Input should be a valid dictionary", input);
    type.clear(object);
    bool good = true;
    for (const auto& [key, element] : input.as_object()) {
      errors_.loc.emplace_back(key);
      void* const place = type.key              ? insert_number(key, type, object)
                          : is_text(Value(key)) ? type.insert(object, std::string(key))
                                                : nullptr;
      good &= place && value(element, *type.element, place, {});
      errors_.loc.pop_back();
    }
    return good;
  }

  // The element of a key that stands for a number; null when it is none.
  [[gnu::noinline]] void* insert_number(const std::string& key, const _Type& map, void* object) {
    alignas(8) unsigned char number[8];
    errors_.loc.emplace_back("[key]");
    const bool good = value(Value(key), *map.key, number, {});
    errors_.loc.pop_back();
    return good ? map.insert_key(object, number) : nullptr;
  }

  [[gnu::noinline]] bool tuple(const Value& input, const _Type& type, void* object) {
    if (!input.is_array()) return refuse("tuple_type", "Input should be a valid tuple", input);
    const Array& elements = input.as_array();
    if (elements.size() > type.count) {
      errors_.add("too_long",
                  "Tuple should have at most " + std::to_string(type.count) + (type.count == 1 ? " item" : " items") +
                      " after validation, not " + std::to_string(elements.size()),
                  input,
                  Object{{"field_type", "Tuple"}, {"max_length", type.count}, {"actual_length", elements.size()}});
      return false;
    }
    bool good = true;
    for (std::size_t i = 0; i < type.count; ++i) {
      errors_.loc.emplace_back(static_cast<std::int64_t>(i));
      good &= i < elements.size() ? value(elements[i], *type.parts[i], const_cast<void*>(type.part(object, i)), {})
                                  : refuse("missing", "Field required", input);
      errors_.loc.pop_back();
    }
    return good;
  }

  // pydantic's "smart" union: a type that the value has already goes before one that it can be converted to.
  [[gnu::noinline]] bool variant(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    for (const bool exact : {true, false}) {
      for (std::size_t i = 0; i < type.count; ++i) {
        if (exact && !is_exactly(input, *type.parts[i])) continue;
        _Errors unsaid;
        if (Validator(unsaid).value(input, *type.parts[i], type.emplace_part(object, i), field)) return true;
      }
    }
    for (std::size_t i = 0; i < type.count; ++i) {
      errors_.loc.emplace_back(_type_label(*type.parts[i]));
      value(input, *type.parts[i], type.emplace_part(object, i), field);
      errors_.loc.pop_back();
    }
    return false;
  }

  static bool is_exactly(const Value& input, const _Type& type) {
    switch (type.kind) {
      case Kind::Null:
        return input.is_null();
      case Kind::Bool:
        return input.is_bool();
      case Kind::Int:
      case Kind::UInt:
        return input.is_int();
      case Kind::Float:
        return input.is_float();
      case Kind::String:
        return input.is_string();
      case Kind::Enum:
        return input.is_string() && _find_enumerator(type, input.as_string());
      case Kind::List:
      case Kind::Tuple:
        return input.is_array();
      case Kind::Map:
      case Kind::Struct:
      case Kind::AnyObject:
        return input.is_object();
      case Kind::Optional:
        return input.is_null() || is_exactly(input, *type.element);
      default:
        return false;
    }
  }

  [[gnu::noinline]] bool iso(const Value& input, const _Type& type, void* object) {
    std::string kind(type.name);
    if (!type.read_text) throw TypeError("cannot read a " + kind + " from JSON: it has no fromisoformat");
    const std::string wanted = "Input should be a valid " + kind;
    if (!input.is_string()) {
      errors_.add(kind + "_type", wanted, input);
      return false;
    }
    try {
      type.read_text(object, input.as_string());
      return true;
    } catch (const ValueError& error) {
      errors_.add(kind + "_parsing", wanted + ", " + error.what(), input, Object{{"error", error.what()}});
      return false;
    }
  }

  [[gnu::noinline]] bool optional(const Value& input, const _Type& type, void* object, const krait::Field& field) {
    type.clear(object);
    return input.is_null() || value(input, *type.element, type.emplace(object), field);
  }

  [[gnu::noinline]] bool structure(const Value& input, const _Type& type, char* object) {
    if (!input.is_object()) {
      return refuse("model_attributes_type", "Input should be a valid dictionary or object to extract fields from",
                    input);
    }
    const Object& members = input.as_object();
    const std::uint64_t required = _required_members(type);
    bool good = true;
    for (std::size_t i = 0; i < type.count; ++i) {
      const _Field& f = type.fields[i];
      const Value* member = members.find(f.name());
      const bool is_required = (required >> i & 1) != 0;
      if (!member && !is_required) continue;
      errors_.loc.emplace_back(std::string(f.name()));
      good &= member ? value(*member, *f.type, object + f.offset, f.field) : refuse("missing", "Field required", input);
      errors_.loc.pop_back();
    }
    return good;
  }

  _Errors& errors_;
  std::size_t depth_ = 0;
};

}  // namespace

Object ErrorDetail::to_object() const {
  Array path;
  for (const LocItem& item : loc) {
    if (const auto* index = std::get_if<std::int64_t>(&item)) {
      path.emplace_back(*index);
    } else {
      path.emplace_back(std::get<std::string>(item));
    }
  }
  Object all{{"type", type}, {"loc", std::move(path)}, {"msg", msg}, {"input", input}};
  if (!ctx.empty()) all.set("ctx", ctx);
  return all;
}

ValidationError::ValidationError(std::vector<ErrorDetail> errors, std::string_view title)
    : BaseException(_describe_errors(errors, title)), errors_(std::move(errors)) {}

void _Errors::add(std::string type, std::string msg, Value input, Object ctx) {
  list.push_back({std::move(type), loc, std::move(msg), std::move(input), std::move(ctx)});
}

bool _validate(const Value& input, const _Type& type, void* object, const Field& field, _Errors& errors) {
  return Validator(errors).value(input, type, object, field);
}

bool _read_text(std::string_view text, const _Type& type, void* object, const Field& field) {
  switch (type.kind) {
    case Kind::Optional:
      return _read_text(text, *type.element, type.emplace(object), field);
    case Kind::String:
      *static_cast<std::string*>(object) = text;
      break;
    case Kind::Int: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size() || !_store_int(type, object, number)) return false;
      break;
    }
    case Kind::Enum: {
      const _Enumerator* found = _find_enumerator(type, text);
      return found && _store_int(type, object, found->value);
    }
    default:
      return false;
  }
  return !_constrains(field) || _satisfies(type, object, field, nullptr, nullptr);
}

void _convert(const Value& value, const _Type& type, void* object) {
  _Errors errors;
  if (!_validate(value, type, object, {}, errors)) throw ValidationError(std::move(errors.list), _type_label(type));
}

void _read(std::string_view document, const _Type& type, void* object) {
  if (_read_fast(document, type, object)) return;
  // A struct's members that the document lacks must be those of a new one, whatever the quick reader got to.
  if (type.reset) type.reset(object);
  _convert(loads(document), type, object);
}

}  // namespace krait::json
