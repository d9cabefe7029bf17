#pragma once
// print, and str of what it prints.
//
//   print("IO操作完成，结果为：", result, 2.0, true);        // IO操作完成，结果为： 42 2.0 True

#include <concepts>
#include <exception>
#include <iosfwd>
#include <string>
#include <string_view>

#include "krait/builtins/none.h"

namespace krait {

// Python: str(x), for what has one: text, True and False, integers, the shortest float that reads back ("2.0"), None.
inline std::string str(std::string_view text) { return std::string(text); }
inline std::string str(const char* text) { return text; }
inline std::string str(const std::string& text) { return text; }
std::string str(bool value);
std::string str(double value);
std::string str(const std::exception& error);
inline std::string str(NoneType) { return "None"; }
template <std::integral T>
std::string str(T value) {
  return std::to_string(value);
}
inline std::string str(char value) { return std::string(1, value); }
inline std::string str(float value) { return str(static_cast<double>(value)); }

// Writes one line to standard output at once, so that lines of several threads do not mix.
void _print_line(std::string line);
// Sends lines to `target` from now on, in every thread; null: to standard output. Gives the one before.
std::streambuf* _redirect_print(std::streambuf* target) noexcept;

// Python: print(*objects), separated by blanks, on standard output. The arguments are evaluated before anything is
// written, so `print("a", co_await b())` prints a whole line after b() is done.
template <class... Objects>
void print(const Objects&... objects) {
  std::string line;
  ((line.append(str(objects)).append(" ")), ...);
  if constexpr (sizeof...(objects) > 0) line.pop_back();
  _print_line(std::move(line));
}

}  // namespace krait
