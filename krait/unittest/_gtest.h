#pragma once
// GoogleTest as a program's other way to run its tests.

namespace krait::unittest {

int _run_gtest(int argc, char** argv);
// How many tests there are that are no TestCase's.
int _plain_gtest_tests();

}  // namespace krait::unittest
