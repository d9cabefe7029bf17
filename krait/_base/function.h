#pragma once
// A move-only callable. std::function copies what it holds, so it cannot own a Task, a file or a
// promise; std::move_only_function is C++23.

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace krait::_base {

template <class Signature>
class Function;

// Small callables (three pointers) live inside; larger ones on the heap. Calling an empty one is undefined.
template <class R, class... Args>
class Function<R(Args...)> {
 public:
  Function() noexcept = default;
  Function(std::nullptr_t) noexcept {}

  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Function> && std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  Function(F&& callable) {
    using D = std::decay_t<F>;
    if constexpr (fits<D>) {
      new (&storage_) D(std::forward<F>(callable));
      ops_ = &inline_ops<D>;
    } else {
      heap() = new D(std::forward<F>(callable));
      ops_ = &heap_ops<D>;
    }
  }

  Function(Function&& other) noexcept { take(other); }
  Function& operator=(Function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Function() { reset(); }

  R operator()(Args... args) { return ops_->call(&storage_, std::forward<Args>(args)...); }
  explicit operator bool() const noexcept { return ops_ != nullptr; }

 private:
  struct Ops {
    R (*call)(void*, Args&&...);
    void (*move)(void* to, void* from) noexcept;
    void (*destroy)(void*) noexcept;
  };
  static constexpr std::size_t kInline = 3 * sizeof(void*);
  template <class D>
  static constexpr bool fits =
      sizeof(D) <= kInline && alignof(D) <= alignof(void*) && std::is_nothrow_move_constructible_v<D>;

  // A callable's result is dropped where none is asked for.
  template <class D>
  static R invoke(D& callable, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      callable(std::forward<Args>(args)...);
    } else {
      return callable(std::forward<Args>(args)...);
    }
  }

  template <class D>
  static constexpr Ops inline_ops{
      [](void* p, Args&&... args) -> R { return invoke(*static_cast<D*>(p), std::forward<Args>(args)...); },
      [](void* to, void* from) noexcept {
        new (to) D(std::move(*static_cast<D*>(from)));
        static_cast<D*>(from)->~D();
      },
      [](void* p) noexcept { static_cast<D*>(p)->~D(); }};
  template <class D>
  static constexpr Ops heap_ops{
      [](void* p, Args&&... args) -> R { return invoke(**static_cast<D**>(p), std::forward<Args>(args)...); },
      [](void* to, void* from) noexcept { *static_cast<D**>(to) = *static_cast<D**>(from); },
      [](void* p) noexcept { delete *static_cast<D**>(p); }};

  void*& heap() { return *reinterpret_cast<void**>(&storage_); }
  void reset() noexcept {
    if (ops_) std::exchange(ops_, nullptr)->destroy(&storage_);
  }
  void take(Function& other) noexcept {
    if (other.ops_) {
      other.ops_->move(&storage_, &other.storage_);
      ops_ = std::exchange(other.ops_, nullptr);
    }
  }

  alignas(void*) std::byte storage_[kInline];
  const Ops* ops_ = nullptr;
};

}  // namespace krait::_base
