#pragma once
// Where records go. A handler is shared by the loggers that it was added to, and serialises its own output.

#include <atomic>
#include <concepts>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "krait/logging/_lock.h"
#include "krait/logging/filter.h"
#include "krait/logging/formatter.h"
#include "krait/logging/levels.h"
#include "krait/logging/record.h"

namespace krait::logging {

// A fault within a handler is printed to stderr ("--- Logging error ---"), it never leaves the log call; false: it is not even
// printed. Python: logging.raiseExceptions
extern std::atomic<bool> raiseExceptions;

// To write one, override emit():
//
//   class Lines : public logging::Handler {
//     void emit(logging::LogRecord& record) override { lines.push_back(format(record)); }
//    public:
//     std::vector<std::string> lines;
//   };
//
// Python: logging.Handler(level=NOTSET)
class Handler : public Filterer, public std::enable_shared_from_this<Handler> {
 public:
  explicit Handler(Level level = NOTSET);
  virtual ~Handler();

  int level() const noexcept { return level_.load(std::memory_order_relaxed); }
  void setLevel(Level level) noexcept { level_.store(level, std::memory_order_relaxed); }

  // Null: none, and format() uses "%(message)s". Python: handler.formatter
  std::shared_ptr<Formatter> formatter() const;
  void setFormatter(std::shared_ptr<Formatter> formatter);
  template <std::derived_from<Formatter> F>
  void setFormatter(F formatter) {
    setFormatter(std::make_shared<F>(std::move(formatter)));
  }

  // What getHandlerByName() finds it by, while it is shared; "": none. Python: handler.name
  std::string name() const;
  void set_name(std::string name);

  // Filters, then emits under the handler's lock. What emit() throws goes to handleError(). Gives whether it was emitted.
  // Departs from Python in the catching, which there each emit() does by itself.
  virtual bool handle(LogRecord& record);
  std::string format(LogRecord& record) const;
  // Called with the lock held.
  virtual void emit(LogRecord& record) = 0;
  virtual void flush();
  // A class that holds resources overrides it, and calls it from its own destructor.
  virtual void close();
  // Within a catch block: prints the exception, where the record was logged and its message to stderr. Python: handleError
  virtual void handleError(const LogRecord& record) noexcept;

  // The lock of its output, which the same thread may take again.
  void acquire() noexcept { lock_.lock(); }
  void release() noexcept { lock_.unlock(); }
  _RLock& lock() noexcept { return lock_; }

  // "<StreamHandler (NOTSET)>". Python: repr(handler)
  virtual std::string repr() const;

  // Whether shutdown() flushes it before it is closed. Python: handler.flushOnClose, of a MemoryHandler
  virtual bool _flush_at_shutdown() const { return true; }
  void _at_fork_reinit() noexcept { lock_._at_fork_reinit(); }

 protected:
  bool closed() const noexcept { return closed_; }

 private:
  std::atomic<int> level_;
  std::atomic<bool> closed_ = false;
  std::shared_ptr<Formatter> formatter_;  // these two: under the module's lock
  std::string name_;
  _RLock lock_;
};

// Does nothing: for libraries. Python: logging.NullHandler
class NullHandler : public Handler {
 public:
  bool handle(LogRecord&) override { return false; }
  void emit(LogRecord&) override {}
};

// Python: logging.getHandlerByName(name): null when there is none. getHandlerNames()
std::shared_ptr<Handler> getHandlerByName(const std::string& name);
std::set<std::string> getHandlerNames();

// Used where no logger on the way has a handler: bare messages from WARNING on, to stderr. Null: nothing is printed then but,
// once, "No handlers could be found for logger "shop"". Python: logging.lastResort
std::shared_ptr<Handler> lastResort();
void setLastResort(std::shared_ptr<Handler> handler);

// Flushes and closes every shared handler, those made last first. The end of the program calls it. Python: logging.shutdown()
void shutdown();

}  // namespace krait::logging
