#pragma once
// Where a link leads.

#include <string>
#include <string_view>

namespace krait::urllib::parse {

// `url`, absolute or relative, as seen from `base` (RFC 3986, 5.2). Of two empty ones, the other. Throws as urlsplit does.
// Python: urllib.parse.urljoin(base, url, allow_fragments=True)
std::string urljoin(std::string_view base, std::string_view url, bool allow_fragments = true);

}  // namespace krait::urllib::parse
