// Texts of times and files of zones, whatever bytes they are made of. A text that is read survives being written and read
// again; anything else is a ValueError or an OverflowError. The first byte says what the rest is: 'f' a format, a zero and a
// text; 'i' a text of ISO 8601; 's' a format to write by; anything else a TZif file.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "krait/datetime.h"
#include "krait/time.h"
#include "krait/zoneinfo.h"

namespace {

using namespace krait;
using Moment = datetime::datetime;

[[noreturn]] void fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

template <class Call>
void allow_errors(Call call) {
  try {
    call();
  } catch (const ValueError&) {
  } catch (const OverflowError&) {
  }
}

void check_survives(const Moment& when) {
  const std::string text = when.isoformat();
  if (repr(Moment::fromisoformat(text)) != repr(when.replace({.fold = 0}))) fail("it does not survive", text);
}

void check_strptime(std::string_view text, std::string_view format) {
  allow_errors([&] { time::asctime(time::strptime(text, format)); });
  allow_errors([&] {
    const Moment when = Moment::strptime(text, format);
    const auto offset = when.utcoffset();
    check_survives(when.replace({.tzinfo = offset ? datetime::tz(datetime::timezone(*offset)) : datetime::tz()}));
  });
}

void check_isoformat(std::string_view text) {
  allow_errors([&] { check_survives(Moment::fromisoformat(text)); });
  allow_errors([&] { (void)str(datetime::date::fromisoformat(text)); });
  allow_errors([&] { (void)str(datetime::time::fromisoformat(text)); });
}

void check_zone(std::string_view bytes) {
  std::istringstream file{std::string(bytes)};
  allow_errors([&] {
    const zoneinfo::ZoneInfo zone = zoneinfo::ZoneInfo::from_file(file);
    for (const int year : {1, 1800, 1969, 1970, 2023, 2037, 2038, 2500, 9999}) {
      for (const int month : {1, 3, 7, 11, 12}) {
        const Moment utc(year, month, 15, 12, {.tzinfo = datetime::timezone::utc});
        allow_errors([&] { (void)utc.astimezone(zone).astimezone(datetime::timezone::utc); });
        allow_errors([&] { (void)utc.replace({.tzinfo = zone, .fold = 1}).strftime("%c %z %Z"); });
      }
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'f') {
    const std::size_t zero = std::min(rest.find('\0'), rest.size());
    check_strptime(rest.substr(std::min(zero + 1, rest.size())), rest.substr(0, zero));
  } else if (data[0] == 'i') {
    check_isoformat(rest);
  } else if (data[0] == 's') {
    allow_errors([&] { (void)Moment(2023, 9, 5, 4, 3, 2, 1, datetime::timezone::utc).strftime(rest); });
  } else {
    check_zone(rest);
  }
  return 0;
}
