// Look-ahead. Run: ./dev cookbook 16
//
// Places are counted in bytes here, and in characters in Python: in ASCII that is the same.
#include <krait/builtins.h>
#include <krait/re.h>

#include <optional>
#include <string>

using namespace krait;

const std::string text = "i love python, i love regex";

void show(const std::optional<re::Match>& match) { print(match ? repr(*match) : "None"); }

int main() {
  show(re::compile(R"(love\s(?=python))").search(text));
  // The second one: what follows the first is python.
  show(re::compile(R"(love\s(?!python))").search(text));
  // Neither python nor regex.
  show(re::compile(R"(love\s(?!python|regex))").search(text));
}
