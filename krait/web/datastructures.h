#pragma once
// The small containers of a request and a response: headers, query parameters, an address.
//
// Those of a request are views: they live as long as the Request, which is until its response is complete.
// Python: starlette.datastructures

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/http/fields.h"

namespace krait::web {

// Python: starlette.datastructures.Address. What is not known is "" and 0 (a Unix socket, a test).
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// The header fields of a request. Names compare without case; the first of equal ones counts.
// Python: starlette.datastructures.Headers
class Headers {
 public:
  Headers() = default;
  explicit Headers(std::span<const http::Header> fields) : fields_(fields) {}

  // Python: headers.get(name)
  std::optional<std::string_view> get(std::string_view name) const noexcept { return http::find(fields_, name); }
  std::string_view get(std::string_view name, std::string_view otherwise) const noexcept {
    return get(name).value_or(otherwise);
  }
  // Every field of this name, in order. Python: headers.getlist(name)
  std::vector<std::string_view> getlist(std::string_view name) const;
  // Throws KeyError. Python: headers[name]
  std::string_view operator[](std::string_view name) const;
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  std::size_t size() const noexcept { return fields_.size(); }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }

 private:
  std::span<const http::Header> fields_;
};

// Names and values in order, where a name may come again: the query, the cookies, a path's parameters.
struct Pair {
  std::string_view name, value;
  bool operator==(const Pair&) const = default;
};

// The last of equal names counts, as in Python. Python: starlette.datastructures.ImmutableMultiDict
class MultiDict {
 public:
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  std::string_view get(std::string_view name, std::string_view otherwise) const noexcept {
    return get(name).value_or(otherwise);
  }
  // Python: getlist(name)
  std::vector<std::string_view> getlist(std::string_view name) const;
  // Throws KeyError.
  std::string_view operator[](std::string_view name) const;
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  std::size_t size() const noexcept { return pairs_.size(); }
  bool empty() const noexcept { return pairs_.empty(); }
  auto begin() const noexcept { return pairs_.begin(); }
  auto end() const noexcept { return pairs_.end(); }

  void _clear() noexcept { pairs_.clear(); }
  void _add(Pair pair) { pairs_.push_back(pair); }

 private:
  std::vector<Pair> pairs_;
};

// The header fields of a response, kept as the lines that go over the wire. Names are written in lower case.
// Values are bytes: write UTF-8 or, as Python would, Latin-1. Python: starlette.datastructures.MutableHeaders
class MutableHeaders {
 public:
  MutableHeaders() = default;
  MutableHeaders(MutableHeaders&&) noexcept = default;
  MutableHeaders& operator=(MutableHeaders&&) noexcept = default;
  MutableHeaders(const MutableHeaders&) = default;
  MutableHeaders& operator=(const MutableHeaders&) = default;

  // Replaces every field of this name. Throws ValueError for a name that is no token, a value with CR, LF or NUL.
  // Python: headers[name] = value
  void set(std::string_view name, std::string_view value);
  // Sets it unless it is there. Python: headers.setdefault(name, value)
  void setdefault(std::string_view name, std::string_view value);
  // Adds one more field of this name. Throws as set does. Python: headers.append(name, value)
  void append(std::string_view name, std::string_view value);
  // Gives whether there was one. Python: del headers[name]
  bool erase(std::string_view name);
  void clear() noexcept;

  // The first of this name. The view dies with the next change.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  std::vector<std::string_view> getlist(std::string_view name) const;
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  bool empty() const noexcept { return lines_.empty(); }
  // Adds `value` to a comma-separated list such as Vary, unless it is there. Python: headers.add_vary_header(vary)
  void add_vary_header(std::string_view value);
  // All fields in order; the views die with the next change. Python: headers.items()
  std::vector<http::Header> items() const;

  // "name: value\r\n" for each field, checked: ready to be sent.
  std::string_view _lines() const noexcept { return lines_; }
  // Adds "name: value\r\n" lines known to be right.
  void _append_lines(std::string_view lines);
  // True when the field was set, which the server would else add itself.
  enum Known : unsigned { ContentLength = 1, Date = 2, Server = 4, Connection = 8, TransferEncoding = 16 };
  bool _has(Known field) const noexcept { return (known_ & field) != 0; }
  // The memory, to be used again.
  std::string& _storage() noexcept { return lines_; }
  void _swap(MutableHeaders& other) noexcept {
    lines_.swap(other.lines_);
    std::swap(known_, other.known_);
  }

 private:
  std::string lines_;
  unsigned known_ = 0;
};

}  // namespace krait::web
