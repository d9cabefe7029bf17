#include "krait/re/_utf8.h"

#include <cstdio>
#include <cstring>

#include "krait/builtins/exceptions.h"

namespace krait::re {

namespace {

// How many of the bytes at the start are ASCII.
std::size_t ascii_prefix(const char* data, std::size_t size) noexcept {
  std::size_t i = 0;
  for (; i + 32 <= size; i += 32) {  // four words at once: what the compiler turns into vectors
    std::uint64_t words[4];
    std::memcpy(words, data + i, sizeof words);
    if ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) break;
  }
  while (i < size && !(static_cast<unsigned char>(data[i]) & 0x80)) ++i;
  return i;
}

// Bytes of the code point at the start of `text`, which is no ASCII; 0 when it is none, and then why and over how many bytes.
struct Sequence {
  std::size_t size;
  const char* why = nullptr;
  std::size_t bad = 1;
};

Sequence sequence_at(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0xc2 || first > 0xf4) return {0, "invalid start byte"};
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const unsigned char lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (std::size_t i = 1; i < size; ++i) {
    if (i == text.size()) return {0, "unexpected end of data", i};
    const bool fits = i == 1 ? byte(1) >= lowest && byte(1) <= highest : is_continuation(text[i]);
    if (!fits) return {0, "invalid continuation byte", i};
  }
  return {size};
}

[[noreturn]] void raise_decode_error(std::string_view text, std::size_t at, const Sequence& fault) {
  char bytes[64];
  if (fault.bad == 1) {
    std::snprintf(bytes, sizeof bytes, "byte 0x%02x in position %zu", static_cast<unsigned char>(text[at]), at);
  } else {
    std::snprintf(bytes, sizeof bytes, "bytes in position %zu-%zu", at, at + fault.bad - 1);
  }
  throw UnicodeDecodeError(std::string("'utf-8' codec can't decode ") + bytes + ": " + fault.why);
}

}  // namespace

Encoding check_utf8(std::string_view text) {
  std::size_t i = ascii_prefix(text.data(), text.size());
  if (i == text.size()) return Encoding::Ascii;
  while (i < text.size()) {
    if (!(static_cast<unsigned char>(text[i]) & 0x80)) {
      i += ascii_prefix(text.data() + i, text.size() - i);
      continue;
    }
    const Sequence sequence = sequence_at(text.substr(i));
    if (sequence.size == 0) raise_decode_error(text, i, sequence);
    i += sequence.size;
  }
  return Encoding::Utf8;
}

std::u32string decode_utf8(std::string_view text) {
  check_utf8(text);
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char first = static_cast<unsigned char>(text[i]);
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t code = size == 1 ? first : first & (0xffu >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    out.push_back(code);
    i += size;
  }
  return out;
}

std::u32string decode_latin1(std::string_view bytes) {
  std::u32string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) out.push_back(static_cast<unsigned char>(byte));
  return out;
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t code : text) append_utf8(out, code);
  return out;
}

}  // namespace krait::re
