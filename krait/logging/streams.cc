#include "krait/logging/streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <ostream>
#include <typeinfo>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/logging/_characters.h"

namespace krait::logging {

StreamHandler::StreamHandler() noexcept : file_(stderr) {}
StreamHandler::StreamHandler(std::FILE* stream) : file_(stream ? stream : stderr) {}
StreamHandler::StreamHandler(std::ostream& stream) : stream_(&stream) {}
StreamHandler::~StreamHandler() = default;

void StreamHandler::setStream(std::FILE* stream) {
  const std::lock_guard guard(lock());
  flush();
  file_ = stream;
  stream_ = nullptr;
}

void StreamHandler::setStream(std::ostream& stream) {
  const std::lock_guard guard(lock());
  flush();
  file_ = nullptr;
  stream_ = &stream;
}

void StreamHandler::write(std::string_view text) {
  if (stream_) {
    stream_->write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!*stream_) throw OSError("cannot write to the log's stream: it has failed");
  } else if (file_ && std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
    raise_os_error(errno);
  }
}

void StreamHandler::emit(LogRecord& record) {
  write(format(record) + terminator);
  flush();
}

void StreamHandler::flush() {
  const std::lock_guard guard(lock());
  if (stream_) stream_->flush();
  if (file_ && std::fflush(file_) != 0) raise_os_error(errno);
}

std::string StreamHandler::repr() const {
  const char* stream = file_ == stderr ? "<stderr> " : file_ == stdout ? "<stdout> " : "";
  return "<" + _class_name(typeid(*this)) + " " + stream + "(" + getLevelName(level()) + ")>";
}

namespace {

std::string absolute(std::string_view filename) {
  if (filename.find('\0') != filename.npos) throw ValueError("embedded null byte");
  return std::filesystem::absolute(std::filesystem::path(filename)).lexically_normal().string();
}

// Python: the modes of open()
void check_mode(const std::string& mode) {
  const std::size_t kinds = static_cast<std::size_t>(std::count_if(
      mode.begin(), mode.end(), [](char c) { return std::string_view("awx").find(c) != std::string_view::npos; }));
  if (mode.find_first_not_of("awxbt+") != mode.npos) throw ValueError("invalid mode: " + krait::repr(mode));
  if (kinds != 1) throw ValueError("cannot log to a file in mode " + krait::repr(mode) + ": use 'a', 'w' or 'x'");
}

void check_encoding(std::string encoding) {
  for (char& c : encoding) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  for (const std::string_view known : {"", "utf-8", "utf8", "locale"}) {
    if (encoding == known) return;
  }
  throw LookupError("cannot log in the encoding " + krait::repr(encoding) + ": texts are UTF-8");
}

}  // namespace

FileHandler::FileHandler(std::string_view filename, FileOptions options)
    : baseFilename(absolute(filename)), mode_(std::move(options.mode)), delay_(options.delay) {
  check_mode(mode_);
  check_encoding(std::move(options.encoding));
  setStream(static_cast<std::FILE*>(nullptr));
  if (!delay_) open();
}

FileHandler::~FileHandler() = default;

void FileHandler::open() {
  int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
  if (mode_.find('a') != mode_.npos) flags |= O_APPEND;
  if (mode_.find('w') != mode_.npos) flags |= O_TRUNC;
  if (mode_.find('x') != mode_.npos) flags |= O_EXCL;
  _base::UniqueFd file(::open(baseFilename.c_str(), flags, 0666));
  if (!file) raise_os_error(errno, {}, baseFilename);
  file_ = std::move(file);
}

void FileHandler::emit(LogRecord& record) {
  if (!file_ && (mode_ != "w" || !closed())) open();
  if (file_) StreamHandler::emit(record);
}

void FileHandler::flush() {}

void FileHandler::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) raise_os_error(errno, {}, baseFilename);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileHandler::close() {
  const std::lock_guard guard(lock());
  file_.reset();
  StreamHandler::close();
}

std::string FileHandler::repr() const {
  return "<" + _class_name(typeid(*this)) + " " + baseFilename + " (" + getLevelName(level()) + ")>";
}

}  // namespace krait::logging
