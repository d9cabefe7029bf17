#include "krait/unittest/_assertions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "krait/unittest/_difflib.h"

namespace krait::unittest {

namespace {

using Kind = _Value::Kind;
constexpr std::size_t kDiffThreshold = 1 << 16;  // characters; longer texts are compared without a diff

// Python: unittest.util._common_shorten_repr: reprs of at most 80 columns, cut where they are the same.
constexpr std::size_t kWidest = 80, kPlaceholder = 12, kShortest = 5;

std::u32string shortened(const std::u32string& text, std::size_t head, std::size_t tail) {
  if (text.size() <= head + tail + kPlaceholder) return text;
  const std::size_t skipped = text.size() - head - tail;
  return text.substr(0, head) + _decoded("[" + std::to_string(skipped) + " chars]") + text.substr(text.size() - tail);
}

std::pair<std::string, std::string> shortened_reprs(const _Value& a, const _Value& b) {
  const std::u32string first = _decoded(_repr(a)), second = _decoded(_repr(b));
  const std::size_t longest = std::max(first.size(), second.size());
  if (longest <= kWidest) return {_encoded(first), _encoded(second)};
  const auto [differs, ignored] = std::ranges::mismatch(first, second);
  const auto length = static_cast<std::size_t>(differs - first.begin());
  std::u32string prefix = first.substr(0, length);
  const std::size_t rest = longest - length + kShortest + kPlaceholder;  // what must be shown beside the prefix's end
  if (rest + kShortest < kWidest) {
    prefix = shortened(prefix, kShortest, kWidest - rest);
    return {_encoded(prefix + first.substr(length)), _encoded(prefix + second.substr(length))};
  }
  constexpr std::size_t kDiffers = kWidest - (kShortest + kPlaceholder + kShortest + kPlaceholder + kShortest);
  prefix = shortened(prefix, kShortest, kShortest);
  return {_encoded(prefix + shortened(first.substr(length), kDiffers, kShortest)),
          _encoded(prefix + shortened(second.substr(length), kDiffers, kShortest))};
}

std::string unequal(const _Value& a, const _Value& b) {
  auto [first, second] = shortened_reprs(a, b);
  return first + " != " + second;
}

std::string joined(const std::vector<std::u32string>& lines, std::u32string_view between) {
  std::u32string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text.append(i ? between : U"").append(lines[i]);
  return _encoded(text);
}

std::string pretty_diff(const _Value& a, const _Value& b) {
  const auto lines = [](const _Value& value) { return _split_lines(_decoded(_pformat(value)), false); };
  return "\n" + joined(_ndiff(lines(a), lines(b)), U"\n");
}

std::string capitalized(std::string text) {
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// Python: round(number, places) == 0, which rounds the exact value, half to even.
bool rounds_to_zero(double number, int places) {
  if (!std::isfinite(number)) return false;
  if (places < 0) return std::fabs(number) <= 0.5 * std::pow(10.0, -places);
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", std::min(places, 340), number);
  return std::string_view(text).find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

std::string _Assertions::_message(const _Msg& msg, std::string standard) const {
  if (!longMessage) return msg.text() && !msg.text()->empty() ? *msg.text() : standard;
  return msg.text() ? standard + " : " + *msg.text() : standard;
}

void _Assertions::_fail_with(const _Msg& msg, std::string standard, At at) const {
  throw AssertionError(_message(msg, std::move(standard)), at);
}

void _Assertions::_fail_plainly(const _Msg& msg, At at) const { throw AssertionError(msg.text().value_or("None"), at); }

void _Assertions::_fail_unary(std::string_view before, const _Value& x, std::string_view behind, const _Msg& msg,
                              At at) const {
  _fail_with(msg, std::string(before) + _repr(x) + std::string(behind), at);
}

void _Assertions::_fail_binary(const _Value& a, std::string_view between, const _Value& b, const _Msg& msg,
                               At at) const {
  _fail_with(msg, _repr(a) + std::string(between) + _repr(b), at);
}

void _Assertions::_fail_instance(const _Value& x, std::string_view between, const std::type_info& type, const _Msg& msg,
                                 At at) const {
  _fail_with(msg, _repr(x) + std::string(between) + "<class '" + _class_name(type) + "'>", at);
}

// Two of one kind have a diff of their own; Python: self._getAssertEqualityFunc(first, second)
void _Assertions::_fail_unequal(const _Value& a, const _Value& b, std::size_t difference, const _Msg& msg,
                                At at) const {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind::List:
        _fail_sequences("list", a, b, difference, msg, at);
      case Kind::Tuple:
        _fail_sequences("tuple", a, b, difference, msg, at);
      case Kind::Set:
        _fail_sets(a, b, msg, at);
      case Kind::Dict:
        _fail_with_diff(a, b, msg, at);
      case Kind::Str:
        _fail_texts(a, b, msg, at);
      default:
        break;
    }
  }
  _fail_with(msg, unequal(a, b), at);
}

void _Assertions::_fail_sequences(const std::string& kind, const _Value& a, const _Value& b, std::size_t difference,
                                  const _Msg& msg, At at) const {
  const std::size_t both = std::min(a.items.size(), b.items.size());
  if (difference == kByText) {
    for (difference = 0; difference < both; ++difference) {
      if (_repr(a.items[difference]) != _repr(b.items[difference])) break;
    }
  }
  std::string text = capitalized(kind) + "s differ: " + unequal(a, b) + "\n";
  if (difference < both) {
    auto [first, second] = shortened_reprs(a.items[difference], b.items[difference]);
    text += "\nFirst differing element " + std::to_string(difference) + ":\n" + first + "\n" + second + "\n";
  }
  if (a.items.size() != b.items.size()) {
    const bool first_longer = a.items.size() > b.items.size();
    const std::size_t more = std::max(a.items.size(), b.items.size()) - both;
    text += std::string("\n") + (first_longer ? "First " : "Second ") + kind + " contains " + std::to_string(more) +
            " additional elements.\n";
    text += "First extra element " + std::to_string(both) + ":\n" + _repr((first_longer ? a : b).items[both]) + "\n";
  }
  _fail_with(msg, _truncated(std::move(text), pretty_diff(a, b)), at);
}

void _Assertions::_fail_sets(const _Value& a, const _Value& b, const _Msg& msg, At at) const {
  const auto missing = [](const _Value& from, const _Value& in) {
    std::vector<std::string> others, left;
    for (const _Value& item : in.items) others.push_back(_repr(item));
    std::ranges::sort(others);
    for (const _Value& item : from.items) {
      if (std::string text = _repr(item); !std::ranges::binary_search(others, text)) left.push_back(std::move(text));
    }
    return left;
  };
  std::string text;
  const auto add = [&](const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    text.append(text.empty() ? "" : "\n").append(title);
    for (const std::string& item : items) text.append("\n").append(item);
  };
  add("Items in the first set but not the second:", missing(a, b));
  add("Items in the second set but not the first:", missing(b, a));
  _fail_with(msg, std::move(text), at);
}

void _Assertions::_fail_with_diff(const _Value& a, const _Value& b, const _Msg& msg, At at) const {
  _fail_with(msg, _truncated(unequal(a, b), pretty_diff(a, b)), at);
}

void _Assertions::_fail_texts(const _Value& a, const _Value& b, const _Msg& msg, At at) const {
  std::u32string first = _decoded(a.text), second = _decoded(b.text);
  if (std::max(first.size(), second.size()) > kDiffThreshold) _fail_with(msg, unequal(a, b), at);
  // A line without its end would run into the next one of the diff.
  const auto unended = [](const std::u32string& text) { return !text.empty() && text.back() != U'\n'; };
  if (first.empty() || second.empty()) {
    if (unended(first)) first += U'\n';
    if (unended(second)) second += U'\n';
  } else if (unended(first) || unended(second)) {
    first += U'\n';
    second += U'\n';
  }
  const auto diff = _ndiff(_split_lines(first, true), _split_lines(second, true));
  _fail_with(msg, _truncated(unequal(a, b), "\n" + joined(diff, U"")), at);
}

void _Assertions::assertMultiLineEqual(std::string_view first, std::string_view second, const _Msg& msg, At at) const {
  if (first != second) _fail_texts(_text_value(first), _text_value(second), msg, at);
}

void _Assertions::_fail_counts(const std::vector<_Count>& counts, const _Msg& msg, At at) const {
  std::string lines;
  for (const _Count& count : counts) {
    lines.append(lines.empty() ? "" : "\n").append("First has ").append(std::to_string(count.first));
    lines.append(", Second has ").append(std::to_string(count.second)).append(":  ").append(_repr(count.item));
  }
  _fail_with(msg, _truncated("Element counts were not equal:\n", lines), at);
}

void _Assertions::_fail_delta(const _Value& a, const _Value& b, const _Value& delta, const _Value& difference,
                              bool wanted_equal, const _Msg& msg, At at) const {
  _fail_with(msg,
             _repr(a) + (wanted_equal ? " != " : " == ") + _repr(b) + " within " + _repr(delta) + " delta (" +
                 _repr(difference) + " difference)",
             at);
}

void _Assertions::_almost(const _Value& a, const _Value& b, bool equal, double difference, const _Value& shown,
                          bool wanted_equal, const AlmostOptions& options, At at) const {
  if (wanted_equal && equal) return;
  if (options.delta && options.places) throw TypeError("specify delta or places not both", at);
  const _Msg msg = options.msg ? _Msg(*options.msg) : _Msg();
  if (options.delta) {
    const bool within = wanted_equal ? difference <= *options.delta : equal || !(difference > *options.delta);
    if (within != wanted_equal) {
      // A delta of 1 is written as the 1 that it was.
      const bool whole = a.text.find('.') == std::string::npos && *options.delta == std::floor(*options.delta) &&
                         std::fabs(*options.delta) < 1e15;
      _fail_delta(a, b, whole ? _signed_value(static_cast<long long>(*options.delta)) : _float_value(*options.delta),
                  shown, wanted_equal, msg, at);
    }
    return;
  }
  const int places = options.places.value_or(7);
  if ((equal || rounds_to_zero(difference, places)) == wanted_equal) return;
  const std::string within = " within " + std::to_string(places) + " places";
  _fail_with(msg,
             wanted_equal ? _repr(a) + " != " + _repr(b) + within + " (" + _repr(shown) + " difference)"
                          : _repr(a) + " == " + _repr(b) + within,
             at);
}

std::string _Assertions::_truncated(std::string message, const std::string& diff) const {
  const std::size_t characters = _decoded(diff).size();
  if (!maxDiff || characters <= *maxDiff) return message + diff;
  return message + "\nDiff is " + std::to_string(characters) + " characters long. Set self.maxDiff to None to see it.";
}

std::string _Assertions::_not_raised_text(const std::type_info& expected, const RaisesOptions& options) const {
  return _message(options.msg ? _Msg(*options.msg) : _Msg(), _class_name(expected) + " not raised");
}

bool _Assertions::_equal_by_function(const std::type_info& type, const void* first, const void* second,
                                     const _Msg& msg) const {
  for (auto each = equality_.rbegin(); each != equality_.rend(); ++each) {
    if (each->first != type) continue;
    each->second(first, second, msg);
    return true;
  }
  return false;
}

}  // namespace krait::unittest
