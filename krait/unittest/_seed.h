#pragma once
// The seed of a shuffled order: what a test gave, unless the environment says otherwise.

#include <cstdint>
#include <optional>
#include <string>

namespace krait::unittest {

// None stays none. Otherwise KRAIT_SEED=7 is 7, KRAIT_SEED=random a fresh one, and without KRAIT_SEED it is `given`.
// Throws ValueError when KRAIT_SEED is neither.
std::optional<std::uint64_t> _seed_or_asked(std::optional<std::uint64_t> given);
// "shuffled; to replay this order: KRAIT_SEED=7"
std::string _how_to_replay(std::uint64_t seed);

}  // namespace krait::unittest
