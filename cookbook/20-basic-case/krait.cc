// A test case with Python's report. Run: ./dev cookbook 20
//
// `KRAIT_TEST(test_upper)` is `def test_upper(self):`. Link GoogleTest's main instead of writing one, or give the program any
// --gtest_ option, and the same tests are GoogleTest's, for ctest and an editor.
#include <krait/builtins.h>
#include <krait/unittest.h>

#include <algorithm>
#include <cctype>
#include <string>

using namespace krait;

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}
bool isupper(const std::string& text) { return text == upper(text); }

class MyTestCase : public unittest::TestCase {
  KRAIT_TEST_CASE(MyTestCase)

  KRAIT_TEST(test_upper) { assertEqual(upper("andy"), "ANDY"); }

  KRAIT_TEST(test_is_upper) {
    assertTrue(isupper("ANDY"));
    assertFalse(isupper("Andy"));
  }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv);
  print("exit code", code);
}
