// gmtime: seconds since the epoch as nine numbers, in UTC. Run: ./dev cookbook 14
//
// calendar.timegm, gmtime's inverse, stands beside it: time::timegm.
#include <krait/builtins.h>
#include <krait/time.h>

using namespace krait;

int main() {
  const auto t = time::gmtime(1694760884);
  print(t);
  print(t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday, t.tm_isdst);
  print(t[3], *t.tm_gmtoff, time::timegm(t));

  print(time::gmtime(1694760884.999).tm_sec);
  print(time::gmtime(-1));
  print(time::gmtime().tm_year >= 2023);
}
