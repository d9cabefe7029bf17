#pragma once
// Another process, looked at from outside: its memory, and what /proc tells of it. Nothing is stopped and nothing is
// attached; whatever is read may have changed by the time it is looked at, or be no sense at all.

#include <sys/types.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace krait::cli {

class Process {
 public:
  // Throws ProcessLookupError or PermissionError with a sentence for the user.
  explicit Process(pid_t pid);

  pid_t pid() const noexcept { return pid_; }
  const std::string& name() const noexcept { return name_; }
  // Where the sections of that name begin, of every program and shared object that is mapped.
  std::vector<std::uint64_t> sections(std::string_view name) const;
  // Whether one of its threads has that number, as the process itself sees it.
  bool has_thread(int number) const { return threads_.contains(number); }
  // Whether an address is of code.
  bool is_code(std::uint64_t address) const noexcept;

  // Reads are of pages that are kept until forget(). False, or nullopt, for what is not mapped. Throw ProcessLookupError
  // when the process has ended meanwhile.
  bool read(std::uint64_t address, void* into, std::size_t size);
  template <class T>
  std::optional<T> get(std::uint64_t address) {
    T value;
    return read(address, &value, sizeof value) ? std::optional<T>(value) : std::nullopt;
  }
  // Up to its zero byte, or to `longest` bytes.
  std::optional<std::string> text(std::uint64_t address, std::size_t longest);
  void forget() { pages_.clear(); }

  // Those that it has forked and that still are, without their own.
  static std::vector<pid_t> children(pid_t parent);

 private:
  static constexpr std::size_t kPage = 4096;
  using Page = std::unique_ptr<char[]>;  // null: not readable
  struct Mapping {
    std::uint64_t start, end, offset, inode;
    bool code;
    std::string path;
  };
  void read_mappings();
  void read_threads();
  const Page& page(std::uint64_t number);
  std::optional<std::uint64_t> section_of(const Mapping& file, std::string_view name) const;
  [[noreturn]] void raise(int error) const;

  pid_t pid_;
  std::string name_, program_;
  std::vector<Mapping> mappings_;  // by address
  std::set<int> threads_;
  std::unordered_map<std::uint64_t, Page> pages_;
};

}  // namespace krait::cli
