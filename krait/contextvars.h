#pragma once
// Values that belong to whoever runs just now: a request's id, known to all that serves it and to nothing else.
//
//   contextvars::ContextVar<std::string> request_id("request_id", "-");     // at namespace scope, as in Python
//   auto token = request_id.set("7f3a");
//   print(request_id.get());                                                // 7f3a
//   request_id.reset(token);
//
// A Context maps variables to values. One is current in each thread; a task has its own, a copy of the one in which it was
// made. Copying costs the same however much it holds: contexts share their values until one of them sets another.
// Python: contextvars
//
// Values are given by value; a value that is dear to copy is best kept as a std::shared_ptr. A Context may be copied into
// another thread and run there, but each is one thread's at a time.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "krait/_base/frame_allocator.h"
#include "krait/builtins/print.h"

namespace krait::contextvars {

template <class T>
class ContextVar;
class Context;

// What a variable is to a context, for ever: entries outlive ContextVar objects, so an identity is never used again.
struct _Variable {
  std::string name;
  std::uint32_t id;                            // the order in a _Values
  mutable std::atomic<std::uint32_t> hint{0};  // where it was found last, in whichever context: most are built alike
};

// A pointer that counts. Contexts cross threads (asyncio.to_thread runs a function in a copy of the caller's), so their
// counts are atomic. Nothing that switches tasks counts.
template <class T>
class _Ref {
 public:
  _Ref() noexcept = default;
  explicit _Ref(T* adopted) noexcept : object_(adopted) {}
  _Ref(const _Ref& other) noexcept : object_(other.object_) {
    if (object_) object_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  _Ref(_Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  _Ref& operator=(_Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~_Ref() {
    if (object_ && object_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) T::destroy(object_);
  }
  static _Ref share(T* object) noexcept {
    object->refs.fetch_add(1, std::memory_order_relaxed);
    return _Ref(object);
  }
  T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  T* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

// A value, whatever its type; which one it is, its variable knows.
struct _Value {
  std::atomic<std::uint32_t> refs{1};
  void (*drop)(_Value*) noexcept;
  explicit _Value(void (*d)(_Value*) noexcept) : drop(d) {}
  static void destroy(_Value* value) noexcept { value->drop(value); }
};
template <class T>
struct _ValueOf final : _Value {
  T value;
  template <class U>
    requires std::is_constructible_v<T, U&&>
  explicit _ValueOf(U&& v)
      : _Value([](_Value* self) noexcept { delete static_cast<_ValueOf*>(self); }), value(std::forward<U>(v)) {}
  static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept { _base::FrameAllocator::deallocate(p, size); }
};

// The values of one context or of several. One that several share does not change any more.
struct alignas(void*) _Values {
  struct Entry {
    const _Variable* variable;
    _Ref<_Value> value;
  };
  std::atomic<std::uint32_t> refs{1};
  std::uint32_t size = 0;
  std::uint32_t capacity;

  static _Values* make(std::uint32_t capacity);
  static void destroy(_Values* values) noexcept;
  // In the order of their variables' ids; they lie behind this.
  Entry* entries() noexcept { return reinterpret_cast<Entry*>(this + 1); }
  Entry* find(const _Variable* variable) noexcept {
    std::uint32_t hint = variable->hint.load(std::memory_order_relaxed);
    if (hint < size && entries()[hint].variable == variable) [[likely]]
      return entries() + hint;
    return search(variable);
  }
  Entry* search(const _Variable* variable) noexcept;
  // The first entry whose variable has that id or a greater one; `size` for none.
  std::uint32_t place(std::uint32_t id) noexcept;
};

// A Context, behind its handles.
struct _ContextCore {
  std::atomic<std::uint32_t> refs{1};
  bool entered = false;  // by Context::run
  _Ref<_Values> values;  // null: none was set

  _ContextCore() = default;
  explicit _ContextCore(_Ref<_Values> v) noexcept : values(std::move(v)) {}
  static void destroy(_ContextCore* core) noexcept { delete core; }
  static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept { _base::FrameAllocator::deallocate(p, size); }

  _Value* find(const _Variable* variable) const noexcept {
    if (!values) return nullptr;
    _Values::Entry* entry = values->find(variable);
    return entry ? entry->value.get() : nullptr;
  }
  // Puts `value` in (null: takes the entry out), and gives what stood there before.
  _Ref<_Value> replace(const _Variable* variable, _Ref<_Value> value);
};

// The context that is current in this thread, of which this pointer owns one count; null is an empty one, which set()
// replaces by a new one. Whoever runs things in contexts of their own (asyncio) keeps a _Slot and exchanges it.
extern constinit thread_local _ContextCore* _current;
// A new context for a thread that had none.
_ContextCore* _make_current();

// A context that waits to be current: a task's between two steps, a callback's until it is called. One word; null, and
// then free of any cost, for who was made where nothing is set.
class _Slot {
 public:
  _Slot() noexcept = default;
  // A copy of the current context.
  static _Slot copy_current() {
    if (!_current || !_current->values) [[likely]]
      return {};
    return _Slot(new _ContextCore(_current->values));
  }
  // The context itself, no copy: for create_task(…, context).
  explicit _Slot(const Context& context) noexcept;
  _Slot(_Slot&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  _Slot& operator=(_Slot&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~_Slot() {
    if (core_) [[unlikely]] {
      _Ref<_ContextCore> last(core_);
    }
  }

  // Called before and after what runs in it. What sets the first variable makes the context, and it ends up here.
  void exchange() noexcept { std::swap(core_, _current); }
  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  explicit _Slot(_ContextCore* core) noexcept : core_(core) {}
  _ContextCore* core_ = nullptr;
};
// Runs in a slot's context for as long as this lives.
class _Within {
 public:
  explicit _Within(_Slot& slot) noexcept : slot_(slot) { slot_.exchange(); }
  _Within(const _Within&) = delete;
  ~_Within() { slot_.exchange(); }

 private:
  _Slot& slot_;
};

// A variable of whatever type, as a Context gives it.
class AnyContextVar {
 public:
  explicit AnyContextVar(const _Variable* variable) noexcept : variable_(variable) {}
  // Python: var.name
  const std::string& name() const noexcept { return variable_->name; }
  bool operator==(const AnyContextVar&) const noexcept = default;

 protected:
  friend class Context;
  const _Variable* variable_;
};

// What set() gives, for reset(). Python: contextvars.Token
//
// Also a manager, that resets: with(user.set("ada"), [] { … }). Python: since 3.14
template <class T>
class Token {
 public:
  // What old_value() compares equal to when the variable had no value. Python: Token.MISSING
  static constexpr std::nullopt_t MISSING = std::nullopt;

  Token(Token&&) noexcept = default;
  Token& operator=(Token&&) noexcept = default;

  // Python: token.var
  ContextVar<T>& var() const noexcept { return *var_; }
  // What the variable was before it was set; MISSING: nothing. Python: token.old_value
  std::optional<T> old_value() const {
    if (!old_) return MISSING;
    return static_cast<_ValueOf<T>*>(old_.get())->value;
  }
  // "<Token var=<ContextVar name='user' at 0x…> at 0x…>". Python: repr(token)
  std::string repr() const;

  void enter() const noexcept {}
  void exit(const std::exception_ptr&);

 private:
  friend class ContextVar<T>;
  Token(ContextVar<T>* var, _Ref<_ContextCore> context, _Ref<_Value> old) noexcept
      : var_(var), context_(std::move(context)), old_(std::move(old)) {}
  ContextVar<T>* var_;
  _Ref<_ContextCore> context_;
  _Ref<_Value> old_;
  bool used_ = false;
};

const _Variable* _make_variable(std::string name);
std::string _repr_variable(const _Variable* variable, const std::string& fallback);
std::string _repr_token(bool used, const std::string& variable, const void* address);
[[noreturn]] void _raise_lookup(const std::string& variable);
[[noreturn]] void _raise_key(const _Variable* variable);
[[noreturn]] void _raise_used(const std::string& token);
[[noreturn]] void _raise_foreign(const std::string& token, const char* by_or_in);

// Python: contextvars.ContextVar(name, *, default)
//
// Make them at namespace scope, as Python says, too: what a variable is known by is kept to the program's end.
template <class T>
class ContextVar {
 public:
  static_assert(std::is_same_v<T, std::decay_t<T>> && std::is_copy_constructible_v<T>,
                "a ContextVar holds values that can be copied: std::shared_ptr is one");
  using value_type = T;

  explicit ContextVar(std::string name) : variable_(_make_variable(std::move(name))) {}
  ContextVar(std::string name, T fallback)
      : variable_(_make_variable(std::move(name))), default_(std::move(fallback)) {}
  ContextVar(const ContextVar&) = delete;
  ContextVar& operator=(const ContextVar&) = delete;

  const std::string& name() const noexcept { return variable_->name; }

  // The value in the current context, or else the default. Throws LookupError when there is neither. Python: var.get()
  T get() const {
    if (const T* value = find()) [[likely]]
      return *value;
    if (!default_) _raise_lookup(repr());
    return *default_;
  }
  // The value in the current context, or else `fallback`, whatever the default. Python: var.get(default)
  template <class U = T>
  T get(U&& fallback) const {
    if (const T* value = find()) return *value;
    return static_cast<T>(std::forward<U>(fallback));
  }
  // Sets it in the current context, and in no other. Python: var.set(value)
  template <class U = T>
  Token<T> set(U&& value) {
    _Ref<_Value> made(new _ValueOf<T>(std::forward<U>(value)));
    _ContextCore* core = _current ? _current : _make_current();
    _Ref<_Value> old = core->replace(variable_, std::move(made));
    return Token<T>(this, _Ref<_ContextCore>::share(core), std::move(old));
  }
  // Puts back what it was before the set() that gave `token`. Throws RuntimeError for a token that was used before,
  // ValueError for one of another variable or another context. Python: var.reset(token)
  void reset(Token<T>& token) {
    if (token.used_) _raise_used(token.repr());
    if (token.var_ != this) _raise_foreign(token.repr(), "by a different ContextVar");
    if (token.context_.get() != _current) _raise_foreign(token.repr(), "in a different Context");
    token.used_ = true;
    _current->replace(variable_, token.old_);
  }
  void reset(Token<T>&& token) { reset(token); }

  // "<ContextVar name='user' default='-' at 0x…>"; the default where it is a number or a text. Python: repr(var)
  std::string repr() const {
    std::string fallback;
    if constexpr (std::is_arithmetic_v<T>) {
      if (default_) fallback = str(*default_);
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (default_) fallback = "'" + *default_ + "'";
    }
    return _repr_variable(variable_, fallback);
  }
  operator AnyContextVar() const noexcept { return AnyContextVar(variable_); }

 private:
  friend class Context;
  const T* find() const noexcept {
    _Value* value = _current ? _current->find(variable_) : nullptr;
    return value ? &static_cast<_ValueOf<T>*>(value)->value : nullptr;
  }
  const _Variable* variable_;
  std::optional<T> default_;
};

template <class T>
std::string Token<T>::repr() const {
  return _repr_token(used_, var_->repr(), this);
}
template <class T>
void Token<T>::exit(const std::exception_ptr&) {
  var_->reset(*this);
}

// A handle: copies of it are the same context, as in Python; copy() makes another. Python: contextvars.Context
class Context {
 public:
  // An empty one. Python: contextvars.Context()
  Context() : core_(new _ContextCore) {}

  // Calls `function(arguments…)` with this context current, and gives what it gives. What it sets stays in this context.
  // Throws RuntimeError "cannot enter context: … is already entered". Python: context.run(callable, *args)
  template <class F, class... Args>
  decltype(auto) run(F&& function, Args&&... arguments) const {
    Entered entered(*this);
    return std::invoke(std::forward<F>(function), std::forward<Args>(arguments)...);
  }
  // Another one with the same values, in a time that does not depend on how many. Python: context.copy()
  Context copy() const { return Context(_Ref<_ContextCore>(new _ContextCore(core_->values))); }

  // Python: var in context
  bool contains(const AnyContextVar& var) const noexcept { return core_->find(var.variable_) != nullptr; }
  // Throws KeyError when it is not set here, whatever its default. Python: context[var]
  template <class T>
  T at(const ContextVar<T>& var) const {
    _Value* value = core_->find(var.variable_);
    if (!value) _raise_key(var.variable_);
    return static_cast<_ValueOf<T>*>(value)->value;
  }
  template <class T>
  T operator[](const ContextVar<T>& var) const {
    return at(var);
  }
  // Nullopt when it is not set here. Python: context.get(var)
  template <class T>
  std::optional<T> get(const ContextVar<T>& var) const {
    _Value* value = core_->find(var.variable_);
    if (!value) return std::nullopt;
    return static_cast<_ValueOf<T>*>(value)->value;
  }
  // Python: context.get(var, default)
  template <class T>
  T get(const ContextVar<T>& var, std::type_identity_t<T> fallback) const {
    _Value* value = core_->find(var.variable_);
    return value ? static_cast<_ValueOf<T>*>(value)->value : std::move(fallback);
  }
  // How many variables are set. Python: len(context)
  std::size_t size() const noexcept { return core_->values ? core_->values->size : 0; }
  bool empty() const noexcept { return size() == 0; }

  // Over the variables that are set, in the order they were made; what is set meanwhile does not show.
  // Python: iter(context)
  class iterator {
   public:
    using value_type = AnyContextVar;
    using difference_type = std::ptrdiff_t;
    explicit iterator(_Ref<_Values> values) noexcept : values_(std::move(values)) {}
    AnyContextVar operator*() const noexcept { return AnyContextVar(values_->entries()[index_].variable); }
    iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    void operator++(int) noexcept { ++index_; }
    bool operator==(std::default_sentinel_t) const noexcept { return !values_ || index_ == values_->size; }

   private:
    _Ref<_Values> values_;
    std::uint32_t index_ = 0;
  };
  iterator begin() const noexcept { return iterator(core_->values); }
  std::default_sentinel_t end() const noexcept { return {}; }

  // "<Context object at 0x…>". Python: repr(context)
  std::string repr() const;

 private:
  friend class _Slot;
  friend Context copy_context();
  explicit Context(_Ref<_ContextCore> core) noexcept : core_(std::move(core)) {}
  class Entered {
   public:
    explicit Entered(const Context& context);
    Entered(const Entered&) = delete;
    ~Entered();

   private:
    _Ref<_ContextCore> core_;  // while it runs, _current owns this count
    _ContextCore* before_;
  };
  _Ref<_ContextCore> core_;
};

inline _Slot::_Slot(const Context& context) noexcept : core_(_Ref<_ContextCore>(context.core_).release()) {}

// A copy of the current context, in a time that does not depend on what it holds. Python: contextvars.copy_context()
inline Context copy_context() {
  return Context(_Ref<_ContextCore>(_current ? new _ContextCore(_current->values) : new _ContextCore));
}

}  // namespace krait::contextvars
