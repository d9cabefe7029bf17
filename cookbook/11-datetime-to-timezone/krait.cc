// A text becomes a time, and a time an aware one. Run: ./dev cookbook 11
//
// `replace` is [[nodiscard]]: the notes' mistake, to drop what it gives, is a warning of the compiler's. A format in which a
// directive stands twice is a ValueError; Python lets an error of its regex engine through.
#include <krait/builtins.h>
#include <krait/datetime.h>
#include <krait/zoneinfo.h>

namespace dt = krait::datetime;
using krait::print;
using krait::zoneinfo::ZoneInfo;

const char* time_str = "2023-09-15 14:46:37";

template <class Call>
void attempt(const char* what, Call call) {
  try {
    print(what, call());
  } catch (const krait::Exception& error) {
    print(what, krait::type_name(std::current_exception()) + ": " + error.what());
  }
}

int main() {
  attempt("as in the notes:", [] { return dt::datetime::strptime(time_str, "%Y-%d-%d %H:%M:%s"); });

  const auto unaware_time = dt::datetime::strptime(time_str, "%Y-%m-%d %H:%M:%S");
  print(repr(unaware_time), "in", unaware_time.tzinfo());

  const auto aware_time = unaware_time.replace({.tzinfo = dt::timezone::utc});
  print(repr(aware_time));
  print("still naive:", unaware_time.isoformat(), "aware:", aware_time.isoformat());

  const auto shanghai = aware_time.astimezone(ZoneInfo("Asia/Shanghai"));
  print(shanghai, *shanghai.tzname(), shanghai == aware_time);

  print(unaware_time == aware_time);
  attempt("earlier?", [&] { return unaware_time < aware_time; });
  attempt("between them:", [&] { return aware_time - unaware_time; });

  for (const int fold : {0, 1}) {
    const dt::datetime twice(2023, 11, 5, 1, 30, {.tzinfo = ZoneInfo("America/New_York"), .fold = fold});
    print(twice.isoformat(), *twice.tzname(), twice.astimezone(dt::timezone::utc).isoformat());
  }
}
