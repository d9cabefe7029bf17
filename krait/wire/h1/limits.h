#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace krait::wire::h1 {

// What a peer may ask of us at most. Sizes are bytes; a line's size is counted without its CRLF.
struct Limits {
  std::size_t method = 32;              // else 501
  std::size_t request_line = 8190;      // else 414
  std::size_t header_line = 8190;       // name, colon and value; else 431
  std::size_t header_count = 100;       // else 431; trailers have the same again
  std::size_t head = 65536;             // request line, headers and the empty line, with their CRLFs; else 431
  std::size_t chunk_extensions = 4096;  // in all chunks of one message; else 400
  std::size_t trailers = 8192;          // trailers and the empty line, with their CRLFs, 2 at least; else 431
  std::uint64_t body = std::numeric_limits<std::uint64_t>::max();  // after the chunks are joined; else 413
};

// The same with lines and heads of at most 1 GiB, so that the place where a line must end can be computed.
inline Limits _bounded(Limits limits) noexcept {
  for (std::size_t* each :
       {&limits.method, &limits.request_line, &limits.header_line, &limits.head, &limits.trailers}) {
    *each = std::min(*each, std::size_t{1} << 30);
  }
  limits.trailers = std::max(limits.trailers, std::size_t{2});
  return limits;
}

}  // namespace krait::wire::h1
