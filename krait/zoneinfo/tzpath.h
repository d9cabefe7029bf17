#pragma once
// Where time zones are looked for. Python: zoneinfo's TZPATH

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait::zoneinfo {

KRAIT_EXCEPTION(InvalidTZPathWarning, RuntimeWarning);  // Python: zoneinfo.InvalidTZPathWarning

// The folders, in order: those of PYTHONTZPATH when it is set, else the system's (/usr/share/zoneinfo …).
// Python: zoneinfo.TZPATH, a tuple; here a copy.
std::vector<std::string> TZPATH();
// Reads PYTHONTZPATH again; what is no absolute path in it is left out, with a warning on standard error.
// Python: zoneinfo.reset_tzpath()
void reset_tzpath();
// Throws ValueError "Paths should be absolute but found the following relative paths:…". Python: zoneinfo.reset_tzpath(to)
void reset_tzpath(std::vector<std::string> to);

// The keys of all zones that are there, without "posixrules" and the folders "right" and "posix". Opens every file of the
// path, to see whether it is one. Python: zoneinfo.available_timezones()
std::set<std::string> available_timezones();

// The file of a zone; "" when there is none. Throws ValueError for a key that is absolute, not normalised, or that leads out
// of the path.
std::string _find_tzfile(std::string_view key);

}  // namespace krait::zoneinfo
