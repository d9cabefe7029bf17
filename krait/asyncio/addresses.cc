#include "krait/asyncio/addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <thread>

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

namespace {

[[noreturn]] void raise_gaierror(int code) {
  if (code == EAI_SYSTEM) raise_os_error(errno);
  gaierror error("[Errno " + std::to_string(code) + "] " + ::gai_strerror(code));
  error.errno_ = code;
  throw error;
}

template <class Sockaddr>
std::string bytes_of(const Sockaddr& address) {
  return {reinterpret_cast<const char*>(&address), sizeof address};
}

template <class Sockaddr>
Sockaddr from_bytes(std::string_view bytes) {
  Sockaddr address{};
  std::memcpy(&address, bytes.data(), std::min(bytes.size(), sizeof address));
  return address;
}

// Threads that look names up: getaddrinfo() blocks, for as long as a name server does not answer, and cannot be stopped.
// So nobody joins them, and they share nothing with a loop but the Job that each holds. Made when needed, up to a number
// that one dead name server does not use up at once; never freed, as a thread may be in it when the process ends.
class Threads {
 public:
  static void run(_base::Function<void()> job) {
    static std::atomic<Threads*> shared = nullptr;
    Threads* threads = shared.load();
    // A fork has none of its parent's threads.
    while (!threads || threads->pid_ != ::getpid()) {
      auto* fresh = new Threads;
      if (shared.compare_exchange_strong(threads, fresh)) {
        threads = fresh;
      } else {
        delete fresh;
      }
    }
    threads->add(std::move(job));
  }

 private:
  void add(_base::Function<void()> job) {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && count_ < kMost) {
      std::thread([this] { work(); }).detach();
      ++count_;
    }
    changed_.notify_one();
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      changed_.wait(lock, [this] { return !jobs_.empty(); });
      --idle_;
      _base::Function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
    }
  }

  static constexpr std::size_t kMost = 32;  // Python: ThreadPoolExecutor's default
  const pid_t pid_ = ::getpid();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<_base::Function<void()>> jobs_;
  std::size_t idle_ = 0, count_ = 0;
};

// What a thread and the coroutine that waits for it share.
template <class T>
struct Job {
  Job(EventLoop* l, Future<>* d, _base::Function<T()> w) : loop(l), done(d), work(std::move(w)) {}
  std::mutex mutex;
  EventLoop* loop;  // null: nobody waits any more
  Future<>* done;   // to be touched in the loop only
  _base::Function<T()> work;
  std::optional<T> result;
  std::exception_ptr error;

  static void run(const std::shared_ptr<Job>& job) {
    try {
      job->result.emplace(job->work());
    } catch (...) {
      job->error = std::current_exception();
    }
    std::lock_guard lock(job->mutex);
    if (!job->loop) return;
    job->loop->call_soon_threadsafe([job] {
      if (job->loop && !job->done->done()) job->done->set_result();
    });
  }
};

// What `work` gives, called in another thread. A cancelled wait lets it run on and drops what it gives.
template <class T>
Coroutine<T> off_the_loop(_base::Function<T()> work) {
  EventLoop& loop = get_running_loop();
  Future<> done(loop);
  auto job = std::make_shared<Job<T>>(&loop, &done, std::move(work));
  struct Expect {
    Job<T>& job;
    EventLoop& loop;
    Expect(Job<T>& j, EventLoop& l) : job(j), loop(l) { loop._expect_thread(+1); }
    ~Expect() {
      std::lock_guard lock(job.mutex);
      job.loop = nullptr;
      loop._expect_thread(-1);
    }
  } expect(*job, loop);
  Threads::run([job] { Job<T>::run(job); });
  co_await done;
  if (job->error) std::rethrow_exception(job->error);
  co_return std::move(*job->result);
}

std::vector<AddressInfo> look_up(const std::string& host, const std::string& service,
                                 const GetaddrinfoOptions& options) {
  addrinfo hints{};
  hints.ai_family = options.family;
  hints.ai_socktype = options.type;
  hints.ai_protocol = options.proto;
  hints.ai_flags = options.flags;
  addrinfo* list = nullptr;
  if (int code = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), service.empty() ? nullptr : service.c_str(),
                               &hints, &list))
    raise_gaierror(code);
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  std::vector<AddressInfo> found;
  for (addrinfo* each = list; each; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    found.push_back({each->ai_family, each->ai_socktype, each->ai_protocol,
                     each->ai_canonname ? each->ai_canonname : "",
                     _socket_address({reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen})});
  }
  return found;
}

NameInfo look_up_name(const std::string& sockaddr_bytes, int flags) {
  char host[NI_MAXHOST], service[NI_MAXSERV];
  if (int code = ::getnameinfo(reinterpret_cast<const sockaddr*>(sockaddr_bytes.data()),
                               static_cast<socklen_t>(sockaddr_bytes.size()), host, sizeof host, service,
                               sizeof service, flags))
    raise_gaierror(code);
  return {host, service};
}

}  // namespace

std::string _sockaddr_bytes(const SocketAddress& address, int family) {
  if (address.port < 0 || address.port > 65535)
    throw OverflowError("port must be 0-65535, not " + std::to_string(address.port));
  auto port = htons(static_cast<std::uint16_t>(address.port));
  if (family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = port;
    if (!address.host.empty() && ::inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) != 1)
      raise_gaierror(EAI_NONAME);
    return bytes_of(v4);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = port;
  v6.sin6_flowinfo = htonl(address.flowinfo);
  v6.sin6_scope_id = address.scope_id;
  if (!address.host.empty() && ::inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) != 1)
    raise_gaierror(EAI_NONAME);
  return bytes_of(v6);
}

SocketAddress _socket_address(std::string_view bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  int family = bytes.size() < sizeof(sa_family_t) ? AF_UNSPEC : from_bytes<sockaddr>(bytes).sa_family;
  if (family == AF_INET) {
    auto v4 = from_bytes<sockaddr_in>(bytes);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {.host = text, .port = ntohs(v4.sin_port)};
  }
  if (family != AF_INET6) throw OSError("cannot read an address of family " + std::to_string(family));
  auto v6 = from_bytes<sockaddr_in6>(bytes);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  return {text, ntohs(v6.sin6_port), ntohl(v6.sin6_flowinfo), v6.sin6_scope_id};
}

Coroutine<std::vector<AddressInfo>> EventLoop::getaddrinfo(std::string host, std::string service,
                                                           GetaddrinfoOptions options) {
  return off_the_loop<std::vector<AddressInfo>>(
      [host = std::move(host), service = std::move(service), options] { return look_up(host, service, options); });
}

Coroutine<std::vector<AddressInfo>> EventLoop::getaddrinfo(std::string host, int port, GetaddrinfoOptions options) {
  return getaddrinfo(std::move(host), std::to_string(port), options);
}

Coroutine<NameInfo> EventLoop::getnameinfo(SocketAddress address, int flags) {
  int family = address.host.find(':') == std::string::npos ? AF_INET : AF_INET6;
  return off_the_loop<NameInfo>(
      [bytes = _sockaddr_bytes(address, family), flags] { return look_up_name(bytes, flags); });
}

}  // namespace krait::asyncio
