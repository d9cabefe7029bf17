#include "krait/multiprocessing/reduction.h"

#include <gtest/gtest.h>

#include <random>

namespace krait::multiprocessing {
namespace {

using namespace std::chrono_literals;

enum class Kind { noodle, dumpling };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling);

struct Node {
  std::string name;
  std::optional<int> number;
  Kind kind = Kind::noodle;
  std::vector<Node> nodes;
  bool operator==(const Node&) const = default;
};
KRAIT_DESCRIBE(Node, name, number, kind, nodes);

using Everything =
    std::tuple<int, double, bool, char, std::string, std::vector<std::int16_t>, std::vector<std::string>,
               std::map<std::string, std::vector<bool>>, std::unordered_map<int, std::string>, std::set<int>,
               std::optional<std::string>, std::pair<int, NoneType>, std::array<int, 3>, std::variant<int, std::string>,
               std::chrono::nanoseconds, std::deque<std::list<int>>, Kind, Node, std::tuple<>>;

Everything everything() {
  return {1,
          2.5,
          true,
          'x',
          std::string("a\0b", 3),
          {1, 2, 3},
          {"", "long enough to stand on the heap"},
          {{"k", {true, false}}},
          {{7, "seven"}},
          {3, 1, 2},
          std::nullopt,
          {5, None},
          {1, 2, 3},
          std::string("second"),
          3s,
          {{1}, {}},
          Kind::dumpling,
          {"root", 1, Kind::noodle, {{"leaf", std::nullopt, Kind::dumpling, {}}}},
          {}};
}

template <class T>
std::string failure(std::string_view bytes) {
  try {
    loads<T>(bytes);
  } catch (...) {
    return repr(std::current_exception());
  }
  return "nothing";
}

TEST(Dumps, what_is_written_is_read_again) { EXPECT_EQ(loads<Everything>(dumps(everything())), everything()); }

TEST(Dumps, takes_what_cannot_be_copied) {
  EXPECT_EQ(*loads<std::unique_ptr<int>>(dumps(std::make_unique<int>(7))), 7);
  EXPECT_EQ(loads<std::unique_ptr<int>>(dumps(std::unique_ptr<int>())), nullptr);
}

TEST(Loads, every_beginning_of_a_pickle_is_truncated) {
  std::string bytes = dumps(everything());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_EQ(failure<Everything>(std::string_view(bytes).substr(0, size)),
              "UnpicklingError('pickle data was truncated')")
        << size;
}

TEST(Loads, refuses_what_follows) {
  EXPECT_EQ(failure<int>(dumps(1) + "x"), "UnpicklingError('1 bytes follow the pickled object')");
}

TEST(Loads, refuses_values_that_are_none) {
  EXPECT_EQ(failure<bool>("\2"), "UnpicklingError('invalid bool 2')");
  EXPECT_EQ(failure<std::optional<int>>("\7"), "UnpicklingError('invalid bool 7')");
  EXPECT_EQ((failure<std::variant<int, bool>>("\2")), "UnpicklingError('invalid index of a variant')");
  EXPECT_EQ(failure<Kind>(dumps(9)), "UnpicklingError('invalid value of an enum')");
}

TEST(Loads, a_count_of_more_than_there_is_reserves_nothing) {
  std::string huge = dumps(std::uint64_t(-1));
  EXPECT_EQ(failure<std::string>(huge), "UnpicklingError('pickle data was truncated')");
  EXPECT_EQ(failure<std::vector<double>>(huge), "UnpicklingError('pickle data was truncated')");
  EXPECT_EQ(failure<std::vector<NoneType>>(huge + "xx"), "UnpicklingError('pickle data was truncated')");
  EXPECT_EQ((failure<std::map<int, int>>(huge)), "UnpicklingError('pickle data was truncated')");
}

TEST(Loads, structs_within_structs_have_an_end) {
  Node node;
  for (int i = 0; i < 10 * _kDeepest; ++i) {
    Node outer;
    outer.nodes.push_back(std::move(node));
    node = std::move(outer);
  }
  EXPECT_THROW(dumps(node), RecursionError);
  // One that was written by somebody else.
  std::string level = dumps(Node()).substr(0, dumps(Node()).size() - 8) + dumps(std::uint64_t(1)), bytes;
  for (int i = 0; i < 10 * _kDeepest; ++i) bytes += level;
  EXPECT_THROW(loads<Node>(bytes), RecursionError);
  // Takes it apart without as many calls.
  while (!node.nodes.empty()) {
    Node inner = std::move(node.nodes.front());
    node = std::move(inner);
  }
}

TEST(Loads, bytes_of_any_kind_throw_or_give_a_value) {
  std::mt19937 random(1);
  std::string bytes = dumps(everything());
  for (int i = 0; i < 20000; ++i) {
    std::string changed = bytes;
    for (int k = 0; k < 3; ++k) changed[random() % changed.size()] = static_cast<char>(random());
    try {
      loads<Everything>(changed);
    } catch (const Exception&) {
    }
  }
}

}  // namespace
}  // namespace krait::multiprocessing
