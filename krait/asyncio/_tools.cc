#include "krait/asyncio/_tools.h"

#include <new>

#include "krait/asyncio/tasks.h"

#pragma clang diagnostic ignored "-Winvalid-offsetof"

namespace krait::asyncio {

namespace {

// Static, so that a program's first loop finds it, whichever constructor makes that.
constinit _ShownLoops shown{};

}  // namespace

void _show_loop(EventLoop* loop) noexcept {
  for (_ShownLoops* chunk = &shown;;) {
    for (std::atomic<EventLoop*>& place : chunk->loops) {
      EventLoop* nobody = nullptr;
      if (place.compare_exchange_strong(nobody, loop)) return;
    }
    _ShownLoops* next = chunk->more.load();
    if (!next) {
      auto* made = new (std::nothrow) _ShownLoops{};
      if (!made) return;
      if (chunk->more.compare_exchange_strong(next, made)) {
        next = made;
      } else {
        delete made;  // another thread was first, and `next` is its
      }
    }
    chunk = next;
  }
}

void _hide_loop(EventLoop* loop) noexcept {
  for (_ShownLoops* chunk = &shown; chunk; chunk = chunk->more.load()) {
    for (std::atomic<EventLoop*>& place : chunk->loops) {
      if (place.load() != loop) continue;
      place.store(nullptr);
      return;
    }
  }
}

// The friend of all whose offsets the table has.
struct _ToolsLayout {
  static constexpr _ToolsTable make() {
    static_assert(sizeof(void*) == 8 && sizeof(_base::Ref<_FutureCore>) == 8);
    static_assert(sizeof(_base::IntrusiveList<_TaskCore>) == sizeof(_base::ListLink));
    static_assert(sizeof(std::source_location) == 8);  // an address
    _ToolsTable table{};
    for (int i = 0; i < 16; ++i) table.magic[i] = _ToolsTable::kMagic[i];
    table.version = _ToolsTable::kVersion;
    table.size = sizeof(_ToolsTable);
    for (int i = 0; KRAIT_VERSION[i] && i < 15; ++i) table.krait[i] = KRAIT_VERSION[i];
    table.loops = &shown;
    table.shown = {.places = _ShownLoops::kPlaces, .more = offsetof(_ShownLoops, more)};
    table.loop = {
        .running = offsetof(EventLoop, running_),
        .asleep = offsetof(EventLoop, asleep_),
        .is_virtual = offsetof(EventLoop, virtual_),
        .thread = offsetof(EventLoop, thread_number_),
        .thread_state = offsetof(EventLoop, thread_running_),
        .recent = offsetof(EventLoop, recent_),
        .looked_at = offsetof(EventLoop, looked_at_),
        .tasks = offsetof(EventLoop, tasks_),
    };
    table.thread_state = {.task = offsetof(_Running, task)};
    table.link = {.next = offsetof(_base::ListLink, next), .prev = offsetof(_base::ListLink, prev)};
    table.future = {
        .link = offsetof(_FutureCore, prev) - offsetof(_base::ListLink, prev),
        .state = offsetof(_FutureCore, state_),
        .kind = offsetof(_FutureCore, kind_),
        .name = offsetof(_FutureCore, name_),
        .others = offsetof(_FutureOfMany, others_),
        .pending = static_cast<std::uint8_t>(_FutureCore::State::Pending),
        .is_task = static_cast<std::uint8_t>(_FutureCore::Kind::Task),
        .is_gather = static_cast<std::uint8_t>(_FutureCore::Kind::Gather),
        .is_group = static_cast<std::uint8_t>(_FutureCore::Kind::Group),
        .is_wait = static_cast<std::uint8_t>(_FutureCore::Kind::Wait),
        .is_shield = static_cast<std::uint8_t>(_FutureCore::Kind::Shield),
    };
    table.task = {
        .root = offsetof(_TaskCore, root_),
        .resume = offsetof(_TaskCore, resume_),
        .waiting_on = offsetof(_TaskCore, waiting_on_),
        .number = offsetof(_TaskCore, number_),
        .since = offsetof(_TaskCore, since_),
        .cancel_requests = offsetof(_TaskCore, cancel_requests_),
    };
    table.suspension = {
        .what = offsetof(_Suspension, what_),
        .state = offsetof(_Waiter, state_),
        .future = offsetof(_FutureWait, future_),
        .pending = static_cast<std::uint8_t>(_Waiter::State::Pending),
        .awaits_future = "future",
    };
    // A frame begins with the addresses of its two functions; the promise follows, for it is aligned as a pointer is.
    static_assert(alignof(_PromiseBase) <= 16);
    constexpr std::uint32_t kPromise = 2 * sizeof(void*);
    table.frame = {.continuation = kPromise + offsetof(_PromiseBase, continuation),
                   .where = kPromise + offsetof(_PromiseBase, where)};
    // __builtin_source_location's struct: two texts, a line and a column.
    table.location = {.file = 0, .function = 8, .line = 16};
#ifdef __GLIBCXX__
    table.string = {.data = 0, .size = 8};
    table.array = {.begin = 0, .end = 8};
#else
#error "where do a std::string and a std::vector of this library keep their pointers?"
#endif
    return table;
  }
};

// No linker may drop what nobody refers to.
extern constinit const _ToolsTable _tools_table;
[[gnu::section(".krait_tools"), gnu::used, gnu::retain]] constinit const _ToolsTable _tools_table =
    _ToolsLayout::make();

}  // namespace krait::asyncio
