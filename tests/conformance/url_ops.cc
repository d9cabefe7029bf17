#include "krait/http/cookies.h"
#include "krait/http/forms.h"
#include "krait/urllib/parse.h"
#include "ops.h"

namespace krait::conformance {

namespace {

namespace parse = urllib::parse;
using json::Value;

std::string_view text(const Value& request, std::string_view name, std::string_view otherwise = {}) {
  const Value* value = request.as_object().find(name);
  return value && !value->is_null() ? std::string_view(value->as_string()) : otherwise;
}

bool flag(const Value& request, std::string_view name, bool otherwise) {
  const Value* value = request.as_object().find(name);
  return value && !value->is_null() ? value->as_bool() : otherwise;
}

Value pairs(const std::vector<std::pair<std::string, std::string>>& fields) {
  json::Array array;
  for (const auto& [name, value] : fields) array.emplace_back(json::Array{name, value});
  return array;
}

Value url_split(const Value& request) {
  const auto parts =
      parse::urlsplit(text(request, "url"), text(request, "scheme"), flag(request, "allow_fragments", true));
  return json::Array{parts.scheme, parts.netloc, parts.path, parts.query, parts.fragment};
}

Value url_parse(const Value& request) {
  const auto parts =
      parse::urlparse(text(request, "url"), text(request, "scheme"), flag(request, "allow_fragments", true));
  return json::Array{parts.scheme, parts.netloc, parts.path, parts.params, parts.query, parts.fragment, parts.geturl()};
}

// [username, password, hostname, port] of the netloc
Value url_netloc(const Value& request) {
  const auto parts = parse::urlsplit(text(request, "url"));
  return json::Array{parts.username(), parts.password(), parts.hostname(), parts.port()};
}

Value url_join(const Value& request) {
  return parse::urljoin(text(request, "base"), text(request, "url"), flag(request, "allow_fragments", true));
}

Value url_defrag(const Value& request) {
  const auto parts = parse::urldefrag(text(request, "url"));
  return json::Array{parts.url, parts.fragment};
}

Value url_quote(const Value& request) { return parse::quote(text(request, "string"), text(request, "safe", "/")); }
Value url_quote_plus(const Value& request) { return parse::quote_plus(text(request, "string"), text(request, "safe")); }
Value url_unquote(const Value& request) {
  return parse::unquote(text(request, "string"), text(request, "encoding", "utf-8"),
                        text(request, "errors", "replace"));
}

Value url_parse_qsl(const Value& request) {
  parse::QueryOptions options{.keep_blank_values = flag(request, "keep_blank_values", false),
                              .strict_parsing = flag(request, "strict_parsing", false),
                              .separator = text(request, "separator", "&")};
  const Value* most = request.as_object().find("max_num_fields");
  if (most && !most->is_null()) options.max_num_fields = static_cast<std::size_t>(most->as_int());
  return pairs(parse::parse_qsl(text(request, "qs"), options));
}

Value form_parse(const Value& request) { return pairs(http::parse_form(text(request, "body"))); }
Value cookie_parse(const Value& request) { return pairs(http::cookies::cookie_parser(text(request, "header"))); }

// [[key, value, what it would be set by]…]
Value cookie_load(const Value& request) {
  json::Array array;
  const http::cookies::SimpleCookie cookie(text(request, "header"));
  for (const auto& each : cookie) array.emplace_back(json::Array{each.key(), each.value(), each.OutputString()});
  return array;
}

Value cookie_quote(const Value& request) { return http::cookies::_quote(text(request, "string")); }

}  // namespace

Ops url_ops() {
  return {{"url.split", url_split},           {"url.parse", url_parse},
          {"url.netloc", url_netloc},         {"url.join", url_join},
          {"url.defrag", url_defrag},         {"url.quote", url_quote},
          {"url.quote_plus", url_quote_plus}, {"url.unquote", url_unquote},
          {"url.parse_qsl", url_parse_qsl},   {"form.parse", form_parse},
          {"cookie.parse", cookie_parse},     {"cookie.load", cookie_load},
          {"cookie.quote", cookie_quote}};
}

}  // namespace krait::conformance
