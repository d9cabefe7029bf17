#pragma once
// Whole requests out of recorded bytes, for tests, logs and tools: nothing is a view, nothing is left to ask.
//
//   std::vector<RequestMessage> all = read_requests(bytes);        // one per pipelined request
//   read_requests(bytes, 1) == read_requests(bytes);               // however they are cut

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/wire/h1/limits.h"

namespace krait::wire::h1 {

// A request with everything that belongs to it, owned.
struct RequestMessage {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  std::string method;
  std::string target;
  std::string version;  // "1.1" or "1.0"
  Fields headers;       // in the order sent, names in the peer's own spelling
  std::string body;
  Fields trailers;
  bool keep_alive = true;  // a next request may follow on the connection

  bool operator==(const RequestMessage&) const = default;
};

// What a server sees when a peer sends `bytes`, `step` at a time (0: all at once), and then closes its side; the server
// answers each request once it has it all, and nobody waits for "100 Continue". Bytes after a request that ends the
// connection are not looked at, as on a real one. Throws RemoteProtocolError, also when the last request is not
// complete.
std::vector<RequestMessage> read_requests(std::string_view bytes, std::size_t step = 0, const Limits& limits = {});

}  // namespace krait::wire::h1
