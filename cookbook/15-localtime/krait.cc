// localtime: the same in the local zone. Run: ./dev cookbook 15
//
// tzname, timezone, altzone and daylight are functions here: they give what the last tzset() found.
#include <krait/builtins.h>
#include <krait/time.h>

#include <cstdlib>

using namespace krait;

void use_zone(const char* zone) {
  setenv("TZ", zone, 1);
  time::tzset();
}

std::string names() {
  const auto [standard, summer] = time::tzname();
  return "('" + standard + "', '" + summer + "')";
}

int main() {
  use_zone("Asia/Shanghai");
  print(time::localtime(1694760884));
  print(time::gmtime(1694760884).tm_hour, time::localtime(1694760884).tm_hour);
  print(names(), time::timezone(), time::daylight());

  use_zone("America/New_York");
  const auto t = time::localtime(1694760884);
  print(t.tm_hour, t.tm_isdst, *t.tm_zone, *t.tm_gmtoff);
  print(time::mktime(t), time::mktime({2023, 9, 15, 2, 54, 44, 0, 0, -1}) == time::mktime(t));
  print(names(), time::timezone(), time::altzone());
}
