#pragma once
// Texts that stand for numbers and bools, as pydantic's lax mode reads them.

#include <string>
#include <string_view>

namespace krait::json {

// The digits of an int: of "42", " +4_2 ", "042", "42.00". False: it is none.
bool _lax_int(std::string_view text, std::string& out);
bool _lax_float(std::string_view text, double& out);
// 1, 0, or -1 for a text that is neither.
int _lax_bool(std::string_view text);

}  // namespace krait::json
