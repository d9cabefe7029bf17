#pragma once
// What may veto a record, or change it.
//
//   handler->addFilter(std::make_shared<logging::Filter>("shop.kitchen"));               // that logger and its children
//   handler->addFilter([](logging::LogRecord& record) { return record.levelno < logging::ERROR; });

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/logging/record.h"

namespace krait::logging {

// What a filter says: no, yes, or yes and another record instead. Python: what Filter.filter returns
class Verdict {
 public:
  Verdict(bool passes) noexcept : passes_(passes) {}
  Verdict(LogRecord instead) : passes_(true), instead_(std::make_shared<LogRecord>(std::move(instead))) {}
  explicit operator bool() const noexcept { return passes_; }
  const std::shared_ptr<LogRecord>& instead() const noexcept { return instead_; }

 private:
  bool passes_;
  std::shared_ptr<LogRecord> instead_;
};

// Lets pass what the logger `name` and its children log; with "", everything. Python: logging.Filter(name="")
class Filter {
 public:
  explicit Filter(std::string name = "") : name(std::move(name)) {}
  virtual ~Filter();
  // May change the record. Called by several threads at once.
  virtual Verdict filter(LogRecord& record);

  const std::string name;
};

// Python: logging.Filterer, of loggers and handlers
class Filterer {
 public:
  // Nothing when it has this one. Python: addFilter(filter)
  void addFilter(std::shared_ptr<Filter> filter);
  // A callable of a LogRecord& that gives a bool, or a LogRecord. Gives what removeFilter() takes.
  template <class F>
    requires std::is_invocable_v<F&, LogRecord&>
  std::shared_ptr<Filter> addFilter(F callable);
  void removeFilter(const std::shared_ptr<Filter>& filter);
  std::vector<std::shared_ptr<Filter>> filters() const;

  // Asks all of them, in order. Python: filter(record)
  Verdict filter(LogRecord& record) const;

 protected:
  Filterer() = default;
  ~Filterer();
  Filterer(const Filterer&) = delete;
  Filterer& operator=(const Filterer&) = delete;

 private:
  std::shared_ptr<const std::vector<std::shared_ptr<Filter>>> filters_;  // replaced as a whole, under the module's lock
};

class _CallableFilter final : public Filter {
 public:
  explicit _CallableFilter(_base::Function<Verdict(LogRecord&)> callable) : callable_(std::move(callable)) {}
  Verdict filter(LogRecord& record) override { return callable_(record); }

 private:
  _base::Function<Verdict(LogRecord&)> callable_;
};

template <class F>
  requires std::is_invocable_v<F&, LogRecord&>
std::shared_ptr<Filter> Filterer::addFilter(F callable) {
  std::shared_ptr<Filter> filter = std::make_shared<_CallableFilter>(std::move(callable));
  addFilter(filter);
  return filter;
}

}  // namespace krait::logging
