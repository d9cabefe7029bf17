#include "menu.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace krait;
using namespace dumplings;

namespace {

const std::string kDish = R"({"id": "jiaozi", "zh": "饺子", "en": "Dumplings", "portion_zh": "15 只",
  "portion_en": "15 pieces", "price": 12.5, "cook_seconds": 3, "shape": "jiaozi"})";

std::string menu_of(std::string_view dishes) {
  return R"({"shop": {"zh": "饺子馆", "en": "Dumplings"}, "dishes": [)" + std::string(dishes) + "]}";
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

// What read_menu says about `text`.
std::string fault(std::string_view text) {
  try {
    read_menu(text, "menu.json");
  } catch (const MenuError& e) {
    return e.what();
  }
  return "no fault";
}

TEST(Menu, gives_each_dish_as_the_file_has_it) {
  Menu menu = read_menu(menu_of(kDish), "menu.json");
  EXPECT_EQ(menu.shop.zh, "饺子馆");
  ASSERT_EQ(menu.dishes.size(), 1u);
  EXPECT_EQ(menu.dishes[0].en, "Dumplings");
  EXPECT_EQ(menu.dishes[0].price, 12.5);
  EXPECT_EQ(menu.dishes[0].cook_seconds, 3);
}

TEST(Menu, finds_a_dish_by_its_id_and_gives_null_for_another) {
  Menu menu = read_menu(menu_of(kDish), "menu.json");
  EXPECT_EQ(menu.find("jiaozi"), &menu.dishes[0]);
  EXPECT_EQ(menu.find("Jiaozi"), nullptr);
}

TEST(Menu, names_the_line_of_what_is_no_JSON) {
  EXPECT_EQ(fault("{\n  \"shop\": 1,\n  }"),
            "cannot read the menu menu.json: line 2 column 12: Illegal trailing comma before end of object");
}

TEST(Menu, names_every_field_that_does_not_fit) {
  EXPECT_EQ(fault(menu_of(kDish + "," + replaced(replaced(kDish, "12.5", "-1"), "\"cook_seconds\": 3,", ""))),
            "cannot read the menu menu.json: dishes[1].price: Input should be greater than 0; "
            "dishes[1].cook_seconds: Field required");
}

TEST(Menu, refuses_a_price_that_is_no_number) {
  for (const char* price : {"NaN", "Infinity", "\"cheap\"", "null"})
    EXPECT_NE(fault(menu_of(replaced(kDish, "12.5", price))).find("dishes[0].price: Input should be"),
              std::string::npos)
        << price;
}

TEST(Menu, refuses_a_menu_without_dishes) {
  EXPECT_NE(fault(menu_of("")).find("dishes: List should have at least 1 item"), std::string::npos);
}

TEST(Menu, refuses_two_dishes_of_one_id) {
  EXPECT_EQ(fault(menu_of(kDish + "," + kDish)),
            "cannot read the menu menu.json: dishes[1].id: 'jiaozi' is already the id of another dish");
}

TEST(Menu, says_that_a_file_is_missing) { EXPECT_THROW(load_menu("no/such/menu.json"), FileNotFoundError); }

TEST(Menu, says_that_a_folder_is_no_menu) {
  EXPECT_THROW(load_menu(std::filesystem::temp_directory_path().string()), IsADirectoryError);
}

TEST(Menu, says_that_an_empty_file_is_no_menu) {
  EXPECT_EQ(fault(""), "cannot read the menu menu.json: line 1 column 1: Expecting value");
}

}  // namespace
