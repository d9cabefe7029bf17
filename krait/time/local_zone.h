#pragma once
// The local zone, as the variable TZ or the system sets it.
//
//   setenv("TZ", "America/New_York", 1);
//   time::tzset();
//   time::tzname();         // {"EST", "EDT"}
//
// Python keeps these as module variables that tzset() renews; here they are functions that read what tzset() found.

#include <string>
#include <utility>

namespace krait::time {

// Reads TZ again. To change TZ while other threads look at the environment is a race of the C library's.
// Python: time.tzset()
void tzset();

// Seconds west of UTC, without summer time. Python: time.timezone
long timezone();
// Seconds west of UTC, in summer time; timezone() where there is none. Python: time.altzone
long altzone();
// Nonzero: there is summer time this year. Python: time.daylight
int daylight();
// Without and with summer time. Python: time.tzname
std::pair<std::string, std::string> tzname();

}  // namespace krait::time
