#include "krait/logging/handler.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <typeinfo>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/builtins/traceback.h"
#include "krait/logging/_characters.h"
#include "krait/logging/_manager.h"
#include "krait/logging/streams.h"

namespace krait::logging {

std::atomic<bool> raiseExceptions = true;

namespace {

// Bare messages to whatever stderr is just now. Python: logging._StderrHandler
class StderrHandler final : public Handler {
 public:
  StderrHandler() : Handler(WARNING) {}
  void emit(LogRecord& record) override {
    const std::string text = format(record) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  std::string repr() const override { return "<_StderrHandler <stderr> (" + getLevelName(level()) + ")>"; }
};

// In the order they were made; one that is being destroyed leaves under the module's lock. Python: logging._handlerList
std::vector<Handler*>& handler_list() {
  static std::vector<Handler*>& list = *new std::vector<Handler*>;
  return list;
}

struct LastResort {
  std::shared_ptr<Handler> handler = std::make_shared<StderrHandler>();
};
LastResort& last_resort() {
  static LastResort& last = *new LastResort;
  return last;
}

std::vector<std::shared_ptr<Handler>> shared_handlers() {
  const std::lock_guard lock(_module_lock());
  std::vector<std::shared_ptr<Handler>> handlers;
  for (Handler* each : handler_list()) {
    if (std::shared_ptr<Handler> shared = each->weak_from_this().lock()) handlers.push_back(std::move(shared));
  }
  return handlers;
}

}  // namespace

void _reinit_handler_locks() noexcept {
  for (Handler* each : handler_list()) each->_at_fork_reinit();
}

Handler::Handler(Level level) : level_(level) {
  [[maybe_unused]] static const bool at_exit = std::atexit(shutdown) == 0;
  const std::lock_guard lock(_module_lock());
  handler_list().push_back(this);
}

Handler::~Handler() {
  const std::lock_guard lock(_module_lock());
  std::erase(handler_list(), this);
}

std::shared_ptr<Formatter> Handler::formatter() const {
  const std::lock_guard lock(_module_lock());
  return formatter_;
}

void Handler::setFormatter(std::shared_ptr<Formatter> formatter) {
  const std::lock_guard lock(_module_lock());
  formatter_.swap(formatter);
}

std::string Handler::name() const {
  const std::lock_guard lock(_module_lock());
  return name_;
}

void Handler::set_name(std::string name) {
  const std::lock_guard lock(_module_lock());
  // Whoever had the name is not found by it any more.
  for (Handler* each : handler_list()) {
    if (each != this && !name.empty() && each->name_ == name) each->name_.clear();
  }
  name_ = std::move(name);
}

bool Handler::handle(LogRecord& record) {
  const Verdict verdict = filter(record);
  if (!verdict) return false;
  LogRecord& emitted = verdict.instead() ? *verdict.instead() : record;
  const std::lock_guard lock(lock_);
  try {
    emit(emitted);
  } catch (const std::exception&) {
    handleError(emitted);
  }
  return true;
}

std::string Handler::format(LogRecord& record) const {
  static const Formatter& plain = *new Formatter;
  const std::shared_ptr<Formatter> own = formatter();
  return (own ? *own : plain).format(record);
}

void Handler::flush() {}

void Handler::close() {
  closed_ = true;
  const std::lock_guard lock(_module_lock());
  name_.clear();
}

void Handler::handleError(const LogRecord& record) noexcept {
  if (!raiseExceptions) return;
  try {
    const std::string text = "--- Logging error ---\n" + format_exception(std::current_exception()) +
                             "Call stack:\nLogged from file " + record.filename + ", line " +
                             std::to_string(record.lineno) + "\nMessage: " + krait::repr(record.msg) +
                             "\nArguments: " + record._args_text() + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (const std::exception&) {
    std::fputs("--- Logging error ---\nout of memory while reporting it\n", stderr);
  }
}

std::string Handler::repr() const { return "<" + _class_name(typeid(*this)) + " (" + getLevelName(level()) + ")>"; }

std::shared_ptr<Handler> getHandlerByName(const std::string& name) {
  for (std::shared_ptr<Handler>& each : shared_handlers()) {
    if (!name.empty() && each->name() == name) return std::move(each);
  }
  return nullptr;
}

std::set<std::string> getHandlerNames() {
  std::set<std::string> names;
  for (const std::shared_ptr<Handler>& each : shared_handlers()) {
    if (std::string name = each->name(); !name.empty()) names.insert(std::move(name));
  }
  return names;
}

std::shared_ptr<Handler> lastResort() {
  const std::lock_guard lock(_module_lock());
  return last_resort().handler;
}

void setLastResort(std::shared_ptr<Handler> handler) {
  const std::lock_guard lock(_module_lock());
  last_resort().handler.swap(handler);
}

void shutdown() {
  const std::vector<std::shared_ptr<Handler>> handlers = shared_handlers();
  for (auto each = handlers.rbegin(); each != handlers.rend(); ++each) {
    const std::lock_guard lock((*each)->lock());
    try {
      if ((*each)->_flush_at_shutdown()) (*each)->flush();
      (*each)->close();
    } catch (const OSError&) {
    } catch (const ValueError&) {  // a stream that somebody closed
    } catch (const std::exception&) {
      if (raiseExceptions) print_exception(std::current_exception());
    }
  }
}

}  // namespace krait::logging
