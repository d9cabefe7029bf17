#pragma once
// Standard output and standard error, kept back while a test runs: whatever writes to descriptors 1 and 2.

#include <string>
#include <string_view>

namespace krait::unittest {

class _OutputCapture {
 public:
  // Throws OSError when the system gives no memory file.
  _OutputCapture();
  _OutputCapture(const _OutputCapture&) = delete;
  _OutputCapture& operator=(const _OutputCapture&) = delete;
  ~_OutputCapture();

  void start();
  void stop();
  // What has been written since start().
  std::string out() const { return text(kept_[0]); }
  std::string err() const { return text(kept_[1]); }
  // To the real ones.
  void write(int descriptor, std::string_view text) const;

 private:
  static std::string text(int file);
  int kept_[2], real_[2];
  bool on_ = false;
};

}  // namespace krait::unittest
