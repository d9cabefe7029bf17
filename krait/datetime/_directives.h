#pragma once
// %f, %z, %:z and %Z of a time that has a microsecond and perhaps a zone.

#include <string>
#include <string_view>

#include "krait/datetime/_offset.h"
#include "krait/time/_format.h"

namespace krait::datetime {

class _Directives final : public krait::time::_DatetimeDirectives {
 public:
  // `when` is what the zone is asked with: null for a time without a date.
  _Directives(int microsecond, const tz& zone, const datetime* when)
      : microsecond_(microsecond), zone_(zone), when_(when) {}

  void put_microsecond(std::string& out) const override { krait::time::_put_digits(out, microsecond_, 6); }
  void put_offset(std::string& out, std::string_view separator) const override {
    if (const auto offset = _utcoffset(zone_, when_)) krait::datetime::_put_offset(out, *offset, separator);
  }
  void put_zone(std::string& out) const override { out += _tzname(zone_, when_).value_or(""); }

 private:
  int microsecond_;
  const tz& zone_;
  const datetime* when_;
};

}  // namespace krait::datetime
