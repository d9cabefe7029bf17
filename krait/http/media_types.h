#pragma once
// What a Content-Type says.
//
//   content_type("Text/HTML; charset=UTF-8")          // "text/html"
//   content_charset("Text/HTML; charset=UTF-8")       // "utf-8"
//   content_param("multipart/form-data; boundary=\"a b\"", "boundary")   // "a b"
//
// Python: email.message.Message, whose answers these are for a message with that field. Departs from it: the parts of RFC 2231
// ("charset*0=…", "charset*=utf-8''…") are parameters like any other, and letters beyond ASCII keep their case.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace krait::http {

// The type in small letters, "text/plain" where it has not one "/". Python: get_content_type()
std::string content_type(std::string_view field);

// In small letters; nullopt: none, or none that is ASCII. Python: get_content_charset()
std::optional<std::string> content_charset(std::string_view field);

// Without its quotes; whatever the case of `name`. nullopt: there is none. Python: get_param(name)
std::optional<std::string> content_param(std::string_view field, std::string_view name);

// Name and value of each, the type first, with "" for its value. Python: get_params()
std::vector<std::pair<std::string, std::string>> content_params(std::string_view field);

}  // namespace krait::http
