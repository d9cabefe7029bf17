#include "krait/builtins/traceback.h"

#include <cstdio>
#include <cstdlib>

namespace krait {

namespace {

constexpr int kDeepest = 10;  // groups within groups, causes of causes

void append_indented(std::string& text, const std::string& block, std::string_view indent) {
  std::size_t start = 0;
  while (start < block.size()) {
    std::size_t end = block.find('\n', start);
    end = end == std::string::npos ? block.size() : end + 1;
    text.append(indent).append(block, start, end - start);
    start = end;
  }
}

std::string format(const std::exception_ptr& error, int depth) {
  std::string text;
  const auto* known = _exception_cast<BaseException>(error);
  if (known && known->cause() && depth < kDeepest) {
    text = format(known->cause(), depth + 1) +
           "\nThe above exception was the direct cause of the following exception:\n\n";
  }
  if (known) {
    text += "Traceback (most recent call last):\n";
    const auto lines = known->traceback();
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) text += _format_location(*line) + "\n";
  }
  text += type_name(error);
  if (std::string message = str(error); !message.empty()) text += ": " + message;
  text += "\n";
  const auto* group = _exception_cast<BaseExceptionGroup>(error);
  if (!group || depth >= kDeepest) return text;
  std::size_t number = 0;
  for (const std::exception_ptr& each : group->exceptions()) {
    text += "  +---------------- " + std::to_string(++number) + " ----------------\n";
    append_indented(text, format(each, depth + 1), "  | ");
  }
  return text + "  +------------------------------------\n";
}

}  // namespace

std::string _format_location(const std::source_location& at) {
  return std::string("  File \"") + at.file_name() + "\", line " + std::to_string(at.line()) + ", in " +
         at.function_name();
}

std::string format_exception(const std::exception_ptr& error) { return error ? format(error, 0) : "NoneType: None\n"; }

void print_exception(const std::exception_ptr& error) noexcept {
  try {
    const std::string text = format_exception(error);
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (...) {
    std::fputs("out of memory while reporting an error\n", stderr);
  }
}

namespace {

[[noreturn]] void excepthook() noexcept {
  const std::exception_ptr error = std::current_exception();
  if (const auto* exit = _exception_cast<SystemExit>(error)) {
    std::fflush(nullptr);
    std::_Exit(exit->code);
  }
  if (!isinstance<BaseException>(error)) __gnu_cxx::__verbose_terminate_handler();
  print_exception(error);
  std::abort();
}

}  // namespace

void _install_excepthook() noexcept {
  if (std::get_terminate() == &__gnu_cxx::__verbose_terminate_handler) std::set_terminate(excepthook);
}

}  // namespace krait
