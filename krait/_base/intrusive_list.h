#pragma once
// A doubly linked list whose links live in its elements: no allocation, and an element leaves in O(1)
// without knowing which list it is in. An element must leave before it dies; a list that dies lets its elements go.

#include <cassert>

namespace krait::_base {

struct ListLink {
  ListLink* prev = nullptr;
  ListLink* next = nullptr;

  bool linked() const noexcept { return next != nullptr; }
  void unlink() noexcept {
    if (!next) return;
    prev->next = next;
    next->prev = prev;
    prev = next = nullptr;
  }
};

// T derives from ListLink (publicly).
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() noexcept { head_.prev = head_.next = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (pop_front()) {
    }
  }

  bool empty() const noexcept { return head_.next == &head_; }
  T* front() noexcept { return empty() ? nullptr : static_cast<T*>(head_.next); }

  void push_back(T* element) noexcept {
    ListLink* link = element;
    assert(!link->linked());
    link->prev = head_.prev;
    link->next = &head_;
    head_.prev->next = link;
    head_.prev = link;
  }
  T* pop_front() noexcept {
    T* first = front();
    if (first) static_cast<ListLink*>(first)->unlink();
    return first;
  }

  class iterator {
   public:
    explicit iterator(ListLink* at) : at_(at) {}
    T& operator*() const { return *static_cast<T*>(at_); }
    iterator& operator++() {
      at_ = at_->next;
      return *this;
    }
    bool operator!=(const iterator& other) const { return at_ != other.at_; }

   private:
    ListLink* at_;
  };
  iterator begin() noexcept { return iterator(head_.next); }
  iterator end() noexcept { return iterator(&head_); }

 private:
  ListLink head_;
};

}  // namespace krait::_base
