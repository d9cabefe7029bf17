#include "krait/re/_linear.h"

#include <algorithm>
#include <cstring>

#include "krait/re/_engine.h"

namespace krait::re {

namespace {

using Byte = unsigned char;

// Steps over attempts that failed, beside some for each byte of the text: beyond that, somebody else is to look at the clock.
constexpr std::size_t kFailures = 4'000'000, kFailuresPerByte = 4;

std::size_t length_of(Byte first) { return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4; }

}  // namespace

template <bool kUtf8>
class Walker {
 public:
  Walker(const Linear& program, std::string_view text, std::size_t* spans)
      : program_(program),
        sets_(program.sets_.data()),
        begin_(reinterpret_cast<const Byte*>(text.data())),
        end_(begin_ + text.size()),
        spans_(spans) {}

  Linear::Outcome find(std::size_t start, bool only_there, bool must_advance) {
    const std::size_t allowed = kFailures + kFailuresPerByte * static_cast<std::size_t>(end_ - begin_);
    const Byte* const from = begin_ + start;
    for (const Byte* at = from;;) {
      if (!only_there) at = next_start(at);
      if (!at || static_cast<std::size_t>(end_ - at) < program_.width_) return Linear::Outcome::NoMatch;
      const Byte* const stop = walk(at);
      if (stop && !(must_advance && stop == from)) {
        spans_[0] = place(at);
        spans_[1] = place(stop);
        return Linear::Outcome::Match;
      }
      if (only_there || at == end_) return Linear::Outcome::NoMatch;
      if (++walked_ > allowed) return Linear::Outcome::TooLong;
      at += kUtf8 ? length_of(*at) : 1;
    }
  }

 private:
  std::size_t place(const Byte* at) const { return static_cast<std::size_t>(at - begin_); }

  const Byte* next_start(const Byte* at) const {
    if (program_.landmarks_) return find_start(*program_.landmarks_, at, end_, program_.width_);
    if (!program_.first_) return at;
    const ByteSet& first = sets_[*program_.first_];
    while (at != end_) {
      if (first[*at] != ByteSet::No && !(kUtf8 && is_continuation(static_cast<char>(*at)))) return at;
      ++at;
    }
    return nullptr;
  }

  // Where the character at `at` ends, when it is a member; else null.
  const Byte* one(const ByteSet& set, const Byte* at) const {
    if (at == end_) return nullptr;
    const ByteSet::Answer answer = set[*at];
    if (answer == ByteSet::No) return nullptr;
    if constexpr (kUtf8) {
      if (*at >= 0x80) {
        if (answer == ByteSet::Yes) return at + length_of(*at);
        return set.has(code_point(at)) ? at : nullptr;
      }
    }
    return at + 1;
  }

  const Byte* counted_run(const ByteSet& set, const Byte* at, std::uint32_t min, std::uint32_t max) const {
    std::uint32_t count = 0;
    while (count < max) {
      const Byte* const next = one(set, at);
      if (!next) break;
      at = next;
      ++count;
    }
    return count < min ? nullptr : at;
  }

  // A loop, for texts are short and mostly end at the first byte.
  const Byte* text(const Step& step, const Byte* at) const {
    if (static_cast<std::size_t>(end_ - at) < step.max) return nullptr;
    const char* const wanted = program_.texts_.data() + step.min;
    for (std::uint32_t i = 0; i < step.max; ++i) {
      if (at[i] != static_cast<Byte>(wanted[i])) return nullptr;
    }
    return at + step.max;
  }

  const Byte* run(const Step& step, const Byte* at) const {
    const ByteSet& set = sets_[step.set];
    if (step.max != kEndless || step.min > 1) return counted_run(set, at, step.min, step.max);
    const Byte* const from = at;
    if (set.only_missing() >= 0) {
      const void* const missing =
          at == end_ ? nullptr : std::memchr(at, set.only_missing(), static_cast<std::size_t>(end_ - at));
      at = missing ? static_cast<const Byte*>(missing) : end_;
    } else {
      while (true) {
        while (at != end_ && set[*at] == ByteSet::Yes) ++at;
        if (!kUtf8 || at == end_ || set[*at] == ByteSet::No) break;
        const Byte* next = at;
        if (!set.has(code_point(next))) break;
        at = next;
      }
    }
    return at - from < static_cast<std::ptrdiff_t>(step.min) ? nullptr : at;
  }

  bool is_member_before(const ByteSet& set, const Byte* at) const {
    if (at == begin_) return false;
    do {
      --at;
    } while (kUtf8 && is_continuation(static_cast<char>(*at)));
    return one(set, at) != nullptr;
  }

  bool boundary(const Step& step, const Byte* at) const {
    const ByteSet& word = sets_[step.set];
    if (step.negate && begin_ == end_) return false;  // Python: \B is nowhere in the empty text
    return (is_member_before(word, at) != (one(word, at) != nullptr)) != step.negate;
  }

  // Where the steps lead to from `at`; null when they do not match.
  const Byte* walk(const Byte* at) {
    for (const Step& step : program_.steps_) {
      switch (step.op) {
        case Step::Op::Byte:
          if (at == end_ || *at != step.byte) return nullptr;
          ++at;
          break;
        case Step::Op::Text:
          if (!(at = text(step, at))) return nullptr;
          break;
        case Step::Op::One:
          if (!(at = one(sets_[step.set], at))) return nullptr;
          break;
        case Step::Op::Run: {
          const Byte* const stop = run(step, at);
          if (!stop) return nullptr;
          walked_ += static_cast<std::size_t>(stop - at);
          at = stop;
          break;
        }
        case Step::Op::Open:
          spans_[std::size_t{2} * step.group] = place(at);
          break;
        case Step::Op::Close:
          spans_[std::size_t{2} * step.group + 1] = place(at);
          break;
        case Step::Op::Begin:
          if (at != begin_) return nullptr;
          break;
        case Step::Op::LineBegin:
          if (at != begin_ && at[-1] != '\n') return nullptr;
          break;
        case Step::Op::End:
          if (at != end_) return nullptr;
          break;
        case Step::Op::LastLineEnd:
          if (at != end_ && !(at + 1 == end_ && *at == '\n')) return nullptr;
          break;
        case Step::Op::LineEnd:
          if (at != end_ && *at != '\n') return nullptr;
          break;
        case Step::Op::Boundary:
          if (!boundary(step, at)) return nullptr;
          break;
      }
    }
    return at;
  }

  const Linear& program_;
  const ByteSet* sets_;
  const Byte* begin_;
  const Byte* end_;
  std::size_t* spans_;
  std::size_t walked_ = 0;
};

Linear::Outcome Linear::find(std::string_view text, std::size_t start, bool only_there, bool must_advance,
                             std::size_t* spans) const noexcept {
  if (encoding_ == Encoding::Utf8) return Walker<true>(*this, text, spans).find(start, only_there, must_advance);
  return Walker<false>(*this, text, spans).find(start, only_there, must_advance);
}

}  // namespace krait::re
