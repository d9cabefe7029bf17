#pragma once
// A zone of the IANA database as a tzinfo.
//
//   const zoneinfo::ZoneInfo new_york("America/New_York");
//   datetime::datetime(2023, 11, 5, 1, 30, {.tzinfo = new_york, .fold = 1}).isoformat();      // "2023-11-05T01:30:00-05:00"
//
// The database is the system's (TZPATH, tzpath.h; Debian's package tzdata); a zone goes on by its rule beyond the last change
// in its file. Departs from Python: there is no second look into a package tzdata of PyPI's.

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/datetime/timedelta.h"
#include "krait/datetime/timezone.h"

namespace krait::zoneinfo {

// "'No time zone found with key Nowhere/City'": with the quotes of a KeyError. Python: zoneinfo.ZoneInfoNotFoundError
KRAIT_EXCEPTION(ZoneInfoNotFoundError, KeyError);

class _Zone;

// Python: zoneinfo.ZoneInfo. A value that shares what was read; a copy is the same zone.
class ZoneInfo {
 public:
  // The same key gives the same zone, as long as somebody has it; the last eight stay. Throws ZoneInfoNotFoundError;
  // ValueError for a key that leads out of TZPATH, or for a file that is no zone. Python: ZoneInfo(key)
  explicit ZoneInfo(std::string_view key);
  // Another zone each time. Python: ZoneInfo.no_cache(key)
  static ZoneInfo no_cache(std::string_view key);
  // Of a TZif file's bytes. Throws ValueError. Python: ZoneInfo.from_file(fobj, key=None)
  static ZoneInfo from_file(std::istream& file, std::optional<std::string> key = std::nullopt);
  // Python: ZoneInfo.clear_cache(only_keys=None)
  static void clear_cache();
  static void clear_cache(const std::vector<std::string>& only_keys);
  // That which `zone` holds, if it is one. Python: isinstance(zone, ZoneInfo)
  static std::optional<ZoneInfo> from(const datetime::tz& zone);

  // None of one made from a file without a key.
  const std::optional<std::string>& key() const noexcept;

  // At a local time; of null: what holds always, or None. Python: zone.utcoffset(dt)
  std::optional<datetime::timedelta> utcoffset(const datetime::datetime* dt) const;
  std::optional<datetime::timedelta> dst(const datetime::datetime* dt) const;
  std::optional<std::string> tzname(const datetime::datetime* dt) const;
  // Throws ValueError "fromutc: dt.tzinfo is not self". Python: zone.fromutc(dt)
  datetime::datetime fromutc(const datetime::datetime& dt) const;

  operator datetime::tz() const;
  // Python: a is b
  bool operator==(const ZoneInfo& other) const noexcept { return zone_ == other.zone_; }

 private:
  explicit ZoneInfo(std::shared_ptr<const _Zone> zone) : zone_(std::move(zone)) {}

  std::shared_ptr<const _Zone> zone_;
};

// The key. Python: str(zone)
std::string str(const ZoneInfo& zone);
// "zoneinfo.ZoneInfo(key='America/New_York')", "zoneinfo.ZoneInfo.from_file(<file>)". Python: repr(zone)
std::string repr(const ZoneInfo& zone);

}  // namespace krait::zoneinfo
