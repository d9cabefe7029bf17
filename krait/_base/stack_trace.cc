#include "krait/_base/stack_trace.h"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

// libbacktrace's header lies among GCC's own, which another compiler must not see; this is what is used of it.
extern "C" {
struct backtrace_state;
using backtrace_error_callback = void (*)(void* data, const char* message, int number);
backtrace_state* backtrace_create_state(const char* program, int threaded, backtrace_error_callback, void* data);
int backtrace_simple(backtrace_state*, int skip, int (*)(void* data, std::uintptr_t address), backtrace_error_callback,
                     void* data);
int backtrace_pcinfo(backtrace_state*, std::uintptr_t address,
                     int (*)(void* data, std::uintptr_t address, const char* file, int line, const char* function),
                     backtrace_error_callback, void* data);
int backtrace_syminfo(backtrace_state*, std::uintptr_t address,
                      void (*)(void* data, std::uintptr_t address, const char* symbol, std::uintptr_t value,
                               std::uintptr_t size),
                      backtrace_error_callback, void* data);
}

namespace krait::_base {

namespace {

void ignore_error(void*, const char*, int) {}

backtrace_state* state() {
  static backtrace_state* const made = backtrace_create_state(nullptr, 1, ignore_error, nullptr);
  return made;
}

std::string readable(const char* symbol) {
  int status = 0;
  char* demangled = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  std::string text = demangled ? demangled : symbol;
  std::free(demangled);
  return text;
}

struct Line {
  std::string file, function;
  int number = 0;
};

// The function that an address lies in, by the program's symbols; else the address itself.
std::string symbol_of(std::uintptr_t address) {
  std::string name;
  backtrace_syminfo(
      state(), address,
      [](void* data, std::uintptr_t, const char* symbol, std::uintptr_t, std::uintptr_t) {
        if (symbol) *static_cast<std::string*>(data) = readable(symbol);
      },
      ignore_error, &name);
  if (!name.empty()) return name;
  char text[32];
  std::snprintf(text, sizeof text, "%#zx", static_cast<std::size_t>(address));
  return text;
}

// One address may stand for several lines, where calls were inlined: innermost first. Line tables alone (-g1) name only
// what was inlined.
std::vector<Line> lines_of(std::uintptr_t address) {
  std::vector<Line> lines;
  backtrace_pcinfo(
      state(), address,
      [](void* data, std::uintptr_t, const char* file, int number, const char* function) {
        if (file) static_cast<std::vector<Line>*>(data)->push_back({file, function ? readable(function) : "", number});
        return 0;
      },
      ignore_error, &lines);
  if (lines.empty()) lines.emplace_back();
  if (lines.back().function.empty()) lines.back().function = symbol_of(address);
  return lines;
}

// The frames of promises, of the event loop and of the standard library say nothing about who made a coroutine.
bool is_machinery(const Line& line) {
  const std::string_view file = line.file;
  if (file.ends_with("_test.cc")) return false;
  return file.find("krait/builtins/") != file.npos || file.find("krait/asyncio/") != file.npos ||
         file.ends_with("krait/_base/stack_trace.cc") || file.find("/include/c++/") != file.npos;
}

}  // namespace

StackTrace StackTrace::capture() noexcept {
  StackTrace trace;
  backtrace_simple(
      state(), 0,
      [](void* data, std::uintptr_t address) {
        auto& t = *static_cast<StackTrace*>(data);
        t.addresses_[t.size_++] = address;
        return t.size_ == kDepth ? 1 : 0;
      },
      ignore_error, &trace);
  return trace;
}

std::string StackTrace::describe() const {
  std::string text;
  for (std::size_t i = 0; i < size_; ++i) {
    std::string here;
    for (const Line& line : lines_of(addresses_[i])) {
      if (is_machinery(line)) continue;
      std::string one = line.file.empty() ? "\n  in " + line.function
                                          : "\n  File \"" + line.file + "\", line " + std::to_string(line.number) +
                                                ", in " + line.function;
      here.insert(0, one);
    }
    text.insert(0, here);
  }
  return text;
}

}  // namespace krait::_base
