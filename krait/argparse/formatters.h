#pragma once
// How help is laid out. Python: the formatter_class of an ArgumentParser
//
//   ArgumentParser parser({.formatter_class = RawDescriptionHelpFormatter});
//   ArgumentParser parser({.formatter_class = ArgumentDefaultsHelpFormatter | RawTextHelpFormatter});   // Python: a class of both
//   ArgumentParser parser({.formatter_class = HelpFormatter.with({.max_help_position = 40})});

#include <optional>

namespace krait::argparse {

struct FormatterOptions {
  int indent_increment = 2;
  int max_help_position = 24;
  std::optional<int> width = std::nullopt;  // columns; by default COLUMNS, else the terminal's, less two
};

struct FormatterClass {
  bool raw_description = false, raw_text = false, defaults = false, metavar_type = false;
  FormatterOptions options{};

  // Python: lambda prog: formatter_class(prog, max_help_position=…)
  constexpr FormatterClass with(FormatterOptions given) const {
    FormatterClass made = *this;
    made.options = given;
    return made;
  }
  constexpr FormatterClass operator|(const FormatterClass& other) const {
    return {raw_description || other.raw_description, raw_text || other.raw_text, defaults || other.defaults,
            metavar_type || other.metavar_type, options};
  }
};

inline constexpr FormatterClass HelpFormatter{};
// Keeps the lines of description and epilog.
inline constexpr FormatterClass RawDescriptionHelpFormatter{.raw_description = true};
// Keeps the lines of all texts.
inline constexpr FormatterClass RawTextHelpFormatter{.raw_description = true, .raw_text = true};
// Adds " (default: …)".
inline constexpr FormatterClass ArgumentDefaultsHelpFormatter{.defaults = true};
// Names the type where there is no metavar.
inline constexpr FormatterClass MetavarTypeHelpFormatter{.metavar_type = true};

}  // namespace krait::argparse
