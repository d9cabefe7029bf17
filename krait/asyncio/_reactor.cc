#include "krait/asyncio/_reactor.h"

#define BOOST_ASIO_NO_DEPRECATED
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <map>

#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class AsioReactor;

// The descriptor's state outlives the watch until Asio has given back every handler.
struct Descriptor : std::enable_shared_from_this<Descriptor> {
  Descriptor(asio::io_context& context, int fd, int& armed) : stream(context), armed(armed) {
    error_code error;
    stream.assign(fd, error);
    if (error) raise_os_error(error.value(), "watch descriptor", std::to_string(fd));
  }

  struct Direction {
    _IoWaiter* waiter = nullptr;
    bool waiting = false;  // Asio holds a handler
  };

  void wait(Direction& direction, asio::posix::stream_descriptor::wait_type type, _IoWaiter* waiter) {
    direction.waiter = waiter;
    if (!waiter || direction.waiting) return;
    direction.waiting = true;
    ++armed;
    stream.async_wait(type, [self = shared_from_this(), &direction](const error_code&) {
      direction.waiting = false;
      --self->armed;
      if (_IoWaiter* told = std::exchange(direction.waiter, nullptr)) told->_io_ready();
    });
  }

  asio::posix::stream_descriptor stream;
  int& armed;
  Direction read, write;
};

class AsioWatch final : public _Watch {
 public:
  explicit AsioWatch(std::shared_ptr<Descriptor> descriptor) : descriptor_(std::move(descriptor)) {}
  ~AsioWatch() override {
    descriptor_->read.waiter = descriptor_->write.waiter = nullptr;
    descriptor_->stream.release();  // cancels the handlers; the descriptor itself is its owner's to close
  }
  void wait_readable(_IoWaiter* waiter) override {
    descriptor_->wait(descriptor_->read, asio::posix::stream_descriptor::wait_read, waiter);
  }
  void wait_writable(_IoWaiter* waiter) override {
    descriptor_->wait(descriptor_->write, asio::posix::stream_descriptor::wait_write, waiter);
  }

 private:
  std::shared_ptr<Descriptor> descriptor_;
};

class AsioReactor final : public _Reactor {
 public:
  void poll(std::int64_t timeout) override {
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

  bool awaits() const noexcept override { return armed_ > 0 || lookups_ > 0; }

  std::unique_ptr<_Watch> watch(int fd) override {
    return std::make_unique<AsioWatch>(std::make_shared<Descriptor>(context_, fd, armed_));
  }

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

  int armed_ = 0, lookups_ = 0;
  // One thread polls, others only post: Asio need not lock around its descriptors.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::map<int, std::shared_ptr<Signal>> signals_;
};

}  // namespace

std::unique_ptr<_Reactor> _make_reactor() { return std::make_unique<AsioReactor>(); }

}  // namespace krait::asyncio
