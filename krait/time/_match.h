#pragma once
// A text against a format of strptime: which part each directive takes. Python: the regex that _strptime makes of the format

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace krait::time {

// The bytes of the white space at the start of `text`, as Python's \s knows it; 0: there is none.
std::size_t _space(std::string_view text);

// One step of a format: a byte, white space, or a directive by its letter.
struct _Step {
  enum class Kind : std::uint8_t { Byte, Space, Directive } kind;
  char value;
};

// %c, %x and %X as what they stand for, %% as a byte. Throws ValueError "'s' is a bad directive in format '…'".
std::vector<_Step> _read_format(std::string_view format);

class _Match {
 public:
  // False: the text does not begin so. Alternatives are tried in the order of CPython's regex, so that what matches in
  // several ways matches in the same one. `zones`, in lower case, are what %Z takes, the longest first.
  bool run(std::string_view text, const std::vector<_Step>& steps, const std::vector<std::string>& zones);

  std::size_t end() const { return end_; }
  // What the directive took; "" when there is none.
  std::string_view operator[](char letter) const;

 private:
  // An alternative not yet tried: a directive's step, where it began, the alternative's number.
  struct Choice {
    std::size_t step, at, next;
  };

  // Where the step, a directive, may end when it begins at `at`: how many places, the preferred one first.
  std::size_t ends(const _Step& step, std::size_t at, std::array<std::size_t, 8>& into) const;

  std::string_view text_;
  const std::vector<std::string>* zones_ = nullptr;
  std::size_t end_ = 0;
  std::array<std::string_view, 128> taken_{};
};

}  // namespace krait::time
