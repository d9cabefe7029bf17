#pragma once
// Where words come from besides main's arguments.

#include <string>
#include <string_view>
#include <vector>

namespace krait::argparse {

class ArgumentParser;

// The words with each that begins with one of `prefix_chars` replaced by the lines of the file that it names, as
// parser.convert_arg_line_to_args makes words of them; such a word within a file counts, too. Throws ArgumentError for a file that
// cannot be read, RecursionError for one that names itself. Python: _read_args_from_files
std::vector<std::string> _read_args_from_files(ArgumentParser& parser, std::string_view prefix_chars,
                                               const std::vector<std::string>& args, int depth = 0);

// What this process was started with, without the program. Python: sys.argv[1:]
std::vector<std::string> _words_of_process();

}  // namespace krait::argparse
