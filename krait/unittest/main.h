#pragma once
// Running tests with Python's own report and command line.
//
//   int main(int argc, char** argv) { return unittest::main(argc, argv); }
//
//   ./numbers_test -v NumbersTest.test_even          # -q -f -b -c -k PATTERN --durations N, names, -h
//   ./numbers_test --gtest_filter='NumbersTest.*'    # any --gtest_ option: GoogleTest runs and reports, plain TESTs as well
//
// Within a class tests run in alphabetical order, classes within a file as well; the file that calls main() is the module
// "__main__", another one is named by its file. All files that are linked in are loaded: linking is the import.
//
// Departs from Python: a traceback shows where the exception was made and the awaits it came through, for C++ keeps no
// other frames; --locals does nothing; load_tests and discovery are the linker's. A run in which only setUpClass or
// setUpModule failed ends with 1, as in later Pythons; 3.13.0 gave 5.
//
// Python: unittest.main

#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace krait::unittest {

struct MainOptions {
  std::vector<std::string> defaultTest = {};
  int verbosity = 1;
  bool failfast = false;
  bool catchbreak = false;
  bool buffer = false;
  std::optional<int> durations = std::nullopt;
};

// The exit status: 0 when all is well, 1 when not, 2 for a command line that makes no sense, 5 when no test ran.
// Python: unittest.main(), which exits with it
int main(int argc, char** argv, const MainOptions& options = {},
         std::source_location at = std::source_location::current());

}  // namespace krait::unittest
