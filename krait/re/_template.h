#pragma once
// The replacement of sub(): text with \1, \g<name>, \g<1> and escapes.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "krait/re/_tree.h"

namespace krait::re {

// Literal texts, each but the last followed by a group.
struct Template {
  struct Part {
    std::string literal;
    std::size_t group = 0;
  };
  std::vector<Part> parts;
  std::string tail;
};

// Throws PatternError, and IndexError for a name that is no group's. Python: re._parser.parse_template
Template parse_template(std::string_view text, bool is_text, const Tree& tree);

// `spans` are the groups' places in `subject`; one that took no part is "".
void append_expanded(std::string& to, const Template& template_, std::string_view subject, const std::size_t* spans);

}  // namespace krait::re
