#include "krait/time/local_zone.h"

#include <ctime>
#include <mutex>
#include <optional>

#include "krait/builtins/exceptions.h"
#include "krait/time/_tm.h"

namespace krait::time {

namespace {

struct Zone {
  long timezone = 0, altzone = 0;
  int daylight = 0;
  std::pair<std::string, std::string> names;
};

std::mutex mutex;
std::optional<Zone> found;

// Looks at a January and a July of this year, in which one of the two has summer time if any has.
Zone look() {
  constexpr std::int64_t kYear = (365 * 24 + 6) * std::int64_t{3600};
  const std::int64_t start = std::time(nullptr) / kYear * kYear;
  const struct_time january = localtime(start);
  const struct_time july = localtime(start + kYear / 2);
  const long january_west = -january.tm_gmtoff.value_or(0);
  const long july_west = -july.tm_gmtoff.value_or(0);
  const std::string january_name = january.tm_zone.value_or("   ").substr(0, 9);
  const std::string july_name = july.tm_zone.value_or("   ").substr(0, 9);
  const int daylight = january_west != july_west ? 1 : 0;
  if (january_west < july_west) return {july_west, january_west, daylight, {july_name, january_name}};  // the south
  return {january_west, july_west, daylight, {january_name, july_name}};
}

Zone zone() {
  const std::lock_guard lock(mutex);
  if (!found) {
    ::tzset();
    found = look();
  }
  return *found;
}

}  // namespace

void tzset() {
  const std::lock_guard lock(mutex);
  ::tzset();
  found = look();
}

long timezone() { return zone().timezone; }
long altzone() { return zone().altzone; }
int daylight() { return zone().daylight; }
std::pair<std::string, std::string> tzname() { return zone().names; }

}  // namespace krait::time
