#include "krait/logging/logger.h"

#include <algorithm>
#include <mutex>

#include "krait/_base/stack_trace.h"
#include "krait/builtins/exceptions.h"
#include "krait/logging/_manager.h"
#include "krait/logging/_style.h"
#include "krait/logging/streams.h"

namespace krait::logging {

using Handlers = std::vector<std::shared_ptr<Handler>>;

Logger::Logger(std::string name, int level) : name(std::move(name)), level_(level), threshold_(level) {}

Logger* Logger::parent() const noexcept { return parent_.load(std::memory_order_acquire); }

void Logger::setLevel(Level level) {
  level_.store(level, std::memory_order_relaxed);
  _Manager::get().update_thresholds();
}

int Logger::getEffectiveLevel() const noexcept {
  for (const Logger* each = this; each; each = each->parent()) {
    if (each->level() != NOTSET) return each->level();
  }
  return NOTSET;
}

Logger& Logger::getChild(std::string_view suffix) const {
  return _Manager::get().get_logger(parent() ? name + "." + std::string(suffix) : std::string(suffix));
}

std::set<Logger*> Logger::getChildren() const { return _Manager::get().children_of(*this); }

void Logger::addHandler(std::shared_ptr<Handler> handler) {
  const std::lock_guard lock(_module_lock());
  Handlers changed = handlers_ ? *handlers_ : Handlers();
  if (std::find(changed.begin(), changed.end(), handler) != changed.end()) return;
  changed.push_back(std::move(handler));
  handlers_ = std::make_shared<const Handlers>(std::move(changed));
}

void Logger::removeHandler(const std::shared_ptr<Handler>& handler) {
  std::shared_ptr<const Handlers> before;  // is let go of after the lock: a handler may end with it
  const std::lock_guard lock(_module_lock());
  if (!handlers_) return;
  Handlers changed = *handlers_;
  std::erase(changed, handler);
  before = std::exchange(handlers_, std::make_shared<const Handlers>(std::move(changed)));
}

Handlers Logger::handlers() const {
  const std::lock_guard lock(_module_lock());
  return handlers_ ? *handlers_ : Handlers();
}

Handlers Logger::setHandlers(Handlers handlers) {
  auto changed = std::make_shared<const Handlers>(std::move(handlers));
  const std::lock_guard lock(_module_lock());
  const std::shared_ptr<const Handlers> before = std::exchange(handlers_, std::move(changed));
  return before ? *before : Handlers();
}

bool Logger::hasHandlers() const {
  const std::lock_guard lock(_module_lock());
  for (const Logger* each = this; each; each = each->propagate ? each->parent() : nullptr) {
    if (each->handlers_ && !each->handlers_->empty()) return true;
  }
  return false;
}

void Logger::handle(LogRecord& record) {
  if (disabled) return;
  const Verdict verdict = filter(record);
  if (verdict) callHandlers(verdict.instead() ? *verdict.instead() : record);
}

void Logger::callHandlers(LogRecord& record) {
  bool found = false;
  for (const Logger* each = this; each; each = each->propagate ? each->parent() : nullptr) {
    std::shared_ptr<const Handlers> handlers;
    {
      const std::lock_guard lock(_module_lock());
      handlers = each->handlers_;
    }
    if (!handlers) continue;
    found = found || !handlers->empty();
    for (const std::shared_ptr<Handler>& handler : *handlers) {
      if (record.levelno >= handler->level()) handler->handle(record);
    }
  }
  if (found) return;
  if (const std::shared_ptr<Handler> last = lastResort()) {
    if (record.levelno >= last->level()) last->handle(record);
  } else if (raiseExceptions && _Manager::get().first_without_handlers()) {
    const std::string text = "No handlers could be found for logger \"" + name + "\"\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
}

std::string Logger::repr() const {
  return std::string(parent() ? "<Logger " : "<RootLogger ") + name + " (" + getLevelName(getEffectiveLevel()) + ")>";
}

void Logger::_send(int level, std::string_view msg, std::vector<Value> args, const Kwargs* kwargs,
                   const std::source_location& at, bool exception) {
  const std::source_location& from = kwargs && kwargs->at.line() != 0 ? kwargs->at : at;
  std::optional<std::exception_ptr> error;
  if (exception) error = std::current_exception();
  if (kwargs && kwargs->exc_info.get()) error = kwargs->exc_info.get();
  std::string stack;
  if (kwargs && kwargs->stack_info) {
    stack = "Stack (most recent call last):" + _base::StackTrace::capture().describe();
    const std::size_t ours = stack.find("krait/logging/logger.h\"");  // from the log call on
    if (ours != stack.npos) stack.resize(stack.rfind('\n', ours));
  }
  LogRecord record(name, level, from.file_name(), static_cast<int>(from.line()), std::string(msg), std::move(args),
                   std::move(error), _function_name(from.function_name()), std::move(stack));
  if (const LogRecordFactory factory = getLogRecordFactory()) (*factory)(record);
  if (kwargs) {
    for (const auto& [key, value] : kwargs->extra) {
      if (LogRecord::is_attribute(key) || record.extra.contains(key)) {
        throw KeyError("Attempt to overwrite '" + key + "' in LogRecord");
      }
      record.extra.set(key, value);
    }
  }
  handle(record);
}

Logger& getLogger(std::string_view name) {
  return name.empty() || name == "root" ? root() : _Manager::get().get_logger(name);
}

Logger& root() { return _Manager::get().root(); }

void disable(Level level) { _Manager::get().set_disable(level); }

bool _Root::isEnabledFor(int level) const {
  if (root().handlers().empty()) basicConfig();
  return root().isEnabledFor(level);
}

namespace {

Handlers handlers_of(const BasicConfig& options) {
  if (options.handlers) {
    if (options.stream || options.filename) {
      throw ValueError("'stream' or 'filename' should not be specified together with 'handlers'");
    }
    return *options.handlers;
  }
  if (options.stream && options.filename) {
    throw ValueError("'stream' and 'filename' should not be specified together");
  }
  if (options.filename && !options.filename->empty()) {
    return {std::make_shared<FileHandler>(*options.filename,
                                          FileOptions{.mode = options.filemode, .encoding = options.encoding})};
  }
  return {options.stream ? std::make_shared<StreamHandler>(options.stream) : std::make_shared<StreamHandler>()};
}

}  // namespace

void basicConfig(const BasicConfig& options) {
  // One thread at a time, but not under the module's lock: handlers are made and closed here.
  static _RLock& configuring = *new _RLock;
  const std::lock_guard lock(configuring);
  Logger& top = root();
  if (options.force) {
    for (const std::shared_ptr<Handler>& each : top.setHandlers({})) each->close();
  }
  if (!top.handlers().empty()) return;
  const Handlers handlers = handlers_of(options);
  const std::string basic(_basic_format(options.style));
  const auto formatter = std::make_shared<Formatter>(
      options.format.value_or(basic), FormatterOptions{.datefmt = options.datefmt, .style = options.style});
  for (const std::shared_ptr<Handler>& each : handlers) {
    if (!each->formatter()) each->setFormatter(formatter);
    top.addHandler(each);
  }
  if (options.level) top.setLevel(*options.level);
}

}  // namespace krait::logging
