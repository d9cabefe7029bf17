#pragma once

#include <string_view>

namespace krait::web {

// The media type of a file by its suffix, whatever its case; "" when it is unknown. Python: mimetypes.guess_type(path)[0]
std::string_view _guess_media_type(std::string_view path) noexcept;

}  // namespace krait::web
