#include "krait/logging/adapter.h"

#include <typeinfo>

#include "krait/logging/_characters.h"

namespace krait::logging {

LoggerAdapter::LoggerAdapter(Logger& logger, Dict extra, bool merge_extra)
    : extra(std::move(extra)), merge_extra(merge_extra), logger_(logger), inner_(nullptr) {}
LoggerAdapter::LoggerAdapter(LoggerAdapter& inner, Dict extra, bool merge_extra)
    : extra(std::move(extra)), merge_extra(merge_extra), logger_(inner.logger_), inner_(&inner) {}
LoggerAdapter::~LoggerAdapter() = default;

void LoggerAdapter::process(std::string&, Kwargs& kwargs) const {
  Dict all = extra;
  if (merge_extra) all.update(kwargs.extra);
  kwargs.extra = std::move(all);
}

std::string LoggerAdapter::repr() const {
  return "<" + _class_name(typeid(*this)) + " " + logger_.name + " (" + getLevelName(getEffectiveLevel()) + ")>";
}

void LoggerAdapter::_send(int level, std::string_view msg, std::vector<Value> args, const Kwargs* kwargs,
                          const std::source_location& at, bool exception) {
  std::string text(msg);
  Kwargs changed = kwargs ? *kwargs : Kwargs();
  process(text, changed);
  if (inner_) {
    inner_->_send(level, text, std::move(args), &changed, at, exception);
  } else {
    logger_._send(level, text, std::move(args), &changed, at, exception);
  }
}

}  // namespace krait::logging
