#include "krait/json/encoder.h"

#include <cmath>
#include <ostream>

#include "krait/json/_float.h"
#include "krait/json/_writer.h"

namespace krait::json {

namespace {

// About how long a value's text is, so that the string need not grow and move often.
std::size_t estimate(const Value& value, unsigned depth) {
  constexpr std::size_t around = 4, number = 8, decimals = 20;
  constexpr unsigned deep = 100;
  if (depth > deep) return around;
  switch (value.type()) {
    case Value::Type::BigInt:
      return value.as_big_int().size() + around;
    case Value::Type::String:
      return value.as_string().size() + around;
    case Value::Type::Array: {
      std::size_t size = around;
      for (const Value& element : value.as_array()) size += estimate(element, depth + 1);
      return size;
    }
    case Value::Type::Object: {
      std::size_t size = around;
      for (const auto& [key, element] : value.as_object()) size += key.size() + around + estimate(element, depth + 1);
      return size;
    }
    case Value::Type::Float:
      return decimals;
    default:
      return number;
  }
}

void reserve_for(Ref value, std::string& out) {
  if (value.type().kind == _Type::Kind::Any) out.reserve(estimate(*static_cast<const Value*>(value.object()), 0));
}

// Runs `write`, and leaves `out` as it was if that throws.
template <class Manner, class F>
void write_all(std::string& out, const Manner& manner, F write) {
  const std::size_t before = out.size();
  try {
    _Writer writer(out, manner);
    write(writer);
    writer.flush();
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace

std::string dumps(Ref value, const DumpsOptions& options) {
  std::string out;
  reserve_for(value, out);
  write_all(out, options, [&](_Writer& writer) { writer.value(value.type(), value.object()); });
  return out;
}

void dump(Ref value, std::ostream& fp, const DumpsOptions& options) {
  const std::string text = dumps(value, options);
  fp.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void _dump(const _Type& type, const void* object, std::string& out, _Invalid invalid) {
  write_all(out, invalid, [&](_Writer& writer) { writer.value(type, object); });
}

void dump(Ref value, std::string& out) { _dump(value.type(), value.object(), out, _Invalid::Throw); }

void dump(std::initializer_list<KeyRef> items, std::string& out) {
  write_all(out, _Invalid::Throw, [&](_Writer& writer) { writer.object(items); });
}

std::string dumps(Ref value) {
  std::string out;
  reserve_for(value, out);
  dump(value, out);
  return out;
}

void dump_string(std::string_view text, std::string& out) {
  write_all(out, _Invalid::Throw, [&](_Writer& writer) { writer.string(text); });
}

void _append_float(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    return;
  }
  char text[_longest_float];
  out.append(text, _write_float(value, text));
}

}  // namespace krait::json
