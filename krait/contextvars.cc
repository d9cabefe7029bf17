#include "krait/contextvars.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <mutex>
#include <new>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"

namespace krait::contextvars {

constinit thread_local _ContextCore* _current = nullptr;

namespace {

// The context that a thread made for itself goes with it.
struct Closer {
  Closer() = default;
  ~Closer() { _Ref<_ContextCore> last(std::exchange(_current, nullptr)); }
};

std::string place_of(const void* address) {
  char text[32];
  std::snprintf(text, sizeof text, " at %p>", address);
  return text;
}

}  // namespace

_ContextCore* _make_current() {
  static thread_local Closer closer;
  static_cast<void>(closer);
  return _current = new _ContextCore;
}

const _Variable* _make_variable(std::string name) {
  static std::mutex mutex;
  static auto& all = *new std::deque<_Variable>;  // until the program's end, whatever outlives main()
  std::lock_guard lock(mutex);
  return &all.emplace_back(std::move(name), static_cast<std::uint32_t>(all.size()));
}

_Values* _Values::make(std::uint32_t capacity) {
  void* block = _base::FrameAllocator::allocate(sizeof(_Values) + capacity * sizeof(Entry));
  return new (block) _Values{.capacity = capacity};
}

void _Values::destroy(_Values* values) noexcept {
  std::destroy_n(values->entries(), values->size);
  std::size_t size = sizeof(_Values) + values->capacity * sizeof(Entry);
  values->~_Values();
  _base::FrameAllocator::deallocate(values, size);
}

std::uint32_t _Values::place(std::uint32_t id) noexcept {
  auto before = [](const Entry& entry, std::uint32_t sought) { return entry.variable->id < sought; };
  return static_cast<std::uint32_t>(std::lower_bound(entries(), entries() + size, id, before) - entries());
}

_Values::Entry* _Values::search(const _Variable* variable) noexcept {
  std::uint32_t index = place(variable->id);
  if (index == size || entries()[index].variable != variable) return nullptr;
  variable->hint.store(index, std::memory_order_relaxed);
  return entries() + index;
}

_Ref<_Value> _ContextCore::replace(const _Variable* variable, _Ref<_Value> value) {
  _Values::Entry* there = values ? values->find(variable) : nullptr;
  bool alone = values && values->refs.load(std::memory_order_acquire) == 1;
  if (there && value && alone) {
    std::swap(there->value, value);
    return value;
  }
  if (!there && !value) return value;
  std::uint32_t size = values ? values->size : 0;
  std::uint32_t index = there  ? static_cast<std::uint32_t>(there - values->entries())
                        : size ? values->place(variable->id)
                               : 0;
  if (!alone || (!there && size == values->capacity)) {
    // Others have it, too, or it is full: this context goes on with a copy.
    constexpr std::uint32_t kFirst = 4;
    _Ref<_Values> copy(_Values::make(there ? size : std::max(kFirst, size + size / 2 + 1)));
    for (; copy->size < size; ++copy->size)
      new (copy->entries() + copy->size) _Values::Entry(values->entries()[copy->size]);
    values = std::move(copy);
  }
  _Values::Entry* entries = values->entries();
  if (there && value) {
    std::swap(entries[index].value, value);
  } else if (there) {
    value = std::move(entries[index].value);
    std::move(entries + index + 1, entries + size, entries + index);
    std::destroy_at(entries + --values->size);
  } else {
    new (entries + size) _Values::Entry{variable, std::move(value)};
    ++values->size;
    std::rotate(entries + index, entries + size, entries + size + 1);
    variable->hint.store(index, std::memory_order_relaxed);
    return {};
  }
  return value;
}

std::string _repr_variable(const _Variable* variable, const std::string& fallback) {
  return "<ContextVar name=" + repr(variable->name) + (fallback.empty() ? "" : " default=" + fallback) +
         place_of(variable);
}

std::string _repr_token(bool used, const std::string& variable, const void* address) {
  return std::string("<Token") + (used ? " used" : "") + " var=" + variable + place_of(address);
}

void _raise_lookup(const std::string& variable) { throw LookupError(variable); }

void _raise_key(const _Variable* variable) { throw KeyError::of(_repr_variable(variable, "")); }

void _raise_used(const std::string& token) { throw RuntimeError(token + " has already been used once"); }

void _raise_foreign(const std::string& token, const char* by_or_in) {
  throw ValueError(token + " was created " + by_or_in);
}

std::string Context::repr() const { return "<Context object" + place_of(core_.get()); }

Context::Entered::Entered(const Context& context) : core_(context.core_), before_(_current) {
  if (core_->entered || core_.get() == _current)
    throw RuntimeError("cannot enter context: " + context.repr() + " is already entered");
  core_->entered = true;
  _current = core_.get();
}

Context::Entered::~Entered() {
  core_->entered = false;
  _current = before_;
}

}  // namespace krait::contextvars
