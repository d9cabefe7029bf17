#pragma once
// What makes a time aware: a tzinfo, shared by all that carry it.
//
//   using datetime::timezone, datetime::timedelta;
//   datetime::datetime(2023, 9, 15, 14, 46, 37, {.tzinfo = timezone::utc})
//   datetime::datetime(2023, 9, 15, {.tzinfo = timezone(timedelta({.hours = 8}))})
//
// timezone and zoneinfo::ZoneInfo are values that become a `tz`; a zone of your own derives from `tzinfo` and is passed as a
// std::shared_ptr.

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "krait/builtins/none.h"
#include "krait/datetime/timedelta.h"

namespace krait::datetime {

class datetime;

// Python: datetime.tzinfo. Where Python passes None for dt, these take null.
class tzinfo {
 public:
  tzinfo() = default;
  tzinfo(const tzinfo&) = delete;
  tzinfo& operator=(const tzinfo&) = delete;
  virtual ~tzinfo();

  // What to add to UTC: less than a day either way. These throw NotImplementedError "a tzinfo subclass must implement
  // utcoffset()" unless overridden. Python: tzinfo.utcoffset(dt)
  virtual std::optional<timedelta> utcoffset(const datetime* dt) const;
  virtual std::optional<timedelta> dst(const datetime* dt) const;
  virtual std::optional<std::string> tzname(const datetime* dt) const;
  // `dt` is a UTC time that carries this zone. Throws ValueError "fromutc: dt.tzinfo is not self" for another one, and when
  // an offset is missing. Python: tzinfo.fromutc(dt)
  virtual datetime fromutc(const datetime& dt) const;
  // Python: str(tz), repr(tz)
  virtual std::string str() const;
  virtual std::string repr() const;
};

// A shared tzinfo, or None.
class tz {
 public:
  constexpr tz() noexcept = default;
  constexpr tz(NoneType /*none*/) noexcept {}
  constexpr tz(std::nullptr_t) noexcept {}
  template <std::derived_from<tzinfo> T>
  tz(std::shared_ptr<T> zone) noexcept : zone_(std::move(zone)) {}

  explicit operator bool() const noexcept { return zone_ != nullptr; }
  const tzinfo* get() const noexcept { return zone_.get(); }
  const std::shared_ptr<const tzinfo>& share() const noexcept { return zone_; }
  const tzinfo* operator->() const noexcept { return zone_.get(); }
  const tzinfo& operator*() const noexcept { return *zone_; }
  // Python: a is b
  bool operator==(const tz& other) const noexcept { return zone_ == other.zone_; }

 private:
  std::shared_ptr<const tzinfo> zone_;
};

std::string str(const tz& zone);
std::string repr(const tz& zone);

class _Timezone;

// A fixed offset from UTC. Python: datetime.timezone
class timezone {
 public:
  static const timezone utc;

  // UTC.
  constexpr timezone() noexcept = default;
  // Throws ValueError "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not …".
  explicit timezone(timedelta offset);
  timezone(timedelta offset, std::string name);
  static timezone min();  // -23:59
  static timezone max();

  timedelta utcoffset() const noexcept;
  // "UTC+08:00", or the name given. Python: tz.tzname(None)
  std::string tzname() const;
  // The offset decides, not the name.
  bool operator==(const timezone& other) const noexcept { return utcoffset() == other.utcoffset(); }

  operator tz() const;
  // That which `zone` holds, if it is one. Python: isinstance(zone, timezone)
  static std::optional<timezone> from(const tz& zone);

 private:
  std::shared_ptr<const _Timezone> zone_;  // null: UTC
};

inline constinit const timezone timezone::utc{};
inline constexpr const timezone& UTC = timezone::utc;  // Python: datetime.UTC

std::string str(const timezone& zone);
std::string repr(const timezone& zone);

}  // namespace krait::datetime

template <>
struct std::hash<krait::datetime::timezone> {
  std::size_t operator()(const krait::datetime::timezone& zone) const noexcept {
    return std::hash<krait::datetime::timedelta>()(zone.utcoffset());
  }
};
