// Reading: W * 10^e with the power's first 128 bits leaves an error in the last place of the product, so the product tells the
// nearest double unless its bits lie within that error of a tie (D. Lemire, "Number Parsing at a Gigabyte per Second").
// Writing: of all decimals within the double's rounding interval, the shortest, and of these the nearest
// (R. Giulietti, "The Schubfach way to render doubles").

#include "krait/json/_float.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace krait::json {

namespace {

using Wide = unsigned __int128;

struct Power {
  std::uint64_t high, low;
};

constexpr int kLeast = -342, kMost = 324;

// For each e, 10^e * 2^s rounded up to 128 bits, of which the first is set. (Twos do not change these bits, so 5^e does.)
constexpr std::array<Power, kMost - kLeast + 1> kPowers = [] {
  constexpr std::size_t words = 16;  // 2^960 / 5^342 has 166 bits, 5^324 has 753
  struct Number {
    std::uint64_t word[words] = {};  // the least first

    constexpr Power first_128_bits(bool exact) const {
      std::size_t top = words - 1;
      while (word[top] == 0) --top;
      const int shift = std::countl_zero(word[top]);
      const auto at = [&](std::size_t below) {
        const std::uint64_t here = top >= below ? word[top - below] : 0;
        const std::uint64_t next = top >= below + 1 ? word[top - below - 1] : 0;
        return shift == 0 ? here : here << shift | next >> (64 - shift);
      };
      Power power{at(0), at(1)};
      if (!exact && ++power.low == 0) ++power.high;
      return power;
    }
  };
  std::array<Power, kMost - kLeast + 1> table{};
  Number power;
  power.word[0] = 1;
  for (int e = 0; e <= kMost; ++e) {
    table[static_cast<std::size_t>(e - kLeast)] = power.first_128_bits(e <= 55);  // 5^55 < 2^128
    std::uint64_t carry = 0;
    for (std::uint64_t& word : power.word) {
      const Wide product = Wide{word} * 5 + carry;
      word = static_cast<std::uint64_t>(product);
      carry = static_cast<std::uint64_t>(product >> 64);
    }
  }
  Number reciprocal;
  reciprocal.word[words - 1] = 1;
  for (int e = -1; e >= kLeast; --e) {
    std::uint64_t rest = 0;
    for (std::size_t i = words; i-- > 0;) {
      const Wide part = Wide{rest} << 64 | reciprocal.word[i];
      reciprocal.word[i] = static_cast<std::uint64_t>(part / 5);
      rest = static_cast<std::uint64_t>(part % 5);
    }
    table[static_cast<std::size_t>(e - kLeast)] = reciprocal.first_128_bits(false);
  }
  return table;
}();

const Power& power_of_ten(std::int64_t e) { return kPowers[static_cast<std::size_t>(e - kLeast)]; }

// floor(log2(10^e)), for every e of the table.
constexpr int log2_of_power(int e) { return e * 1741647 >> 19; }

constexpr int kSignificand = 53, kBias = 1075;  // value = significand * 2^(exponent field - kBias)
constexpr std::uint64_t kHidden = std::uint64_t{1} << (kSignificand - 1);

}  // namespace

bool _to_double(std::uint64_t mantissa, std::int64_t exponent, bool negative, double* out) noexcept {
  constexpr double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (mantissa <= std::uint64_t{1} << kSignificand && exponent >= -22 && exponent <= 22) {
    // Both are doubles exactly, so one operation rounds once.
    const auto whole = static_cast<double>(mantissa);
    const double value = exponent < 0 ? whole / exact[-exponent] : whole * exact[exponent];
    *out = negative ? -value : value;
    return true;
  }
  if (mantissa == 0) {
    *out = negative ? -0.0 : 0.0;
    return true;
  }
  if (exponent < kLeast || exponent > 308) return false;
  const int zeros = std::countl_zero(mantissa);
  mantissa <<= zeros;
  const Power& power = power_of_ten(exponent);
  const Wide upper = Wide{mantissa} * power.high;
  const Wide product =
      upper + (Wide{mantissa} * power.low >> 64);  // may lack or exceed the true bits by 2 in the last place
  const int carry = static_cast<int>(product >> 127);
  const int shift = 128 - kSignificand - 1 + carry;  // leaves 53 bits
  const Wide rest = product & ((Wide{1} << shift) - 1);
  const Wide half = Wide{1} << (shift - 1);
  constexpr int error = 2;
  if (rest + error >= half && rest <= half + error) return false;
  std::uint64_t significand = static_cast<std::uint64_t>(product >> shift) + (rest > half);
  // mantissa * 2^-zeros * 10^e, as significand * 2^binary
  int binary = static_cast<int>(log2_of_power(static_cast<int>(exponent))) - 127 + 64 - zeros + shift;
  if (significand == kHidden * 2) {
    significand = kHidden;
    ++binary;
  }
  const int field = binary + kBias;
  if (field < 1 || field > 2046) return false;
  const std::uint64_t bits = (significand & (kHidden - 1)) | static_cast<std::uint64_t>(field) << (kSignificand - 1) |
                             static_cast<std::uint64_t>(negative) << 63;
  *out = std::bit_cast<double>(bits);
  return true;
}

namespace {

struct Decimal {
  std::uint64_t digits;
  int exponent;
};

// The first 64 bits of power * factor, the last of them set when anything stands behind.
std::uint64_t scale(const Power& power, std::uint64_t factor) {
  const std::uint64_t below = static_cast<std::uint64_t>(Wide{power.low} * factor >> 64);
  const Wide product = Wide{power.high} * factor + below;
  return static_cast<std::uint64_t>(product >> 64) | (static_cast<std::uint64_t>(product) > 1);
}

// Of a double that is neither 0 nor infinite nor a whole number below 2^53.
Decimal shortest(std::uint64_t fraction, int field) {
  const std::uint64_t c = field == 0 ? fraction : fraction | kHidden;
  const int q = (field == 0 ? 1 : field) - kBias;
  // The neighbour below is half as far away at a power of two.
  const bool narrow = fraction == 0 && field > 1;
  // A tie at the interval's end rounds to an even significand.
  const std::uint64_t open = c & 1;
  // 10^k <= the interval's width < 10^(k+1)
  const int k = (q * 1262611 - (narrow ? 524031 : 0)) >> 22;
  const int h = q + log2_of_power(-k) + 1;
  const Power& power = power_of_ten(-k);
  // Four times the lower end, the number and the upper end, over 10^k.
  const std::uint64_t low = scale(power, (4 * c - 2 + narrow) << h) + open;
  const std::uint64_t number = scale(power, 4 * c << h);
  const std::uint64_t high = scale(power, (4 * c + 2) << h) - open;

  const std::uint64_t s = number / 4;
  if (s >= 10) {
    const std::uint64_t tens = s / 10;
    const bool below = low <= 40 * tens;
    const bool above = 40 * tens + 40 <= high;
    if (below != above) return {tens + above, k + 1};
  }
  const bool below = low <= 4 * s;
  const bool above = 4 * s + 4 <= high;
  if (below != above) return {s + above, k};
  const std::uint64_t middle = 4 * s + 2;
  return {s + (number > middle || (number == middle && (s & 1) != 0)), k};
}

constexpr std::size_t kMostDigits = 20;

constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Exactly eight digits. They are split into halves, quarters and eighths, side by side within one word.
void write_eight(std::uint32_t number, char* out) {
  if constexpr (std::endian::native != std::endian::little) {
    for (int i = 7; i >= 0; --i, number /= 10) out[i] = static_cast<char>('0' + number % 10);
    return;
  }
  const std::uint64_t halves = number / 10000 | static_cast<std::uint64_t>(number % 10000) << 32;
  const std::uint64_t hundreds = (halves * 10486 >> 20) & 0x0000007f0000007f;  // over 100
  const std::uint64_t quarters = hundreds | (halves - hundreds * 100) << 16;
  const std::uint64_t tens = (quarters * 103 >> 10) & 0x000f000f000f000f;  // over 10
  const std::uint64_t digits = (tens | (quarters - tens * 10) << 8) + 0x3030303030303030;
  std::memcpy(out, &digits, sizeof digits);
}

// Up to 17 digits, right-aligned within 24 bytes; gives where they begin.
char* write_digits(std::uint64_t number, char* end) {
  while (number >= 100'000'000) {
    end -= 8;
    write_eight(static_cast<std::uint32_t>(number % 100'000'000), end);
    number /= 100'000'000;
  }
  auto rest = static_cast<std::uint32_t>(number);
  while (rest >= 100) {
    end -= 2;
    std::memcpy(end, &kPairs[2 * (rest % 100)], 2);
    rest /= 100;
  }
  if (rest >= 10) {
    end -= 2;
    std::memcpy(end, &kPairs[2 * rest], 2);
  } else {
    *--end = static_cast<char>('0' + rest);
  }
  return end;
}

// As Python lays digits out: in full from 1e-4 up to below 1e16, else with an exponent of at least two digits. Copies more
// than is needed, of one size that is known here: both buffers have the room.
char* lay_out(const char* digits, int count, int exponent, char* out) {
  if (exponent < -4 || exponent >= 16) {
    out[0] = digits[0];
    out[1] = '.';
    std::memcpy(out + 2, digits + 1, kMostDigits);
    out += count > 1 ? count + 1 : 1;
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    const int magnitude = exponent < 0 ? -exponent : exponent;
    if (magnitude >= 100) *out++ = static_cast<char>('0' + magnitude / 100);
    std::memcpy(out, &kPairs[static_cast<std::size_t>(2 * (magnitude % 100))], 2);
    return out + 2;
  }
  if (exponent < 0) {
    std::copy_n("0.0000", 6, out);
    out += 1 - exponent;
    std::memcpy(out, digits, kMostDigits);
    return out + count;
  }
  const int whole = exponent + 1;
  if (count <= whole) {
    std::memset(out, '0', kMostDigits);
    std::memcpy(out, digits, static_cast<std::size_t>(count));
    std::copy_n(".0", 2, out + whole);
    return out + whole + 2;
  }
  std::memcpy(out, digits, kMostDigits);
  out[whole] = '.';
  std::memcpy(out + whole + 1, digits + whole, kMostDigits);
  return out + count + 1;
}

}  // namespace

char* _write_int(std::uint64_t number, char* out) noexcept {
  if (number < 10) {
    *out = static_cast<char>('0' + number);
    return out + 1;
  }
  char buffer[3 * kMostDigits];
  char* const end = buffer + 2 * kMostDigits;
  const char* begin = write_digits(number, end);
  std::memcpy(out, begin, kMostDigits);
  return out + (end - begin);
}

char* _write_float(double value, char* out) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  if (bits >> 63 != 0) *out++ = '-';
  const std::uint64_t fraction = bits & (kHidden - 1);
  const int field = static_cast<int>(bits >> (kSignificand - 1) & 2047);
  const double magnitude = std::fabs(value);
  char buffer[3 * kMostDigits];  // the digits end at two thirds
  char* const end = buffer + 2 * kMostDigits;
  if (magnitude < 0x1p53 && magnitude == static_cast<double>(static_cast<std::int64_t>(magnitude))) {
    const char* begin = write_digits(static_cast<std::uint64_t>(magnitude), end);
    const auto count = static_cast<std::size_t>(end - begin);
    std::memcpy(out, begin, kMostDigits);
    std::copy_n(".0", 2, out + count);
    return out + count + 2;
  }
  const Decimal decimal = shortest(fraction, field);
  const char* begin = write_digits(decimal.digits, end);
  const char* last = end;
  while (last[-1] == '0') --last;
  const auto written = static_cast<int>(end - begin);
  return lay_out(begin, static_cast<int>(last - begin), decimal.exponent + written - 1, out);
}

}  // namespace krait::json
