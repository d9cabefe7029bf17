// IPv6 (RFC 4291, 2.2), as Python's ipaddress reads it
//   address := groups ["%" zone]       eight groups of one to four hex digits, ":" between them
//   "::" once stands for one or more groups of zeros; the last two may be written as an IPv4 address

#include "krait/urllib/parse/_address.h"

#include <algorithm>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"

namespace krait::urllib::parse {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool all_hex(std::string_view text) { return std::all_of(text.begin(), text.end(), is_hex); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_ipv4(std::string_view text) {
  const auto octets = split(text, '.');
  return octets.size() == 4 && std::all_of(octets.begin(), octets.end(), [](std::string_view octet) {
           if (octet.empty() || octet.size() > 3 || !std::all_of(octet.begin(), octet.end(), is_digit)) return false;
           if (octet.size() > 1 && octet[0] == '0') return false;
           return octet.size() < 3 || octet <= "255";
         });
}

bool is_group(std::string_view text) { return !text.empty() && text.size() <= 4 && all_hex(text); }

bool is_ipv6(std::string_view text) {
  const std::size_t percent = text.find('%');
  if (percent != text.npos) {
    const std::string_view zone = text.substr(percent + 1);
    if (zone.empty() || zone.find('%') != zone.npos) return false;
    text = text.substr(0, percent);
  }
  if (text.size() > 64) return false;
  auto parts = split(text, ':');
  if (parts.size() < 3) return false;
  if (parts.back().find('.') != std::string_view::npos) {
    if (!is_ipv4(parts.back())) return false;
    parts.back() = "0";
    parts.emplace_back("0");
  }
  if (parts.size() > 9) return false;
  std::size_t skipped = 0;  // the place of "::", which is at neither end
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (!parts[i].empty()) continue;
    if (skipped) return false;
    skipped = i;
  }
  if (!skipped) return parts.size() == 8 && std::all_of(parts.begin(), parts.end(), is_group);
  std::size_t before = skipped, after = parts.size() - skipped - 1;
  if (parts.front().empty() && --before != 0) return false;  // ":" in front is half of a "::"
  if (parts.back().empty() && --after != 0) return false;
  if (before + after >= 8) return false;
  const auto last = parts.end() - (parts.back().empty() ? 1 : 0);
  return std::all_of(parts.begin() + (parts.front().empty() ? 1 : 0), last,
                     [](std::string_view part) { return part.empty() || is_group(part); });
}

// v1.anything: a "v", hex digits, a dot, one or more of anything but a newline.
bool is_future(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != text.npos && dot > 1 && all_hex(text.substr(1, dot - 1)) && dot + 1 < text.size() &&
         text.find('\n', dot) == text.npos;
}

}  // namespace

void _check_bracketed_host(std::string_view hostname) {
  if (hostname.starts_with('v')) {
    if (!is_future(hostname)) throw ValueError("IPvFuture address is invalid");
  } else if (is_ipv4(hostname)) {
    throw ValueError("An IPv4 address cannot be in brackets");
  } else if (!is_ipv6(hostname)) {
    throw ValueError(krait::repr(hostname) + " does not appear to be an IPv4 or IPv6 address");
  }
}

}  // namespace krait::urllib::parse
