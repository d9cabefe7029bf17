#include "krait/cli/_process.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "krait/_base/unique_fd.h"
#include "krait/builtins/exceptions.h"

namespace krait::cli {

namespace {

std::string proc(pid_t pid, std::string_view file) { return "/proc/" + std::to_string(pid) + "/" + std::string(file); }

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string link_target(const std::string& path) {
  std::error_code failed;
  return std::filesystem::read_symlink(path, failed).string();
}

// The state and the parent, from "4711 (name) S 4710 …". The name may hold anything, also parentheses.
struct Status {
  char state = '?';
  pid_t parent = 0;
};
std::optional<Status> status_of(pid_t pid) {
  const std::string line = first_line(proc(pid, "stat"));
  const std::size_t name_end = line.rfind(')');
  if (name_end == line.npos) return std::nullopt;
  Status status;
  std::istringstream rest(line.substr(name_end + 1));
  rest >> status.state >> status.parent;
  return status;
}

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// Of a file that anybody may have written: every read is checked.
class Elf {
 public:
  explicit Elf(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    struct stat about{};
    if (!fd_ || ::fstat(fd_.get(), &about) != 0 || !S_ISREG(about.st_mode) || !read(0, &head_, sizeof head_)) return;
    inode_ = about.st_ino;
    valid_ = std::memcmp(head_.e_ident, ELFMAG, SELFMAG) == 0 && head_.e_ident[EI_CLASS] == ELFCLASS64 &&
             head_.e_ident[EI_DATA] == ELFDATA2LSB;
  }

  bool valid() const noexcept { return valid_; }
  std::uint64_t inode() const noexcept { return inode_; }
  bool is_relocated() const noexcept { return head_.e_type == ET_DYN; }

  // The first of its segments, by which the others' addresses are known.
  std::optional<Elf64_Phdr> first_segment() const {
    if (head_.e_phentsize != sizeof(Elf64_Phdr)) return std::nullopt;
    for (int i = 0; i < head_.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (!read(head_.e_phoff + i * sizeof segment, &segment, sizeof segment)) return std::nullopt;
      if (segment.p_type == PT_LOAD) return segment;
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> section_address(std::string_view name) const {
    Elf64_Shdr names;
    if (head_.e_shentsize != sizeof names || head_.e_shstrndx >= head_.e_shnum) return std::nullopt;
    if (!section(head_.e_shstrndx, names)) return std::nullopt;
    std::string found(name.size() + 1, '\0');
    for (int i = 0; i < head_.e_shnum; ++i) {
      Elf64_Shdr each;
      if (!section(i, each)) return std::nullopt;
      if (each.sh_addr && read(names.sh_offset + each.sh_name, found.data(), found.size()) && found.c_str() == name)
        return each.sh_addr;
    }
    return std::nullopt;
  }

 private:
  bool read(std::uint64_t at, void* into, std::size_t size) const {
    return ::pread(fd_.get(), into, size, static_cast<off_t>(at)) == static_cast<ssize_t>(size);
  }
  bool section(int number, Elf64_Shdr& into) const {
    return read(head_.e_shoff + number * sizeof into, &into, sizeof into);
  }

  _base::UniqueFd fd_;
  Elf64_Ehdr head_{};
  std::uint64_t inode_ = 0;
  bool valid_ = false;
};

}  // namespace

Process::Process(pid_t pid) : pid_(pid) {
  const std::optional<Status> status = status_of(pid);
  if (!status) raise(ESRCH);
  name_ = first_line(proc(pid, "comm"));
  if (status->state == 'Z')
    throw ProcessLookupError("process " + std::to_string(pid) + " (" + name_ +
                             ") has ended; its parent has not asked for its exit status yet");
  program_ = link_target(proc(pid, "exe"));
  read_mappings();
  read_threads();
}

void Process::raise(int error) const {
  const std::string number = std::to_string(pid_);
  if (error == ESRCH)
    throw ProcessLookupError(name_.empty() ? "no such process: " + number
                                           : "process " + number + " (" + name_ + ") ended while it was being read");
  std::string why = "cannot read the memory of process " + number + " (" + name_ + "): " + std::strerror(error);
  if (error == EPERM || error == EACCES) {
    struct stat owner{};
    const bool mine = ::stat(proc(pid_, "").c_str(), &owner) == 0 && owner.st_uid == ::geteuid();
    const std::string scope = first_line("/proc/sys/kernel/yama/ptrace_scope");
    if (mine && !scope.empty() && scope != "0") {
      why += ". kernel.yama.ptrace_scope is " + scope + ": try 'sudo krait ps " + number + "', or allow it with " +
             "'sudo sysctl kernel.yama.ptrace_scope=0'";
    } else if (::geteuid() != 0) {
      why += ". Run krait as root, or as the user that the process runs as";
    } else {
      why += ". Root needs CAP_SYS_PTRACE for this: a container gets it with --cap-add=SYS_PTRACE";
    }
  }
  throw PermissionError(why);
}

// "55d0c000-55d0f000 r-xp 00002000 fe:01 1311 /usr/bin/shop"
void Process::read_mappings() {
  std::ifstream maps(proc(pid_, "maps"));
  if (!maps) raise(errno == ENOENT ? ESRCH : errno);
  for (std::string line; std::getline(maps, line);) {
    Mapping mapping{};
    char permissions[5] = {};
    int path = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %4s %lx %*s %lu %n", &mapping.start, &mapping.end, permissions,
                    &mapping.offset, &mapping.inode, &path) < 5)
      continue;
    mapping.code = permissions[2] == 'x';
    mapping.path = line.substr(path);
    mappings_.push_back(std::move(mapping));
  }
  if (!mappings_.empty()) return;
  // Open, but empty: the kernel hides them, or there are none.
  if (maps.bad()) raise(EACCES);
  if (!status_of(pid_)) raise(ESRCH);
  throw ProcessLookupError("process " + std::to_string(pid_) + " (" + name_ +
                           ") has no memory of its own: it is a kernel thread, or is about to end");
}

// In a container a thread has one number inside and another outside; the last of NSpid is the one that it sees itself.
void Process::read_threads() {
  std::error_code failed;
  for (const auto& thread : std::filesystem::directory_iterator(proc(pid_, "task"), failed)) {
    std::ifstream status(thread.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("NSpid:")) threads_.insert(std::atoi(line.c_str() + line.find_last_of("\t ") + 1));
    }
  }
}

std::vector<std::uint64_t> Process::sections(std::string_view name) const {
  std::vector<std::uint64_t> found;
  std::set<std::string_view> seen;
  for (const Mapping& mapping : mappings_) {
    if (!mapping.code || !mapping.path.starts_with('/') || !seen.insert(mapping.path).second) continue;
    if (auto address = section_of(mapping, name)) found.push_back(*address);
  }
  return found;
}

std::optional<std::uint64_t> Process::section_of(const Mapping& file, std::string_view name) const {
  // The link to the program leads to it even when it was replaced since, or lies where this process cannot see.
  const bool is_program = file.path == program_;
  const std::string path(without_suffix(file.path, " (deleted)"));
  const Elf elf(is_program ? proc(pid_, "exe") : proc(pid_, "root") + path);
  if (!elf.valid() || (!is_program && elf.inode() != file.inode)) return std::nullopt;
  const auto address = elf.section_address(name);
  if (!address || !elf.is_relocated()) return address;
  const auto segment = elf.first_segment();
  if (!segment) return std::nullopt;
  const auto is_first = [&](const Mapping& each) {
    return each.path == file.path && each.offset == segment->p_offset / kPage * kPage;
  };
  const auto first = std::find_if(mappings_.begin(), mappings_.end(), is_first);
  if (first == mappings_.end()) return std::nullopt;
  return first->start - segment->p_vaddr / kPage * kPage + *address;
}

bool Process::is_code(std::uint64_t address) const noexcept {
  auto after = std::upper_bound(mappings_.begin(), mappings_.end(), address,
                                [](std::uint64_t wanted, const Mapping& each) { return wanted < each.start; });
  return after != mappings_.begin() && std::prev(after)->code && address < std::prev(after)->end;
}

const Process::Page& Process::page(std::uint64_t number) {
  const auto [found, is_new] = pages_.try_emplace(number);
  if (!is_new) return found->second;
  auto bytes = std::make_unique_for_overwrite<char[]>(kPage);
  iovec here{bytes.get(), kPage};
  iovec there{reinterpret_cast<void*>(number * kPage), kPage};  // NOLINT(performance-no-int-to-ptr): another process's
  errno = 0;                                                    // part of a page comes without one
  if (::process_vm_readv(pid_, &here, 1, &there, 1, 0) == static_cast<ssize_t>(kPage)) {
    found->second = std::move(bytes);
  } else if (errno == ESRCH || errno == EPERM || errno == ENOSYS) {
    raise(errno);
  }
  return found->second;
}

bool Process::read(std::uint64_t address, void* into, std::size_t size) {
  auto* to = static_cast<char*>(into);
  if (address < kPage || address + size < address) return false;
  while (size > 0) {
    const Page& from = page(address / kPage);
    if (!from) return false;
    const std::size_t count = std::min(size, kPage - address % kPage);
    std::memcpy(to, from.get() + address % kPage, count);
    to += count, address += count, size -= count;
  }
  return true;
}

std::optional<std::string> Process::text(std::uint64_t address, std::size_t longest) {
  std::string text;
  while (text.size() < longest) {
    const std::size_t count = std::min(longest - text.size(), kPage - address % kPage);
    std::string part(count, '\0');
    if (!read(address, part.data(), count)) return std::nullopt;
    const std::size_t end = part.find('\0');
    text.append(part, 0, end);
    if (end != part.npos) break;
    address += count;
  }
  return text;
}

std::vector<pid_t> Process::children(pid_t parent) {
  std::vector<pid_t> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    if (const auto status = status_of(pid); status && status->parent == parent) found.push_back(pid);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace krait::cli
