#include "krait/urllib/parse/join.h"

#include <vector>

#include "krait/urllib/parse/split.h"

namespace krait::urllib::parse {
namespace {

using Segments = std::vector<std::string_view>;

void append_segments(Segments& segments, std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == path.npos) return;
    path.remove_prefix(slash + 1);
  }
}

// The segments of `path` as seen from `base`. Doubled slashes vanish when both take part.
Segments join_segments(std::string_view base, std::string_view path) {
  Segments all;
  if (path.starts_with('/')) {
    append_segments(all, path);
    return all;
  }
  append_segments(all, base);
  if (!all.back().empty()) all.pop_back();  // no folder: it does not count
  append_segments(all, path);
  Segments segments{all.front()};
  for (std::size_t i = 1; i + 1 < all.size(); ++i) {
    if (!all[i].empty()) segments.push_back(all[i]);
  }
  if (all.size() > 1) segments.push_back(all.back());
  return segments;
}

// Without "." and "..", of which those that would lead above the root are dropped.
std::string resolve(const Segments& segments) {
  Segments kept;
  for (const std::string_view each : segments) {
    if (each == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (each != ".") {
      kept.push_back(each);
    }
  }
  if (segments.back() == "." || segments.back() == "..") kept.emplace_back();
  std::string path;
  for (std::size_t i = 0; i < kept.size(); ++i) path.append(i == 0 ? "" : "/").append(kept[i]);
  return path.empty() ? "/" : path;
}

}  // namespace

std::string urljoin(std::string_view base, std::string_view url, bool allow_fragments) {
  if (base.empty()) return std::string(url);
  if (url.empty()) return std::string(base);
  ParseResult from = urlparse(base, {}, allow_fragments);
  ParseResult to = urlparse(url, from.scheme, allow_fragments);
  if (to.scheme != from.scheme || !_uses_relative(to.scheme)) return std::string(url);
  if (_uses_netloc(to.scheme)) {
    if (!to.netloc.empty()) return urlunparse(to);
    to.netloc = from.netloc;
  }
  if (to.path.empty() && to.params.empty()) {
    to.path = std::move(from.path);
    to.params = std::move(from.params);
    if (to.query.empty()) to.query = std::move(from.query);
  } else {
    to.path = resolve(join_segments(from.path, to.path));
  }
  return urlunparse(to);
}

}  // namespace krait::urllib::parse
