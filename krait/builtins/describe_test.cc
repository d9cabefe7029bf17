#include "krait/builtins/describe.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace krait {
namespace {

struct Item {
  std::string name;
  double price;
  std::optional<bool> is_offer;
  int quantity = 1;
  std::vector<Item> parts;
};
KRAIT_DESCRIBE(Item, name, (price, .gt = 0), is_offer, (quantity, .alias = "qty", .ge = 1, .le = 99), parts);

enum class Kind { noodle = 3, dumpling, tea };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling, tea);

struct Wide {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7,
      c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
};
KRAIT_DESCRIBE(Wide, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4,
               c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9);

struct Bare {
  int x;
};

static_assert(Described<Item> && !Described<Bare> && !Described<int> && !Described<Kind>);
static_assert(DescribedEnum<Kind> && !DescribedEnum<Item> && !DescribedEnum<std::byte>);

TEST(Describe, visits_the_members_in_the_order_of_the_line_with_their_places) {
  std::string names;
  Item item{"tea", 2.5, true, 7, {}};
  _for_each_member<Item>([&](const auto& member) {
    names.append(member.name).append(" ");
    if (member.name == "price") {
      EXPECT_EQ(*reinterpret_cast<double*>(reinterpret_cast<char*>(&item) + member.offset), 2.5);
    }
  });
  EXPECT_EQ(names, "name price is_offer quantity parts ");
}

TEST(Describe, a_member_in_parentheses_carries_its_field) {
  _for_each_member<Item>([](const auto& member) {
    const bool constrained = member.name == "quantity" || member.name == "price";
    EXPECT_EQ(member.field.ge.set || member.field.gt.set, constrained) << member.name;
    if (member.name == "quantity") {
      EXPECT_EQ(member.field.alias.view(), "qty");
      EXPECT_EQ(member.field.le.value, 99);
      EXPECT_FALSE(member.field.lt.set);
    }
  });
}

TEST(Describe, tells_each_value_of_an_enum) {
  std::string told;
  _for_each_enumerator<Kind>([&](std::string_view name, Kind value) {
    told.append(name).append("=").append(std::to_string(static_cast<int>(value))).append(" ");
  });
  EXPECT_EQ(told, "noodle=3 dumpling=4 tea=5 ");
}

TEST(Describe, holds_forty_members) {
  std::size_t count = 0, last = 0;
  _for_each_member<Wide>([&](const auto& member) {
    ++count;
    last = member.offset;
  });
  EXPECT_EQ(count, 40u);
  EXPECT_EQ(last, 39 * sizeof(int));
}

}  // namespace
}  // namespace krait
