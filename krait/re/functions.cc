#include "krait/re/functions.h"

#include <list>
#include <mutex>
#include <unordered_map>

#include "krait/re/_program.h"

namespace krait::re {

namespace {

constexpr std::size_t kKept = 512;  // Python: re._MAXCACHE

struct Key {
  std::string_view pattern;
  CompileOptions options;

  bool operator==(const Key& other) const noexcept {
    return pattern == other.pattern && options.flags == other.options.flags && options.bytes == other.options.bytes &&
           options.limit == other.options.limit && options.timeout == other.options.timeout;
  }
};

struct Hash {
  std::size_t operator()(const Key& key) const noexcept {
    return std::hash<std::string_view>()(key.pattern) ^
           static_cast<std::size_t>(key.options.flags) * 0x9e3779b97f4a7c15u;
  }
};

struct Kept {
  Key key;  // its text is the pattern's own
  Pattern pattern;
};

// The patterns last used, the latest first.
class Cache {
 public:
  std::optional<Pattern> find(const Key& key) {
    const std::lock_guard guard(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->pattern;
  }

  void add(const CompileOptions& options, const Pattern& pattern) {
    const std::lock_guard guard(mutex_);
    const Key key{pattern.pattern(), options};
    if (by_key_.contains(key)) return;
    if (order_.size() >= kKept) {
      by_key_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({key, pattern});
    by_key_.emplace(key, order_.begin());
  }

  void clear() {
    const std::lock_guard guard(mutex_);
    by_key_.clear();
    order_.clear();
  }

 private:
  std::mutex mutex_;
  std::list<Kept> order_;
  std::unordered_map<Key, std::list<Kept>::iterator, Hash> by_key_;
};

Cache& cache() {
  static Cache* const kept = new Cache;  // for ever: a thread may search while the program ends
  return *kept;
}

}  // namespace

Pattern compile(std::string_view pattern, const CompileOptions& options) {
  if (std::optional<Pattern> known = cache().find({pattern, options})) return *std::move(known);
  Pattern made(std::make_shared<const Program>(pattern, options));
  cache().add(options, made);
  return made;
}

std::string escape(std::string_view text) {
  constexpr std::string_view kSpecial = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  out.reserve(text.size());
  for (const char each : text) {
    if (kSpecial.find(each) != kSpecial.npos) out += '\\';
    out += each;
  }
  return out;
}

void purge() { cache().clear(); }

}  // namespace krait::re
