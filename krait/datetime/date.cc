#include "krait/datetime/date.h"

#include "krait/builtins/exceptions.h"
#include "krait/datetime/_isoformat.h"
#include "krait/datetime/_offset.h"
#include "krait/time/_format.h"
#include "krait/time/_tm.h"

namespace krait::datetime {

namespace {

krait::time::_Date fields_of(std::chrono::year_month_day day) {
  const krait::time::_Date fields{int(day.year()), static_cast<int>(unsigned(day.month())),
                                  static_cast<int>(unsigned(day.day()))};
  krait::time::_check_date(fields.year, fields.month, fields.day);
  return fields;
}

class Directives final : public krait::time::_DatetimeDirectives {
 public:
  void put_microsecond(std::string& out) const override { out += "000000"; }
  void put_offset(std::string& /*out*/, std::string_view /*separator*/) const override {}
  void put_zone(std::string& /*out*/) const override {}
};

}  // namespace

date::date(std::chrono::year_month_day day) : date(Raw{}, fields_of(day)) {}

date date::today() { return fromtimestamp(std::chrono::system_clock::now()); }

date date::fromtimestamp(krait::time::_Seconds timestamp) {
  const std::tm tm = krait::time::_local_tm(timestamp.count());
  return {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

date date::fromisoformat(std::string_view string) {
  const auto read = _read_iso_date(string);
  if (!read) _invalid_isoformat(string);
  return {read->year, read->month, read->day};
}

IsoCalendarDate date::isocalendar() const {
  const std::int64_t today = toordinal();
  int year = year_;
  std::int64_t monday = krait::time::_iso_week1_monday(year);
  if (today < monday) {
    monday = krait::time::_iso_week1_monday(--year);
  } else if (today >= monday + 364 && today >= krait::time::_iso_week1_monday(year + 1)) {
    monday = krait::time::_iso_week1_monday(++year);
  }
  return {year, static_cast<int>((today - monday) / 7) + 1, isoweekday()};
}

std::string date::isoformat() const {
  std::string text;
  _put_iso(text);
  return text;
}

void date::_put_iso(std::string& text) const {
  krait::time::_put_digits(text, year_, 4);
  text += '-';
  krait::time::_put_digits(text, month_, 2);
  text += '-';
  krait::time::_put_digits(text, day_, 2);
}

std::string date::ctime() const { return _ctime(timetuple()); }

std::string date::strftime(std::string_view format) const {
  const krait::time::struct_time tuple = timetuple();
  const Directives own;
  return krait::time::_format(format, krait::time::_to_tm(tuple), &own);
}

krait::time::struct_time date::timetuple() const {
  return {.tm_year = year_,
          .tm_mon = month_,
          .tm_mday = day_,
          .tm_wday = weekday(),
          .tm_yday = krait::time::_days_before_month(year_, month_) + day_,
          .tm_isdst = -1};
}

std::chrono::year_month_day date::to_chrono() const noexcept {
  return std::chrono::year(year_) / static_cast<int>(month_) / static_cast<int>(day_);
}

date date::_moved(std::int64_t days) const {
  const std::int64_t ordinal = toordinal() + days;
  if (ordinal < 1 || ordinal > krait::time::_ordinal(MAXYEAR, 12, 31)) {
    throw OverflowError("date value out of range");
  }
  return date(Raw{}, krait::time::_from_ordinal(ordinal));
}

std::string str(const date& day) { return day.isoformat(); }

std::string repr(const date& day) {
  return "datetime.date(" + std::to_string(day.year()) + ", " + std::to_string(day.month()) + ", " +
         std::to_string(day.day()) + ")";
}

std::string repr(const IsoCalendarDate& date) {
  return "datetime.IsoCalendarDate(year=" + std::to_string(date.year) + ", week=" + std::to_string(date.week) +
         ", weekday=" + std::to_string(date.weekday) + ")";
}

std::string str(const IsoCalendarDate& date) { return repr(date); }

}  // namespace krait::datetime
