#pragma once
// What pydantic prints for a list of faults.

#include <string>
#include <string_view>
#include <vector>

#include "krait/json/validation.h"

namespace krait::json {

// A type as pydantic names it: "int", "list[str]", "nullable[Item]".
std::string _type_label(const _Type& type);
// Python: str(ValidationError), without the links
std::string _describe_errors(const std::vector<ErrorDetail>& errors, std::string_view title);
// Python: repr(value). Stops soon after `most` bytes.
void _append_repr(const Value& value, std::string& out, std::size_t most);

}  // namespace krait::json
