#pragma once
// Logging that does not wait for a disk: records go into a queue, and a thread hands them to the handlers.
//
//   auto records = std::make_shared<logging::handlers::RecordQueue>();
//   logging::root().addHandler(std::make_shared<logging::handlers::QueueHandler>(records));
//   logging::handlers::QueueListener listener(records, {file, mail});
//   listener.start();
//
// Python: logging.handlers.QueueHandler, QueueListener

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "krait/logging/handler.h"
#include "krait/queue.h"

namespace krait::logging::handlers {

// nullopt ends the listener.
using RecordQueue = queue::Queue<std::optional<LogRecord>>;

// Python: QueueHandler(queue)
class QueueHandler : public Handler {
 public:
  explicit QueueHandler(std::shared_ptr<RecordQueue> queue);
  ~QueueHandler() override;

  void emit(LogRecord& record) override;

 protected:
  // Throws queue::Full, which handle() reports; override it to wait. Python: enqueue(record)
  virtual void enqueue(LogRecord record);
  // The record as it goes into the queue: a copy whose message is what format() makes of it, with the exception's text, and
  // without arguments, exception and stack. Python: prepare(record)
  virtual LogRecord prepare(LogRecord& record);

  RecordQueue& records() noexcept { return *queue_; }

 private:
  std::shared_ptr<RecordQueue> queue_;
};

struct QueueListenerOptions {
  bool respect_handler_level = false;  // whether a handler's level counts; else each gets every record
};

// Python: QueueListener(queue, *handlers, respect_handler_level=False)
class QueueListener {
 public:
  QueueListener(std::shared_ptr<RecordQueue> queue, std::vector<std::shared_ptr<Handler>> handlers,
                QueueListenerOptions options = {});
  // Stops it; a derived class that overrides what the thread calls does so in its own destructor. Departs from Python, whose
  // thread goes on.
  virtual ~QueueListener();
  QueueListener(const QueueListener&) = delete;
  QueueListener& operator=(const QueueListener&) = delete;

  // Begins the thread. Throws RuntimeError "Listener already started".
  void start();
  // Waits until all that is in the queue is handled, and the thread has ended. Nothing when it was not started. Departs from
  // Python for a queue that was shut down: no exception, for that ends the thread as well.
  void stop();

  // Offers it to the handlers. Departs from Python where it throws: the exception is printed, and the thread goes on.
  virtual void handle(LogRecord& record);

 protected:
  // Python: prepare(record), dequeue(block), enqueue_sentinel()
  virtual LogRecord prepare(LogRecord record);
  virtual std::optional<LogRecord> dequeue(bool block);
  virtual void enqueue_sentinel();

 private:
  void monitor();

  std::shared_ptr<RecordQueue> queue_;
  const std::vector<std::shared_ptr<Handler>> handlers_;
  QueueListenerOptions options_;
  std::thread thread_;
};

}  // namespace krait::logging::handlers
