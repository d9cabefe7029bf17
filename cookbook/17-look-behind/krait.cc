// Look-behind. Run: ./dev cookbook 17
#include <krait/builtins.h>
#include <krait/re.h>

#include <string>

using namespace krait;

const std::string text = "love regex or hate regex, can't ignore regex";

int main() {
  print(re::compile(R"((?<=(love|hate)\s)regex)").findall(text));
  print(re::compile(R"((?<!love\s)regex)").findall(text));
  for (const char* pattern : {R"((?<=a.*)b)", R"((?<=a{3,4})b)", R"((?<=a|bc)d)"}) {
    try {
      re::compile(pattern);
    } catch (const re::error& error) {
      print(error.what());
    }
  }
}
