#pragma once
// Handlers for files that are rotated, for queues, and one that keeps records back. Python: logging.handlers
//
//   auto file = std::make_shared<logging::handlers::RotatingFileHandler>(
//       "shop.log", logging::handlers::RotatingOptions{.maxBytes = 10'000'000, .backupCount = 5});

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "krait/logging/handlers/base_rotating.h"
#include "krait/logging/handlers/queues.h"
#include "krait/logging/handlers/timed.h"

namespace krait::logging::handlers {

struct RotatingOptions {
  std::uint64_t maxBytes = 0;  // a record that would reach it goes to a new file; 0: never
  int backupCount = 0;         // 0: the file never rolls over, it is opened again
  std::string encoding = {};
  bool delay = false;
};

// Keeps "shop.log", and before it "shop.log.1" … "shop.log.5". Python: RotatingFileHandler(filename, maxBytes=, backupCount=)
class RotatingFileHandler : public BaseRotatingHandler {
 public:
  explicit RotatingFileHandler(std::string_view filename, RotatingOptions options = {});
  ~RotatingFileHandler() override;

  // An empty file, and what is no regular file, is never rolled over.
  bool shouldRollover(LogRecord& record) override;
  void doRollover() override;

 private:
  RotatingOptions options_;
};

// Opens the file again when somebody has moved it away, as logrotate does. Python: WatchedFileHandler(filename, mode='a')
class WatchedFileHandler : public FileHandler {
 public:
  explicit WatchedFileHandler(std::string_view filename, FileOptions options = {});
  ~WatchedFileHandler() override;

  void emit(LogRecord& record) override;
  void reopenIfNeeded();
};

// Keeps records until there are `capacity` of them, then flushes: a class that derives says in flush() what becomes of them.
// Python: BufferingHandler(capacity)
class BufferingHandler : public Handler {
 public:
  explicit BufferingHandler(std::size_t capacity);
  ~BufferingHandler() override;

  void emit(LogRecord& record) override;
  virtual bool shouldFlush(const LogRecord& record) const;
  // Forgets them.
  void flush() override;
  // Flushes first.
  void close() override;

 protected:
  std::vector<LogRecord> buffer;  // Python: handler.buffer

 private:
  std::size_t capacity_;
};

struct MemoryOptions {
  Level flushLevel = ERROR;
  std::shared_ptr<Handler> target = nullptr;
  bool flushOnClose = true;
};

// Keeps records until there are `capacity` of them or one of flushLevel comes, then hands them to the target.
// Python: MemoryHandler(capacity, flushLevel=ERROR, target=None, flushOnClose=True)
class MemoryHandler : public BufferingHandler {
 public:
  explicit MemoryHandler(std::size_t capacity, MemoryOptions options = {});
  ~MemoryHandler() override;

  void setTarget(std::shared_ptr<Handler> target);
  bool shouldFlush(const LogRecord& record) const override;
  void flush() override;
  void close() override;
  bool _flush_at_shutdown() const override { return options_.flushOnClose; }

 private:
  MemoryOptions options_;
};

}  // namespace krait::logging::handlers
