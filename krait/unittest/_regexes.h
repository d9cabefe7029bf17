#pragma once
// Assertions on texts by regular expressions (see krait/re): a pattern's text, or a Pattern.
//
//   assertRegex(receipt, "tea +2 x");
//   auto error = assertRaisesRegex<ValueError>("^cannot order", [&] { order("tea", -1); });
//
// Python: unittest.case

#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include "krait/unittest/_assertions.h"

namespace krait::re {
class Pattern;
}

namespace krait::unittest {

// Throws re.PatternError for a text that is no pattern.
class _Regex {
 public:
  _Regex(const char* pattern) : _Regex(std::string_view(pattern)) {}
  _Regex(const std::string& pattern) : _Regex(std::string_view(pattern)) {}
  _Regex(std::string_view pattern);
  _Regex(const re::Pattern& pattern);
  const re::Pattern& get() const noexcept { return *pattern_; }
  bool is_empty_text() const noexcept { return empty_text_; }
  // Throws AssertionError '"^cannot" does not match "boom"', unless the exception's text has it somewhere.
  void check(const std::exception_ptr& error, const _Msg& msg, const _Assertions& test, std::source_location at) const;

 private:
  std::shared_ptr<const re::Pattern> pattern_;
  bool empty_text_ = false;
};

// What assertRaises and assertRaisesRegex without something to call give to krait::with.
template <class E>
class _RaisesContext {
 public:
  _RaisesContext(const _Assertions& test, std::optional<_Regex> regex, const RaisesOptions& options,
                 std::source_location at)
      : test_(test), regex_(std::move(regex)), options_(options), at_(at) {}
  void enter() {}
  bool exit(const std::exception_ptr& error) {
    if (!error) throw AssertionError(test_._not_raised_text(typeid(E), options_), at_);
    try {
      std::rethrow_exception(error);
    } catch (const E& raised) {
      exception.emplace(raised);
    } catch (...) {
      return false;
    }
    if (regex_) regex_->check(error, options_.msg ? _Msg(*options_.msg) : _Msg(), test_, at_);
    return true;
  }
  // Once the body is left. Python: cm.exception
  std::optional<E> exception;

 private:
  const _Assertions& test_;
  std::optional<_Regex> regex_;
  RaisesOptions options_;
  std::source_location at_;
};

template <class E, class F>
Coroutine<E> _raised_matching(F source, _Regex regex, RaisesOptions options, const _Assertions& test,
                              std::source_location at) {
  std::exception_ptr error;
  try {
    if constexpr (Awaitable<F>) {
      (void)co_await std::move(source);
    } else {
      (void)co_await source();
    }
  } catch (...) {
    error = std::current_exception();
  }
  _RaisesContext<E> context(test, std::move(regex), options, at);
  if (!context.exit(error)) std::rethrow_exception(error);
  co_return std::move(*context.exception);
}

template <class F>
concept _GivesAwaitable = std::is_invocable_v<F&> && Awaitable<std::invoke_result_t<F&>>;

class _RegexAssertions : public _Assertions {
  using At = std::source_location;

 public:
  using _Assertions::assertRaises;
  // A context manager for krait::with: `auto cm = assertRaises<E>(); with(cm, [&] { … }); cm.exception`.
  // Python: with self.assertRaises(E, msg=None) as cm
  template <class E>
  _RaisesContext<E> assertRaises(const RaisesOptions& options = {}, At at = At::current()) const {
    return {*this, std::nullopt, options, at};
  }

  // As assertRaises, and the exception's text must have what `expected_regex` finds.
  // Python: self.assertRaisesRegex(E, expected_regex)
  template <class E, class F>
    requires(Awaitable<F> || std::is_invocable_v<F&>)
  auto assertRaisesRegex(const _Regex& expected_regex, F function, const RaisesOptions& options = {},
                         At at = At::current()) const {
    if constexpr (Awaitable<F> || _GivesAwaitable<F>) {
      return _raised_matching<E>(std::move(function), expected_regex, options, *this, at);
    } else {
      _RaisesContext<E> context(*this, expected_regex, options, at);
      std::exception_ptr error;
      try {
        (void)function();
      } catch (...) {
        error = std::current_exception();
      }
      if (!context.exit(error)) std::rethrow_exception(error);
      return E(std::move(*context.exception));
    }
  }
  template <class E>
  _RaisesContext<E> assertRaisesRegex(const _Regex& expected_regex, const RaisesOptions& options = {},
                                      At at = At::current()) const {
    return {*this, expected_regex, options, at};
  }

  // Throws AssertionError "expected_regex must not be empty." for an empty text. Python: self.assertRegex(text, regex, msg)
  void assertRegex(std::string_view text, const _Regex& expected_regex, const _Msg& msg = {},
                   At at = At::current()) const;
  void assertNotRegex(std::string_view text, const _Regex& unexpected_regex, const _Msg& msg = {},
                      At at = At::current()) const;

 protected:
  ~_RegexAssertions() = default;
};

}  // namespace krait::unittest
