#pragma once
// What time.strptime and datetime.strptime share.

#include <optional>
#include <string>
#include <string_view>

namespace krait::time {

// Python: what _strptime._strptime gives
struct _Parsed {
  int year = 1900, month = 1, day = 1;
  int hour = 0, minute = 0, second = 0, microsecond = 0;
  int weekday = 0;  // 0 is Monday
  int julian = 1;   // of the year, from 1
  int isdst = -1;
  std::optional<std::string> zone;  // as it is written
  std::optional<int> gmtoff;        // seconds
  int gmtoff_microseconds = 0;      // of the same sign
};

_Parsed _parse(std::string_view text, std::string_view format);

}  // namespace krait::time
