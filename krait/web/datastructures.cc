#include "krait/web/datastructures.h"

#include <algorithm>

#include "krait/builtins/exceptions.h"
#include "krait/web/_buffers.h"

namespace krait::web {

std::vector<std::string_view> Headers::getlist(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const http::Header& field : fields_) {
    if (http::equals_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

std::string_view Headers::operator[](std::string_view name) const {
  const auto value = get(name);
  if (!value) throw KeyError(std::string(name));
  return *value;
}

std::optional<std::string_view> MultiDict::get(std::string_view name) const noexcept {
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    if (pairs_[i].name == name) return pairs_[i].value;
  }
  return std::nullopt;
}

std::vector<std::string_view> MultiDict::getlist(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Pair& pair : pairs_) {
    if (pair.name == name) values.push_back(pair.value);
  }
  return values;
}

std::string_view MultiDict::operator[](std::string_view name) const {
  const auto value = get(name);
  if (!value) throw KeyError(std::string(name));
  return *value;
}

namespace {

// The fields that the server writes itself, unless they are here.
unsigned known_field(std::string_view name) {
  switch (name.size()) {
    case 4:
      return http::equals_ignoring_case(name, "date") ? MutableHeaders::Date : 0;
    case 6:
      return http::equals_ignoring_case(name, "server") ? MutableHeaders::Server : 0;
    case 10:
      return http::equals_ignoring_case(name, "connection") ? MutableHeaders::Connection : 0;
    case 14:
      return http::equals_ignoring_case(name, "content-length") ? MutableHeaders::ContentLength : 0;
    case 17:
      return http::equals_ignoring_case(name, "transfer-encoding") ? MutableHeaders::TransferEncoding : 0;
    default:
      return 0;
  }
}

// One line of `lines` from `at` on; false at the end. `next` is where the following one begins.
bool read_line(std::string_view lines, std::size_t at, http::Header& field, std::size_t& next) {
  if (at >= lines.size()) return false;
  const std::size_t end = lines.find('\r', at);
  const std::string_view line = lines.substr(at, end - at);
  const std::size_t colon = line.find(':');
  field = {line.substr(0, colon), line.substr(colon + 2)};
  next = end + 2;
  return true;
}

}  // namespace

void MutableHeaders::append(std::string_view name, std::string_view value) {
  if (!http::is_token(name)) throw ValueError("cannot set a header: '" + std::string(name) + "' is no name for one");
  if (!http::is_field_value(value)) {
    throw ValueError("cannot set the header " + std::string(name) +
                     ": its value has a line break or a control character");
  }
  _use_spare_buffer(lines_);
  for (char c : name) lines_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  lines_.append(": ").append(http::strip(value)).append("\r\n");
  known_ |= known_field(name);
}

void MutableHeaders::set(std::string_view name, std::string_view value) {
  const std::string kept(value);  // `value` may lie within what erase() moves
  if (contains(name)) erase(name);
  append(name, kept);
}

void MutableHeaders::setdefault(std::string_view name, std::string_view value) {
  if (!contains(name)) append(name, value);
}

bool MutableHeaders::erase(std::string_view name) {
  bool found = false;
  http::Header field;
  std::size_t next = 0;
  for (std::size_t at = 0; read_line(lines_, at, field, next);) {
    if (!http::equals_ignoring_case(field.name, name)) {
      at = next;
      continue;
    }
    lines_.erase(at, next - at);
    found = true;
  }
  if (found) known_ &= ~known_field(name);
  return found;
}

void MutableHeaders::clear() noexcept {
  lines_.clear();
  known_ = 0;
}

std::optional<std::string_view> MutableHeaders::get(std::string_view name) const noexcept {
  http::Header field;
  std::size_t next = 0;
  for (std::size_t at = 0; read_line(lines_, at, field, next); at = next) {
    if (http::equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<http::Header> MutableHeaders::items() const {
  std::vector<http::Header> all;
  http::Header field;
  std::size_t next = 0;
  for (std::size_t at = 0; read_line(lines_, at, field, next); at = next) all.push_back(field);
  return all;
}

std::vector<std::string_view> MutableHeaders::getlist(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const http::Header& field : items()) {
    if (http::equals_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

void MutableHeaders::add_vary_header(std::string_view value) {
  const auto present = get("vary");
  if (!present) return append("vary", value);
  if (http::has_token(*present, value)) return;
  const std::string joined = std::string(*present).append(", ").append(value);
  set("vary", joined);
}

void MutableHeaders::_append_lines(std::string_view lines) {
  _use_spare_buffer(lines_);
  lines_.append(lines);
}

}  // namespace krait::web
