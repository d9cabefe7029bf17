#include "krait/asyncio/_descriptors.h"

#include <poll.h>

#include <cerrno>

#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

// One direction of a descriptor. The reactor tells of edges; here the function is called in every turn in which the
// descriptor is ready, as Python's is, so it need not take everything: after each call the kernel is asked.
struct _Descriptors::Side final : _IoWaiter {
  Entry* entry = nullptr;
  short event = 0;
  std::shared_ptr<_base::Function<void()>> function;  // null: none is asked for
  Handle next;                                        // the call in the ready queue
  unsigned generation = 0;                            // counts add() and remove(), to see them from within the call

  void set(std::shared_ptr<_base::Function<void()>> f);
  void clear() noexcept;
  void wait(_IoWaiter* waiter);
  void schedule();
  void call();
  bool is_ready() const noexcept;
  void _io_ready() noexcept override { schedule(); }
};

struct _Descriptors::Entry : std::enable_shared_from_this<Entry> {
  Entry(EventLoop& l, int number) : loop(l), fd(number), watch(l._reactor().watch(number)) {
    read.entry = write.entry = this;
    read.event = POLLIN;
    write.event = POLLOUT;
  }
  Side& side(Direction direction) noexcept { return direction == Direction::Read ? read : write; }
  EventLoop& loop;
  int fd;
  std::unique_ptr<_Watch> watch;
  Side read, write;
};

void _Descriptors::Side::set(std::shared_ptr<_base::Function<void()>> f) {
  clear();
  function = std::move(f);
  // The edge may have been told to the one before.
  if (is_ready()) {
    schedule();
  } else {
    wait(this);
  }
}

void _Descriptors::Side::clear() noexcept {
  ++generation;
  next.cancel();
  wait(nullptr);
  std::exchange(function, nullptr).reset();
}

void _Descriptors::Side::wait(_IoWaiter* waiter) {
  event == POLLIN ? entry->watch->wait_readable(waiter) : entry->watch->wait_writable(waiter);
}

void _Descriptors::Side::schedule() {
  next = entry->loop.call_soon([this, alive = entry->shared_from_this()] { call(); });
}

bool _Descriptors::Side::is_ready() const noexcept {
  pollfd asked{entry->fd, event, 0};
  return ::poll(&asked, 1, 0) > 0 && !(asked.revents & POLLNVAL);
}

void _Descriptors::Side::call() {
  if (!function) return;
  // Somebody else may have taken what there was.
  if (!is_ready()) {
    wait(this);
    return;
  }
  struct GoOn {
    Side& side;
    unsigned generation;
    ~GoOn() {
      if (side.generation != generation) return;
      if (side.is_ready()) {
        side.schedule();
      } else {
        side.wait(&side);
      }
    }
  } go_on{*this, generation};
  std::shared_ptr<_base::Function<void()>> held = function;
  (*held)();
}

_Descriptors::~_Descriptors() {
  // Taken out first: what a function holds may remove more as it dies.
  std::map<int, std::shared_ptr<Entry>> entries = std::move(entries_);
  entries_.clear();
  for (auto& [fd, entry] : entries) {
    entry->read.clear();
    entry->write.clear();
    entry->watch.reset();
  }
}

void _Descriptors::add(int fd, Direction direction, _base::Function<void()> function) {
  if (fd < 0) throw ValueError("Invalid file descriptor: " + std::to_string(fd));
  std::shared_ptr<Entry>& entry = entries_[fd];
  if (!entry) {
    try {
      entry = std::make_shared<Entry>(loop_, fd);
    } catch (const FileExistsError&) {
      entries_.erase(fd);
      throw RuntimeError("File descriptor " + std::to_string(fd) + " is used by a transport");
    } catch (...) {
      entries_.erase(fd);
      throw;
    }
  }
  entry->side(direction).set(std::make_shared<_base::Function<void()>>(std::move(function)));
}

bool _Descriptors::remove(int fd, Direction direction) noexcept {
  auto found = entries_.find(fd);
  if (found == entries_.end()) return false;
  std::shared_ptr<Entry> entry = found->second;
  bool was_there = entry->side(direction).function != nullptr;
  // Taken out first: what the function holds may remove more as it dies.
  if (!entry->side(direction == Direction::Read ? Direction::Write : Direction::Read).function) entries_.erase(found);
  entry->side(direction).clear();
  if (!entry->read.function && !entry->write.function) entry->watch.reset();
  return was_there;
}

}  // namespace krait::asyncio
