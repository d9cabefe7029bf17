// A URL, a query, a form, a Cookie header, whatever bytes they are made of: reading them throws one of the errors that are
// documented, or gives parts that are read again as the same.

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "krait/http/cookies.h"
#include "krait/http/forms.h"
#include "krait/urllib/parse.h"

namespace {

using namespace krait;
namespace parse = urllib::parse;

[[noreturn]] void fail(const char* what, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check_url(std::string_view text) {
  try {
    const parse::SplitResult parts = parse::urlsplit(text);
    const std::string url = parts.geturl();
    if (parse::urlsplit(url).geturl() != url) fail("written and read again, it is another URL", text);
    parts.username();
    parts.password();
    parts.hostname();
    parse::urlparse(text).geturl();
    parse::urldefrag(text).geturl();
    parse::urljoin("http://a/b/c/d;p?q", text);
    parse::urljoin(text, "../x;y?z#f");
    parts.port();
  } catch (const ValueError&) {
  }
}

void check_text(std::string_view text) {
  if (parse::unquote_to_bytes(parse::quote(text)) != text) fail("quoted and unquoted, it is another text", text);
  parse::unquote(text);
  try {
    parse::unquote(text, "utf-8", "strict");
  } catch (const UnicodeDecodeError&) {
  }
  parse::parse_qs(text, {.keep_blank_values = true});
  http::parse_form(text);
  const auto cookies = http::cookies::cookie_parser(text);
  if (cookies.size() > text.size()) fail("more cookies than characters", text);
  try {
    const http::cookies::SimpleCookie cookie(text);
    cookie.output();
  } catch (const http::cookies::CookieError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_url(text);
  check_text(text);
  return 0;
}
