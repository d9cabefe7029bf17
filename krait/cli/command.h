#pragma once
// The `krait` command.

#include <string>
#include <vector>

namespace krait::cli {

// Runs one command line, without the program's name, and appends what it says. Gives the exit status: 0, 1 for a process
// that cannot be shown, 2 for a command line that makes no sense.
int command(const std::vector<std::string>& arguments, std::string& out, std::string& err);

}  // namespace krait::cli
