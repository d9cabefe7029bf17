#include "krait/json/encoder.h"

#include <cmath>
#include <ostream>

#include "krait/json/_float.h"
#include "krait/json/_writer.h"

namespace krait::json {

namespace {

// A text that grows is moved again and again, so room is made at once for as much as this thread wrote last: who writes values
// writes the like of them.
constinit thread_local std::size_t last_size = 0;

template <class Write>
std::string make_text(Write write) {
  std::string out;
  out.reserve(last_size);
  write(out);
  last_size = out.size();
  if (out.capacity() / 2 > out.size()) out.shrink_to_fit();
  return out;
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
  return make_text([&](std::string& out) {
    write_all(out, options, [&](_Writer& writer) { writer.value(value.type(), value.object()); });
  });
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
  return make_text([&](std::string& out) { dump(value, out); });
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
