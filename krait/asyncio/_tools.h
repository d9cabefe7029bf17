#pragma once
// What `krait ps` reads of a live process, from outside and without its help.
//
// A table of constants stands in an ELF section of its own: where the loops are, and at which offsets their fields lie. Its
// reader opens the program's file for the section's address, and reads everything else with process_vm_readv. So it need
// not be of the same build, nothing must be switched on, and what is never looked at costs nothing.
// Python: _Py_DebugOffsets, 3.13, and asyncio.tools, 3.14

#include <atomic>
#include <cstdint>

namespace krait::asyncio {

class EventLoop;

// Places for loops, in chunks that are never freed. There is no lock, so that a reader finds it whole at any moment, and so
// does a process that was forked meanwhile.
struct _ShownLoops {
  static constexpr int kPlaces = 63;
  std::atomic<EventLoop*> loops[kPlaces];
  std::atomic<_ShownLoops*> more;
};
// Called as a loop is made and dies, in any thread. A loop for which there is no memory is not shown.
void _show_loop(EventLoop* loop) noexcept;
void _hide_loop(EventLoop* loop) noexcept;

// The table. Offsets are in bytes; a pointer is 8 bytes, a flag 1, a time a signed 64-bit count of nanoseconds.
// Whoever adds, drops or reinterprets a field raises kVersion.
struct _ToolsTable {
  static constexpr char kSection[] = ".krait_tools";
  static constexpr char kMagic[16] = "krait.asyncio\r\n";
  static constexpr std::uint32_t kVersion = 2;

  char magic[16];
  std::uint32_t version;
  std::uint32_t size;  // of this table
  char krait[16];      // "0.1.0"
  const _ShownLoops* loops;
  struct {
    std::uint32_t places, more;  // how many, and where the next chunk's address is
  } shown;
  struct {
    std::uint32_t running, asleep, is_virtual;  // the last is a pointer: null unless the time is a test's
    std::uint32_t thread, thread_state;         // a 32-bit number; an address, while it runs
    std::uint32_t recent, looked_at;            // times
    std::uint32_t tasks;                        // a link, the head of a ring of them
  } loop;
  struct {
    std::uint32_t task;  // the one whose step is under way, or null
  } thread_state;
  struct {
    std::uint32_t next, prev;
  } link;
  struct {
    std::uint32_t link, state, kind;  // 8 bits each but the link
    std::uint32_t name;               // the address of a string, or null
    std::uint32_t others;             // of one of many: the address of an array of futures
    std::uint8_t pending;             // the value of `state`
    std::uint8_t is_task, is_gather, is_group, is_wait, is_shield;  // values of `kind`
  } future;
  struct {
    std::uint32_t root, resume;     // frames
    std::uint32_t waiting_on;       // a suspension, or null
    std::uint32_t number, since;    // 64 bits; a time
    std::uint32_t cancel_requests;  // 32 bits
  } task;
  struct {
    std::uint32_t what;      // text
    std::uint32_t state;     // 8 bits; not of one that awaits a future
    std::uint32_t future;    // of one that awaits a future, which its text tells
    std::uint8_t pending;    // the value of `state`
    char awaits_future[15];  // that text
  } suspension;
  struct {
    std::uint32_t continuation, where;  // a frame, or null; the address of a location
  } frame;
  struct {
    std::uint32_t file, function, line;  // text, text, 32 bits
  } location;
  struct {
    std::uint32_t data, size;
  } string;
  struct {
    std::uint32_t begin, end;
  } array;
};

}  // namespace krait::asyncio
