#pragma once
// The difference of two texts, line by line and within lines. Python: difflib

#include <string>
#include <vector>

namespace krait::unittest {

// Lines that begin with "- ", "+ ", "? " or "  ". Where more than four million pairs of lines would have to be compared
// letter by letter, they are shown whole: CPython would take minutes. Python: list(difflib.ndiff(a, b))
std::vector<std::u32string> _ndiff(const std::vector<std::u32string>& a, const std::vector<std::u32string>& b);

}  // namespace krait::unittest
