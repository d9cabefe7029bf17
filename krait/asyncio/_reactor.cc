#include "krait/asyncio/_reactor.h"

#include <sys/epoll.h>

#define BOOST_ASIO_NO_DEPRECATED
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <map>

#include "krait/_base/unique_fd.h"
#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Sockets stand, edge-triggered and once for all their life, in an epoll set of our own, and Asio waits for that set as
// for one descriptor. A busy loop so finds its sockets with one epoll_wait a turn; Asio's own async_wait would re-arm
// every socket with an epoll_ctl for every wait: 0.6 us a request (docs/design.md).
class Set {
 public:
  Set() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!fd_) raise_os_error(errno, "make an epoll set");
  }
  int fd() const noexcept { return fd_.get(); }
  // Tells who waits for what is ready now; false when nothing was.
  bool look();

  int armed = 0;  // waiters

 private:
  _base::UniqueFd fd_;
};

class EdgeWatch final : public _Watch {
 public:
  EdgeWatch(std::shared_ptr<Set> set, int fd) : held_(std::move(set)), set_(*held_), fd_(fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    if (::epoll_ctl(set_.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
      raise_os_error(errno, "watch descriptor", std::to_string(fd));
  }
  ~EdgeWatch() override {
    read_.wait(nullptr, set_);
    write_.wait(nullptr, set_);
    ::epoll_ctl(set_.fd(), EPOLL_CTL_DEL, fd_, nullptr);
  }
  void wait_readable(_IoWaiter* waiter) override { read_.wait(waiter, set_); }
  void wait_writable(_IoWaiter* waiter) override { write_.wait(waiter, set_); }
  void still_readable() noexcept override { read_.ready = true; }

  void tell(std::uint32_t events) {
    constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if (events & kEnd) read_.ended = true;
    if (events & (EPOLLIN | kEnd)) read_.tell(set_);
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) write_.tell(set_);
  }

 private:
  struct Direction {
    _IoWaiter* waiter = nullptr;
    bool ready = false;  // an edge came while nobody waited
    bool ended = false;  // the end has been seen: from now on always ready, for no further edge will come

    void wait(_IoWaiter* next, Set& set) {
      set.armed += (next != nullptr) - (waiter != nullptr);
      waiter = next;
      if (next && (ready || ended)) tell(set);
    }
    void tell(Set& set) {
      if (!waiter) {
        ready = true;
        return;
      }
      ready = false;
      --set.armed;
      std::exchange(waiter, nullptr)->_io_ready();
    }
  };

  std::shared_ptr<Set> held_;  // a connection or a child may outlive its loop
  Set& set_;
  int fd_;
  Direction read_, write_;
};

bool Set::look() {
  std::array<epoll_event, 256> events;
  int n = ::epoll_wait(fd_.get(), events.data(), events.size(), 0);
  // Telling only makes tasks ready; no watch dies before they run.
  for (int i = 0; i < n; ++i) {
    static_cast<EdgeWatch*>(events[static_cast<std::size_t>(i)].data.ptr)
        ->tell(events[static_cast<std::size_t>(i)].events);
  }
  return n > 0;
}

class AsioReactor final : public _Reactor {
 public:
  void poll(std::int64_t timeout) override {
    if (set_->look()) {
      // While sockets keep the loop busy, Asio gets a look now and then.
      if (++looks_ % kLooksBetweenAsio != 0) return;
      timeout = 0;
    }
    if (!set_armed_) {
      set_armed_ = true;
      set_watch_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
        set_armed_ = false;
        if (!error) set_->look();
      });
    }
    if (timeout < 0) {
      context_.run_one();
    } else if (timeout > 0) {
      // A day is as good as for ever, and does not overflow what epoll takes.
      context_.run_one_for(std::chrono::nanoseconds(std::min<std::int64_t>(timeout, 86'400'000'000'000)));
    }
    context_.poll();
  }

  void wake() noexcept override {
    asio::post(context_, [] {});
  }

  bool awaits() const noexcept override { return set_->armed > 0 || lookups_ > 0; }

  std::unique_ptr<_Watch> watch(int fd) override { return std::make_unique<EdgeWatch>(set_, fd); }

  void add_signal(int number, _base::Function<void()> function) override {
    auto signal = std::make_shared<Signal>(context_, number, std::move(function));
    signal->wait();
    signals_.insert_or_assign(number, std::move(signal));
  }

  bool remove_signal(int number) override {
    auto found = signals_.find(number);
    if (found == signals_.end()) return false;
    found->second->set.cancel();
    error_code ignored;
    found->second->set.clear(ignored);
    signals_.erase(found);
    return true;
  }

  std::shared_ptr<void> resolve(const std::string& host, const std::string& service, Resolved done) override {
    auto lookup = std::make_shared<Lookup>(context_, std::move(done));
    ++lookups_;
    lookup->resolver.async_resolve(
        host, service, [this, weak = std::weak_ptr<Lookup>(lookup)](const error_code& error, auto results) {
          --lookups_;
          auto alive = weak.lock();
          if (!alive) return;
          std::vector<Address> addresses;
          for (const auto& entry : results) {
            auto endpoint = entry.endpoint();
            addresses.push_back({endpoint.data()->sa_family,
                                 std::string(reinterpret_cast<const char*>(endpoint.data()), endpoint.size())});
          }
          alive->done(error ? error.message() : std::string(), std::move(addresses));
        });
    return lookup;
  }

  ~AsioReactor() override { set_watch_.release(); }

 private:
  struct Signal : std::enable_shared_from_this<Signal> {
    Signal(asio::io_context& context, int number, _base::Function<void()> f)
        : set(context, number), function(std::move(f)) {}
    void wait() {
      set.async_wait([weak = weak_from_this()](const error_code& error, int) {
        auto self = weak.lock();
        if (error || !self) return;
        self->wait();
        self->function();
      });
    }
    asio::signal_set set;
    _base::Function<void()> function;
  };
  struct Lookup {
    Lookup(asio::io_context& context, Resolved d) : resolver(context), done(std::move(d)) {}
    asio::ip::tcp::resolver resolver;
    Resolved done;
  };

  static constexpr unsigned kLooksBetweenAsio = 64;
  std::shared_ptr<Set> set_ = std::make_shared<Set>();
  unsigned looks_ = 0;
  bool set_armed_ = false;
  int lookups_ = 0;
  // One thread polls, others only post: Asio need not lock around its descriptors.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::posix::stream_descriptor set_watch_{context_, set_->fd()};
  std::map<int, std::shared_ptr<Signal>> signals_;
};

}  // namespace

std::unique_ptr<_Reactor> _make_reactor() { return std::make_unique<AsioReactor>(); }

}  // namespace krait::asyncio
