#pragma once
// A URL in its parts, as Python takes it apart: laxer than RFC 3986, for it refuses next to nothing.

#include <optional>
#include <string>
#include <string_view>

namespace krait::urllib::parse {

// What a netloc, "user:password@host:port", holds. Python: the attributes of SplitResult and ParseResult
class _Netloc {
 public:
  std::string scheme, netloc;

  // As they stand there, with their escapes; nullopt where there is none.
  std::optional<std::string> username() const;
  std::optional<std::string> password() const;
  // In lower case, without the brackets of an IPv6 address. Departs from Python: only ASCII letters change.
  std::optional<std::string> hostname() const;
  // Throws ValueError "Port could not be cast to integer value as 'x'", "Port out of range 0-65535".
  std::optional<int> port() const;

  bool operator==(const _Netloc&) const = default;
};

// Python: urllib.parse.SplitResult
struct SplitResult : _Netloc {
  std::string path, query, fragment;

  std::string geturl() const;
  bool operator==(const SplitResult&) const = default;
};

// Python: urllib.parse.ParseResult
struct ParseResult : _Netloc {
  std::string path, params, query, fragment;

  std::string geturl() const;
  bool operator==(const ParseResult&) const = default;
};

// Python: urllib.parse.DefragResult
struct DefragResult {
  std::string url, fragment;

  std::string geturl() const;
  bool operator==(const DefragResult&) const = default;
};

// `scheme` is for a URL that has none. Controls and blanks in front, and tabs and newlines anywhere, are dropped.
// Throws ValueError: "Invalid IPv6 URL", "'x' does not appear to be an IPv4 or IPv6 address" for what stands in brackets,
// "netloc 'x' contains invalid characters under NFKC normalization" for what would become a delimiter.
// Python: urllib.parse.urlsplit(url, scheme='', allow_fragments=True)
SplitResult urlsplit(std::string_view url, std::string_view scheme = {}, bool allow_fragments = true);

// The same, with the parameters of the last path segment (";type=a") apart, for the schemes that have such.
// Python: urllib.parse.urlparse(url, scheme='', allow_fragments=True)
ParseResult urlparse(std::string_view url, std::string_view scheme = {}, bool allow_fragments = true);

// An equivalent URL, if not the same: empty parts leave their delimiters out.
// Python: urllib.parse.urlunsplit(components), urlunparse(components)
std::string urlunsplit(const SplitResult& parts);
std::string urlunparse(const ParseResult& parts);

// Python: urllib.parse.urldefrag(url)
DefragResult urldefrag(std::string_view url);

// Which schemes have what. Python: urllib.parse.uses_relative, uses_netloc, uses_params
bool _uses_relative(std::string_view scheme) noexcept;
bool _uses_netloc(std::string_view scheme) noexcept;
bool _uses_params(std::string_view scheme) noexcept;

}  // namespace krait::urllib::parse
