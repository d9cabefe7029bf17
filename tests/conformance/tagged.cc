#include "tagged.h"

#include <cmath>
#include <cstdint>

#include "krait/builtins.h"

namespace krait::conformance {

namespace {

using json::Value;

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::string decode_base64(std::string_view text) {
  const std::string_view digits = text.substr(0, std::min(text.find('='), text.size()));
  if (text.size() % 4 != 0 || text.size() - digits.size() > 2 ||
      text.find_first_not_of('=', digits.size()) != text.npos) {
    throw ValueError("cannot decode base64: Incorrect padding");
  }
  std::string bytes;
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    const std::size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) throw ValueError(std::string("cannot decode base64: '") + c + "' is no digit of it");
    group = group << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255U);
  }
  return bytes;
}

Value tag_float(double value) {
  if (std::isfinite(value)) return value;
  const char* text = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return json::Object{{"$float", text}};
}

Value tag_int(const Value& value) {
  if (value.type() == Value::Type::BigInt) return json::Object{{"$int", value.as_big_int()}};
  const std::int64_t number = value.as_int();
  if (-kLargestExact <= number && number <= kLargestExact) return number;
  return json::Object{{"$int", std::to_string(number)}};
}

}  // namespace

Value tag_bytes(std::string_view bytes) { return json::Object{{"$bytes", encode_base64(bytes)}}; }

std::string untag_bytes(const Value& value) { return decode_base64(value["$bytes"].as_string()); }

Value tag_numbers(const Value& value) {
  switch (value.type()) {
    case Value::Type::Int:
    case Value::Type::BigInt:
      return tag_int(value);
    case Value::Type::Float:
      return tag_float(value.as_float());
    case Value::Type::Array: {
      json::Array array;
      for (const Value& each : value.as_array()) array.push_back(tag_numbers(each));
      return array;
    }
    case Value::Type::Object: {
      json::Object object;
      for (const auto& [key, each] : value.as_object()) object.set(key, tag_numbers(each));
      return object;
    }
    default:
      return value;
  }
}

std::string decode_latin1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0U | byte >> 6);
      text += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return text;
}

}  // namespace krait::conformance
