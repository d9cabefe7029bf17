#define PCRE2_CODE_UNIT_WIDTH 8
#include "krait/re/_engine.h"

#include <pcre2.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "krait/re/error.h"

namespace krait::re {

namespace {

constexpr std::size_t kStackStart = std::size_t{32} << 10, kStackMax = std::size_t{16} << 20;  // of JIT code, a thread
constexpr std::uint32_t kHeapLimit = std::uint32_t{256} << 10;  // KiB, of the interpreter, which takes over beyond that
constexpr std::uint32_t kMaxNesting = 4000;

// What a thread needs to match, made when it first does.
struct Workspace {
  pcre2_match_data* data = nullptr;
  std::size_t* spans = nullptr;  // of `data`
  std::uint32_t pairs = 0;
  std::uint32_t steps = 0;
  std::size_t last_start = kNowhere;
  pcre2_match_context* context = nullptr;
  pcre2_jit_stack* stack = nullptr;

  ~Workspace() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    if (stack) pcre2_jit_stack_free(stack);
  }

  // Setting what is set already would take a tenth of a short match.
  void set(std::uint32_t new_steps, std::size_t new_last_start) {
    if (steps != new_steps) pcre2_set_match_limit(context, steps = new_steps);
    if (last_start != new_last_start) pcre2_set_offset_limit(context, last_start = new_last_start);
  }

  void prepare(std::uint32_t wanted) {
    if (!context) {
      context = pcre2_match_context_create(nullptr);
      stack = pcre2_jit_stack_create(kStackStart, kStackMax, nullptr);
      if (!context) throw std::bad_alloc();
      if (stack) pcre2_jit_stack_assign(context, nullptr, stack);
      pcre2_set_heap_limit(context, kHeapLimit);
    }
    if (pairs >= wanted) return;
    pcre2_match_data* larger = pcre2_match_data_create(std::max<std::uint32_t>(wanted, 16), nullptr);
    if (!larger) throw std::bad_alloc();
    pcre2_match_data_free(data);
    data = larger;
    spans = pcre2_get_ovector_pointer(data);
    pairs = std::max<std::uint32_t>(wanted, 16);
  }
};

constinit thread_local Workspace this_thread;

std::string message_of(int error) {
  unsigned char text[256];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

pcre2_compile_context* compile_context() {
  static pcre2_compile_context* const context = [] {
    pcre2_compile_context* made = pcre2_compile_context_create(nullptr);
    if (!made) throw std::bad_alloc();
    pcre2_set_newline(made, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(made, kMaxNesting);
    return made;
  }();
  return context;
}

std::uint32_t compile_flags(const Code::Options& options) {
  std::uint32_t flags = PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C;
  if (options.utf) flags |= PCRE2_UTF;
  if (options.tolerant) flags |= PCRE2_MATCH_INVALID_UTF;
  if (options.anchored) flags |= PCRE2_ANCHORED;
  if (options.to_the_end) flags |= PCRE2_ENDANCHORED;
  if (options.sliced) flags |= PCRE2_USE_OFFSET_LIMIT;
  if (options.plain_start) flags |= PCRE2_NO_START_OPTIMIZE;
  return flags;
}

}  // namespace

Code::Code(const std::string& pattern, const Options& options) : tolerant_(options.tolerant) {
  int error = 0;
  std::size_t offset = 0;
  code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), compile_flags(options), &error,
                        &offset, compile_context());
  if (!code_) {
    if (error == PCRE2_ERROR_HEAP_FAILED) throw std::bad_alloc();
    throw PatternError("cannot compile: the engine says: " + message_of(error));
  }
  std::uint32_t groups = 0;
  pcre2_pattern_info(code_, PCRE2_INFO_CAPTURECOUNT, &groups);
  pairs_ = groups + 1;
}

Code::~Code() { pcre2_code_free(code_); }

void Code::speed_up() { fast_ = pcre2_jit_compile(code_, PCRE2_JIT_COMPLETE) == 0; }

Code::Outcome Code::run(const Run& run) const {
  Workspace& workspace = this_thread;
  workspace.prepare(pairs_);
  workspace.set(run.steps, run.last_start);
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(run.subject.data() ? run.subject.data() : "");
  std::uint32_t options = run.must_advance ? PCRE2_NOTEMPTY_ATSTART : 0;
  int result = 0;
  if (fast_ && !tolerant_) {
    result = pcre2_jit_match(code_, subject, run.subject.size(), run.start, options, workspace.data, workspace.context);
  } else {
    if (!tolerant_) options |= PCRE2_NO_UTF_CHECK;
    result = pcre2_match(code_, subject, run.subject.size(), run.start, options, workspace.data, workspace.context);
  }
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
    options |= PCRE2_NO_JIT | (tolerant_ ? 0 : PCRE2_NO_UTF_CHECK);
    result = pcre2_match(code_, subject, run.subject.size(), run.start, options, workspace.data, workspace.context);
  }
  if (result >= 0) {
    for (std::size_t i = 2 * static_cast<std::size_t>(result); i < 2 * std::size_t{pairs_}; ++i) {
      workspace.spans[i] = kNowhere;
    }
    return Outcome::Match;
  }
  switch (result) {
    case PCRE2_ERROR_NOMATCH:
      return Outcome::NoMatch;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
      return Outcome::OutOfSteps;
    case PCRE2_ERROR_NOMEMORY:
      throw std::bad_alloc();
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
      throw LimitError("cannot match: it would take more than 256 MiB to remember the choices made");
    default:
      throw RuntimeError("cannot match: the engine says: " + message_of(result));
  }
}

const std::size_t* Code::spans() noexcept { return this_thread.spans; }

std::size_t Code::last_mark() noexcept {
  const auto* mark = pcre2_get_mark(this_thread.data);
  return mark ? std::strtoul(reinterpret_cast<const char*>(mark), nullptr, 10) : 0;
}

namespace {

constexpr char32_t kFirstUnassignedPlane = 0x40000;

// Those of `ranges` that the class `set` takes.
CodeSet taken(const CodeSet& ranges, const char* set) {
  Code code(set, {.utf = true});
  code.speed_up();
  std::vector<Range> found;
  for (const Range& range : ranges.ranges()) {
    std::string text;
    for (char32_t each = range.first; each <= range.last; ++each) append_utf8(text, each);
    for (std::size_t at = 0; code.run({.subject = text, .start = at, .steps = 1u << 30}) == Code::Outcome::Match;) {
      const char32_t character =
          decode_utf8(std::string_view(text).substr(Code::spans()[0], Code::spans()[1] - Code::spans()[0]))[0];
      found.push_back({character, character});
      at = Code::spans()[1];
    }
  }
  return CodeSet::of(std::move(found));
}

}  // namespace

const EngineUnicode& engine_unicode() {
  static const EngineUnicode known = [] {
    constexpr Range kSurrogates[] = {{0xd800, 0xdfff}};
    const CodeSet word(kWord), digit(kDigit),
        assigned = CodeSet::range(0, kFirstUnassignedPlane) - CodeSet(kSurrogates);
    EngineUnicode unicode;
    unicode.usable = taken(assigned - word, "[\\p{L}\\p{N}_]").empty() && taken(assigned - digit, "\\p{Nd}").empty();
    unicode.missing_words = taken(word, "[^\\p{L}\\p{N}_]");
    unicode.missing_digits = taken(digit, "\\P{Nd}");
    return unicode;
  }();
  return known;
}

}  // namespace krait::re
