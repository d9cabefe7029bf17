#include "krait/logging/handlers/queues.h"

#include <utility>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/traceback.h"

namespace krait::logging::handlers {

QueueHandler::QueueHandler(std::shared_ptr<RecordQueue> queue) : queue_(std::move(queue)) {}
QueueHandler::~QueueHandler() = default;

void QueueHandler::emit(LogRecord& record) { enqueue(prepare(record)); }

void QueueHandler::enqueue(LogRecord record) { queue_->put_nowait(std::optional(std::move(record))); }

LogRecord QueueHandler::prepare(LogRecord& record) {
  std::string text = format(record);
  LogRecord copy = record;
  copy.message = text;
  copy.msg = std::move(text);
  copy.args.clear();
  copy.exc_info.reset();
  copy.exc_text.clear();
  copy.stack_info.clear();
  return copy;
}

QueueListener::QueueListener(std::shared_ptr<RecordQueue> queue, std::vector<std::shared_ptr<Handler>> handlers,
                             QueueListenerOptions options)
    : queue_(std::move(queue)), handlers_(std::move(handlers)), options_(options) {}

QueueListener::~QueueListener() {
  if (!thread_.joinable()) return;
  try {
    queue_->put(std::nullopt);
  } catch (const queue::ShutDown&) {  // which ends the thread as well, once the queue is empty
  }
  thread_.join();
}

void QueueListener::start() {
  if (thread_.joinable()) throw RuntimeError("Listener already started");
  thread_ = std::thread([this] { monitor(); });
}

void QueueListener::stop() {
  if (!thread_.joinable()) return;
  try {
    enqueue_sentinel();
  } catch (const queue::ShutDown&) {  // which ends the thread as well, once the queue is empty
  }
  thread_.join();
}

void QueueListener::handle(LogRecord& record) {
  LogRecord prepared = prepare(std::move(record));
  for (const std::shared_ptr<Handler>& handler : handlers_) {
    if (!options_.respect_handler_level || prepared.levelno >= handler->level()) handler->handle(prepared);
  }
}

LogRecord QueueListener::prepare(LogRecord record) { return record; }

std::optional<LogRecord> QueueListener::dequeue(bool block) { return queue_->get({.block = block}); }

void QueueListener::enqueue_sentinel() { queue_->put(std::nullopt); }

void QueueListener::monitor() {
  for (bool more = true; more;) {
    try {
      std::optional<LogRecord> record = dequeue(true);
      more = record.has_value();
      if (more) handle(*record);
    } catch (const queue::Empty&) {
      return;
    } catch (const queue::ShutDown&) {
      return;
    } catch (const std::exception&) {
      print_exception(std::current_exception());
    }
    queue_->task_done();
  }
}

}  // namespace krait::logging::handlers
