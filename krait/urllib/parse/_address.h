#pragma once
// What may stand in the brackets of a netloc.

#include <string_view>

namespace krait::urllib::parse {

// Throws ValueError, with the texts of Python's ipaddress. Python: urllib.parse._check_bracketed_host(hostname)
void _check_bracketed_host(std::string_view hostname);

}  // namespace krait::urllib::parse
