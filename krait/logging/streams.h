#pragma once
// Handlers that write lines: to a stream, to a file.
//
//   auto handler = std::make_shared<logging::FileHandler>("shop.log");
//   logging::getLogger("shop").addHandler(handler);
//
// A record is one write, so that lines of several processes that append to a file do not mix; nothing stays in a buffer, so
// that nothing is lost when the program dies.

#include <cstdio>
#include <iosfwd>
#include <string>
#include <string_view>

#include "krait/_base/unique_fd.h"
#include "krait/logging/handler.h"

namespace krait::logging {

// Python: logging.StreamHandler(stream=None): to stderr. The stream must live as long as the handler; it is not closed.
class StreamHandler : public Handler {
 public:
  StreamHandler() noexcept;
  explicit StreamHandler(std::FILE* stream);
  explicit StreamHandler(std::ostream& stream);
  ~StreamHandler() override;

  std::string terminator = "\n";

  // After a flush, the next record goes there. Python: setStream(stream)
  void setStream(std::FILE* stream);
  void setStream(std::ostream& stream);

  void emit(LogRecord& record) override;
  void flush() override;
  std::string repr() const override;

 protected:
  // Writes all of it. Throws OSError.
  virtual void write(std::string_view text);

 private:
  std::FILE* file_ = nullptr;
  std::ostream* stream_ = nullptr;
};

struct FileOptions {
  std::string mode = "a";  // "a", "w" (empties it) or "x" (must not exist); with a "b" or "t" or "+" the same
  // Texts are UTF-8 and are written as they are: any other encoding raises LookupError. Python's `errors` does not arise.
  std::string encoding = {};
  bool delay = false;  // opens it with the first record
};

// Python: logging.FileHandler(filename, mode='a', encoding=None, delay=False)
class FileHandler : public StreamHandler {
 public:
  // Throws FileNotFoundError, PermissionError … when it cannot be opened, ValueError "invalid mode: 'q'".
  explicit FileHandler(std::string_view filename, FileOptions options = {});
  ~FileHandler() override;

  const std::string baseFilename;  // absolute, for the current directory may change

  // After close(), a record opens the file again, unless the mode is "w". Python: the same
  void emit(LogRecord& record) override;
  void flush() override;
  void close() override;
  std::string repr() const override;

 protected:
  void write(std::string_view text) override;
  bool is_open() const noexcept { return static_cast<bool>(file_); }
  int fileno() const noexcept { return file_.get(); }
  void open();
  void close_file() noexcept { file_.reset(); }
  bool delay() const noexcept { return delay_; }

 private:
  std::string mode_;
  bool delay_;
  _base::UniqueFd file_;
};

}  // namespace krait::logging
