#include "krait/_base/frame_allocator.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace krait::_base {
namespace {

TEST(FrameAllocator, gives_blocks_that_hold_what_was_asked_for) {
  // Every class, its borders, and sizes beyond the last one; all alive at once, so an overlap would show.
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (std::size_t size = 16; size <= 3000; size += 7) {
    auto* block = static_cast<unsigned char*>(FrameAllocator::allocate(size));
    std::memset(block, static_cast<int>(size % 251), size);
    blocks.emplace_back(block, size);
  }
  for (auto [block, size] : blocks) {
    EXPECT_EQ(block[0], size % 251);
    EXPECT_EQ(block[size - 1], size % 251);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U) << size;
  }
  for (auto [block, size] : blocks) FrameAllocator::deallocate(block, size);
}

#ifndef KRAIT_PLAIN_FRAMES
TEST(FrameAllocator, gives_a_freed_block_to_the_next_of_its_class) {
  void* block = FrameAllocator::allocate(100);
  FrameAllocator::deallocate(block, 100);
  void* again = FrameAllocator::allocate(128);  // 97 to 128 bytes are one class
  EXPECT_EQ(again, block);
  void* larger = FrameAllocator::allocate(129);
  EXPECT_NE(larger, block);
  FrameAllocator::deallocate(again, 128);
  FrameAllocator::deallocate(larger, 129);
}
#endif

TEST(FrameAllocator, takes_back_a_block_in_another_thread) {
  std::vector<void*> blocks;
  for (int i = 0; i < 100; ++i) blocks.push_back(FrameAllocator::allocate(200));
  std::thread([&blocks] {
    for (void* block : blocks) FrameAllocator::deallocate(block, 200);
    void* again = FrameAllocator::allocate(200);
    std::memset(again, 1, 200);
    FrameAllocator::deallocate(again, 200);
  }).join();
}

// Made before the thread's first frame, it ends after the free lists have.
struct FreesAtThreadExit {
  void* block = nullptr;
  ~FreesAtThreadExit() {
    FrameAllocator::deallocate(block, 64);
    FrameAllocator::deallocate(FrameAllocator::allocate(64), 64);
  }
};

TEST(FrameAllocator, serves_a_thread_to_its_very_end) {
  std::thread([] {
    static thread_local FreesAtThreadExit last;
    last.block = nullptr;
    last.block = FrameAllocator::allocate(64);
  }).join();
}

}  // namespace
}  // namespace krait::_base
