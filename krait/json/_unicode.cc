#include "krait/json/_unicode.h"

#include "krait/builtins/exceptions.h"
#include "krait/json/_runs.h"

namespace krait::json {

namespace {

constexpr bool is_continuation(unsigned char c) { return (c & 0xc0) == 0x80; }

// UTF-8 (RFC 3629)
//   00-7f | c2-df T | e0 a0-bf T | e1-ec T T | ed 80-9f T | ee-ef T T | f0 90-bf T T | f1-f3 T T T | f4 80-8f T T
// How many bytes a lead byte announces, and the range of the byte after it.
struct Lead {
  unsigned char size, low, high;
};
Lead lead_of(unsigned char c, bool surrogates) {
  if (c < 0x80) return {1, 0, 0};
  if (c < 0xc2) return {0, 0, 0};
  if (c < 0xe0) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, static_cast<unsigned char>(surrogates ? 0xbf : 0x9f)};
  if (c < 0xf0) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c < 0xf4) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// How many bytes of a broken sequence belong together: one U+FFFD stands for them (Unicode, "maximal subpart").
std::size_t broken_size(std::string_view text, bool* truncated) {
  const Lead lead = lead_of(static_cast<unsigned char>(text[0]), false);
  std::size_t n = 1;
  while (n < lead.size && n < text.size()) {
    const auto c = static_cast<unsigned char>(text[n]);
    if (n == 1 ? c < lead.low || c > lead.high : !is_continuation(c)) break;
    ++n;
  }
  *truncated = lead.size > 1 && n == text.size();
  return n;
}

std::string hex(unsigned value) {
  constexpr char digits[] = "0123456789abcdef";
  return {'0', 'x', digits[value >> 4 & 15], digits[value & 15]};
}

[[noreturn]] void raise_decode_error(std::string_view codec, std::string_view text, std::size_t first,
                                     std::size_t count, std::string_view reason) {
  std::string message = "'" + std::string(codec) + "' codec can't decode ";
  if (count == 1) {
    message += "byte " + hex(static_cast<unsigned char>(text[first])) + " in position " + std::to_string(first);
  } else {
    message += "bytes in position " + std::to_string(first) + "-" + std::to_string(first + count - 1);
  }
  throw UnicodeDecodeError(message.append(": ").append(reason));
}

struct Encoding {
  unsigned unit;  // bytes
  bool big_endian;
  std::size_t bom;
  std::string_view name;
};

// Python: json.detect_encoding
Encoding detect(std::string_view b) {
  using namespace std::string_view_literals;
  if (b.starts_with("\0\0\xfe\xff"sv)) return {4, true, 4, "utf-32-be"};
  if (b.starts_with("\xff\xfe\0\0"sv)) return {4, false, 4, "utf-32-le"};
  if (b.starts_with("\xfe\xff"sv)) return {2, true, 2, "utf-16-be"};
  if (b.starts_with("\xff\xfe"sv)) return {2, false, 2, "utf-16-le"};
  if (b.starts_with("\xef\xbb\xbf"sv)) return {1, false, 3, "utf-8"};
  if (b.size() >= 4 && b[0] == 0) return b[1] ? Encoding{2, true, 0, "utf-16-be"} : Encoding{4, true, 0, "utf-32-be"};
  if (b.size() >= 4 && b[1] == 0) {
    return b[2] || b[3] ? Encoding{2, false, 0, "utf-16-le"} : Encoding{4, false, 0, "utf-32-le"};
  }
  if (b.size() == 2 && b[0] == 0) return {2, true, 0, "utf-16-be"};
  if (b.size() == 2 && b[1] == 0) return {2, false, 0, "utf-16-le"};
  return {1, false, 0, "utf-8"};
}

void transcode(std::string_view text, const Encoding& encoding, std::string& out) {
  const std::size_t n = encoding.unit;
  const auto unit_at = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t byte = encoding.big_endian ? i : n - 1 - i;
      value = value << 8 | static_cast<unsigned char>(text[at + byte]);
    }
    return value;
  };
  std::size_t at = encoding.bom;
  while (at + n <= text.size()) {
    std::uint32_t value = unit_at(at);
    if (value > 0x10ffff) raise_decode_error(encoding.name, text, at, n, "code point not in range(0x110000)");
    at += n;
    const bool high = n == 2 && value >= 0xd800 && value < 0xdc00;
    if (high && at + n <= text.size()) {
      const std::uint32_t low = unit_at(at);
      if (low >= 0xdc00 && low < 0xe000) {
        value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
        at += n;
      }
    }
    _append_utf8(value, out);
  }
  if (at < text.size()) raise_decode_error(encoding.name, text, at, text.size() - at, "truncated data");
}

}  // namespace

_CodePoint _decode_utf8(std::string_view text, bool surrogates) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Lead lead = lead_of(byte(0), surrogates);
  if (lead.size == 1) return {1, byte(0)};
  if (lead.size == 0 || text.size() < lead.size || byte(1) < lead.low || byte(1) > lead.high) return {};
  std::uint32_t value = static_cast<std::uint32_t>(byte(0) & (0x7f >> lead.size)) << 6 | (byte(1) & 0x3f);
  for (std::size_t i = 2; i < lead.size; ++i) {
    if (!is_continuation(byte(i))) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  return {lead.size, value};
}

namespace {
// Three bytes of a code point, any but those after e0 or ed, which not every continuation may follow.
bool is_usual_triple(const char* at) {
  const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
  const std::uint32_t three = byte(0) | byte(1) << 8 | byte(2) << 16;  // one load, where four bytes can be read
  return (three & 0xc0c0f0) == 0x8080e0 && byte(0) != 0xe0 && byte(0) != 0xed;
}
}  // namespace

std::size_t _utf8_fault(std::string_view text, bool surrogates) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto follows = [](char c) { return is_continuation(static_cast<unsigned char>(c)); };
  const char* at = begin;
  while (true) {
    while (end - at >= _block_size && _high_bits(_load(at)) == 0) at += _block_size;
    while (at != end && *at >= 0) ++at;
    if (at == end) return text.size();
    // Within a text of another script few letters are ASCII: most have three bytes, or two.
    do {
      while (end - at >= 4 && is_usual_triple(at)) at += 3;
      if (at == end || *at >= 0) break;
      const auto lead = static_cast<unsigned char>(*at);
      if (lead > 0xe0 && lead < 0xf0 && lead != 0xed && end - at >= 3 && follows(at[1]) && follows(at[2])) {
        at += 3;
      } else if (lead >= 0xc2 && lead < 0xe0 && end - at >= 2 && follows(at[1])) {
        at += 2;
      } else {
        const _CodePoint next = _decode_utf8({at, static_cast<std::size_t>(end - at)}, surrogates);
        if (next.size == 0) return static_cast<std::size_t>(at - begin);
        at += next.size;
      }
    } while (at != end && *at < 0);
  }
}

void _append_utf8(std::uint32_t c, std::string& out) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out.append({static_cast<char>(0xc0 | c >> 6), tail(0)});
  } else if (c < 0x10000) {
    out.append({static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)});
  } else {
    out.append({static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)});
  }
}

std::size_t _count_code_points(std::string_view text) noexcept {
  std::size_t n = 0;
  for (char c : text) n += !is_continuation(static_cast<unsigned char>(c));
  return n;
}

std::string _replace_invalid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t good = _utf8_fault(text, false);
    out.append(text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) break;
    bool truncated;
    text.remove_prefix(broken_size(text, &truncated));
    out += "\xef\xbf\xbd";
  }
  return out;
}

std::string_view _to_utf8(std::string_view document, std::string& storage) {
  const Encoding encoding = detect(document);
  if (encoding.unit > 1) {
    transcode(document, encoding, storage);
    return storage;
  }
  document.remove_prefix(encoding.bom);
  const std::size_t fault = _utf8_fault(document, true);
  if (fault != document.size()) _raise_utf8_error(document, fault);
  return document;
}

void _raise_utf8_error(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(offset);
  if (lead_of(static_cast<unsigned char>(rest[0]), false).size == 0) {
    raise_decode_error("utf-8", text, offset, 1, "invalid start byte");
  }
  bool truncated;
  const std::size_t count = broken_size(rest, &truncated);
  raise_decode_error("utf-8", text, offset, count, truncated ? "unexpected end of data" : "invalid continuation byte");
}

}  // namespace krait::json
