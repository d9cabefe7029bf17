// A pattern, and below its first line feed the flags, a template and a subject: whatever the bytes, it throws what is
// documented or gives matches that lie in the subject, in order, within the default limits.

#include "krait/re.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace krait;

[[noreturn]] void fail(const char* what, std::string_view pattern) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(pattern.size()), pattern.data());
  std::abort();
}

void check(const re::Pattern& pattern, std::string_view subject, std::string_view repl) {
  std::ptrdiff_t last = 0;
  std::size_t count = 0;
  for (const re::Match& match : pattern.finditer(subject)) {
    if (match.start() < last || match.end() < match.start()) fail("matches out of order", pattern.pattern());
    if (match.end() > static_cast<std::ptrdiff_t>(subject.size()))
      fail("a match beyond the subject", pattern.pattern());
    const auto index = match.lastindex();
    if (index && !match.group(*index).has_value()) fail("lastindex took no part", pattern.pattern());
    last = match.end();
    if (++count == 20) break;
  }
  if (pattern.match(subject) && !pattern.search(subject)) fail("match finds what search does not", pattern.pattern());
  pattern.split(subject, 5);
  pattern.subn(repl, subject, 5);
  pattern.explain();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view text = input.substr(0, input.find('\n'));
  std::string_view rest = input.substr(std::min(input.size(), text.size() + 1));
  const unsigned chosen = rest.empty() ? 0 : static_cast<unsigned char>(rest.front());
  rest = rest.substr(std::min<std::size_t>(rest.size(), 1));
  const std::string_view repl = rest.substr(0, rest.find('\n'));
  const std::string_view subject = rest.substr(std::min(rest.size(), repl.size() + 1));
  re::RegexFlag flags = re::NOFLAG;
  for (const auto& [bit, flag] : {std::pair(1u, re::I), {2u, re::M}, {4u, re::S}, {8u, re::X}, {16u, re::A}}) {
    if (chosen & bit) flags |= flag;
  }
  try {
    // Less than the defaults, so that more is tried; what is tested is that limits end it.
    check(
        re::compile(
            text, {.flags = flags, .bytes = (chosen & 32) != 0, .limit = 100'000, .timeout = std::chrono::seconds(1)}),
        subject, repl);
  } catch (const Exception&) {
  }
  re::purge();
  return 0;
}
