#pragma once
// Cookies: what a browser sends, and what a server sets.
//
//   http::cookies::SimpleCookie cookie;
//   http::cookies::Morsel& session = cookie.set("session", "a b;c");
//   session["path"] = "/";
//   session["max-age"] = 3600;
//   session["httponly"] = true;
//   cookie.output()          // Set-Cookie: session="a b\073c"; HttpOnly; Max-Age=3600; Path=/
//
// Text is UTF-8. Python: http.cookies, of 3.13: its attributes do not include "partitioned", which came with 3.14.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait::http::cookies {

KRAIT_EXCEPTION(CookieError, Exception);

// Text without quotes where it needs none, else within quotes, its special characters and those from U+0080 to U+00FF as
// three octal digits. And back. Python: http.cookies._quote(str), _unquote(str)
std::string _quote(std::string_view text);
std::string _unquote(std::string_view text);

// The value of an attribute: text, a number, or True. "" is none. Python: a str, an int or a bool
class Attribute {
 public:
  Attribute() noexcept = default;
  Attribute(std::string_view text) : kind_(Kind::Text), text_(text) {}
  Attribute(const char* text) : Attribute(std::string_view(text)) {}
  Attribute(const std::string& text) : Attribute(std::string_view(text)) {}
  Attribute(bool flag) : kind_(Kind::Flag), number_(flag ? 1 : 0) {}
  Attribute(int number) : Attribute(std::int64_t{number}) {}
  Attribute(std::int64_t number) : kind_(Kind::Number), number_(number) {}

  bool is_text() const noexcept { return kind_ == Kind::Text; }
  bool is_number() const noexcept { return kind_ == Kind::Number; }
  std::int64_t number() const noexcept { return number_; }
  std::string str() const;
  explicit operator bool() const noexcept { return is_text() ? !text_.empty() : number_ != 0; }
  bool operator==(const Attribute&) const = default;

 private:
  enum class Kind : std::uint8_t { Text, Number, Flag };
  Kind kind_ = Kind::Text;
  std::int64_t number_ = 0;
  std::string text_;
};

// One cookie with its attributes. Python: http.cookies.Morsel
class Morsel {
 public:
  const std::string& key() const noexcept { return key_; }
  const std::string& value() const noexcept { return value_; }
  const std::string& coded_value() const noexcept { return coded_value_; }  // as it is sent

  // Throws CookieError "Attempt to set a reserved key 'path'", "Illegal key 'a b'".
  void set(std::string key, std::string value, std::string coded_value);

  // comment, domain, expires (text, or seconds from now), httponly, max-age, path, samesite, secure, version, in any case.
  // Throws CookieError "Invalid attribute 'x'".
  Attribute& operator[](std::string_view attribute);
  const Attribute& operator[](std::string_view attribute) const;
  static bool isReservedKey(std::string_view name) noexcept;

  // "a=b; Path=/": the attributes, or those of them that are listed. Python: OutputString(attrs=None)
  std::string OutputString(const std::optional<std::vector<std::string>>& attrs = {}) const;
  // Python: output(attrs=None, header="Set-Cookie:"), js_output(attrs=None)
  std::string output(const std::optional<std::vector<std::string>>& attrs = {},
                     std::string_view header = "Set-Cookie:") const;
  std::string js_output(const std::optional<std::vector<std::string>>& attrs = {}) const;
  std::string repr() const;
  bool operator==(const Morsel&) const = default;

 private:
  std::string key_, value_, coded_value_;
  std::array<Attribute, 9> attributes_;  // in the order of their names
};

// Cookies by name, in the order in which they came. Python: http.cookies.BaseCookie, of which SimpleCookie quotes values
class BaseCookie {
 public:
  BaseCookie() = default;
  virtual ~BaseCookie();

  // The value and its coded form, from what was received and from what a program sets.
  virtual std::pair<std::string, std::string> value_decode(std::string_view coded) const;
  virtual std::pair<std::string, std::string> value_encode(std::string_view value) const;

  // Reads a Cookie header. What comes after the first thing that is no cookie is not read; a text that is none as a whole
  // ("a=1; b") changes nothing. Python: load(rawdata)
  void load(std::string_view rawdata);

  // Sets a cookie; keeps the attributes of one that was there. Python: cookie[key] = value
  Morsel& set(const std::string& key, std::string_view value);
  // Throws KeyError. Python: cookie[key]
  Morsel& operator[](std::string_view key);
  const Morsel& operator[](std::string_view key) const;
  const Morsel* find(std::string_view key) const noexcept;
  bool erase(std::string_view key);
  std::size_t size() const noexcept { return morsels_.size(); }
  const Morsel* begin() const noexcept { return morsels_.data(); }
  const Morsel* end() const noexcept { return morsels_.data() + morsels_.size(); }

  // One header line a cookie, by name. Python: output(attrs=None, header="Set-Cookie:", sep="\r\n"), js_output(attrs=None)
  std::string output(const std::optional<std::vector<std::string>>& attrs = {},
                     std::string_view header = "Set-Cookie:", std::string_view sep = "\r\n") const;
  std::string js_output(const std::optional<std::vector<std::string>>& attrs = {}) const;

 private:
  Morsel& store(std::string key, std::string value, std::string coded_value);
  std::vector<const Morsel*> sorted() const;

  std::vector<Morsel> morsels_;
};

// Python: http.cookies.SimpleCookie(input=None)
class SimpleCookie : public BaseCookie {
 public:
  SimpleCookie() = default;
  explicit SimpleCookie(std::string_view input) { load(input); }
  std::pair<std::string, std::string> value_decode(std::string_view coded) const override;
  std::pair<std::string, std::string> value_encode(std::string_view value) const override;
};

// A Cookie header as browsers and servers really write it: nothing is refused, "a" is the value of the name "", the last of a
// name counts, at the first one's place. Python: starlette.requests.cookie_parser(cookie_string), after Django's parse_cookie
std::vector<std::pair<std::string, std::string>> cookie_parser(std::string_view header);

}  // namespace krait::http::cookies
