#pragma once
// Queries and forms: "dish=tea&size=2".

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/builtins/print.h"
#include "krait/urllib/parse/quote.h"

namespace krait::urllib::parse {

struct QueryOptions {
  bool keep_blank_values = false;  // else "a=" and "a" give nothing
  bool strict_parsing = false;     // throws ValueError "bad query field: 'a'" for a field without "="
  std::string_view encoding = "utf-8";
  std::string_view errors = "replace";
  std::optional<std::size_t> max_num_fields = {};  // throws ValueError "Max number of fields exceeded"
  std::string_view separator = "&";
};

// Python: urllib.parse.parse_qsl(qs, …)
std::vector<std::pair<std::string, std::string>> parse_qsl(std::string_view qs, const QueryOptions& options = {});

// Each name with its values, in the order in which the names came. Python: dict
class Query {
 public:
  using Item = std::pair<std::string, std::vector<std::string>>;

  bool empty() const noexcept { return items_.empty(); }
  std::size_t size() const noexcept { return items_.size(); }
  bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  // Null when there is none. Python: qs.get(name)
  const std::vector<std::string>* find(std::string_view name) const noexcept;
  // Throws KeyError. Python: qs[name]
  const std::vector<std::string>& operator[](std::string_view name) const;
  const Item* begin() const noexcept { return items_.data(); }
  const Item* end() const noexcept { return items_.data() + items_.size(); }

 private:
  friend Query parse_qs(std::string_view qs, const QueryOptions& options);
  std::vector<Item> items_;
};

// Python: urllib.parse.parse_qs(qs, …)
Query parse_qs(std::string_view qs, const QueryOptions& options = {});

// What stands behind a name: text, a number, True or False, None; or a list of them, for `doseq`. As str() writes it.
class QueryValue {
 public:
  template <class T>
    requires requires(const T& value) { krait::str(value); }
  QueryValue(const T& value) : values_{krait::str(value)} {}
  template <class T>
    requires requires(const T& value) { krait::str(value); }
  QueryValue(const std::vector<T>& values) : is_list_(true) {
    for (const auto& each : values) values_.push_back(krait::str(static_cast<const T&>(each)));
  }
  bool is_list() const noexcept { return is_list_; }
  const std::vector<std::string>& values() const noexcept { return values_; }

 private:
  std::vector<std::string> values_;
  bool is_list_ = false;
};

struct UrlencodeOptions {
  bool doseq = false;  // a list becomes a field for each of its elements
  std::string_view safe = "";
  std::string (*quote_via)(std::string_view string, std::string_view safe) = quote_plus;
};

using QueryPair = std::pair<QueryValue, QueryValue>;

// Throws TypeError for a list without `doseq`. Departs from Python in that: there it becomes the list's repr.
// Python: urllib.parse.urlencode(query, doseq=False, safe='', quote_via=quote_plus)
std::string urlencode(const std::vector<QueryPair>& query, const UrlencodeOptions& options = {});
inline std::string urlencode(std::initializer_list<QueryPair> query, const UrlencodeOptions& options = {}) {
  return urlencode(std::vector<QueryPair>(query), options);
}
// Of a map, or any other range of pairs.
template <class Pairs>
  requires requires(const Pairs& pairs) {
    QueryValue(pairs.begin()->first);
    QueryValue(pairs.begin()->second);
  }
std::string urlencode(const Pairs& pairs, const UrlencodeOptions& options = {}) {
  std::vector<QueryPair> query;
  for (const auto& [name, value] : pairs) query.emplace_back(name, value);
  return urlencode(query, options);
}

}  // namespace krait::urllib::parse
