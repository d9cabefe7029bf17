#include "krait/logging/handlers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <mutex>

#include "krait/logging/_characters.h"

namespace krait::logging::handlers {

RotatingFileHandler::RotatingFileHandler(std::string_view filename, RotatingOptions options)
    : BaseRotatingHandler(filename, {.encoding = std::move(options.encoding), .delay = options.delay}),
      options_(std::move(options)) {}
RotatingFileHandler::~RotatingFileHandler() = default;

bool RotatingFileHandler::shouldRollover(LogRecord& record) {
  const std::lock_guard guard(lock());
  if (!is_open()) open();
  struct stat state;
  if (options_.maxBytes == 0 || ::fstat(fileno(), &state) != 0 || !S_ISREG(state.st_mode) || state.st_size == 0)
    return false;
  // In characters, as Python counts the record.
  return static_cast<std::uint64_t>(state.st_size) + _length(format(record)) + 1 >= options_.maxBytes;
}

void RotatingFileHandler::doRollover() {
  const std::lock_guard guard(lock());
  close_file();
  if (options_.backupCount > 0) {
    for (int i = options_.backupCount - 1; i > 0; --i) {
      const std::string source = rotation_filename(baseFilename + "." + std::to_string(i));
      if (_exists(source)) _rename(source, rotation_filename(baseFilename + "." + std::to_string(i + 1)));
    }
    const std::string first = rotation_filename(baseFilename + ".1");
    if (_exists(first)) ::unlink(first.c_str());
    rotate(baseFilename, first);
  }
  if (!delay()) open();
}

WatchedFileHandler::WatchedFileHandler(std::string_view filename, FileOptions options)
    : FileHandler(filename, std::move(options)) {}
WatchedFileHandler::~WatchedFileHandler() = default;

void WatchedFileHandler::reopenIfNeeded() {
  const std::lock_guard guard(lock());
  if (!is_open()) return;
  struct stat named, opened;
  if (::stat(baseFilename.c_str(), &named) == 0 && ::fstat(fileno(), &opened) == 0 && named.st_dev == opened.st_dev &&
      named.st_ino == opened.st_ino) {
    return;
  }
  close_file();
  open();
}

void WatchedFileHandler::emit(LogRecord& record) {
  reopenIfNeeded();
  FileHandler::emit(record);
}

BufferingHandler::BufferingHandler(std::size_t capacity) : capacity_(capacity) {}
BufferingHandler::~BufferingHandler() = default;

void BufferingHandler::emit(LogRecord& record) {
  buffer.push_back(record);
  if (shouldFlush(record)) flush();
}

bool BufferingHandler::shouldFlush(const LogRecord&) const { return buffer.size() >= capacity_; }

void BufferingHandler::flush() {
  const std::lock_guard guard(lock());
  buffer.clear();
}

void BufferingHandler::close() {
  flush();
  Handler::close();
}

MemoryHandler::MemoryHandler(std::size_t capacity, MemoryOptions options)
    : BufferingHandler(capacity), options_(std::move(options)) {}
MemoryHandler::~MemoryHandler() = default;

void MemoryHandler::setTarget(std::shared_ptr<Handler> target) {
  const std::lock_guard guard(lock());
  options_.target = std::move(target);
}

bool MemoryHandler::shouldFlush(const LogRecord& record) const {
  return BufferingHandler::shouldFlush(record) || record.levelno >= options_.flushLevel;
}

void MemoryHandler::flush() {
  const std::lock_guard guard(lock());
  if (!options_.target) return;
  for (LogRecord& record : buffer) options_.target->handle(record);
  buffer.clear();
}

void MemoryHandler::close() {
  if (options_.flushOnClose) flush();
  const std::lock_guard guard(lock());
  options_.target = nullptr;
  buffer.clear();
  Handler::close();
}

}  // namespace krait::logging::handlers
