#include "krait/unittest/_seed.h"

#include <charconv>
#include <cstdlib>
#include <random>
#include <string_view>

#include "krait/builtins/exceptions.h"

namespace krait::unittest {

std::optional<std::uint64_t> _seed_or_asked(std::optional<std::uint64_t> given) {
  const char* asked = std::getenv("KRAIT_SEED");
  if (!given || !asked || !*asked) return given;
  std::string_view text(asked);
  if (text == "random") {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }
  std::uint64_t seed = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    throw ValueError("cannot read KRAIT_SEED='" + std::string(text) +
                     "': it is a number below 2**64, or the word random");
  return seed;
}

std::string _how_to_replay(std::uint64_t seed) {
  return "shuffled; to replay this order: KRAIT_SEED=" + std::to_string(seed);
}

}  // namespace krait::unittest
