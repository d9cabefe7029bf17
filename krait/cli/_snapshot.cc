#include "krait/cli/_snapshot.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <string_view>

#include "krait/asyncio/_tools.h"
#include "krait/builtins/exceptions.h"

namespace krait::cli {

namespace {

using Table = asyncio::_ToolsTable;

// Whatever is read may be torn or nonsense, so everything that is followed ends somewhere.
constexpr int kAttempts = 5;
constexpr std::size_t kMostTasks = 4'000'000, kMostFrames = 100'000, kMostChunks = 1000;
constexpr std::size_t kMostOthers = 10'000;  // futures that one task waits for, through gathers and groups
constexpr int kDeepestGather = 8;
constexpr std::size_t kLongestName = 200, kLongestPath = 1000, kLongestFunction = 1000;
constexpr std::size_t kFurthestField = 4096;
constexpr nanoseconds kSlowCallback = std::chrono::milliseconds(100);

std::int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

// Whether a file is of one of these rooms of krait: the room follows the name.
bool is_of(std::initializer_list<std::string_view> rooms, std::string_view file) {
  if (file.ends_with("_test.cc")) return false;
  return std::any_of(rooms.begin(), rooms.end(), [file](std::string_view room) {
    const std::string folder = "krait/" + std::string(room) + "/";
    const std::size_t at = file.rfind(folder);
    return at != file.npos && (at == 0 || file[at - 1] == '/');
  });
}
bool is_of_the_core(std::string_view file) { return is_of({"asyncio", "builtins"}, file); }
bool is_kraits(std::string_view file) {
  return is_of_the_core(file) || is_of({"client", "concurrent", "contextlib", "mysql", "postgres", "redis", "sql",
                                        "sqlite3", "unittest", "web"},
                                       file);
}

// Bytes of another process on their way to a terminal: what is no UTF-8, or would move the cursor, is spelled out.
std::string readable(const std::string& text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (first >= 0xc2 && first < 0xf5) length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    bool whole = (first >= 0x20 && first < 0x7f) || length > 1;
    for (std::size_t j = 1; j < length; ++j) {
      whole = whole && i + j < text.size() && (static_cast<unsigned char>(text[i + j]) & 0xc0) == 0x80;
    }
    const auto second = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (first == 0xc2 && second < 0xa0) whole = false;  // control characters
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) whole = false;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) whole = false;
    if (whole) {
      clean.append(text, i, length);
      i += length;
    } else {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", first);
      clean += escaped;
      ++i;
    }
  }
  return clean;
}

class Reader {
 public:
  Reader(Process& process, std::uint64_t address) : process_(process) {
    const auto table = process.get<Table>(address);
    if (!table || std::memcmp(table->magic, Table::kMagic, sizeof table->magic) != 0) return;
    table_ = *table;
    table_.krait[sizeof table_.krait - 1] = '\0';
    if (table_.version != Table::kVersion || table_.size != sizeof(Table))
      throw RuntimeError("process " + std::to_string(process.pid()) + " (" + process.name() + ") runs krait " +
                         readable(table_.krait) + ", whose table has version " + std::to_string(table_.version) +
                         "; this krait " + KRAIT_VERSION + " reads version " + std::to_string(Table::kVersion) +
                         ": use the krait command of that version");
    if (!offsets_are_small())
      throw RuntimeError("process " + std::to_string(process.pid()) + " (" + process.name() +
                         ") has a table that this krait cannot make sense of: use the krait command of its own build");
    valid_ = true;
  }

  bool valid() const noexcept { return valid_; }
  std::string version() const { return readable(table_.krait); }

  std::vector<std::uint64_t> loops() {
    std::vector<std::uint64_t> found;
    auto chunk = reinterpret_cast<std::uint64_t>(table_.loops);
    for (std::size_t chunks = 0; chunk && chunks < kMostChunks; ++chunks) {
      for (std::uint32_t i = 0; i < table_.shown.places; ++i) {
        if (const std::uint64_t loop = pointer(chunk + 8 * i)) found.push_back(loop);
      }
      chunk = pointer(chunk + table_.shown.more);
    }
    return found;
  }

  // The best of some attempts; nullopt for one that is gone, or that a fork left behind.
  std::optional<Loop> loop(std::uint64_t address) {
    std::optional<Loop> best;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      process_.forget();
      std::optional<Loop> loop = read_loop(address);
      if (!loop) continue;
      if (loop->complete) return loop;
      if (!best || known(*loop) >= known(*best)) best = std::move(loop);
    }
    return best;
  }

 private:
  // As the process has them, from a table that may be anybody's.
  bool offsets_are_small() const {
    const auto& t = table_;
    const std::array offsets{t.shown.places,    t.shown.more,       t.loop.running,      t.loop.asleep,
                             t.loop.is_virtual, t.loop.thread,      t.loop.thread_state, t.thread_state.task,
                             t.loop.recent,     t.loop.looked_at,   t.loop.tasks,        t.link.next,
                             t.link.prev,       t.future.link,      t.future.state,      t.future.kind,
                             t.future.name,     t.future.others,    t.task.root,         t.task.resume,
                             t.task.waiting_on, t.task.number,      t.task.since,        t.task.cancel_requests,
                             t.suspension.what, t.suspension.state, t.suspension.future, t.frame.continuation,
                             t.frame.where,     t.location.file,    t.location.function, t.location.line,
                             t.string.data,     t.string.size,      t.array.begin,       t.array.end};
    return std::all_of(offsets.begin(), offsets.end(), [](std::uint32_t each) { return each <= kFurthestField; });
  }

  static std::size_t known(const Loop& loop) {
    return static_cast<std::size_t>(
        std::count_if(loop.tasks.begin(), loop.tasks.end(), [](const Task& task) { return !task.changing; }));
  }

  // Zero for what is not there.
  template <class T>
  T field(std::uint64_t address) {
    return process_.get<T>(address).value_or(T());
  }
  std::uint64_t pointer(std::uint64_t address) { return field<std::uint64_t>(address); }

  std::optional<Loop> read_loop(std::uint64_t address) {
    const auto& at = table_.loop;
    Loop loop;
    loop.running = field<std::uint8_t>(address + at.running) != 0;
    loop.asleep = field<std::uint8_t>(address + at.asleep) != 0;
    loop.is_virtual = pointer(address + at.is_virtual) != 0;
    loop.thread = field<std::int32_t>(address + at.thread);
    if (loop.running && !process_.has_thread(loop.thread)) return std::nullopt;
    const std::uint64_t running = loop.running ? pointer(address + at.thread_state) : 0;
    running_ = running ? pointer(running + table_.thread_state.task) : 0;
    now_ = loop.is_virtual ? field<std::int64_t>(address + at.recent) : now();
    looked_at_ = field<std::int64_t>(address + at.looked_at);
    loop.last_look = nanoseconds(std::max<std::int64_t>(0, now_ - looked_at_));

    const std::uint64_t head = address + at.tasks;
    std::vector<std::uint64_t> links;
    loop.complete = false;
    for (std::uint64_t before = head, link = pointer(head + table_.link.next); link && links.size() < kMostTasks;) {
      if (pointer(link + table_.link.prev) != before) break;
      if (link == head) {
        loop.complete = true;
        break;
      }
      links.push_back(link);
      before = link;
      link = pointer(link + table_.link.next);
    }
    loop.tasks.reserve(links.size());
    for (const std::uint64_t link : links) {
      loop.tasks.push_back(read_task(link - table_.future.link));
      if (loop.tasks.back().changing) loop.complete = false;
    }
    return loop;
  }

  Task read_task(std::uint64_t address) {
    const auto& at = table_.task;
    Task task;
    task.address = address;
    task.name = name_of_task(address);
    task.cancelling = field<std::uint32_t>(address + at.cancel_requests);
    const std::uint64_t root = pointer(address + at.root), resume = pointer(address + at.resume);
    const std::uint64_t wait = pointer(address + at.waiting_on);
    if (address == running_) {
      task.state = Task::State::Running;
      task.elapsed = since(looked_at_);
      // It went on from `resume`, which may have ended since: what cannot be alive is left out.
      if (!read_stack(resume, root, true, task.stack)) read_stack(root, root, true, task.stack);
      return task;
    }
    if (wait && !read_wait(wait, task)) task.changing = true;
    if (task.state == Task::State::Waiting) task.elapsed = since(field<std::int64_t>(address + at.since));
    if (!read_stack(resume, root, false, task.stack)) {
      task.stack.clear();
      task.changing = true;
    }
    return task;
  }

  std::optional<nanoseconds> since(std::int64_t time) const {
    return time ? std::optional(nanoseconds(std::max<std::int64_t>(0, now_ - time))) : std::nullopt;
  }

  // What was woken already is ready: its task comes up in the next turn. False for what makes no sense.
  bool read_wait(std::uint64_t wait, Task& task) {
    const auto& at = table_.suspension;
    const auto what = process_.text(pointer(wait + at.what), kLongestName);
    if (!what || what->empty()) return false;
    bool pending;
    if (*what == std::string_view(at.awaits_future, ::strnlen(at.awaits_future, sizeof at.awaits_future))) {
      const std::uint64_t future = pointer(wait + at.future);
      if (!future) return false;
      std::size_t left = kMostOthers;
      task.awaits = read_awaited(future, kDeepestGather, left);
      task.waits_on = task.awaits->noun;
      pending = !task.awaits->done;
    } else {
      task.waits_on = readable(*what);
      pending = field<std::uint8_t>(wait + at.state) == at.pending;
    }
    if (pending) {
      task.state = Task::State::Waiting;
    } else {
      task.waits_on.clear();
      task.awaits.reset();
    }
    return true;
  }

  Awaited read_awaited(std::uint64_t address, int depth, std::size_t& left) {
    const auto& at = table_.future;
    Awaited awaited;
    awaited.address = address;
    awaited.done = field<std::uint8_t>(address + at.state) != at.pending;
    const auto kind = field<std::uint8_t>(address + at.kind);
    awaited.is_task = kind == at.is_task;
    if (awaited.is_task) {
      awaited.noun = "Task '" + name_of_task(address) + "'";
    } else if (kind == at.is_gather || kind == at.is_group || kind == at.is_wait || kind == at.is_shield) {
      awaited.noun = kind == at.is_gather  ? "gather"
                     : kind == at.is_group ? "a TaskGroup"
                     : kind == at.is_wait  ? "wait"
                                           : "shield";
      const std::uint64_t others = pointer(address + at.others);
      std::uint64_t each = pointer(others + table_.array.begin);
      for (const std::uint64_t end = pointer(others + table_.array.end); depth > 0 && each < end && left > 0;
           each += 8) {
        const std::uint64_t other = pointer(each);
        if (!other) break;
        --left;
        awaited.others.push_back(read_awaited(other, depth - 1, left));
      }
    } else {
      const std::string name = name_of(address);
      awaited.noun = name.empty() ? "a Future" : "Future '" + name + "'";
    }
    return awaited;
  }

  std::string name_of(std::uint64_t future) {
    const std::uint64_t string = pointer(future + table_.future.name);
    if (!string) return {};
    const auto size = pointer(string + table_.string.size);
    std::string name(std::min<std::uint64_t>(size, kLongestName), '\0');
    if (!process_.read(pointer(string + table_.string.data), name.data(), name.size())) return {};
    return readable(name) + (size > kLongestName ? "…" : "");
  }
  std::string name_of_task(std::uint64_t task) {
    std::string name = name_of(task);
    return name.empty() ? "Task-" + std::to_string(pointer(task + table_.task.number)) : name;
  }

  // From where it waits up to its root. False, with what was found, when the way does not lead there. With `mend`, frames
  // that have ended are skipped: their memory is free, so it does not begin with the address of code.
  bool read_stack(std::uint64_t frame, std::uint64_t root, bool mend,
                  std::vector<std::shared_ptr<const Location>>& stack) {
    stack.clear();
    bool arrived = false;
    for (std::size_t depth = 0; frame && depth < kMostFrames; ++depth) {
      const bool alive = process_.is_code(pointer(frame));
      if (!alive && !mend) return false;
      if (alive) {
        auto location = read_location(pointer(frame + table_.frame.where));
        if (!location) return false;
        stack.push_back(std::move(location));
      }
      arrived = frame == root;
      frame = pointer(frame + table_.frame.continuation);
    }
    std::reverse(stack.begin(), stack.end());
    return arrived && !frame;
  }

  // Locations are constants of the program: what was read once is true.
  std::shared_ptr<const Location> read_location(std::uint64_t address) {
    auto& known = locations_[address];
    if (known) return known;
    const auto file = process_.text(pointer(address + table_.location.file), kLongestPath);
    const auto function = process_.text(pointer(address + table_.location.function), kLongestFunction);
    if (!file || !function || file->empty()) return nullptr;
    known = std::make_shared<Location>(
        Location{readable(*file), readable(*function), field<std::uint32_t>(address + table_.location.line)});
    return known;
  }

  Process& process_;
  Table table_{};
  bool valid_ = false;
  std::uint64_t running_ = 0;  // the loop's running task
  std::int64_t now_ = 0, looked_at_ = 0;
  std::map<std::uint64_t, std::shared_ptr<const Location>> locations_;
};

}  // namespace

const Location* Task::place() const {
  for (const auto kraits : {is_kraits, is_of_the_core}) {
    for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
      if (!kraits((*frame)->file)) return frame->get();
    }
  }
  return stack.empty() ? nullptr : stack.back().get();
}

const char* Task::state_name() const {
  switch (state) {
    case State::Running:
      return "running";
    case State::Ready:
      return "ready";
    case State::Waiting:
      return "waiting";
  }
  return "";
}

bool Loop::is_stuck() const { return running && !asleep && !is_virtual && last_look > kSlowCallback; }

std::optional<Snapshot> look_at(pid_t pid) {
  Process process(pid);
  std::optional<Snapshot> snapshot;
  for (const std::uint64_t table : process.sections(Table::kSection)) {
    Reader reader(process, table);
    if (!reader.valid()) continue;
    if (!snapshot) snapshot = Snapshot{pid, readable(process.name()), reader.version(), {}};
    for (const std::uint64_t address : reader.loops()) {
      std::optional<Loop> loop = reader.loop(address);
      if (!loop) continue;
      loop->number = static_cast<int>(snapshot->loops.size()) + 1;
      snapshot->loops.push_back(std::move(*loop));
    }
  }
  return snapshot;
}

}  // namespace krait::cli
