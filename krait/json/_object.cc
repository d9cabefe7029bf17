// Python's dict as json.h has it: pairs in the order of insertion, and an index once there are many.

#include <algorithm>
#include <bit>
#include <memory>
#include <random>

#include "krait/builtins/exceptions.h"
#include "krait/json/value.h"

namespace krait::json {

namespace {

// Below this many keys a linear search is quicker than a hash.
constexpr std::size_t kIndexed = 12;

// SipHash-1-3 with a key drawn once a process: a client that chooses the keys cannot choose their places in the index.
class KeyHash {
 public:
  KeyHash() {
    std::random_device entropy;
    for (std::uint64_t& half : key_) half = static_cast<std::uint64_t>(entropy()) << 32 | entropy();
  }

  std::uint64_t operator()(std::string_view text) const noexcept {
    std::uint64_t v0 = key_[0] ^ 0x736f6d6570736575, v1 = key_[1] ^ 0x646f72616e646f6d;
    std::uint64_t v2 = key_[0] ^ 0x6c7967656e657261, v3 = key_[1] ^ 0x7465646279746573;
    const auto round = [&] {
      v0 += v1, v1 = rotate(v1, 13) ^ v0, v0 = rotate(v0, 32);
      v2 += v3, v3 = rotate(v3, 16) ^ v2;
      v0 += v3, v3 = rotate(v3, 21) ^ v0;
      v2 += v1, v1 = rotate(v1, 17) ^ v2, v2 = rotate(v2, 32);
    };
    const auto absorb = [&](std::uint64_t word) {
      v3 ^= word;
      round();
      v0 ^= word;
    };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) absorb(load(text.data() + at, 8));
    absorb(load(text.data() + at, text.size() - at) | static_cast<std::uint64_t>(text.size()) << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 3; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int bits) noexcept { return x << bits | x >> (64 - bits); }
  static std::uint64_t load(const char* bytes, std::size_t n) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < n; ++i)
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
    return word;
  }
  std::uint64_t key_[2];
};

std::uint64_t hash_of(std::string_view key) {
  static const KeyHash hash;
  return hash(key);
}

}  // namespace

Object::Object(std::initializer_list<Item> items) {
  items_.reserve(items.size());
  for (const Item& item : items) set(item.first, item.second);
}
Object::Object(const Object& other) : items_(other.items_) {}
Object& Object::operator=(const Object& other) { return *this = Object(other); }
Object& Object::operator=(Object&& other) noexcept {
  if (this != &other) {
    const Object old(std::move(*this));  // dies last: `other` may be within it
    items_ = std::move(other.items_);
    index_.store(other.index_.exchange(nullptr, std::memory_order_relaxed), std::memory_order_relaxed);
  }
  return *this;
}

bool Object::contains(std::string_view key) const noexcept { return position(key) != items_.size(); }

std::size_t Object::position(std::string_view key) const noexcept {
  if (items_.size() <= kIndexed) {
    std::size_t i = 0;
    while (i < items_.size() && items_[i].first != key) ++i;
    return i;
  }
  const Index* made = index_.load(std::memory_order_acquire);
  const Index& index = *(made ? made : index_all());
  const std::size_t mask = index.size() - 1;
  for (std::size_t slot = hash_of(key) & mask; index[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t at = index[slot] - 1;
    if (items_[at].first == key) return at;
  }
  return items_.size();
}

void Object::index_one(std::size_t position, Index& index) const noexcept {
  const std::size_t mask = index.size() - 1;
  std::size_t slot = hash_of(items_[position].first) & mask;
  while (index[slot] != 0) slot = (slot + 1) & mask;
  index[slot] = static_cast<std::uint32_t>(position + 1);
}

Object::Index* Object::index_all() const {
  // A power of two, at least half free, with room to grow.
  auto made = std::make_unique<Index>(std::bit_ceil(4 * items_.size()));
  for (std::size_t i = 0; i < items_.size(); ++i) index_one(i, *made);
  Index* other = nullptr;
  if (!index_.compare_exchange_strong(other, made.get(), std::memory_order_acq_rel)) return other;
  return made.release();
}

void Object::forget_index() noexcept { delete index_.exchange(nullptr, std::memory_order_relaxed); }

const Value* Object::find(std::string_view key) const noexcept {
  const std::size_t at = position(key);
  return at == items_.size() ? nullptr : &items_[at].second;
}
Value* Object::find(std::string_view key) noexcept { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Value& Object::at(std::string_view key) const {
  const Value* value = find(key);
  if (!value) throw KeyError(std::string(key));
  return *value;
}

Value& Object::operator[](std::string_view key) {
  Value* value = find(key);
  return value ? *value : set(std::string(key), nullptr);
}

Value& Object::set(std::string key, Value value) {
  const std::size_t at = position(key);
  if (at != items_.size()) return items_[at].second = std::move(value);
  items_.emplace_back(std::move(key), std::move(value));
  if (Index* index = index_.load(std::memory_order_relaxed)) {
    if (items_.size() * 2 <= index->size()) {
      index_one(at, *index);
    } else {
      forget_index();
    }
  }
  return items_.back().second;
}

bool Object::erase(std::string_view key) {
  const std::size_t at = position(key);
  if (at == items_.size()) return false;
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
  forget_index();
  return true;
}

void Object::clear() noexcept {
  items_.clear();
  forget_index();
}

bool Object::operator==(const Object& other) const {
  if (size() != other.size()) return false;
  return std::all_of(begin(), end(), [&](const Item& item) {
    const Value* value = other.find(item.first);
    return value && *value == item.second;
  });
}

}  // namespace krait::json
