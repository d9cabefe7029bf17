#include "krait/argparse/_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "krait/argparse/_unicode.h"
#include "krait/argparse/parser.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

[[noreturn]] void refuse(const std::string& name, int error) {
  throw ArgumentError(std::nullopt,
                      "[Errno " + std::to_string(error) + "] " + std::strerror(error) + ": " + krait::repr(name));
}

std::string contents(const std::string& name) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "re"), std::fclose);
  if (!file) refuse(name, errno);
  std::string text;
  char buffer[4096];
  for (std::size_t read; (read = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, read);
  if (std::ferror(file.get())) refuse(name, errno);
  return text;
}

}  // namespace

std::vector<std::string> _read_args_from_files(ArgumentParser& parser, std::string_view prefix_chars,
                                               const std::vector<std::string>& args, int depth) {
  constexpr int kDeepest = 200;  // CPython gives up about there, too
  std::vector<std::string> words;
  for (const std::string& arg : args) {
    if (!_text::starts_with_one_of(arg, prefix_chars)) {
      words.push_back(arg);
      continue;
    }
    const std::string name(_text::rest(arg));
    if (depth == kDeepest) {
      throw RecursionError("cannot read arguments from " + krait::repr(name) + ": maximum recursion depth exceeded");
    }
    std::vector<std::string> within;
    for (const std::string& line : _text::splitlines(contents(name))) {
      for (std::string& word : parser.convert_arg_line_to_args(line)) within.push_back(std::move(word));
    }
    for (std::string& word : _read_args_from_files(parser, prefix_chars, within, depth + 1))
      words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> _words_of_process() {
  const std::string all = contents("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    words.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  if (!words.empty()) words.erase(words.begin());
  return words;
}

}  // namespace krait::argparse
