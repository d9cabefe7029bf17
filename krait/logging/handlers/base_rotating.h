#pragma once
// What the handlers of rotated files have in common.

#include <functional>
#include <string>
#include <string_view>

#include "krait/logging/streams.h"

namespace krait::logging::handlers {

// Python: logging.handlers.BaseRotatingHandler
class BaseRotatingHandler : public FileHandler {
 public:
  ~BaseRotatingHandler() override;

  // Makes the name of a backup, "/logs/shop.log.gz", of "/logs/shop.log.1"; empty: that is the name. Set it before anything is
  // logged. Python: handler.namer
  std::function<std::string(std::string default_name)> namer;
  // Makes the backup, `dest`, of the file `source`, which is to be gone; empty: renames it. Python: handler.rotator
  std::function<void(const std::string& source, const std::string& dest)> rotator;

  // Rolls over first, where the record asks for it.
  void emit(LogRecord& record) override;
  // Whether this record is to go to a new file.
  virtual bool shouldRollover(LogRecord& record) = 0;
  virtual void doRollover() = 0;

 protected:
  explicit BaseRotatingHandler(std::string_view filename, FileOptions options = {});

  // Python: rotation_filename(default_name)
  virtual std::string rotation_filename(std::string default_name) const;
  // Does nothing where there is no file. Python: rotate(source, dest)
  virtual void rotate(const std::string& source, const std::string& dest);
};

bool _exists(const std::string& path) noexcept;
// Throws OSError.
void _rename(const std::string& source, const std::string& dest);

}  // namespace krait::logging::handlers
