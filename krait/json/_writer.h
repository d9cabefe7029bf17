#pragma once
// The text of values, written into a buffer on the stack that goes to the string when it is full: a std::string's own append
// is slower for a few bytes.

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

#include "krait/json/encoder.h"

namespace krait::json {

class _Writer {
 public:
  // As responses are written: compact, in UTF-8.
  _Writer(std::string& out, _Invalid invalid);
  _Writer(std::string& out, const DumpsOptions& options);

  void value(const _Type& type, const void* object);
  void object(std::initializer_list<KeyRef> items);
  void string(std::string_view text);
  void string(const std::string& text);
  void flush() {
    out_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
    at_ = buffer_;
  }

 private:
  // Up to eight bytes, as nearly all separators are, are copied at once.
  struct Separator {
    char start[8] = {};
    std::size_t size = 0;
    std::string_view whole;

    void set(std::string_view text);
  };
  enum class Mode { Compact, Options, Escape };

  // Room for `n` bytes in a row from at_ on.
  void room(std::size_t n) {
    if (static_cast<std::size_t>(end_ - at_) < n) [[unlikely]]
      flush();
  }
  void put(char c) {
    room(1);
    char* const out = at_++;
    *out = c;
  }
  void put(std::string_view text);
  template <std::size_t N>
  void put(const char (&literal)[N]) {
    room(N);
    char* const out = at_;
    at_ = out + N - 1;
    std::memcpy(out, literal, N);
  }
  void put(const Separator& separator);

  // An opening bracket has been written, or an element: the next element or the closing bracket follows.
  void before_element(bool first);
  void before_close();
  template <class Key>
  void key(const Key& key);
  void member(bool first, const std::string& name);
  void deeper();

  void integer(std::int64_t number);
  void natural(std::uint64_t number);
  void floating(double number);
  void not_finite(double number);
  void any(const Value& value);
  void any_list(const Array& list);
  void any_object(const Object& object);
  void list(const _Type& type, const void* object);
  void tuple(const _Type& type, const void* object);
  void map(const _Type& type, const void* object);
  void structure(const _Type& type, const char* object);
  bool passes(const char* at, const char* until, const char* end, const char** good) const;
  char* short_string(const std::string& text, char* out) const;
  const char* plain(const char* at, const char* end, const char** good);
  std::size_t special(std::string_view rest);
  std::size_t escape_code_point(std::string_view rest);
  void escape_unit(std::uint32_t unit);

  std::string& out_;
  const Mode mode_;
  bool ascii_ = false, allow_nan_ = false, sort_ = false, indented_ = false;
  bool quick_members_ = true;  // all in one line, and the separators are short
  bool plain_struct_ = true;   // a struct's keys can be written as they stand in its description
  unsigned depth_ = 0;
  Separator between_, after_key_;
  std::string_view indent_;
  char* at_ = buffer_;
  static constexpr std::size_t kShort = 40;  // room for what short_string writes
  static constexpr std::size_t kSize = 4096;
  char* const end_ = buffer_ + kSize;
  char buffer_[kSize];
};

}  // namespace krait::json
