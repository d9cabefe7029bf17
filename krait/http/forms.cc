#include "krait/http/forms.h"

#include "krait/urllib/parse/quote.h"

namespace krait::http {
namespace {

std::string decode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      (text += static_cast<char>(0xc0U | byte >> 6)) += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return urllib::parse::unquote_plus(text);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view body) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (true) {
    const std::size_t end = body.find('&');
    const std::string_view field = body.substr(0, end);
    if (!field.empty()) {
      const std::size_t equals = field.find('=');
      const std::string_view value = equals == field.npos ? std::string_view() : field.substr(equals + 1);
      fields.emplace_back(decode(field.substr(0, equals)), decode(value));
    }
    if (end == body.npos) return fields;
    body.remove_prefix(end + 1);
  }
}

}  // namespace krait::http
