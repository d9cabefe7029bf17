#include "krait/logging/filter.h"

#include <algorithm>
#include <mutex>

#include "krait/logging/_lock.h"

namespace krait::logging {

Filter::~Filter() = default;
Filterer::~Filterer() = default;

Verdict Filter::filter(LogRecord& record) {
  return name.empty() || record.name == name ||
         (record.name.size() > name.size() && record.name.starts_with(name) && record.name[name.size()] == '.');
}

void Filterer::addFilter(std::shared_ptr<Filter> filter) {
  const std::lock_guard lock(_module_lock());
  auto changed = filters_ ? std::make_shared<std::vector<std::shared_ptr<Filter>>>(*filters_)
                          : std::make_shared<std::vector<std::shared_ptr<Filter>>>();
  if (std::find(changed->begin(), changed->end(), filter) == changed->end()) changed->push_back(std::move(filter));
  filters_ = std::move(changed);
}

void Filterer::removeFilter(const std::shared_ptr<Filter>& filter) {
  const std::lock_guard lock(_module_lock());
  if (!filters_) return;
  auto changed = std::make_shared<std::vector<std::shared_ptr<Filter>>>(*filters_);
  std::erase(*changed, filter);
  filters_ = std::move(changed);
}

std::vector<std::shared_ptr<Filter>> Filterer::filters() const {
  const std::lock_guard lock(_module_lock());
  return filters_ ? *filters_ : std::vector<std::shared_ptr<Filter>>();
}

Verdict Filterer::filter(LogRecord& record) const {
  std::shared_ptr<const std::vector<std::shared_ptr<Filter>>> filters;
  {
    const std::lock_guard lock(_module_lock());
    filters = filters_;
  }
  Verdict result(true);
  LogRecord* current = &record;
  if (!filters) return result;
  for (const std::shared_ptr<Filter>& each : *filters) {
    Verdict verdict = each->filter(*current);
    if (!verdict) return false;
    if (verdict.instead()) {
      result = std::move(verdict);
      current = result.instead().get();
    }
  }
  return result;
}

}  // namespace krait::logging
