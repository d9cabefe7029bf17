#include "krait/argparse/namespace.h"

#include <algorithm>

#include "krait/argparse/_unicode.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

// Python: name.isidentifier(), but for the few characters in which letters and identifiers differ.
bool is_identifier(std::string_view name) {
  const std::u32string points = _text::decode(name);
  return !points.empty() && _text::decimal(points[0]) < 0 && std::all_of(points.begin(), points.end(), _text::is_word);
}

}  // namespace

Namespace::Namespace(std::initializer_list<Item> items) {
  for (const auto& [name, value] : items) set(name, value);
}

const Value* Namespace::find(std::string_view name) const noexcept {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.first == name; });
  return found == items_.end() ? nullptr : &found->second;
}

Value* Namespace::_find(std::string_view name) noexcept { return const_cast<Value*>(std::as_const(*this).find(name)); }

const Value& Namespace::operator[](std::string_view name) const {
  if (const Value* value = find(name)) return *value;
  throw AttributeError("'Namespace' object has no attribute " + krait::repr(name));
}

void Namespace::set(std::string_view name, Value value) {
  for (auto& [existing, held] : items_) {
    if (existing != name) continue;
    held = std::move(value);
    return;
  }
  items_.emplace_back(name, std::move(value));
}

bool Namespace::erase(std::string_view name) {
  return std::erase_if(items_, [&](const Item& item) { return item.first == name; }) > 0;
}

bool Namespace::operator==(const Namespace& other) const {
  return size() == other.size() && std::all_of(items_.begin(), items_.end(), [&](const Item& item) {
           const Value* value = other.find(item.first);
           return value && *value == item.second;
         });
}

std::string repr(const Namespace& space) {
  std::string known, odd;
  for (const auto& [name, value] : space) {
    std::string& text = is_identifier(name) ? known : odd;
    if (!text.empty()) text += ", ";
    if (&text == &known) {
      text.append(name).append("=").append(repr(value));
    } else {
      text.append(krait::repr(name)).append(": ").append(repr(value));
    }
  }
  if (!odd.empty()) known.append(known.empty() ? "" : ", ").append("**{").append(odd).append("}");
  return "Namespace(" + known + ")";
}

}  // namespace krait::argparse
