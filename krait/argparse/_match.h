#pragma once
// How many words of a command line each argument takes. The words are a pattern of one letter each: 'O' an option, 'A' any
// other, '-' the "--" after which no word is an option.

#include <optional>
#include <string_view>
#include <vector>

#include "krait/argparse/actions.h"

namespace krait::argparse {

// The numbers of words from the pattern's start, one an action, each as many as the ones after it allow; nullopt: they do not
// fit. Python: re.match("".join(_get_nargs_pattern(action) for action in actions), pattern)
std::optional<std::vector<std::size_t>> _match(const std::vector<const Action*>& actions, std::string_view pattern);

// As many of the first actions as fit. Python: _match_arguments_partial
std::vector<std::size_t> _match_partial(std::vector<const Action*> actions, std::string_view pattern);

}  // namespace krait::argparse
