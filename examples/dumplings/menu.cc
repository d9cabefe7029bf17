#include "menu.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace dumplings {

using namespace krait;

namespace {

// "dishes[2].price"
std::string place(const std::vector<json::LocItem>& loc) {
  std::string text;
  for (const json::LocItem& step : loc) {
    if (const auto* index = std::get_if<std::int64_t>(&step)) {
      text += "[" + std::to_string(*index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + std::get<std::string>(step);
    }
  }
  return text.empty() ? "the file" : text;
}

std::string describe(const std::vector<json::ErrorDetail>& errors) {
  std::string text;
  for (const json::ErrorDetail& error : errors) {
    text += (text.empty() ? "" : "; ") + place(error.loc) + ": " + error.msg;
  }
  return text;
}

void require_distinct_ids(const Menu& menu) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < menu.dishes.size(); ++i) {
    const std::string& id = menu.dishes[i].id;
    if (!seen.insert(id).second)
      throw MenuError("dishes[" + std::to_string(i) + "].id: '" + id + "' is already the id of another dish");
  }
}

Menu parse(std::string_view text) {
  try {
    auto menu = json::loads<Menu>(text);
    require_distinct_ids(menu);
    return menu;
  } catch (const json::JSONDecodeError& e) {
    throw MenuError("line " + std::to_string(e.lineno) + " column " + std::to_string(e.colno) + ": " + e.msg);
  } catch (const json::ValidationError& e) {
    throw MenuError(describe(e.errors()));
  }
}

}  // namespace

const Dish* Menu::find(std::string_view id) const noexcept {
  auto found = std::ranges::find(dishes, id, &Dish::id);
  return found == dishes.end() ? nullptr : &*found;
}

Menu read_menu(std::string_view text, std::string_view path) {
  try {
    return parse(text);
  } catch (const std::exception& e) {
    throw MenuError("cannot read the menu " + std::string(path) + ": " + e.what());
  }
}

Menu load_menu(const std::string& path) {
  std::error_code unknown;  // then opening it will tell
  if (std::filesystem::is_directory(path, unknown)) raise_os_error(EISDIR, "open the menu", path);
  std::ifstream file(path, std::ios::binary);
  if (!file) raise_os_error(errno, "open the menu", path);
  return read_menu(std::string{std::istreambuf_iterator<char>(file), {}}, path);
}

}  // namespace dumplings
