#pragma once
// Functions that the loop calls while a descriptor can be read or written: add_reader and add_writer.
// Python: asyncio.selector_events.BaseSelectorEventLoop._add_reader

#include <map>

#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/events.h"

namespace krait::asyncio {

class _Descriptors {
 public:
  enum class Direction : bool { Read, Write };
  explicit _Descriptors(EventLoop& loop) noexcept : loop_(loop) {}
  _Descriptors(const _Descriptors&) = delete;
  _Descriptors& operator=(const _Descriptors&) = delete;
  ~_Descriptors();

  // Replaces the former one. Throws OSError when the descriptor cannot be watched.
  void add(int fd, Direction direction, _base::Function<void()> function);
  bool remove(int fd, Direction direction) noexcept;

 private:
  struct Side;
  struct Entry;
  EventLoop& loop_;
  std::map<int, std::shared_ptr<Entry>> entries_;
};

}  // namespace krait::asyncio
