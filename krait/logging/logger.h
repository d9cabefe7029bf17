#pragma once
// Loggers: named, in a tree, each with a level and handlers.
//
//   auto& log = logging::getLogger("shop.kitchen");
//   log.info("%d dumplings for %s", count, guest);
//   try { cook(); } catch (...) { log.exception("cannot cook"); }
//   log.warning("slow", logging::Kwargs{.extra = {{"order", 7}}});
//
// A message that is a literal is checked against its arguments by the compiler; one made at run time as Python does it: a fault
// is printed as a logging error. A call below the level costs two loads and two comparisons.
//
// Python: logging.Logger. Departs from it: setLoggerClass does not exist, and what wraps a logger passes on the place of its
// caller (`Kwargs.at`) where Python counts frames (`stacklevel`).

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/logging/_check.h"
#include "krait/logging/filter.h"
#include "krait/logging/handler.h"
#include "krait/logging/levels.h"
#include "krait/logging/value.h"

namespace krait::logging {

// What exception to log: `true` is the one being handled. Python: exc_info
class ExcInfo {
 public:
  ExcInfo() noexcept = default;
  ExcInfo(bool current) noexcept {
    if (current) error_ = std::current_exception();
  }
  ExcInfo(std::exception_ptr error) noexcept {
    if (error) error_ = std::move(error);
  }
  const std::optional<std::exception_ptr>& get() const noexcept { return error_; }

 private:
  std::optional<std::exception_ptr> error_;
};

// What a log call takes by name; it stands last. Python: the keyword arguments of Logger.info and the others
struct Kwargs {
  ExcInfo exc_info = {};
  Dict extra = {};  // further attributes of the record. Throws KeyError "Attempt to overwrite 'name' in LogRecord"
  bool stack_info = false;  // adds the calls that led here
  std::source_location at =
      std::source_location();  // where it is to have been logged; by default where the call stands
};

// A message and where the call that has it stands.
template <class... Args>
class _Message {
 public:
  template <std::size_t N>
  consteval _Message(const char (&literal)[N], std::source_location at = std::source_location::current())
      : text_(literal, N - 1), at_(at) {
    if constexpr (sizeof...(Args) > 0) {
      constexpr _Kind kinds[] = {_kind_of<std::remove_cvref_t<Args>>()...};
      constexpr std::size_t count = sizeof...(Args) - (kinds[sizeof...(Args) - 1] == _Kind::Options ? 1 : 0);
      if constexpr (count > 0) _check_format(text_, kinds, count);
    }
  }
  template <class Text>
    requires(!std::is_array_v<Text> && std::convertible_to<const Text&, std::string_view>)
  _Message(const Text& text, std::source_location at = std::source_location::current()) : text_(text), at_(at) {}
  // Python: log.error(e)
  template <class Error>
    requires(std::derived_from<Error, std::exception> || std::derived_from<Error, BaseException>)
  _Message(const Error& error, std::source_location at = std::source_location::current())
      : text_(error.what()), at_(at) {}

  std::string_view text() const noexcept { return text_; }
  const std::source_location& at() const noexcept { return at_; }

 private:
  std::string_view text_;
  std::source_location at_;
};

// The methods that log, for whoever has isEnabledFor(level) and _log(level, text, arguments, kwargs, at).
template <class Self>
class _Logs {
 public:
  template <class... Args>
  void debug(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(DEBUG)) send(DEBUG, msg.text(), msg.at(), false, args...);
  }
  template <class... Args>
  void info(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(INFO)) send(INFO, msg.text(), msg.at(), false, args...);
  }
  template <class... Args>
  void warning(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(WARNING)) send(WARNING, msg.text(), msg.at(), false, args...);
  }
  template <class... Args>
  void error(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(ERROR)) send(ERROR, msg.text(), msg.at(), false, args...);
  }
  // An ERROR with the exception being handled.
  template <class... Args>
  void exception(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(ERROR)) send(ERROR, msg.text(), msg.at(), true, args...);
  }
  template <class... Args>
  void critical(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(CRITICAL)) send(CRITICAL, msg.text(), msg.at(), false, args...);
  }
  // Python: the same as critical
  template <class... Args>
  void fatal(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(FATAL)) send(FATAL, msg.text(), msg.at(), false, args...);
  }
  // Python: log(level, msg, *args)
  template <class... Args>
  void log(int level, _Message<std::type_identity_t<Args>...> msg, const Args&... args) {
    if (self().isEnabledFor(level)) send(level, msg.text(), msg.at(), false, args...);
  }

 private:
  friend Self;
  _Logs() = default;
  Self& self() { return static_cast<Self&>(*this); }

  template <class... Args>
  [[gnu::noinline]] void send(int level, std::string_view text, const std::source_location& at, bool exception,
                              const Args&... args) {
    std::vector<Value> values;
    values.reserve(sizeof...(Args));
    const Kwargs* kwargs = nullptr;
    const auto take = [&values, &kwargs]<class T>(const T& arg) {
      if constexpr (std::same_as<T, Kwargs>) {
        kwargs = &arg;
      } else {
        values.emplace_back(arg);
      }
    };
    (take(args), ...);
    self()._send(level, text, std::move(values), kwargs, at, exception);
  }
};

// Python: logging.Logger
class Logger : public Filterer, public _Logs<Logger> {
 public:
  const std::string name;
  // False: its records do not go to the handlers of its ancestors. Python: logger.propagate
  std::atomic<bool> propagate = true;
  // Python: logger.disabled
  std::atomic<bool> disabled = false;

  // Its own; NOTSET: the parent's counts. Python: logger.level
  int level() const noexcept { return level_.load(std::memory_order_relaxed); }
  void setLevel(Level level);
  int getEffectiveLevel() const noexcept;
  bool isEnabledFor(int level) const noexcept {
    return level >= threshold_.load(std::memory_order_relaxed) && !disabled.load(std::memory_order_relaxed);
  }

  // Null for the root. Python: logger.parent
  Logger* parent() const noexcept;
  // Python: getChild(suffix), getChildren()
  Logger& getChild(std::string_view suffix) const;
  std::set<Logger*> getChildren() const;

  // Nothing when it has this one. Python: addHandler(hdlr), removeHandler(hdlr)
  void addHandler(std::shared_ptr<Handler> handler);
  void removeHandler(const std::shared_ptr<Handler>& handler);
  std::vector<std::shared_ptr<Handler>> handlers() const;
  // Replaces all of them, and gives what was there. Python: logger.handlers = […]
  std::vector<std::shared_ptr<Handler>> setHandlers(std::vector<std::shared_ptr<Handler>> handlers);
  bool hasHandlers() const;

  // Filters the record and hands it to the handlers. Python: handle(record), callHandlers(record)
  void handle(LogRecord& record);
  void callHandlers(LogRecord& record);
  // "<Logger shop (WARNING)>"
  std::string repr() const;

  void _send(int level, std::string_view msg, std::vector<Value> args, const Kwargs* kwargs,
             const std::source_location& at, bool exception);

 private:
  friend class _Manager;
  Logger(std::string name, int level);

  std::atomic<int> level_;
  std::atomic<int> threshold_;  // the lowest level that is logged, disable() included; kept by the manager
  std::atomic<Logger*> parent_ = nullptr;
  std::shared_ptr<const std::vector<std::shared_ptr<Handler>>> handlers_;  // as Filterer::filters_
};

// The logger of that name, made when there is none; it lives as long as the program. "" and "root" are the root.
// Python: logging.getLogger(name=None)
Logger& getLogger(std::string_view name = {});
// Python: logging.root
Logger& root();

// Nothing of this level or below is logged, whatever the loggers say; NOTSET undoes it. Python: logging.disable(level=CRITICAL)
void disable(Level level = CRITICAL);

struct BasicConfig {
  std::optional<std::string> filename = {};
  std::string filemode = "a";
  std::optional<std::string> format = {};
  std::string datefmt = {};
  char style = '%';
  std::optional<Level> level = {};
  std::FILE* stream = nullptr;
  std::optional<std::vector<std::shared_ptr<Handler>>> handlers = {};
  bool force = false;  // removes and closes the handlers that there are
  std::string encoding = {};
};
// Gives the root a handler, unless it has one. Throws ValueError "'stream' and 'filename' should not be specified together".
// Python: logging.basicConfig(**kwargs)
void basicConfig(const BasicConfig& options = {});

// The root's methods, after a basicConfig() where it has no handlers. Python: logging.info(msg, *args, **kwargs)
class _Root : public _Logs<_Root> {
 public:
  bool isEnabledFor(int level) const;
  void _send(int level, std::string_view msg, std::vector<Value> args, const Kwargs* kwargs,
             const std::source_location& at, bool exception) {
    root()._send(level, msg, std::move(args), kwargs, at, exception);
  }
};

template <class... Args>
void debug(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().debug(msg, args...);
}
template <class... Args>
void info(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().info(msg, args...);
}
template <class... Args>
void warning(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().warning(msg, args...);
}
template <class... Args>
void error(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().error(msg, args...);
}
template <class... Args>
void exception(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().exception(msg, args...);
}
template <class... Args>
void critical(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().critical(msg, args...);
}
template <class... Args>
void fatal(_Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().fatal(msg, args...);
}
template <class... Args>
void log(int level, _Message<std::type_identity_t<Args>...> msg, const Args&... args) {
  _Root().log(level, msg, args...);
}

}  // namespace krait::logging
