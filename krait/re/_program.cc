#include "krait/re/_program.h"

#include <time.h>

#include <algorithm>
#include <limits>

#include "krait/re/_parser.h"
#include "krait/re/error.h"

namespace krait::re {

namespace {

// A search takes so many steps, at most, before we look at the clock: some tenths of a second.
constexpr std::uint64_t kUnwatchedSteps = 20'000'000;
constexpr std::uint32_t kFewSteps = 1000;
// From this size on, a text that is matched at one place only is not checked as a whole.
constexpr std::size_t kLongText = std::size_t{32} << 10;

std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::uint32_t engine_limit(std::uint32_t limit) {
  return limit == 0 ? std::numeric_limits<std::uint32_t>::max() : limit;
}

// PCRE2 10.42's machine code remembers how far the first repetition of an attempt came, and fails the next attempts
// early by it; within an atomic group it is wrong to, for "(?>.*x|)" goes on with its other alternative.
bool has_atomic(const Sequence& sequence) {
  for (const Node& node : sequence.nodes) {
    if (node.op == Node::Op::Atomic) return true;
    if (node.op == Node::Op::Repeat && node.greed == Node::Greed::Possessive) {
      const std::vector<Node>& item = node.parts.front().nodes;
      if (item.size() != 1 || !is_single(item.front())) return true;
    }
    for (const Sequence& part : node.parts) {
      if (has_atomic(part)) return true;
    }
  }
  return false;
}

}  // namespace

Program::Program(std::string_view pattern, const CompileOptions& options)
    : pattern_(pattern),
      is_text_(!options.bytes),
      limit_(engine_limit(options.limit)),
      timeout_(options.timeout),
      tree_(parse(pattern_, is_text_, options.flags)),
      plain_start_(has_atomic(tree_.root)) {
  // What is beyond the engine is to be told now, not when it is first used.
  const Encoding encoding = is_text_ ? Encoding::Ascii : Encoding::Bytes;
  code(encoding, Kind::Search, Role::Plain);
}

Program::~Program() {
  for (std::atomic<Code*>& code : codes_) delete code.load();
  for (std::atomic<const std::optional<Linear>*>& linear : linears_) delete linear.load();
}

Encoding Program::encoding_of(std::string_view text, Kind kind, std::size_t pos) const {
  if (!is_text_) return Encoding::Bytes;
  const bool one_place = kind == Kind::Match || pos > 0;
  return one_place && text.size() > kLongText ? Encoding::Unchecked : check_utf8(text);
}

const Code& Program::code(Encoding encoding, Kind kind, Role role) const {
  const std::size_t index =
      (static_cast<std::size_t>(encoding) * 3 + static_cast<std::size_t>(kind)) * 3 + static_cast<std::size_t>(role);
  std::atomic<Code*>& slot = codes_[index];
  if (const Code* known = slot.load(std::memory_order_acquire)) return *known;
  const std::lock_guard guard(making_);
  if (const Code* known = slot.load(std::memory_order_relaxed)) return *known;
  Code* made = make(encoding, kind, role);
  slot.store(made, std::memory_order_release);
  return *made;
}

Code* Program::make(Encoding encoding, Kind kind, Role role) const {
  const bool utf = encoding == Encoding::Utf8 || encoding == Encoding::Unchecked;
  const Dialect dialect{.encoding = utf ? Encoding::Utf8 : encoding, .marks = role == Role::Marked};
  auto made =
      std::make_unique<Code>(translate(tree_, dialect), Code::Options{.utf = utf,
                                                                      .tolerant = encoding == Encoding::Unchecked,
                                                                      .anchored = kind != Kind::Search,
                                                                      .to_the_end = kind == Kind::FullMatch,
                                                                      .sliced = role == Role::Sliced,
                                                                      .plain_start = plain_start_});
  made->speed_up();
  return made.release();
}

void Program::raise_limit(std::string_view what) const {
  throw LimitError("cannot match " + std::string(is_text_ ? "" : "bytes ") + "pattern '" + pattern_.substr(0, 200) +
                   "': " + std::string(what) + "; make it less ambiguous, or raise the limit");
}

const Linear* Program::linear(Encoding encoding, bool whole) const {
  if (encoding == Encoding::Unchecked) return nullptr;
  std::atomic<const std::optional<Linear>*>& slot = linears_[static_cast<std::size_t>(encoding) * 2 + (whole ? 1 : 0)];
  const std::optional<Linear>* known = slot.load(std::memory_order_acquire);
  if (!known) {
    const std::lock_guard guard(making_);
    known = slot.load(std::memory_order_relaxed);
    if (!known) {
      known = new std::optional<Linear>(Linear::compile(tree_, encoding, whole));
      slot.store(known, std::memory_order_release);
    }
  }
  return known->has_value() ? &**known : nullptr;
}

const std::size_t* Program::find(const Look& look, LinearSpans& room) const {
  if (look.start > look.text.size()) return nullptr;
  if (const Linear* known = linear(look.encoding, look.kind == Kind::FullMatch)) {
    switch (known->find(look.text, look.start, look.kind != Kind::Search, look.must_advance, room.data())) {
      case Linear::Outcome::Match:
        return room.data();
      case Linear::Outcome::NoMatch:
        return nullptr;
      case Linear::Outcome::TooLong:
        break;
    }
  }
  return find_by_engine(look);
}

const std::size_t* Program::find_by_engine(const Look& look) const {
  // Of the whole text, so that searching on in it finds the limit set already.
  const std::uint64_t starts = look.text.size() + 1;
  const std::uint32_t steps = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(std::max<std::uint64_t>(kUnwatchedSteps / starts, kFewSteps), limit_));
  const Code& plain = code(look.encoding, look.kind, Role::Plain);
  switch (plain.run({.subject = look.text, .start = look.start, .must_advance = look.must_advance, .steps = steps})) {
    case Code::Outcome::Match:
      return Code::spans();
    case Code::Outcome::NoMatch:
      return nullptr;
    case Code::Outcome::OutOfSteps:
      break;
  }
  return find_slowly(look, steps);
}

// The engine counts steps anew from each place where a match may start, and tells neither the sum nor the place. So those
// places are tried in slices: the more steps each may take, the fewer at once, and between slices we look at the clock.
const std::size_t* Program::find_slowly(const Look& look, std::uint32_t steps) const {
  const Code& sliced = code(look.encoding, look.kind, Role::Sliced);
  const std::chrono::nanoseconds began = cpu_time();
  std::uint64_t slice = kUnwatchedSteps;  // how many places at once
  for (std::size_t at = look.start;;) {
    if (timeout_.count() > 0 && cpu_time() - began > timeout_) {
      raise_limit("it takes more than " + std::to_string(timeout_.count() / 1'000'000) + " ms");
    }
    const Code::Run run{.subject = look.text,
                        .start = at,
                        .must_advance = look.must_advance && at == look.start,
                        .steps = steps,
                        .last_start = std::min<std::size_t>(at + slice - 1, look.text.size())};
    switch (sliced.run(run)) {
      case Code::Outcome::Match:
        return Code::spans();
      case Code::Outcome::NoMatch:
        if (look.kind != Kind::Search || run.last_start == look.text.size()) return nullptr;
        at = run.last_start + 1;
        while (look.encoding != Encoding::Bytes && at < look.text.size() && is_continuation(look.text[at])) ++at;
        continue;
      case Code::Outcome::OutOfSteps:
        break;
    }
    if (steps == limit_ && (slice == 1 || look.kind != Kind::Search)) {
      raise_limit("it takes more than " + std::to_string(limit_) + " steps from one place");
    }
    steps = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{steps} * 8, limit_));
    slice = steps == limit_ ? 1 : std::max<std::uint64_t>(kUnwatchedSteps / steps, 1);
  }
}

std::size_t Program::last_index(const Look& look, std::size_t begin) const {
  const Kind kind = look.kind == Kind::FullMatch ? Kind::FullMatch : Kind::Match;
  const Code& marked = code(look.encoding, kind, Role::Marked);
  const Code::Run run{
      .subject = look.text, .start = begin, .must_advance = look.must_advance && begin == look.start, .steps = limit_};
  return marked.run(run) == Code::Outcome::Match ? Code::last_mark() : 0;
}

}  // namespace krait::re
