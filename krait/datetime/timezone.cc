#include "krait/datetime/timezone.h"

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/datetime/_offset.h"
#include "krait/datetime/datetime.h"
#include "krait/time/_format.h"

namespace krait::datetime {

namespace {

bool within_a_day(const timedelta& offset) {
  return offset.days() == 0 || (offset.days() == -1 && (offset.seconds() != 0 || offset.microseconds() != 0));
}

std::optional<timedelta> checked(std::optional<timedelta> offset) {
  if (offset && !within_a_day(*offset)) {
    throw ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
  }
  return offset;
}

[[noreturn]] void not_implemented(const char* method) {
  throw NotImplementedError(std::string("a tzinfo subclass must implement ") + method + "()");
}

}  // namespace

tzinfo::~tzinfo() = default;
std::optional<timedelta> tzinfo::utcoffset(const datetime* /*dt*/) const { not_implemented("utcoffset"); }
std::optional<timedelta> tzinfo::dst(const datetime* /*dt*/) const { not_implemented("dst"); }
std::optional<std::string> tzinfo::tzname(const datetime* /*dt*/) const { not_implemented("tzname"); }

datetime tzinfo::fromutc(const datetime& dt) const {
  if (dt.tzinfo().get() != this) throw ValueError("fromutc: dt.tzinfo is not self");
  const auto offset = dt.utcoffset();
  if (!offset) throw ValueError("fromutc: non-None utcoffset() result required");
  const auto dst = dt.dst();
  if (!dst) throw ValueError("fromutc: non-None dst() result required");
  const datetime standard = dt + (*offset - *dst);
  const auto then = standard.dst();
  if (!then) throw ValueError("fromutc: tz.dst() gave inconsistent results; cannot convert");
  return *then ? standard + *then : standard;
}

std::string tzinfo::str() const { return repr(); }
std::string tzinfo::repr() const { return "<tzinfo>"; }

class _Timezone final : public tzinfo {
 public:
  _Timezone(timedelta offset, std::optional<std::string> name) : offset_(offset), name_(std::move(name)) {}

  const timedelta& offset() const { return offset_; }
  std::optional<timedelta> utcoffset(const datetime* /*dt*/) const override { return offset_; }
  std::optional<timedelta> dst(const datetime* /*dt*/) const override { return std::nullopt; }
  std::optional<std::string> tzname(const datetime* /*dt*/) const override {
    if (name_) return name_;
    if (!offset_) return "UTC";
    std::string text = "UTC";
    _put_offset(text, offset_, ":");
    return text;
  }
  datetime fromutc(const datetime& dt) const override {
    if (dt.tzinfo().get() != this) throw ValueError("fromutc: dt.tzinfo is not self");
    return dt + offset_;
  }
  std::string str() const override { return *tzname(nullptr); }
  std::string repr() const override {
    if (!offset_ && !name_) return "datetime.timezone.utc";
    return "datetime.timezone(" + krait::datetime::repr(offset_) + (name_ ? ", " + krait::repr(*name_) : "") + ")";
  }

 private:
  timedelta offset_;
  std::optional<std::string> name_;
};

namespace {

const std::shared_ptr<const _Timezone>& utc_zone() {
  static const auto zone = std::make_shared<const _Timezone>(timedelta(), std::nullopt);
  return zone;
}

std::shared_ptr<const _Timezone> make(timedelta offset, std::optional<std::string> name) {
  if (!within_a_day(offset)) {
    throw ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not " +
                     repr(offset) + ".");
  }
  if (!offset && !name) return nullptr;
  return std::make_shared<const _Timezone>(offset, std::move(name));
}

}  // namespace

timezone::timezone(timedelta offset) : zone_(make(offset, std::nullopt)) {}
timezone::timezone(timedelta offset, std::string name) : zone_(make(offset, std::move(name))) {}
timezone timezone::min() { return timezone(timedelta({.hours = -23, .minutes = -59})); }
timezone timezone::max() { return timezone(timedelta({.hours = 23, .minutes = 59})); }
timedelta timezone::utcoffset() const noexcept { return zone_ ? zone_->offset() : timedelta(); }
std::string timezone::tzname() const { return zone_ ? zone_->str() : "UTC"; }
timezone::operator tz() const { return zone_ ? zone_ : utc_zone(); }

std::optional<timezone> timezone::from(const tz& zone) {
  const auto* fixed = dynamic_cast<const _Timezone*>(zone.get());
  if (!fixed) return std::nullopt;
  timezone found;
  if (fixed != utc_zone().get()) found = timezone(fixed->offset(), *fixed->tzname(nullptr));
  return found;
}

std::string str(const tz& zone) { return zone ? zone->str() : "None"; }
std::string repr(const tz& zone) { return zone ? zone->repr() : "None"; }
std::string str(const timezone& zone) { return zone.tzname(); }
std::string repr(const timezone& zone) { return repr(tz(zone)); }

std::optional<timedelta> _utcoffset(const tz& zone, const datetime* dt) {
  return zone ? checked(zone->utcoffset(dt)) : std::nullopt;
}
std::optional<timedelta> _dst(const tz& zone, const datetime* dt) {
  return zone ? checked(zone->dst(dt)) : std::nullopt;
}
std::optional<std::string> _tzname(const tz& zone, const datetime* dt) {
  return zone ? zone->tzname(dt) : std::nullopt;
}

void _put_offset(std::string& out, const timedelta& offset, std::string_view separator) {
  const bool negative = offset.days() < 0;
  const timedelta length = negative ? -offset : offset;
  out += negative ? '-' : '+';
  krait::time::_put_digits(out, length.seconds() / 3600, 2);
  out += separator;
  krait::time::_put_digits(out, length.seconds() / 60 % 60, 2);
  if (length.seconds() % 60 == 0 && length.microseconds() == 0) return;
  out += separator;
  krait::time::_put_digits(out, length.seconds() % 60, 2);
  if (length.microseconds() == 0) return;
  out += '.';
  krait::time::_put_digits(out, length.microseconds(), 6);
}

void _put_clock(std::string& out, int hour, int minute, int second, int microsecond, std::string_view timespec) {
  if (timespec == "auto") timespec = microsecond == 0 ? "seconds" : "microseconds";
  const bool milliseconds = timespec == "milliseconds";
  const bool microseconds = timespec == "microseconds";
  const bool seconds = timespec == "seconds" || milliseconds || microseconds;
  const bool minutes = timespec == "minutes" || seconds;
  if (!minutes && timespec != "hours") throw ValueError("Unknown timespec value");
  const auto put = [&](char before, int value, int width) {
    out += before;
    krait::time::_put_digits(out, value, width);
  };
  krait::time::_put_digits(out, hour, 2);
  if (minutes) put(':', minute, 2);
  if (seconds) put(':', second, 2);
  if (milliseconds) put('.', microsecond / 1000, 3);
  if (microseconds) put('.', microsecond, 6);
}

std::string _ctime(const krait::time::struct_time& t) {
  constexpr std::size_t kBeforeYear = 20;
  std::string text = krait::time::asctime(t);
  if (t.tm_year < 1000) text.insert(kBeforeYear, kBeforeYear + 4 - text.size(), '0');
  return text;
}

tz _zone_of_offset(int seconds, int microseconds) {
  if (seconds == 0) return timezone::utc;
  return timezone(timedelta::_normalized(0, seconds, microseconds));
}

}  // namespace krait::datetime
