// How texts are written: what must be escaped, and the long stretches between, which need no look at each byte.

#include <array>
#include <cstring>

#include "krait/builtins/exceptions.h"
#include "krait/json/_runs.h"
#include "krait/json/_unicode.h"
#include "krait/json/_writer.h"

namespace krait::json {

namespace {

// Of ASCII. 0: goes through. 1: written as \u00xx (DEL only by ensure_ascii). Else: what follows the backslash.
constexpr auto kEscapes = [] {
  std::array<char, 128> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 1;
  table[0x7f] = 1;
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

constexpr char kDelete = 0x7f;

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xd800 && code_point < 0xe000; }

template <class Word>
Word load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

void _Writer::escape_unit(std::uint32_t unit) {
  constexpr char hex[] = "0123456789abcdef";
  room(6);
  at_[0] = '\\';
  at_[1] = 'u';
  for (int i = 0; i < 4; ++i) at_[2 + i] = hex[unit >> (12 - 4 * i) & 15];
  at_ += 6;
}

// Writes what stands at the start of `rest` and cannot go through as it is; gives its size.
std::size_t _Writer::special(std::string_view rest) {
  if (rest[0] < 0) return escape_code_point(rest);
  const char escape = kEscapes[static_cast<unsigned char>(rest[0])];
  if (escape > 1) {
    put('\\');
    put(escape);
  } else {
    escape_unit(static_cast<unsigned char>(rest[0]));
  }
  return 1;
}

// Of what is no ASCII: within a text that must be ASCII, or is not UTF-8.
std::size_t _Writer::escape_code_point(std::string_view rest) {
  const _CodePoint next = _decode_utf8(rest, true);
  const bool surrogate = is_surrogate(next.value);
  if (next.size == 0) {
    if (mode_ != Mode::Escape) throw UnicodeEncodeError("cannot write a str as JSON: it is not UTF-8");
    put("\xef\xbf\xbd");
    return 1;
  }
  if (ascii_ && next.value >= 0x10000) {
    escape_unit(0xd800 + ((next.value - 0x10000) >> 10));
    escape_unit(0xdc00 + (next.value & 0x3ff));
  } else if (ascii_ || (surrogate && mode_ == Mode::Escape)) {
    escape_unit(next.value);
  } else if (surrogate) {
    throw UnicodeEncodeError("cannot write a str as JSON: it holds a lone surrogate");
  } else {
    put(rest.substr(0, next.size));
  }
  return next.size;
}

// Whether [at, until) may go through although it is no ASCII. Up to `good` the text is known to be UTF-8; what stands from
// there on is looked at when it is asked for, once.
bool _Writer::passes(const char* at, const char* until, const char* end, const char** good) const {
  if (*good <= at) *good = at + _utf8_fault({at, static_cast<std::size_t>(end - at)}, false);
  return *good >= until;
}

// Writes what goes through as it is, and gives where that ends.
const char* _Writer::plain(const char* at, const char* end, const char** good) {
  while (end - at >= _block_size) {
    room(_block_size);
    const _Block block = _load(at);
    auto stop = _specials(block);
    if (ascii_) {
      stop |= _not_printable(block);
    } else if (_high_bits(block) != 0 && !passes(at, at + _block_size, end, good)) {
      break;
    }
    char* const out = at_;  // a byte that is written might be one of at_, for all that the compiler knows
    if (stop != 0) {
      at_ = out + _first(stop);
      _store(block, out);
      return at + _first(stop);
    }
    at_ = out + _block_size;
    _store(block, out);
    at += _block_size;
  }
  // The rest in two words, which may overlap.
  const std::ptrdiff_t left = end - at;
  const auto all_pass = [&](std::uint64_t word) {
    if (_word_specials(word) != 0) return false;
    return ascii_ ? _word_not_printable(word) == 0 : _word_high_bits(word) == 0 || passes(at, end, end, good);
  };
  if (left >= 8 && left < 16) {
    room(16);
    const auto first = load<std::uint64_t>(at), last = load<std::uint64_t>(end - 8);
    if (all_pass(first) && all_pass(last)) {
      std::memcpy(at_, &first, 8);
      std::memcpy(at_ + left - 8, &last, 8);
      at_ += left;
      return end;
    }
  } else if (left >= 4 && left < 8) {
    room(8);
    const auto first = load<std::uint32_t>(at), last = load<std::uint32_t>(end - 4);
    if (all_pass(std::uint64_t{first} << 32 | last)) {
      std::memcpy(at_, &first, 4);
      std::memcpy(at_ + left - 4, &last, 4);
      at_ += left;
      return end;
    }
  }
  const auto passes_one = [&] { return ascii_ ? *at > 0 && *at != kDelete : *at > 0 || passes(at, at + 1, end, good); };
  for (; at != end && !_is_special(*at) && passes_one(); ++at) put(*at);
  return at;
}

void _Writer::string(std::string_view text) {
  put('"');
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* good = at;
  while ((at = plain(at, end, &good)) != end) at += special({at, static_cast<std::size_t>(end - at)});
  put('"');
}

}  // namespace krait::json
