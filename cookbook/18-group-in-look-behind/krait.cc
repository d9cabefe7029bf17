// Why findall gives ['']. Run: ./dev cookbook 18
//
// `pattern.explain()` answers the question: "group 1 cannot participate: inside a negative look-around". Python has no such thing.
#include <krait/builtins.h>
#include <krait/re.h>

#include <string>

using namespace krait;

const std::string text = "love regex or hate regex, can't ignore regex";

int main() {
  const re::Pattern pattern = re::compile(R"((?<!(love|hate)\s)regex)");
  print(pattern.findall(text));
  for (const re::Match& match : pattern.finditer(text)) {
    print(match.group(), re::str(match.span()), match[1]);
  }
  print(re::compile(R"((?<!(?:love|hate)\s)regex)").findall(text));
}
