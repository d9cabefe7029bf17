#pragma once
// The ready queue: what runs in the loop's next turn, in the order it was made ready.
//
// Nodes are embedded in what they wake (a task, a timer, a callback), so making something ready allocates nothing.
// A node stands in the queue at most once.

#include <cassert>
#include <cstddef>

namespace krait::asyncio {

struct _ReadyNode {
  using Run = void (*)(_ReadyNode*);
  _ReadyNode* next = nullptr;
  Run run = nullptr;
};

class _ReadyQueue {
 public:
  bool empty() const noexcept { return head_ == nullptr; }

  void push(_ReadyNode* node) noexcept {
    assert(node->next == nullptr && node != tail_);
    if (tail_) {
      tail_->next = node;
    } else {
      head_ = node;
    }
    tail_ = node;
  }

  _ReadyNode* pop() noexcept {
    _ReadyNode* node = head_;
    head_ = node->next;
    if (!head_) tail_ = nullptr;
    node->next = nullptr;
    return node;
  }

  // Takes everything `other` holds; it goes before what is here.
  void prepend(_ReadyQueue& other) noexcept {
    if (other.empty()) return;
    other.tail_->next = head_;
    if (!head_) tail_ = other.tail_;
    head_ = other.head_;
    other.head_ = other.tail_ = nullptr;
  }

  void swap(_ReadyQueue& other) noexcept {
    _ReadyNode *head = head_, *tail = tail_;
    head_ = other.head_, tail_ = other.tail_;
    other.head_ = head, other.tail_ = tail;
  }

 private:
  _ReadyNode* head_ = nullptr;
  _ReadyNode* tail_ = nullptr;
};

}  // namespace krait::asyncio
