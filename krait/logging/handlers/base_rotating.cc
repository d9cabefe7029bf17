#include "krait/logging/handlers/base_rotating.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "krait/builtins/exceptions.h"

namespace krait::logging::handlers {

BaseRotatingHandler::BaseRotatingHandler(std::string_view filename, FileOptions options)
    : FileHandler(filename, std::move(options)) {}
BaseRotatingHandler::~BaseRotatingHandler() = default;

void BaseRotatingHandler::emit(LogRecord& record) {
  if (shouldRollover(record)) doRollover();
  FileHandler::emit(record);
}

std::string BaseRotatingHandler::rotation_filename(std::string default_name) const {
  return namer ? namer(std::move(default_name)) : default_name;
}

void BaseRotatingHandler::rotate(const std::string& source, const std::string& dest) {
  if (rotator) return rotator(source, dest);
  if (_exists(source)) _rename(source, dest);
}

bool _exists(const std::string& path) noexcept {
  struct stat state;
  return ::stat(path.c_str(), &state) == 0;
}

void _rename(const std::string& source, const std::string& dest) {
  if (::rename(source.c_str(), dest.c_str()) != 0) raise_os_error(errno, "rename", source);
}

}  // namespace krait::logging::handlers
