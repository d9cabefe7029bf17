#pragma once
// Python: textwrap.wrap, of text without tabs and line ends

#include <string>
#include <string_view>
#include <vector>

namespace krait::argparse {

// The lines, at most `width` code points each.
std::vector<std::string> _wrap(std::string_view text, int width);

}  // namespace krait::argparse
