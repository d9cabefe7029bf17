// ctime: seconds since the epoch as asctime's text. Run: ./dev cookbook 13
#include <krait/builtins.h>
#include <krait/time.h>

#include <cstdlib>
#include <limits>

using namespace krait;

template <class Call>
void attempt(Call call) {
  try {
    print(call());
  } catch (const Exception& error) {
    print(type_name(std::current_exception()) + ": " + error.what());
  }
}

int main() {
  print(time::ctime());

  for (const char* zone : {"UTC", "Asia/Shanghai"}) {
    setenv("TZ", zone, 1);
    time::tzset();
    const std::string text = time::ctime(1694760884);
    print(zone, text.substr(0, 10), text.substr(11, 5), text == time::asctime(time::localtime(1694760884)));
  }
  attempt([] { return time::ctime(1e20); });
  attempt([] { return time::ctime(std::numeric_limits<double>::quiet_NaN()); });
}
