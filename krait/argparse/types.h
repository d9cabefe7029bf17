#pragma once
// What makes a value of an argument's text. Python: the type= of add_argument
//
//   parser.add_argument("num", {.type = argparse::int_});
//   parser.add_argument("--port", {.type = {"port", [](std::string_view text) { return Port::parse(text); }}});
//   parser.add_argument("--log", {.type = argparse::FileType("w")});
//
// A callable takes a std::string_view and gives what a Value can be made of, or an object of any class that copies. Where it throws
// ArgumentTypeError, that text is the error; where TypeError or ValueError, the error is "invalid NAME value: 'x'". What
// std::stoi and its kin throw (std::invalid_argument, std::out_of_range) counts as ValueError.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "krait/argparse/value.h"

namespace krait::argparse {

// Python: argparse.ArgumentTypeError
KRAIT_EXCEPTION(ArgumentTypeError, Exception);

// Python: int(text), of text in base ten: blanks around it, "_" within, decimal digits of any script, up to 4300 of them.
// Throws ValueError.
Value parse_int(std::string_view text);
// Python: float(text). Throws ValueError.
double parse_float(std::string_view text);

enum class _Builtin : unsigned char { None, Int, Float, Str, User };
// Python: type=int, type=float, type=str
inline constexpr _Builtin int_ = _Builtin::Int, float_ = _Builtin::Float, str_ = _Builtin::Str;

class _Converter {
 public:
  virtual ~_Converter() = default;
  virtual Value convert(std::string_view text) const = 0;
};

template <class F>
class _ConverterOf final : public _Converter {
 public:
  explicit _ConverterOf(F function) : function_(std::move(function)) {}
  Value convert(std::string_view text) const override {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, std::string_view>>;
    if constexpr (std::is_convertible_v<R, Value>) {
      return function_(text);
    } else {
      return Value::object<R>(function_(text));
    }
  }

 private:
  F function_;
};

class Type {
 public:
  // No type: the text itself. Python: type=None
  Type() noexcept = default;
  Type(_Builtin builtin) noexcept : builtin_(builtin) {}
  // `name` is what errors and MetavarTypeHelpFormatter call it. Python: function.__name__
  template <class F>
    requires std::is_invocable_v<const F&, std::string_view>
  Type(std::string name, F function)
      : builtin_(_Builtin::User),
        name_(std::move(name)),
        user_(std::make_shared<const _ConverterOf<F>>(std::move(function))) {}
  // Functions have no name in C++: this one is called "<lambda>".
  template <class F>
    requires std::is_invocable_v<const F&, std::string_view>
  Type(F function) : Type("<lambda>", std::move(function)) {}

  explicit operator bool() const noexcept { return builtin_ != _Builtin::None; }
  // "int", "str", the name given; "" for no type.
  std::string name() const;
  // Throws what the function throws; of int and float ValueError.
  Value operator()(const Value& text) const;
  // The text itself comes back, the same object. Python: None and str
  bool _keeps_text() const noexcept { return builtin_ == _Builtin::None || builtin_ == _Builtin::Str; }

 private:
  _Builtin builtin_ = _Builtin::None;
  std::string name_;
  std::shared_ptr<const _Converter> user_;
};

// Python: an open file object; closed with its last copy, if it was opened here.
using File = std::shared_ptr<std::FILE>;

// Opens the file that the argument names; "-" is standard input or output. `mode` is fopen's, or Python's "x".
// args.get<argparse::File>("log"). Python: argparse.FileType(mode)
Type FileType(std::string mode = "r");

}  // namespace krait::argparse
