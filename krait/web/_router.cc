#include <algorithm>

#include "krait/builtins/exceptions.h"
#include "krait/web/_pattern.h"
#include "krait/web/routing.h"

namespace krait::web {

namespace {

// "*" stands for every method, last of all.
struct Endpoint {
  std::string method;
  const _Route* route;
};

const _Route* find_method(const std::vector<Endpoint>& endpoints, std::string_view method) {
  const _Route* any = nullptr;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.method == method) return endpoint.route;
    if (endpoint.method == "*") any = endpoint.route;
  }
  return any;
}

// A pattern's segments, each one text or one parameter; empty when it is not made of such.
std::vector<_Token> segments_of(const _Pattern& pattern) {
  std::vector<_Token> segments;
  bool after_parameter = false;  // a parameter must fill its segment
  bool at_start = false;         // of a segment
  for (const _Token& token : pattern.tokens) {
    if (token.is_parameter) {
      if (!at_start || after_parameter) return {};
      segments.back() = token;
      after_parameter = true;
      at_start = false;
      continue;
    }
    if (after_parameter && token.text[0] != '/') return {};
    std::string_view rest = token.text;
    if (rest[0] != '/') return {};
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const std::size_t end = std::min(rest.find('/'), rest.size());
      segments.push_back({std::string(rest.substr(0, end))});
      rest.remove_prefix(end);
    }
    at_start = segments.back().text.empty();
    after_parameter = false;
  }
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    if (segments[i].is_parameter && segments[i].convertor == _Convertor::Path) return {};
  }
  return segments;
}

}  // namespace

// One segment of the paths that lead here.
struct _Router::Node {
  struct Static {
    std::string text;
    std::unique_ptr<Node> node;
  };
  struct Parameter {
    _Convertor convertor;
    std::unique_ptr<Node> node;
  };
  std::vector<Static> statics;
  std::vector<Parameter> parameters;  // in the order of preference; a Path's node has no children
  std::vector<Endpoint> endpoints;    // of the path that ends here

  Node& child(const _Token& segment) {
    if (!segment.is_parameter) {
      for (Static& s : statics) {
        if (s.text == segment.text) return *s.node;
      }
      return *statics.emplace_back(segment.text, std::make_unique<Node>()).node;
    }
    auto at = parameters.begin();
    while (at != parameters.end() && at->convertor < segment.convertor) ++at;
    if (at == parameters.end() || at->convertor != segment.convertor) {
      at = parameters.insert(at, {segment.convertor, std::make_unique<Node>()});
    }
    return *at->node;
  }
};

// A route that only its pattern can match.
struct _Router::Complex {
  std::vector<_Token> tokens;
  std::vector<Endpoint> endpoints;
};

// One walk down the tree. `accept` looks at the endpoints of a path that fits, and ends the walk by giving a route.
struct _Router::Search {
  // A string_view without a constructor: zeroing 64 of them cost more than most searches.
  struct Value {
    const char* data;
    std::size_t size;
  };
  static constexpr std::size_t kMost = 64;
  Value values[kMost];
  std::size_t count = 0;

  Search() noexcept {}

  // `rest` begins after a segment's "/"; null data means that the path has ended.
  template <class Accept>
  const _Route* from(const Node& node, std::string_view rest, Accept& accept) {
    if (!rest.data()) return node.endpoints.empty() ? nullptr : accept(node.endpoints);
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    const std::string_view after = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    for (const Node::Static& s : node.statics) {
      if (s.text != segment) continue;
      if (const _Route* found = from(*s.node, after, accept)) return found;
      break;
    }
    for (const Node::Parameter& p : node.parameters) {
      const bool whole = p.convertor == _Convertor::Path;
      if (!_fits(p.convertor, whole ? rest : segment)) continue;
      const std::string_view value = whole ? rest : segment;
      values[count++] = {value.data(), value.size()};
      if (const _Route* found = from(*p.node, whole ? std::string_view() : after, accept)) return found;
      --count;
    }
    return nullptr;
  }
};

std::vector<std::string> _parameter_names(std::string_view path) { return _parse_pattern(path).params; }

_Router::_Router() : root_(std::make_unique<Node>()) {}
_Router::~_Router() = default;
_Router::_Router(_Router&&) noexcept = default;
_Router& _Router::operator=(_Router&&) noexcept = default;

void _Router::add(_Route route) {
  const _Pattern pattern = _parse_pattern(route.path);
  route.param_names = pattern.params;
  const std::vector<_Token> segments = segments_of(pattern);
  std::vector<Endpoint>* endpoints = nullptr;
  if (segments.empty()) {
    endpoints = &complex_.emplace_back(pattern.tokens, std::vector<Endpoint>()).endpoints;
  } else {
    Node* node = root_.get();
    for (const _Token& segment : segments) node = &node->child(segment);
    endpoints = &node->endpoints;
  }
  for (const std::string& method : route.methods) {
    const bool taken =
        std::any_of(endpoints->begin(), endpoints->end(), [&](const Endpoint& e) { return e.method == method; });
    if (taken) throw ValueError("cannot add the route " + method + " " + route.path + ": there is one already");
  }
  const _Route& owned = *routes_.emplace_back(std::make_unique<_Route>(std::move(route)));
  for (const std::string& method : owned.methods) endpoints->push_back({method, &owned});
}

const _Route* _Router::match(std::string_view method, std::string_view path, MultiDict& params) const {
  if (path.empty() || path[0] != '/') return nullptr;
  const auto accept = [method](const std::vector<Endpoint>& endpoints) { return find_method(endpoints, method); };
  Search search;
  if (const _Route* route = search.from(*root_, path.substr(1), accept)) {
    for (std::size_t i = 0; i < search.count; ++i) {
      const Search::Value& value = search.values[i];
      params._add({route->param_names[i], std::string_view(value.data, value.size)});
    }
    return route;
  }
  std::vector<std::string_view> values;
  for (const Complex& complex : complex_) {
    const _Route* route = find_method(complex.endpoints, method);
    if (!route || !_match_pattern(complex.tokens, path, values)) continue;
    for (std::size_t i = 0; i < values.size(); ++i) params._add({route->param_names[i], values[i]});
    return route;
  }
  return nullptr;
}

std::vector<std::string_view> _Router::allowed(std::string_view path) const {
  std::vector<std::string_view> methods;
  if (path.empty() || path[0] != '/') return methods;
  const auto note = [&methods](const std::vector<Endpoint>& endpoints) -> const _Route* {
    for (const Endpoint& endpoint : endpoints) {
      if (std::find(methods.begin(), methods.end(), endpoint.method) == methods.end())
        methods.push_back(endpoint.method);
    }
    return nullptr;
  };
  Search search;
  search.from(*root_, path.substr(1), note);
  std::vector<std::string_view> values;
  for (const Complex& complex : complex_) {
    if (_match_pattern(complex.tokens, path, values)) note(complex.endpoints);
  }
  return methods;
}

}  // namespace krait::web
