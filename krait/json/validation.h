#pragma once
// JSON to C++ values, with pydantic's conversions and its list of everything that is wrong.
//
//   auto item = json::loads<Item>(R"({"name": "tea", "price": "3.5"})");      // price is 3.5
//   try { json::loads<Item>("{}"); }
//   catch (const json::ValidationError& e) { e.errors()[0].msg; }             // "Field required", at ["name"]
//
// Lax mode: a number may come as text ("42", 1.0 for an int), a bool as "on" or 1; a str never as a number.

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/json/decoder.h"
#include "krait/json/value.h"

namespace krait::json {

// One step to a value: a key or an index. Python: an element of error["loc"]
using LocItem = std::variant<std::string, std::int64_t>;

// Python: one dict of pydantic's ValidationError.errors(), without "url"
struct ErrorDetail {
  std::string type;          // "int_parsing"
  std::vector<LocItem> loc;  // {"body", "items", 3, "price"}
  std::string msg;
  Value input;  // what was given
  Object ctx;   // what the message was made of; empty: none

  // {"type", "loc", "msg", "input", "ctx"?}
  Object to_object() const;
};

// what() is pydantic's text but for its links:
//
//   1 validation error for Item
//   sizes.2
//     Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='x', input_type=str]
//
// Python: pydantic.ValidationError
class ValidationError : public ValueError {
 public:
  // `title` is what was to be made: "Item".
  explicit ValidationError(std::vector<ErrorDetail> errors, std::string_view title = {});
  const std::vector<ErrorDetail>& errors() const noexcept { return errors_; }

 private:
  std::vector<ErrorDetail> errors_;
};

// Collects errors while a value is walked. `loc` is where the walk is.
struct _Errors {
  std::vector<ErrorDetail> list;
  std::vector<LocItem> loc;

  void add(std::string type, std::string msg, Value input, Object ctx = {});
};

// Reads `input` into `object` (a live object of that type, replaced). What does not fit is added to `errors`; gives whether
// nothing was.
bool _validate(const Value& input, const _Type& type, void* object, const Field& field, _Errors& errors);
// The same for a text that stands for a value (in a query, a header, a path), when it is just what is expected. False: it
// may be wrong or only unusual, which _validate finds out.
bool _read_text(std::string_view text, const _Type& type, void* object, const Field& field);
// Reads a document that holds exactly what `type` says, without a detour. False: something was unusual or wrong, and `object`
// holds anything; only loads and _validate can tell.
bool _read_fast(std::string_view document, const _Type& type, void* object);
// Throws ValidationError, and what loads throws.
void _read(std::string_view document, const _Type& type, void* object);
void _convert(const Value& value, const _Type& type, void* object);

// The T that a document holds. Throws ValidationError with all faults, and what loads(document) throws.
// Python: Model.model_validate(json.loads(document))
template <Serializable T>
T loads(std::string_view document) {
  T value{};
  _read(document, _type<T>, &value);
  return value;
}
// The T that a Value holds. Throws ValidationError. Python: Model.model_validate(value)
template <Serializable T>
T to(const Value& value) {
  T object{};
  _convert(value, _type<T>, &object);
  return object;
}

}  // namespace krait::json
