#include "krait/wire/h1/messages.h"

#include <algorithm>
#include <span>

#include "krait/wire/h1/connection.h"

namespace krait::wire::h1 {
namespace {

RequestMessage::Fields copy(std::span<const http::Header> fields) {
  RequestMessage::Fields copies;
  copies.reserve(fields.size());
  for (const http::Header& field : fields) copies.emplace_back(field.name, field.value);
  return copies;
}

RequestMessage begin(const RequestHead& head) {
  return {.method = std::string(head.method),
          .target = std::string(head.target),
          .version = std::string(head.version()),
          .headers = copy(head.headers),
          .body = {},
          .trailers = {},
          .keep_alive = head.keep_alive};
}

}  // namespace

std::vector<RequestMessage> read_requests(std::string_view bytes, std::size_t step, const Limits& limits) {
  if (step == 0) step = std::max(bytes.size(), std::size_t{1});
  ServerConnection connection(limits);
  std::vector<RequestMessage> messages;
  std::string out;
  RequestMessage current;
  while (true) {
    switch (connection.next_event()) {
      case Event::NeedData:
        connection.receive_data(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        if (bytes.empty()) connection.receive_eof();
        break;
      case Event::Request:
        current = begin(connection.request());
        break;
      case Event::Data:
        current.body.append(connection.data());
        break;
      case Event::EndOfMessage:
        current.trailers = copy(connection.trailers());
        messages.push_back(std::exchange(current, {}));
        out.clear();
        // Not 2xx: to CONNECT that would mean a tunnel, in which no requests follow.
        connection.send_response(out, {.status = 404}, {});
        break;
      case Event::Paused:
      case Event::ConnectionClosed:
        return messages;
    }
  }
}

}  // namespace krait::wire::h1
