#include "krait/builtins/print.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <streambuf>

namespace krait {

std::string str(bool value) { return value ? "True" : "False"; }

std::string str(const std::exception& error) { return error.what(); }

std::string str(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // Python writes an exponent below 1e-4 and from 1e16 on.
  double size = std::fabs(value);
  bool scientific = size != 0 && (size < 1e-4 || size >= 1e16);
  char text[400];
  auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string result(text, std::to_chars(text, text + sizeof text, value, format).ptr);
  if (!scientific && result.find('.') == std::string::npos) result += ".0";
  return result;
}

namespace {
std::atomic<std::streambuf*> target = nullptr;
}

std::streambuf* _redirect_print(std::streambuf* to) noexcept { return target.exchange(to); }

void _print_line(std::string line) {
  line += '\n';
  if (std::streambuf* redirected = target.load()) {
    static std::mutex one_line;
    std::lock_guard lock(one_line);
    redirected->sputn(line.data(), static_cast<std::streamsize>(line.size()));
    return;
  }
  std::fwrite(line.data(), 1, line.size(), stdout);
}

}  // namespace krait
