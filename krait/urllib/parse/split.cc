// URL (RFC 3986, 3), as Python reads it
//   url    := [scheme ":"] ["//" netloc] path ["?" query] ["#" fragment]
//   scheme := letter (letter | digit | "+" | "-" | ".")*
//   netloc := [user [":" password] "@"] (host | "[" address "]") [":" port]      up to the first of / ? #

#include "krait/urllib/parse/split.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/urllib/parse/_address.h"

namespace krait::urllib::parse {
namespace {

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_scheme(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }
bool is_control_or_space(char c) { return c >= 0 && c <= ' '; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return result;
}

// Without C0 controls and blanks in front, and without tabs and newlines (WHATWG URL, 4.4).
std::string cleaned(std::string_view text) {
  while (!text.empty() && is_control_or_space(text.front())) text.remove_prefix(1);
  std::string result(text);
  std::erase_if(result, [](char c) { return c == '\t' || c == '\r' || c == '\n'; });
  return result;
}

// The characters whose NFKC form holds one of / ? # @ :, in UTF-8 (Unicode 15.1; none was added since 4.0): question marks and
// exclamation marks in one, "a/c" and its kin, "::=", and the small and wide forms of the five.
constexpr std::string_view kBecomeDelimiters[] = {"\u2047", "\u2048", "\u2049", "\u2100", "\u2101", "\u2105", "\u2106",
                                                  "\u2a74", "\ufe13", "\ufe16", "\ufe55", "\ufe56", "\ufe5f", "\ufe6b",
                                                  "\uff03", "\uff0f", "\uff1a", "\uff1f", "\uff20"};

void check_netloc(std::string_view netloc) {
  if (std::all_of(netloc.begin(), netloc.end(), [](char c) { return (c & 0x80) == 0; })) return;
  for (const std::string_view character : kBecomeDelimiters) {
    if (netloc.find(character) == netloc.npos) continue;
    throw ValueError("netloc '" + std::string(netloc) + "' contains invalid characters under NFKC normalization");
  }
}

void check_brackets(std::string_view netloc) {
  const std::size_t open = netloc.find('['), close = netloc.find(']');
  if ((open == netloc.npos) != (close == netloc.npos)) throw ValueError("Invalid IPv6 URL");
  if (open == netloc.npos) return;
  const std::string_view bracketed = netloc.substr(open + 1);
  _check_bracketed_host(bracketed.substr(0, bracketed.find(']')));
}

// `text` up to the first `delimiter`, what follows it taken away; all of it when there is none.
std::string_view take_after(std::string_view& text, char delimiter) {
  const std::size_t at = text.find(delimiter);
  if (at == text.npos) return {};
  const std::string_view after = text.substr(at + 1);
  text = text.substr(0, at);
  return after;
}

std::string_view host_and_port(std::string_view netloc) {
  const std::size_t at = netloc.rfind('@');
  return at == netloc.npos ? netloc : netloc.substr(at + 1);
}

struct HostInfo {
  std::string_view host, port;
};

HostInfo host_info(std::string_view netloc) {
  std::string_view host = host_and_port(netloc);
  std::string_view port;
  if (const std::size_t open = host.find('['); open != host.npos) {
    host.remove_prefix(open + 1);
    std::string_view after = take_after(host, ']');
    port = take_after(after, ':');
  } else {
    port = take_after(host, ':');
  }
  return {host, port};
}

template <std::size_t N>
bool is_one_of(const std::string_view (&sorted)[N], std::string_view scheme) {
  return std::binary_search(std::begin(sorted), std::end(sorted), scheme);
}

// Sorted. "" is a URL without a scheme.
constexpr std::string_view kUsesRelative[] = {"",      "file", "ftp",      "gopher", "http",  "https", "imap",
                                              "mms",   "nntp", "prospero", "rtsp",   "rtsps", "rtspu", "sftp",
                                              "shttp", "svn",  "svn+ssh",  "wais",   "ws",    "wss"};
constexpr std::string_view kUsesNetloc[] = {
    "",      "file", "ftp",     "git",      "git+ssh", "gopher", "http",  "https", "imap", "itms-services",
    "mms",   "nfs",  "nntp",    "prospero", "rsync",   "rtsp",   "rtsps", "rtspu", "sftp", "shttp",
    "snews", "svn",  "svn+ssh", "telnet",   "wais",    "ws",     "wss"};
constexpr std::string_view kUsesParams[] = {"",     "ftp",   "hdl",   "http", "https", "imap", "mms",  "prospero",
                                            "rtsp", "rtsps", "rtspu", "sftp", "shttp", "sip",  "sips", "tel"};
static_assert(std::is_sorted(std::begin(kUsesRelative), std::end(kUsesRelative)));
static_assert(std::is_sorted(std::begin(kUsesNetloc), std::end(kUsesNetloc)));
static_assert(std::is_sorted(std::begin(kUsesParams), std::end(kUsesParams)));

}  // namespace

bool _uses_relative(std::string_view scheme) noexcept { return is_one_of(kUsesRelative, scheme); }
bool _uses_netloc(std::string_view scheme) noexcept { return is_one_of(kUsesNetloc, scheme); }
bool _uses_params(std::string_view scheme) noexcept { return is_one_of(kUsesParams, scheme); }

std::optional<std::string> _Netloc::username() const {
  const std::size_t at = netloc.rfind('@');
  if (at == netloc.npos) return std::nullopt;
  return netloc.substr(0, std::min(netloc.find(':'), at));
}

std::optional<std::string> _Netloc::password() const {
  const std::size_t at = netloc.rfind('@'), colon = netloc.find(':');
  if (at == netloc.npos || colon >= at) return std::nullopt;
  return netloc.substr(colon + 1, at - colon - 1);
}

std::optional<std::string> _Netloc::hostname() const {
  const std::string_view host = host_info(netloc).host;
  if (host.empty()) return std::nullopt;
  // A zone ("fe80::1%eth0") is no name and keeps its case.
  const std::size_t percent = std::min(host.find('%'), host.size());
  return lower(host.substr(0, percent)).append(host.substr(percent));
}

std::optional<int> _Netloc::port() const {
  const std::string_view port = host_info(netloc).port;
  if (port.empty()) return std::nullopt;
  if (!std::all_of(port.begin(), port.end(), is_digit)) {
    throw ValueError("Port could not be cast to integer value as " + krait::repr(port));
  }
  int number = 0;
  for (const char c : port) {
    number = number * 10 + (c - '0');
    if (number > 65535) throw ValueError("Port out of range 0-65535");
  }
  return number;
}

std::string SplitResult::geturl() const { return urlunsplit(*this); }
std::string ParseResult::geturl() const { return urlunparse(*this); }
std::string DefragResult::geturl() const { return fragment.empty() ? url : url + "#" + fragment; }

SplitResult urlsplit(std::string_view url, std::string_view scheme, bool allow_fragments) {
  const std::string text = cleaned(url);
  while (!scheme.empty() && is_control_or_space(scheme.back())) scheme.remove_suffix(1);
  SplitResult result;
  result.scheme = cleaned(scheme);
  std::string_view rest = text;
  const std::size_t colon = rest.find(':');
  if (colon != rest.npos && colon > 0 && is_letter(rest[0]) &&
      std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(colon), is_scheme)) {
    result.scheme = lower(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    result.netloc = rest.substr(0, end);
    rest.remove_prefix(end);
    check_brackets(result.netloc);
  }
  if (allow_fragments) result.fragment = take_after(rest, '#');
  result.query = take_after(rest, '?');
  check_netloc(result.netloc);
  result.path = rest;
  return result;
}

ParseResult urlparse(std::string_view url, std::string_view scheme, bool allow_fragments) {
  SplitResult split = urlsplit(url, scheme, allow_fragments);
  ParseResult result;
  static_cast<_Netloc&>(result) = static_cast<const _Netloc&>(split);
  result.query = std::move(split.query);
  result.fragment = std::move(split.fragment);
  std::string_view path = split.path;
  if (_uses_params(result.scheme)) {
    const std::size_t slash = path.rfind('/');
    const std::size_t semicolon = path.find(';', slash == path.npos ? 0 : slash);
    if (semicolon != path.npos) {
      result.params = path.substr(semicolon + 1);
      path = path.substr(0, semicolon);
    }
  }
  result.path = path;
  return result;
}

std::string urlunsplit(const SplitResult& parts) {
  std::string url;
  if (!parts.scheme.empty()) url.append(parts.scheme).append(":");
  const bool rooted = parts.path.starts_with('/');
  if (!parts.netloc.empty()) {
    url.append("//").append(parts.netloc);
    if (!parts.path.empty() && !rooted) url += '/';
  } else if (parts.path.starts_with("//") ||
             (!parts.scheme.empty() && _uses_netloc(parts.scheme) && (parts.path.empty() || rooted))) {
    url += "//";
  }
  url += parts.path;
  if (!parts.query.empty()) url.append("?").append(parts.query);
  if (!parts.fragment.empty()) url.append("#").append(parts.fragment);
  return url;
}

std::string urlunparse(const ParseResult& parts) {
  SplitResult split;
  static_cast<_Netloc&>(split) = parts;
  split.path = parts.params.empty() ? parts.path : parts.path + ";" + parts.params;
  split.query = parts.query;
  split.fragment = parts.fragment;
  return urlunsplit(split);
}

DefragResult urldefrag(std::string_view url) {
  if (url.find('#') == url.npos) return {std::string(url), {}};
  ParseResult parts = urlparse(url);
  DefragResult result;
  result.fragment = std::exchange(parts.fragment, {});
  result.url = urlunparse(parts);
  return result;
}

}  // namespace krait::urllib::parse
