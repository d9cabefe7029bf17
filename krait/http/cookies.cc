#include "krait/http/cookies.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unordered_map>

#include "krait/builtins/repr.h"
#include "krait/http/_cookie_pattern.h"
#include "krait/http/_lower.h"
#include "krait/http/dates.h"

namespace krait::http::cookies {
namespace {

// In the order of their names, which is that of the output.
struct Reserved {
  std::string_view name, written;
};
constexpr Reserved kReserved[] = {{"comment", "Comment"},   {"domain", "Domain"},   {"expires", "expires"},
                                  {"httponly", "HttpOnly"}, {"max-age", "Max-Age"}, {"path", "Path"},
                                  {"samesite", "SameSite"}, {"secure", "Secure"},   {"version", "Version"}};

bool is_flag(std::string_view name) { return name == "httponly" || name == "secure"; }

std::optional<std::size_t> reserved_place(std::string_view name) {
  const std::string wanted = _lower(std::string(name));
  for (std::size_t i = 0; i < std::size(kReserved); ++i) {
    if (kReserved[i].name == wanted) return i;
  }
  return std::nullopt;
}

bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~:").find(c) != std::string_view::npos);
}

bool is_legal_key(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_legal); }

void append_octal(std::string& text, unsigned value) {
  text += '\\';
  for (int shift = 6; shift >= 0; shift -= 3) text += static_cast<char>('0' + (value >> shift & 7U));
}

void append_code_point(std::string& text, unsigned value) {  // up to U+00FF
  if (value < 0x80) {
    text += static_cast<char>(value);
  } else {
    (text += static_cast<char>(0xc0 | value >> 6)) += static_cast<char>(0x80 | (value & 0x3f));
  }
}

}  // namespace

std::string _quote(std::string_view text) {
  if (is_legal_key(text)) return std::string(text);
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '"' || text[i] == '\\') {
      (result += '\\') += text[i];
    } else if ((byte == 0xc2 || byte == 0xc3) && i + 1 < text.size()) {  // U+0080 to U+00FF
      append_octal(result, (byte & 3U) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fU));
    } else if (byte >= 0x80 || is_legal(text[i]) ||
               std::string_view(" ()/<=>?@[]{}").find(text[i]) != std::string_view::npos) {
      result += text[i];
    } else {
      append_octal(result, byte);
    }
  }
  return result += '"';
}

std::string _unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [text, i](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned>(text[i + k] - '0') : 8U;
    };
    if (text[i] != '\\' || i + 1 == text.size() || text[i + 1] == '\n') {
      result += text[i];
    } else if (digit(1) <= 3 && digit(2) <= 7 && digit(3) <= 7) {
      append_code_point(result, digit(1) << 6 | digit(2) << 3 | digit(3));
      i += 3;
    } else {
      result += text[++i];
    }
  }
  return result;
}

std::string Attribute::str() const {
  switch (kind_) {
    case Kind::Text:
      return text_;
    case Kind::Number:
      return std::to_string(number_);
    default:
      return number_ ? "True" : "False";
  }
}

void Morsel::set(std::string key, std::string value, std::string coded_value) {
  if (reserved_place(key)) throw CookieError("Attempt to set a reserved key " + krait::repr(key));
  if (!is_legal_key(key)) throw CookieError("Illegal key " + krait::repr(key));
  key_ = std::move(key);
  value_ = std::move(value);
  coded_value_ = std::move(coded_value);
}

Attribute& Morsel::operator[](std::string_view attribute) {
  const auto place = reserved_place(attribute);
  if (!place) throw CookieError("Invalid attribute " + krait::repr(_lower(std::string(attribute))));
  return attributes_[*place];
}

const Attribute& Morsel::operator[](std::string_view attribute) const { return const_cast<Morsel&>(*this)[attribute]; }

bool Morsel::isReservedKey(std::string_view name) noexcept { return reserved_place(name).has_value(); }

std::string Morsel::OutputString(const std::optional<std::vector<std::string>>& attrs) const {
  std::string result = key_ + "=" + coded_value_;
  for (std::size_t i = 0; i < std::size(kReserved); ++i) {
    const auto [name, written] = kReserved[i];
    const Attribute& value = attributes_[i];
    if (value.is_text() && !value) continue;
    if (attrs && std::find(attrs->begin(), attrs->end(), name) == attrs->end()) continue;
    if (is_flag(name)) {
      if (value) result.append("; ").append(written);
      continue;
    }
    result.append("; ").append(written).append("=");
    if (name == "expires" && !value.is_text()) {
      const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
      result += http_date(now + std::chrono::seconds(value.number()));
    } else if (name == "max-age" && !value.is_text()) {
      result += std::to_string(value.number());
    } else {
      result += name == "comment" && value.is_text() ? _quote(value.str()) : value.str();
    }
  }
  return result;
}

std::string Morsel::output(const std::optional<std::vector<std::string>>& attrs, std::string_view header) const {
  return std::string(header) + " " + OutputString(attrs);
}

std::string Morsel::js_output(const std::optional<std::vector<std::string>>& attrs) const {
  std::string text;
  for (const char c : OutputString(attrs)) {
    if (c == '"') text += '\\';
    text += c;
  }
  return "\n        <script type=\"text/javascript\">\n        <!-- begin hiding\n        document.cookie = \"" + text +
         "\";\n        // end hiding -->\n        </script>\n        ";
}

std::string Morsel::repr() const { return "<Morsel: " + OutputString() + ">"; }

BaseCookie::~BaseCookie() = default;

std::pair<std::string, std::string> BaseCookie::value_decode(std::string_view coded) const {
  return {std::string(coded), std::string(coded)};
}
std::pair<std::string, std::string> BaseCookie::value_encode(std::string_view value) const {
  return {std::string(value), std::string(value)};
}
std::pair<std::string, std::string> SimpleCookie::value_decode(std::string_view coded) const {
  return {_unquote(coded), std::string(coded)};
}
std::pair<std::string, std::string> SimpleCookie::value_encode(std::string_view value) const {
  return {std::string(value), _quote(value)};
}

namespace {

// What a header says, before any of it counts.
struct Item {
  bool is_attribute;
  std::string_view key;
  std::optional<std::string_view> value;  // none: a flag
};

// nullopt: it is no cookie string.
std::optional<std::vector<Item>> read_items(std::string_view text) {
  std::vector<Item> items;
  bool seen = false;
  _CookiePattern pattern(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<_Pair> pair = pattern.match(at);
    if (!pair) break;
    at = pair->end;
    const std::string_view key = pair->key;
    if (key.starts_with('$')) {  // of the mechanism as a whole, such as $Version, until a cookie came
      if (seen) items.push_back({true, key.substr(1), pair->value});
    } else if (reserved_place(key)) {
      if (!seen || (!pair->value && !is_flag(_lower(std::string(key))))) return std::nullopt;
      items.push_back({true, key, pair->value});
    } else {
      if (!pair->value) return std::nullopt;
      items.push_back({false, key, pair->value});
      seen = true;
    }
  }
  return items;
}

}  // namespace

void BaseCookie::load(std::string_view rawdata) {
  const auto items = read_items(rawdata);
  if (!items) return;
  std::string current;
  for (const Item& item : *items) {
    if (!item.is_attribute) {
      auto [value, coded] = value_decode(*item.value);
      current = store(std::string(item.key), std::move(value), std::move(coded)).key();
    } else if (reserved_place(item.key) && item.value) {
      (*this)[current][item.key] = _unquote(*item.value);
    } else {
      (*this)[current][item.key] = true;
    }
  }
}

Morsel& BaseCookie::store(std::string key, std::string value, std::string coded_value) {
  for (Morsel& each : morsels_) {
    if (each.key() == key) {
      each.set(std::move(key), std::move(value), std::move(coded_value));
      return each;
    }
  }
  Morsel made;
  made.set(std::move(key), std::move(value), std::move(coded_value));
  return morsels_.emplace_back(std::move(made));
}

Morsel& BaseCookie::set(const std::string& key, std::string_view value) {
  auto [real, coded] = value_encode(value);
  return store(key, std::move(real), std::move(coded));
}

const Morsel* BaseCookie::find(std::string_view key) const noexcept {
  for (const Morsel& each : morsels_) {
    if (each.key() == key) return &each;
  }
  return nullptr;
}

const Morsel& BaseCookie::operator[](std::string_view key) const {
  if (const Morsel* morsel = find(key)) return *morsel;
  throw KeyError(std::string(key));
}
Morsel& BaseCookie::operator[](std::string_view key) { return const_cast<Morsel&>(std::as_const(*this)[key]); }

bool BaseCookie::erase(std::string_view key) {
  return std::erase_if(morsels_, [key](const Morsel& each) { return each.key() == key; }) > 0;
}

std::vector<const Morsel*> BaseCookie::sorted() const {
  std::vector<const Morsel*> morsels;
  morsels.reserve(morsels_.size());
  for (const Morsel& each : morsels_) morsels.push_back(&each);
  std::sort(morsels.begin(), morsels.end(), [](const Morsel* a, const Morsel* b) { return a->key() < b->key(); });
  return morsels;
}

std::string BaseCookie::output(const std::optional<std::vector<std::string>>& attrs, std::string_view header,
                               std::string_view sep) const {
  std::string result;
  bool first = true;
  for (const Morsel* each : sorted()) {
    if (!std::exchange(first, false)) result += sep;
    result += each->output(attrs, header);
  }
  return result;
}

std::string BaseCookie::js_output(const std::optional<std::vector<std::string>>& attrs) const {
  std::string result;
  for (const Morsel* each : sorted()) result += each->js_output(attrs);
  return result;
}

namespace {

// Python's str.isspace(), in UTF-8.
constexpr std::string_view kSpaces[] = {"\t",     "\n",     "\v",     "\f",     "\r",     "\x1c",   "\x1d",   "\x1e",
                                        "\x1f",   " ",      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002",
                                        "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
                                        "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

std::string_view strip(std::string_view text) {
  const auto cut = [](auto fits, auto remove) {
    const auto* space = std::find_if(std::begin(kSpaces), std::end(kSpaces), fits);
    if (space == std::end(kSpaces)) return false;
    remove(space->size());
    return true;
  };
  while (cut([&text](std::string_view space) { return text.starts_with(space); },
             [&text](std::size_t size) { text.remove_prefix(size); })) {
  }
  while (cut([&text](std::string_view space) { return text.ends_with(space); },
             [&text](std::size_t size) { text.remove_suffix(size); })) {
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> cookie_parser(std::string_view header) {
  std::vector<std::pair<std::string, std::string>> cookies;
  std::unordered_map<std::string, std::size_t> places;
  while (true) {
    const std::size_t end = header.find(';');
    const std::string_view chunk = header.substr(0, end);
    const std::size_t equals = chunk.find('=');
    const std::string_view key = equals == chunk.npos ? std::string_view() : strip(chunk.substr(0, equals));
    const std::string_view value = strip(equals == chunk.npos ? chunk : chunk.substr(equals + 1));
    if (!key.empty() || !value.empty()) {
      const auto [place, is_new] = places.try_emplace(std::string(key), cookies.size());
      if (is_new) cookies.emplace_back(key, std::string());
      cookies[place->second].second = _unquote(value);
    }
    if (end == header.npos) return cookies;
    header.remove_prefix(end + 1);
  }
}

}  // namespace krait::http::cookies
