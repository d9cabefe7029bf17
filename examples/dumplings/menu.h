#pragma once
// The menu: read once from a JSON file, checked to the last field, never changed.

#include <krait/json.h>

#include <string>
#include <string_view>
#include <vector>

namespace dumplings {

// A name as it stands on the sign, in both languages.
struct Name {
  std::string zh, en;
};
KRAIT_DESCRIBE(Name, (zh, .min_length = 1), (en, .min_length = 1));

struct Dish {
  std::string id;  // "pork-cabbage": what an order says
  std::string zh, en;
  std::string portion_zh, portion_en;  // "15 pieces"
  double price;                        // yuan a portion
  double cook_seconds;                 // for one steamer of it
  std::string shape;                   // which drawing the page shows
};
KRAIT_DESCRIBE(Dish, (id, .min_length = 1, .max_length = 40), (zh, .min_length = 1), (en, .min_length = 1), portion_zh,
               portion_en, (price, .gt = 0, .le = 10000), (cook_seconds, .gt = 0, .le = 3600), shape);

struct Menu {
  Name shop;
  std::vector<Dish> dishes;

  // The dish of this id, or null.
  const Dish* find(std::string_view id) const noexcept;
};
KRAIT_DESCRIBE(Menu, shop, (dishes, .min_length = 1));

// The file is not a menu. what() names the file and each fault in it:
//   cannot read the menu menu.json: line 3 column 7: Expecting ',' delimiter
//   cannot read the menu menu.json: dishes[2].price: Input should be greater than 0
KRAIT_EXCEPTION(MenuError, krait::ValueError);

// Throws FileNotFoundError and its like when the file cannot be opened, MenuError when it is no menu.
Menu load_menu(const std::string& path);
// The same for a text; `path` is only for the error.
Menu read_menu(std::string_view text, std::string_view path);

}  // namespace dumplings
