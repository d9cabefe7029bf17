#include "krait/zoneinfo/zone.h"

#include <fstream>
#include <iterator>
#include <list>
#include <mutex>
#include <unordered_map>

#include "krait/builtins/repr.h"
#include "krait/datetime/datetime.h"
#include "krait/zoneinfo/_tzif.h"
#include "krait/zoneinfo/tzpath.h"

namespace krait::zoneinfo {

class _Zone final : public datetime::tzinfo {
 public:
  _Zone(_Tzif tzif, std::optional<std::string> key) : tzif_(std::move(tzif)), key_(std::move(key)) {}

  const std::optional<std::string>& key() const { return key_; }

  std::optional<datetime::timedelta> utcoffset(const datetime::datetime* dt) const override {
    const _Kind* kind = find(dt);
    return kind ? std::optional(datetime::timedelta::_of_seconds(kind->utcoff)) : std::nullopt;
  }
  std::optional<datetime::timedelta> dst(const datetime::datetime* dt) const override {
    const _Kind* kind = find(dt);
    return kind ? std::optional(datetime::timedelta::_of_seconds(kind->dstoff)) : std::nullopt;
  }
  std::optional<std::string> tzname(const datetime::datetime* dt) const override {
    const _Kind* kind = find(dt);
    return kind ? std::optional(kind->name) : std::nullopt;
  }
  datetime::datetime fromutc(const datetime::datetime& dt) const override {
    if (dt.tzinfo().get() != this) throw ValueError("fromutc: dt.tzinfo is not self");
    const _PosixRule::Found found = tzif_.at_utc(dt._clock_seconds(), dt.year());
    datetime::datetime local = dt + datetime::timedelta::_of_seconds(found.kind->utcoff);
    return found.fold != 0 ? local.replace({.fold = 1}) : local;
  }
  std::string str() const override { return key_ ? *key_ : repr(); }
  std::string repr() const override {
    return key_ ? "zoneinfo.ZoneInfo(key=" + krait::repr(*key_) + ")" : "zoneinfo.ZoneInfo.from_file(<file>)";
  }

 private:
  const _Kind* find(const datetime::datetime* dt) const {
    return dt ? &tzif_.at_clock(dt->_clock_seconds(), dt->year(), dt->fold()) : tzif_.fixed();
  }

  _Tzif tzif_;
  std::optional<std::string> key_;
};

namespace {

constexpr std::size_t kStrong = 8;  // as CPython has it

// Zones in use, and the last few that were asked for, the newest first.
class Cache {
 public:
  std::shared_ptr<const _Zone> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = zones_.find(key);
    std::shared_ptr<const _Zone> zone = found != zones_.end() ? found->second.lock() : nullptr;
    if (zone) keep(key, zone);
    return zone;
  }

  // Gives the zone that another thread put in meanwhile, if there is one.
  std::shared_ptr<const _Zone> put(const std::string& key, std::shared_ptr<const _Zone> zone) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const _Zone>& slot = zones_[key];
    if (auto other = slot.lock()) zone = std::move(other);
    slot = zone;
    keep(key, zone);
    return zone;
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    zones_.clear();
    strong_.clear();
  }

  void clear(const std::string& key) {
    const std::lock_guard lock(mutex_);
    zones_.erase(key);
    strong_.remove_if([&](const auto& each) { return each.first == key; });
  }

 private:
  void keep(const std::string& key, const std::shared_ptr<const _Zone>& zone) {
    if (!strong_.empty() && strong_.front().first == key) return;
    strong_.remove_if([&](const auto& each) { return each.first == key; });
    strong_.emplace_front(key, zone);
    if (strong_.size() > kStrong) strong_.pop_back();
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const _Zone>> zones_;
  std::list<std::pair<std::string, std::shared_ptr<const _Zone>>> strong_;
};

Cache& cache() {
  static Cache cache;
  return cache;
}

std::shared_ptr<const _Zone> read(std::istream& file, std::optional<std::string> key) {
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return std::make_shared<const _Zone>(_Tzif(bytes), std::move(key));
}

std::shared_ptr<const _Zone> load(const std::string& key) {
  const std::string path = _find_tzfile(key);
  if (path.empty()) throw ZoneInfoNotFoundError("No time zone found with key " + key);
  std::ifstream file(path, std::ios::binary);
  if (!file) raise_os_error(errno, {}, path);
  return read(file, key);
}

std::shared_ptr<const _Zone> cached(const std::string& key) {
  if (auto zone = cache().find(key)) return zone;
  return cache().put(key, load(key));
}

}  // namespace

ZoneInfo::ZoneInfo(std::string_view key) : zone_(cached(std::string(key))) {}
ZoneInfo ZoneInfo::no_cache(std::string_view key) { return ZoneInfo(load(std::string(key))); }
ZoneInfo ZoneInfo::from_file(std::istream& file, std::optional<std::string> key) {
  return ZoneInfo(read(file, std::move(key)));
}

void ZoneInfo::clear_cache() { cache().clear(); }
void ZoneInfo::clear_cache(const std::vector<std::string>& only_keys) {
  for (const std::string& key : only_keys) cache().clear(key);
}

std::optional<ZoneInfo> ZoneInfo::from(const datetime::tz& zone) {
  auto found = std::dynamic_pointer_cast<const _Zone>(zone.share());
  if (!found) return std::nullopt;
  return ZoneInfo(std::move(found));
}

const std::optional<std::string>& ZoneInfo::key() const noexcept { return zone_->key(); }
std::optional<datetime::timedelta> ZoneInfo::utcoffset(const datetime::datetime* dt) const {
  return zone_->utcoffset(dt);
}
std::optional<datetime::timedelta> ZoneInfo::dst(const datetime::datetime* dt) const { return zone_->dst(dt); }
std::optional<std::string> ZoneInfo::tzname(const datetime::datetime* dt) const { return zone_->tzname(dt); }
datetime::datetime ZoneInfo::fromutc(const datetime::datetime& dt) const { return zone_->fromutc(dt); }
ZoneInfo::operator datetime::tz() const { return zone_; }

std::string str(const ZoneInfo& zone) { return datetime::tz(zone)->str(); }
std::string repr(const ZoneInfo& zone) { return datetime::tz(zone)->repr(); }

}  // namespace krait::zoneinfo
