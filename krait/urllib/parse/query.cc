// query := field (separator field)*      field := name ["=" value]      both escaped, "+" for " "

#include "krait/urllib/parse/query.h"

#include <unordered_map>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"

namespace krait::urllib::parse {

std::vector<std::pair<std::string, std::string>> parse_qsl(std::string_view qs, const QueryOptions& options) {
  const std::string_view separator = options.separator;
  if (separator.empty()) throw ValueError("Separator must be of type string or bytes.");
  std::vector<std::pair<std::string, std::string>> fields;
  if (qs.empty()) return fields;
  if (options.max_num_fields) {
    std::size_t count = 1;
    for (std::size_t at = qs.find(separator); at != qs.npos; at = qs.find(separator, at + separator.size())) ++count;
    if (*options.max_num_fields < count) throw ValueError("Max number of fields exceeded");
  }
  const auto decode = [&options](std::string_view text) {
    return unquote_plus(text, options.encoding, options.errors);
  };
  while (true) {
    const std::size_t end = qs.find(separator);
    const std::string_view field = qs.substr(0, end);
    const std::size_t equals = field.find('=');
    if (equals == field.npos && options.strict_parsing) throw ValueError("bad query field: " + krait::repr(field));
    const std::string_view value = equals == field.npos ? std::string_view() : field.substr(equals + 1);
    if (!(field.empty() && !options.strict_parsing) && (!value.empty() || options.keep_blank_values)) {
      std::string name = decode(field.substr(0, equals));
      fields.emplace_back(std::move(name), decode(value));
    }
    if (end == qs.npos) return fields;
    qs.remove_prefix(end + separator.size());
  }
}

const std::vector<std::string>* Query::find(std::string_view name) const noexcept {
  for (const Item& each : items_) {
    if (each.first == name) return &each.second;
  }
  return nullptr;
}

const std::vector<std::string>& Query::operator[](std::string_view name) const {
  if (const std::vector<std::string>* values = find(name)) return *values;
  throw KeyError(std::string(name));
}

Query parse_qs(std::string_view qs, const QueryOptions& options) {
  Query query;
  std::unordered_map<std::string, std::size_t> places;
  for (auto& [name, value] : parse_qsl(qs, options)) {
    const auto [place, is_new] = places.try_emplace(name, query.items_.size());
    if (is_new) query.items_.emplace_back(std::move(name), std::vector<std::string>());
    query.items_[place->second].second.push_back(std::move(value));
  }
  return query;
}

std::string urlencode(const std::vector<QueryPair>& query, const UrlencodeOptions& options) {
  std::string result;
  for (const auto& [name, value] : query) {
    if (name.is_list()) throw TypeError("cannot encode a query: a name is a list");
    if (value.is_list() && !options.doseq) {
      throw TypeError("cannot encode a query: the value of " + krait::repr(name.values()[0]) + " is a list: set doseq");
    }
    const std::string quoted = options.quote_via(name.values()[0], options.safe);
    for (const std::string& each : value.values()) {
      result.append(result.empty() ? "" : "&").append(quoted).append("=").append(options.quote_via(each, options.safe));
    }
  }
  return result;
}

}  // namespace krait::urllib::parse
