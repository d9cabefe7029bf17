#pragma once
// One "key=value" of a Cookie header, as the regular expression of Python's http.cookies finds it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace krait::http::cookies {

struct _Pair {
  std::string_view key;
  std::optional<std::string_view> value;
  std::size_t end;  // where the next begins
};

// Finds them from the left, in one pass however hostile the text.
class _CookiePattern {
 public:
  explicit _CookiePattern(std::string_view text) : text_(text) {}
  // Python: _CookiePattern.match(text, start)
  std::optional<_Pair> match(std::size_t start);

 private:
  std::size_t spaces_end(std::size_t at) const;
  std::optional<std::size_t> terminator(std::size_t at) const;
  std::optional<std::size_t> quoted_end(std::size_t at) const;
  std::size_t plain_end(std::size_t at);
  std::optional<_Pair> with_value(std::string_view key, std::size_t at);

  std::string_view text_;
  std::size_t run_start_ = 0, run_end_ = 0;  // the run of value characters found last
};

}  // namespace krait::http::cookies
