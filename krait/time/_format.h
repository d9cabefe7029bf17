#pragma once
// What time.strftime and datetime.strftime share.

#include <ctime>
#include <string>
#include <string_view>

namespace krait::time {

// The directives that datetime adds to C's: %f, %z, %:z and %Z are its own there.
class _DatetimeDirectives {
 public:
  virtual void put_microsecond(std::string& out) const = 0;                         // %f
  virtual void put_offset(std::string& out, std::string_view separator) const = 0;  // %z, %:z
  virtual void put_zone(std::string& out) const = 0;                                // %Z

 protected:
  ~_DatetimeDirectives() = default;
};

// `tm` as _check_tm() leaves it; `own` may be null. Throws ValueError for a null character in `format`.
std::string _format(std::string_view format, const std::tm& tm, const _DatetimeDirectives* own);

// `value` with at least `width` digits. A negative one has its sign before them.
void _put_digits(std::string& out, long value, int width, char pad = '0');

inline constexpr std::string_view kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};
inline constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                               "July",    "August",   "September", "October", "November", "December"};

}  // namespace krait::time
