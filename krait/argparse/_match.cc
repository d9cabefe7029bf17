#include "krait/argparse/_match.h"

#include <algorithm>
#include <unordered_set>

namespace krait::argparse {

namespace {

constexpr std::size_t kAny = ~std::size_t{0};

// So many letters of a set.
struct Atom {
  std::string_view letters;
  std::size_t least, most;
  std::size_t group;
};

// nargs as what it matches. An optional never takes "--"; a positional takes it along.
//
//   None  -*A-*    "?"  -*A?-*    "*"  -*[A-]*    "+"  -*A[A-]*    "..."  [-AO]*    "A..."  -*A[-AO]*    N  -*A-*A-* …
class Pattern {
 public:
  explicit Pattern(const std::vector<const Action*>& actions) {
    for (const Action* action : actions) {
      add(*action);
      ++group_;
    }
  }
  const std::vector<Atom>& atoms() const noexcept { return atoms_; }
  std::size_t words_needed() const noexcept { return needed_; }

 private:
  void dashes() {
    if (!optional_) atoms_.push_back({"-", 0, kAny, group_});
  }
  void words(std::size_t least, std::size_t most) {
    needed_ += least;
    atoms_.push_back({"A", least, most, group_});
  }
  void rest(std::string_view letters, std::string_view of_optional) {
    atoms_.push_back({optional_ ? of_optional : letters, 0, kAny, group_});
  }

  void add(const Action& action) {
    optional_ = action.is_optional();
    switch (action.nargs.kind()) {
      case Nargs::Kind::None:
        dashes(), words(1, 1), dashes();
        break;
      case Nargs::Kind::Optional:
        dashes(), words(0, 1), dashes();
        break;
      case Nargs::Kind::ZeroOrMore:
        dashes(), rest("A-", "A");
        break;
      case Nargs::Kind::OneOrMore:
        dashes(), words(1, 1), rest("A-", "A");
        break;
      case Nargs::Kind::Remainder:
        rest("-AO", "AO");
        break;
      case Nargs::Kind::Parser:
        dashes(), words(1, 1), rest("-AO", "AO");
        break;
      case Nargs::Kind::Suppress:
        dashes();
        break;
      case Nargs::Kind::Count:
        add_count(static_cast<std::size_t>(std::max(action.nargs.count(), 0)));
        break;
      case Nargs::Kind::Invalid:
        throw TypeError("can't multiply sequence by non-int of type 'str'");
    }
  }

  void add_count(std::size_t count) {
    if (optional_) {
      words(count, count);
    } else if (count > kMostCounted) {  // more than a command line has
      needed_ += count;
    } else {
      dashes();
      for (std::size_t i = 0; i < count; ++i) words(1, 1), dashes();
    }
  }

  static constexpr std::size_t kMostCounted = 10'000'000;
  std::vector<Atom> atoms_;
  std::size_t group_ = 0, needed_ = 0;
  bool optional_ = false;
};

// A greedy match that goes back, as Python's, but never tries the same atom at the same place twice.
class Matcher {
 public:
  Matcher(const std::vector<Atom>& atoms, std::string_view pattern) : atoms_(atoms), pattern_(pattern) {}

  // The letters that each atom takes.
  std::optional<std::vector<std::size_t>> run() {
    while (taken_.size() < atoms_.size()) {
      const Atom& atom = atoms_[taken_.size()];
      const std::size_t most = longest(atom);
      if (most < atom.least || failed_.contains(key())) {
        if (!back()) return std::nullopt;
        continue;
      }
      taken_.push_back(most);
      at_ += most;
    }
    return taken_;
  }

 private:
  std::size_t longest(const Atom& atom) const {
    std::size_t count = 0;
    while (count < atom.most && at_ + count < pattern_.size() &&
           atom.letters.find(pattern_[at_ + count]) != atom.letters.npos) {
      ++count;
    }
    return count;
  }
  std::size_t key() const noexcept { return taken_.size() * (pattern_.size() + 1) + at_; }

  // Gives back one letter of the last atom that has one to spare.
  bool back() {
    failed_.insert(key());
    while (!taken_.empty()) {
      const Atom& atom = atoms_[taken_.size() - 1];
      if (taken_.back() > atom.least) {
        --taken_.back();
        --at_;
        return true;
      }
      at_ -= taken_.back();
      taken_.pop_back();
      failed_.insert(key());
    }
    return false;
  }

  const std::vector<Atom>& atoms_;
  std::string_view pattern_;
  std::vector<std::size_t> taken_;
  std::size_t at_ = 0;
  std::unordered_set<std::size_t> failed_;
};

}  // namespace

std::optional<std::vector<std::size_t>> _match(const std::vector<const Action*>& actions, std::string_view pattern) {
  const Pattern wanted(actions);
  std::size_t lacking = wanted.words_needed();
  for (std::size_t i = 0; lacking > 0; ++i) {
    if (i == pattern.size()) return std::nullopt;
    if (pattern[i] == 'A') --lacking;
  }
  const auto taken = Matcher(wanted.atoms(), pattern).run();
  if (!taken) return std::nullopt;
  std::vector<std::size_t> counts(actions.size());
  for (std::size_t i = 0; i < taken->size(); ++i) counts[wanted.atoms()[i].group] += (*taken)[i];
  return counts;
}

std::vector<std::size_t> _match_partial(std::vector<const Action*> actions, std::string_view pattern) {
  for (; !actions.empty(); actions.pop_back()) {
    if (auto counts = _match(actions, pattern)) return *std::move(counts);
  }
  return {};
}

}  // namespace krait::argparse
