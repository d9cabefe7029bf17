#include "krait/urllib/parse/_text.h"

#include <array>
#include <cstdint>

#include "krait/builtins/exceptions.h"

namespace krait::urllib::parse {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// How the bytes at the beginning read (Unicode, table 3-7): a whole character, or how many of them, one or more, the decoder
// replaces together, and what is wrong with them.
struct Sequence {
  std::size_t size;
  const char* fault = nullptr;
};

Sequence next_sequence(std::string_view bytes) {
  const auto byte = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {1};
  if (first < 0xc2 || first > 0xf4) return {1, "invalid start byte"};
  const std::size_t wanted = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (std::size_t i = 1; i < wanted; ++i) {
    if (i == bytes.size()) return {i, "unexpected end of data"};
    const bool good = i == 1 ? byte(i) >= lowest && byte(i) <= highest : (byte(i) & 0xc0U) == 0x80;
    if (!good) return {i, "invalid continuation byte"};
  }
  return {wanted};
}

std::string fault_text(std::string_view codec, std::string_view bytes, std::size_t at, std::size_t size,
                       const char* fault) {
  std::string text = "'" + std::string(codec) + "' codec can't decode ";
  if (size == 1) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    ((text += "byte 0x") += kHex[byte >> 4]) += kHex[byte & 15U];
    text += " in position " + std::to_string(at);
  } else {
    text += "bytes in position " + std::to_string(at) + "-" + std::to_string(at + size - 1);
  }
  return text + ": " + fault;
}

enum class Errors : std::uint8_t { Strict, Replace, Ignore };

Errors errors_of(std::string_view name) {
  if (name == "strict") return Errors::Strict;
  if (name == "replace") return Errors::Replace;
  if (name == "ignore") return Errors::Ignore;
  throw LookupError("unknown error handler name '" + std::string(name) + "'");
}

std::string decode_utf8(std::string_view bytes, std::string_view errors) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const Sequence next = next_sequence(bytes.substr(at));
    if (!next.fault) {
      text.append(bytes, at, next.size);
    } else {
      switch (errors_of(errors)) {
        case Errors::Strict:
          throw UnicodeDecodeError(fault_text("utf-8", bytes, at, next.size, next.fault));
        case Errors::Replace:
          text += "\xef\xbf\xbd";
          break;
        case Errors::Ignore:
          break;
      }
    }
    at += next.size;
  }
  return text;
}

std::string decode_ascii(std::string_view bytes, std::string_view errors) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if ((bytes[at] & 0x80) == 0) {
      text += bytes[at];
      continue;
    }
    switch (errors_of(errors)) {
      case Errors::Strict:
        throw UnicodeDecodeError(fault_text("ascii", bytes, at, 1, "ordinal not in range(128)"));
      case Errors::Replace:
        text += "\xef\xbf\xbd";
        break;
      case Errors::Ignore:
        break;
    }
  }
  return text;
}

std::string decode_latin1(std::string_view bytes) {
  std::string text;
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

}  // namespace

std::string _decode(std::string_view bytes, std::string_view encoding, std::string_view errors) {
  std::string name;
  for (const char c : encoding)
    name += c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  if (name == "utf-8" || name == "utf8" || name == "u8") return decode_utf8(bytes, errors);
  if (name == "latin-1" || name == "latin1" || name == "iso-8859-1" || name == "iso8859-1" || name == "l1") {
    return decode_latin1(bytes);
  }
  if (name == "ascii" || name == "us-ascii") return decode_ascii(bytes, errors);
  throw LookupError("unknown encoding: " + std::string(encoding));
}

}  // namespace krait::urllib::parse
