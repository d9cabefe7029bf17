// asctime: a time as the text that C writes. Run: ./dev cookbook 12
#include <krait/builtins.h>
#include <krait/time.h>

#include <array>

using namespace krait;

std::string quoted_start(const std::string& text) { return "'" + text.substr(0, 10) + "'"; }

template <class Call>
void attempt(Call call) {
  try {
    print(call());
  } catch (const Exception& error) {
    print(type_name(std::current_exception()) + ": " + error.what());
  }
}

int main() {
  print(time::asctime());
  print(time::asctime().size(), "characters");

  print(quoted_start(time::asctime({2023, 9, 15, 14, 46, 37, 4, 258, 0})));
  print(quoted_start(time::asctime({2023, 9, 5, 4, 3, 2, 1, 248, 0})));
  attempt([] { return time::asctime({.tm_year = 2023, .tm_mon = 13, .tm_mday = 15}); });
  attempt([] { return time::asctime(std::array{2023, 9}); });
}
