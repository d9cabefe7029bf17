#pragma once
// The assertions of TestCase, with Python's names and messages. Each takes a message last, which is put behind Python's own
// (or instead of it, where longMessage is false), and fails at the line that calls it.
//
//   assertEqual(dumplings, 3, "with the ones in the steamer");   // AssertionError: 2 != 3 : with the ones in the steamer
//   auto error = assertRaises<ValueError>([&] { order("tea", -1); });
//   assertIn("cannot order", error.what());
//
// Thin templates: what is compared is made into text by compiled code, and only once it has failed.

#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"
#include "krait/unittest/_compare.h"
#include "krait/unittest/_value.h"

namespace krait::unittest {

// The msg of an assertion: a text, or nothing.
class _Msg {
 public:
  _Msg() = default;
  _Msg(NoneType) {}
  _Msg(const char* text) : text_(text) {}
  _Msg(std::string text) : text_(std::move(text)) {}
  _Msg(std::string_view text) : text_(text) {}
  const std::optional<std::string>& text() const noexcept { return text_; }

 private:
  std::optional<std::string> text_;
};

// The keywords of assertAlmostEqual: the difference is rounded to so many places (7), or is not to exceed delta.
struct AlmostOptions {
  std::optional<int> places = std::nullopt;
  std::optional<double> delta = std::nullopt;
  std::optional<std::string> msg = std::nullopt;
};
struct RaisesOptions {
  std::optional<std::string> msg = std::nullopt;
};

// Awaits `awaitable` and gives the E that it throws; see TestCase::assertRaises.
template <class E, Awaitable A>
Coroutine<E> _raised_by(A awaitable, std::string not_raised, std::source_location at) {
  try {
    (void)co_await std::move(awaitable);
  } catch (const E& error) {
    co_return error;
  }
  throw AssertionError(std::move(not_raised), at);
}
template <class E, class F>
Coroutine<E> _raised_by_call(F function, std::string not_raised, std::source_location at) {
  try {
    (void)co_await function();
  } catch (const E& error) {
    co_return error;
  }
  throw AssertionError(std::move(not_raised), at);
}

class _Assertions {
  using At = std::source_location;

 public:
  // Whether a message is put behind Python's own, or stands instead of it. Python: self.longMessage
  bool longMessage = true;
  // Diffs of more characters are left out, and it says how many they have; std::nullopt: none is. Python: self.maxDiff
  std::optional<std::size_t> maxDiff = 640;

  // Python: self.fail(msg)
  [[noreturn]] void fail(const _Msg& msg = {}, At at = At::current()) const { _fail_plainly(msg, at); }

  // Two lists, tuples, dicts, sets or texts (see _value.h) get a diff, unless addTypeEqualityFunc knows better. Numbers are
  // compared by value, whatever their types; a text is a text. Python: self.assertEqual(first, second, msg)
  template <class A, class B>
  void assertEqual(const A& first, const B& second, const _Msg& msg = {}, At at = At::current()) const {
    if constexpr (std::is_same_v<A, B>) {
      if (!equality_.empty() && _equal_by_function(typeid(A), &first, &second, msg)) return;
    }
    if (_equal(first, second)) return;
    _fail_unequal(_value(first), _value(second), _first_difference(first, second), msg, at);
  }
  template <class A>
  void assertEqual(const A& first, std::initializer_list<typename A::value_type> second, const _Msg& msg = {},
                   At at = At::current()) const {
    assertEqual(first, A(second), msg, at);
  }
  template <class A, class B>
  void assertNotEqual(const A& first, const B& second, const _Msg& msg = {}, At at = At::current()) const {
    if (_equal(first, second)) _fail_binary(_value(first), " == ", _value(second), msg, at);
  }
  // From then on assertEqual of two T calls `function(first, second, msg)`, which throws AssertionError.
  // Python: self.addTypeEqualityFunc(typeobj, function)
  template <class T, class F>
  void addTypeEqualityFunc(F function) {
    equality_.emplace_back(
        typeid(T), [function = std::move(function)](const void* first, const void* second, const _Msg& msg) mutable {
          function(*static_cast<const T*>(first), *static_cast<const T*>(second), msg);
        });
  }

  // What Python takes for true: a number other than 0, a text or container with something in it, not None.
  template <class T>
  void assertTrue(const T& expr, const _Msg& msg = {}, At at = At::current()) const {
    if (!_truth(expr)) _fail_unary("", _value(expr), " is not true", msg, at);
  }
  template <class T>
  void assertFalse(const T& expr, const _Msg& msg = {}, At at = At::current()) const {
    if (_truth(expr)) _fail_unary("", _value(expr), " is not false", msg, at);
  }

  // The same object: pointers, smart ones too, that point to one place, or two names of one variable; of values without
  // identity (bool, enums, None) the same value. Python: self.assertIs(expr1, expr2, msg)
  template <class A, class B>
  void assertIs(const A& expr1, const B& expr2, const _Msg& msg = {}, At at = At::current()) const {
    if (!_identical(expr1, expr2)) _fail_binary(_value(expr1), " is not ", _value(expr2), msg, at);
  }
  template <class A, class B>
  void assertIsNot(const A& expr1, const B& expr2, const _Msg& msg = {}, At at = At::current()) const {
    if (_identical(expr1, expr2)) _fail_unary("unexpectedly identical: ", _value(expr1), "", msg, at);
  }
  // None is an empty optional, a null pointer, None itself.
  template <class T>
  void assertIsNone(const T& obj, const _Msg& msg = {}, At at = At::current()) const {
    if (!_is_none(obj)) _fail_unary("", _value(obj), " is not None", msg, at);
  }
  template <class T>
  void assertIsNotNone(const T& obj, const _Msg& msg = {}, At at = At::current()) const {
    if (_is_none(obj)) _fail_with(msg, "unexpectedly None", at);
  }
  // Of an object by its dynamic type, of a pointer by what it points to, of an exception_ptr, variant or any by what it
  // holds. Python: self.assertIsInstance(obj, cls, msg)
  template <class T, class Object>
  void assertIsInstance(const Object& obj, const _Msg& msg = {}, At at = At::current()) const {
    if (!_is_instance<T>(obj)) _fail_instance(_value(obj), " is not an instance of ", typeid(T), msg, at);
  }
  template <class T, class Object>
  void assertNotIsInstance(const Object& obj, const _Msg& msg = {}, At at = At::current()) const {
    if (_is_instance<T>(obj)) _fail_instance(_value(obj), " is an instance of ", typeid(T), msg, at);
  }

  // A text in a text, a key in a map, an item in any other container.
  template <class M, class C>
  void assertIn(const M& member, const C& container, const _Msg& msg = {}, At at = At::current()) const {
    if (!_contains(container, member)) _fail_binary(_value(member), " not found in ", _value(container), msg, at);
  }
  template <class M, class C>
  void assertNotIn(const M& member, const C& container, const _Msg& msg = {}, At at = At::current()) const {
    if (_contains(container, member))
      _fail_binary(_value(member), " unexpectedly found in ", _value(container), msg, at);
  }

  template <class A, class B>
  void assertLess(const A& a, const B& b, const _Msg& msg = {}, At at = At::current()) const {
    if (!_ordered([](const auto& x, const auto& y) { return x < y; }, a, b))
      _fail_binary(_value(a), " not less than ", _value(b), msg, at);
  }
  template <class A, class B>
  void assertLessEqual(const A& a, const B& b, const _Msg& msg = {}, At at = At::current()) const {
    if (!_ordered([](const auto& x, const auto& y) { return x <= y; }, a, b))
      _fail_binary(_value(a), " not less than or equal to ", _value(b), msg, at);
  }
  template <class A, class B>
  void assertGreater(const A& a, const B& b, const _Msg& msg = {}, At at = At::current()) const {
    if (!_ordered([](const auto& x, const auto& y) { return x > y; }, a, b))
      _fail_binary(_value(a), " not greater than ", _value(b), msg, at);
  }
  template <class A, class B>
  void assertGreaterEqual(const A& a, const B& b, const _Msg& msg = {}, At at = At::current()) const {
    if (!_ordered([](const auto& x, const auto& y) { return x >= y; }, a, b))
      _fail_binary(_value(a), " not greater than or equal to ", _value(b), msg, at);
  }

  // Python: self.assertAlmostEqual(first, second, places=7, msg=None, delta=None)
  template <class A, class B>
    requires(std::is_arithmetic_v<A> && std::is_arithmetic_v<B>)
  void assertAlmostEqual(A first, B second, const AlmostOptions& options = {}, At at = At::current()) const {
    const auto difference = first < second ? second - first : first - second;
    _almost(_value(first), _value(second), first == second, static_cast<double>(difference), _value(difference), true,
            options, at);
  }
  template <class A, class B>
    requires(std::is_arithmetic_v<A> && std::is_arithmetic_v<B>)
  void assertNotAlmostEqual(A first, B second, const AlmostOptions& options = {}, At at = At::current()) const {
    const auto difference = first < second ? second - first : first - second;
    _almost(_value(first), _value(second), first == second, static_cast<double>(difference), _value(difference), false,
            options, at);
  }
  // Of what is no number, times and durations for instance, with a delta. Python: delta=
  template <class A, class B, class D>
    requires(!std::is_arithmetic_v<A>)
  void assertAlmostEqual(const A& first, const B& second, const D& delta, const _Msg& msg = {},
                         At at = At::current()) const {
    if (first == second) return;
    const auto difference = first < second ? second - first : first - second;
    if (!(difference <= delta))
      _fail_delta(_value(first), _value(second), _value(delta), _value(difference), true, msg, at);
  }
  template <class A, class B, class D>
    requires(!std::is_arithmetic_v<A>)
  void assertNotAlmostEqual(const A& first, const B& second, const D& delta, const _Msg& msg = {},
                            At at = At::current()) const {
    const auto difference = first < second ? second - first : first - second;
    if (first == second || !(difference > delta))
      _fail_delta(_value(first), _value(second), _value(delta), _value(difference), false, msg, at);
  }

  // The same items, each as often, in any order. Compares each with each. Python: self.assertCountEqual(first, second, msg)
  template <class A, class B>
  void assertCountEqual(const A& first, const B& second, const _Msg& msg = {}, At at = At::current()) const {
    if (auto counts = _count_differences(first, second); !counts.empty()) _fail_counts(counts, msg, at);
  }
  // Python: self.assertMultiLineEqual(first, second, msg)
  void assertMultiLineEqual(std::string_view first, std::string_view second, const _Msg& msg = {},
                            At at = At::current()) const;
  template <class A, class B>
  void assertSequenceEqual(const A& seq1, const B& seq2, const _Msg& msg = {}, At at = At::current()) const {
    if (!_equal(seq1, seq2))
      _fail_sequences("sequence", _value(seq1), _value(seq2), _first_difference(seq1, seq2), msg, at);
  }
  template <class A, class B>
  void assertListEqual(const A& list1, const B& list2, const _Msg& msg = {}, At at = At::current()) const {
    static_assert(_List<A> && _List<B>, "assertListEqual compares two lists: vector, array, list, deque, span");
    if (!_equal(list1, list2))
      _fail_sequences("list", _value(list1), _value(list2), _first_difference(list1, list2), msg, at);
  }
  template <class A, class B>
  void assertTupleEqual(const A& tuple1, const B& tuple2, const _Msg& msg = {}, At at = At::current()) const {
    static_assert(_TupleLike<A> && _TupleLike<B>, "assertTupleEqual compares two tuples or pairs");
    if constexpr (std::tuple_size_v<A> == std::tuple_size_v<B>) {
      if (_equal(tuple1, tuple2)) return;
    }
    _fail_sequences("tuple", _value(tuple1), _value(tuple2), kByText, msg, at);
  }
  template <class A, class B>
  void assertSetEqual(const A& set1, const B& set2, const _Msg& msg = {}, At at = At::current()) const {
    static_assert(_Set<A> && _Set<B>, "assertSetEqual compares two sets: set, unordered_set");
    if (!_equal(set1, set2)) _fail_sets(_value(set1), _value(set2), msg, at);
  }
  template <class A, class B>
  void assertDictEqual(const A& d1, const B& d2, const _Msg& msg = {}, At at = At::current()) const {
    static_assert(_Map<A> && _Map<B>, "assertDictEqual compares two dicts: map, unordered_map");
    if (!_equal(d1, d2)) _fail_with_diff(_value(d1), _value(d2), msg, at);
  }

  // Calls `function()` and gives the E that it throws: a copy, and of a derived class's error the part that is an E. Fails
  // when it throws nothing; another exception passes through. Given something to await, or a coroutine function, it is a
  // coroutine: `co_await assertRaises<TimeoutError>(…)`. Python: with self.assertRaises(E, msg=None) as cm, cm.exception
  template <class E, class F>
    requires(Awaitable<F> || std::is_invocable_v<F&>)
  auto assertRaises(F function, const RaisesOptions& options = {}, At at = At::current()) const {
    if constexpr (Awaitable<F>) {
      return _raised_by<E>(std::move(function), _not_raised_text(typeid(E), options), at);
    } else if constexpr (Awaitable<std::invoke_result_t<F&>>) {
      return _raised_by_call<E>(std::move(function), _not_raised_text(typeid(E), options), at);
    } else {
      try {
        (void)function();
      } catch (const E& error) {
        return E(error);
      }
      throw AssertionError(_not_raised_text(typeid(E), options), at);
    }
  }

  // --- for what asserts with other means ---
  std::string _message(const _Msg& msg, std::string standard) const;
  [[noreturn]] void _fail_with(const _Msg& msg, std::string standard, At at) const;
  std::string _not_raised_text(const std::type_info& expected, const RaisesOptions& options) const;

 protected:
  ~_Assertions() = default;

 private:
  using Equality = _base::Function<void(const void*, const void*, const _Msg&)>;

  [[noreturn]] void _fail_plainly(const _Msg& msg, At at) const;
  [[noreturn]] void _fail_unary(std::string_view before, const _Value& x, std::string_view behind, const _Msg& msg,
                                At at) const;
  [[noreturn]] void _fail_binary(const _Value& a, std::string_view between, const _Value& b, const _Msg& msg,
                                 At at) const;
  [[noreturn]] void _fail_instance(const _Value& x, std::string_view between, const std::type_info& type,
                                   const _Msg& msg, At at) const;
  [[noreturn]] void _fail_unequal(const _Value& a, const _Value& b, std::size_t difference, const _Msg& msg,
                                  At at) const;
  [[noreturn]] void _fail_sequences(const std::string& kind, const _Value& a, const _Value& b, std::size_t difference,
                                    const _Msg& msg, At at) const;
  [[noreturn]] void _fail_sets(const _Value& a, const _Value& b, const _Msg& msg, At at) const;
  [[noreturn]] void _fail_with_diff(const _Value& a, const _Value& b, const _Msg& msg, At at) const;
  [[noreturn]] void _fail_texts(const _Value& a, const _Value& b, const _Msg& msg, At at) const;
  [[noreturn]] void _fail_counts(const std::vector<_Count>& counts, const _Msg& msg, At at) const;
  [[noreturn]] void _fail_delta(const _Value& a, const _Value& b, const _Value& delta, const _Value& difference,
                                bool wanted_equal, const _Msg& msg, At at) const;
  void _almost(const _Value& a, const _Value& b, bool equal, double difference, const _Value& shown, bool wanted_equal,
               const AlmostOptions& options, At at) const;
  std::string _truncated(std::string message, const std::string& diff) const;
  bool _equal_by_function(const std::type_info& type, const void* first, const void* second, const _Msg& msg) const;

  mutable std::vector<std::pair<std::type_index, Equality>> equality_;
};

}  // namespace krait::unittest
