#pragma once
// The shop's counter: what the kitchen offers, over HTTP. README.md has the contract.

#include <krait/web.h>

#include <string>

#include "kitchen.h"

namespace dumplings {

// Adds every route of the shop. `kitchen` must live as long as the application serves; `page` is the folder of
// index.html. Throws FileNotFoundError when there is no page.
void add_routes(krait::web::App& app, Kitchen& kitchen, const std::string& page);

}  // namespace dumplings
