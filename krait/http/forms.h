#pragma once
// Bodies of the type application/x-www-form-urlencoded.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace krait::http {

// The fields of a form in order, empty ones too ("a" is "a" with ""); nothing between two "&" is no field. Bytes that no escape
// stands for are read as Latin-1, what escapes give as UTF-8, U+FFFD where it is none: as Starlette's form parser on
// python-multipart 0.0.34 does it. Python: await request.form()
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view body);

}  // namespace krait::http
