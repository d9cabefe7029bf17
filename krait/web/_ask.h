#pragma once
// Asks an App without a socket: for the tests of this room.
//
//   Answer a = ask(app, "GET /items/7?q=x");
//   Answer b = ask(app, "POST /items", {.headers = {{"Content-Type", "application/json"}}, .body = "{}"});
//
// What waits for time or other tasks needs a loop around it: co_await ask_async(…).

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/builtins/coroutine.h"
#include "krait/web/app.h"

namespace krait::web {

struct _Question {
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  // The body arrives in pieces of this size, so that it must be awaited; 0: it is here at once.
  std::size_t piece = 0;
  bool chunked = false;  // its length is not announced
};

struct _Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::vector<std::string> pieces;      // of a streamed body, as they were written
  bool at_once = false;                 // try_handle answered
  std::optional<std::uint64_t> length;  // what the response says of a streamed body

  // The values of one name, joined by ", "; "" when there is none.
  std::string header(std::string_view name) const;
};

// `line` is "METHOD target".
Coroutine<_Answer> _ask_async(App& app, std::string line, _Question question = {});
// The same when nothing in it needs an event loop. Throws RuntimeError when something does.
_Answer _ask(App& app, std::string line, _Question question = {});

}  // namespace krait::web
