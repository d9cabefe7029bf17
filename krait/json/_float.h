#pragma once
// Numbers to and from their decimals: the nearest double, and the fewest digits that read back as the same.

#include <cstddef>
#include <cstdint>

namespace krait::json {

// mantissa * 10^exponent to the nearest double, ties to even; false when that could not be told from these digits alone, or is
// no normal double.
bool _to_double(std::uint64_t mantissa, std::int64_t exponent, bool negative, double* out) noexcept;

inline constexpr std::size_t _longest_float = 64;
// A finite float as Python's repr has it: "1.0", "1e-05", "1.2345e+22". Gives the end. There is room for _longest_float bytes,
// which may all be written to.
char* _write_float(double value, char* out) noexcept;

inline constexpr std::size_t _longest_int = 64;
// The digits of an int; gives the end. There is room for _longest_int bytes.
char* _write_int(std::uint64_t number, char* out) noexcept;

}  // namespace krait::json
