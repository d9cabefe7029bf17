#pragma once
// A line between processes, that many may write to and many may read from. The kernel keeps messages whole: one that is being
// sent or received when its process is killed is either through or was never there. So no lock is needed around it.
//
//   message := 0 bytes                      up to kInline bytes
//            | 1 size:u64 [a descriptor]    the bytes stand in a memory file, whose descriptor travels along

#include <optional>
#include <string>
#include <string_view>

#include "krait/_base/unique_fd.h"

namespace krait::multiprocessing {

struct _Ends {
  _base::UniqueFd reader, writer;
};
// Throws OSError.
_Ends _make_channel();

// One message, ready to be sent as often as it takes.
class _Message {
 public:
  explicit _Message(std::string bytes);
  // False: there is no room now. Throws BrokenPipeError when nobody can read it any more.
  bool send(int writer) const;

 private:
  std::string head_;  // what goes through the socket
  _base::UniqueFd file_;
};

enum class _Received { Message, NothingNow, End };
// Does not wait. Throws OSError.
_Received _receive(int reader, std::string& bytes);
// The bytes that wait to be received.
int _waiting_bytes(int reader);
// Waits until it may be read (written), for that many milliseconds (-1: for ever); false when that is over.
bool _wait_for(int fd, bool readable, int milliseconds);

}  // namespace krait::multiprocessing
