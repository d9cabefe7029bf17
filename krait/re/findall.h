#pragma once
// What findall and split give: texts that lie in the subject, which must stay (or was moved in, and is kept here).

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/re/match.h"

namespace krait::re {

// One match as findall gives it: a text, or a tuple of texts when the pattern has several groups. A group that took no
// part is "".
class Found {
 public:
  explicit Found(std::span<const std::string_view> texts) noexcept : texts_(texts) {}

  // The text, of a pattern with one group or none. Throws TypeError for a tuple.
  operator std::string_view() const { return texts_.size() == 1 ? texts_.front() : raise_tuple(); }
  explicit operator std::string() const { return std::string(std::string_view(*this)); }

  std::size_t size() const noexcept { return texts_.size(); }
  std::string_view operator[](std::size_t i) const noexcept { return texts_[i]; }
  auto begin() const noexcept { return texts_.begin(); }
  auto end() const noexcept { return texts_.end(); }
  // For a structured binding: auto [key, value] = found.tuple<2>(); Throws TypeError when it holds another number.
  template <std::size_t N>
  std::array<std::string_view, N> tuple() const {
    if (texts_.size() != N) raise_size(N);
    std::array<std::string_view, N> all;
    for (std::size_t i = 0; i < N; ++i) all[i] = texts_[i];
    return all;
  }

  friend bool operator==(const Found& found, std::string_view text) noexcept {
    return found.texts_.size() == 1 && found.texts_.front() == text;
  }
  friend bool operator==(const Found& found, std::initializer_list<std::string_view> tuple) noexcept;

 private:
  [[noreturn]] std::string_view raise_tuple() const;
  [[noreturn]] void raise_size(std::size_t wanted) const;

  std::span<const std::string_view> texts_;
};

// Python: the list of findall
class Findall {
 public:
  class iterator {
   public:
    using value_type = Found;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    Found operator*() const noexcept { return (*list_)[at_]; }
    iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    iterator operator++(int) noexcept { return {list_, at_++}; }
    bool operator==(const iterator&) const = default;

   private:
    friend class Findall;
    iterator(const Findall* list, std::size_t at) noexcept : list_(list), at_(at) {}
    const Findall* list_ = nullptr;
    std::size_t at_ = 0;
  };

  // Patterns with one group or none give one text a match, others `width` of them.
  Findall(Subject subject, std::size_t width) : subject_(std::move(subject)), width_(width) {}

  std::size_t size() const noexcept { return texts_.size() / width_; }
  bool empty() const noexcept { return texts_.empty(); }
  Found operator[](std::size_t i) const noexcept { return Found(std::span(texts_).subspan(i * width_, width_)); }
  iterator begin() const noexcept { return {this, 0}; }
  iterator end() const noexcept { return {this, size()}; }

  // The texts. Throws TypeError when the matches are tuples.
  operator std::vector<std::string>() const { return strings(); }
  std::vector<std::string> strings() const;
  friend bool operator==(const Findall& found, const std::vector<std::string_view>& texts) noexcept;

  void _append(std::string_view text) { texts_.push_back(text); }
  // There may be so many matches. A guess is worth a megabyte at most.
  void _expect(std::size_t matches) { texts_.reserve(std::min<std::size_t>(matches * width_, 65536)); }

 private:
  Subject subject_;
  std::size_t width_;
  std::vector<std::string_view> texts_;
};

// Python: the list of split
class Pieces : public std::vector<Group> {
 public:
  explicit Pieces(Subject subject) : subject_(std::move(subject)) {}
  // Throws TypeError when a group took no part.
  operator std::vector<std::string>() const { return strings(); }
  std::vector<std::string> strings() const;

 private:
  Subject subject_;
};

// "['love', 'hate']", "[('a', '1')]". Python: repr(list)
std::string repr(const Findall& found);
std::string repr(const Pieces& pieces);
inline std::string str(const Findall& found) { return repr(found); }
inline std::string str(const Pieces& pieces) { return repr(pieces); }

}  // namespace krait::re
