#pragma once
// The application: routes, middleware, error handlers, what runs at its start and end.
//
//   int main() {
//     web::App app;
//     app.get("/", [] { return json::Object{{"message", "Hello, World!"}}; });
//     web::run(app, {.port = 5000});
//   }
//
// Python: fastapi.FastAPI

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/coroutine.h"
#include "krait/web/exceptions.h"
#include "krait/web/requests.h"
#include "krait/web/responses.h"
#include "krait/web/routing.h"

namespace krait::web {

// What answers requests below a path: another App, StaticFiles. Python: an ASGI application
class Mountable {
 public:
  virtual ~Mountable() = default;
  // Answers at once. False: it needs to wait, ask handle(); `out` is then untouched.
  virtual bool try_handle(Request& request, Response& out) = 0;
  virtual Coroutine<> handle(Request& request, Response& out) = 0;
};

// What a middleware calls to get the response: the next middleware, at last the router.
class Next {
 public:
  Coroutine<Response> operator()(Request& request) const;

 private:
  friend class App;
  Next(App& app, std::size_t index) : app_(&app), index_(index) {}
  App* app_;
  std::size_t index_;
};
// Python: @app.middleware("http"), (request, call_next) -> response
using Middleware = std::function<Coroutine<Response>(Request&, Next)>;

// Python: the keywords of FastAPI()
struct AppOptions {
  std::string title = "FastAPI";
  std::string version = "0.1.0";
  std::uint64_t max_body_size = 16 * 1024 * 1024;  // bytes; a larger body is answered 413. Python has no limit
  bool redirect_slashes = true;
};

class App : public Routes, public Mountable {
 public:
  explicit App(AppOptions options = {});
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  ~App() override;

  // Python: app.include_router(router, prefix="")
  void include_router(const APIRouter& router, const RouterOptions& options = {});
  // Lets another application answer everything below `path`. Python: app.mount(path, app)
  void mount(std::string path, std::shared_ptr<Mountable> application);
  template <class M>
    requires std::is_base_of_v<Mountable, M>
  void mount(std::string path, M application) {
    mount(std::move(path), std::make_shared<M>(std::move(application)));
  }

  // The one added last is outermost, as in Starlette. Python: @app.middleware("http")
  void middleware(Middleware function);

  // `function(Request&, const E&)` answers for every E that a handler throws, coroutine or not; of several that fit, the one
  // for the most derived class. One for std::exception answers for all that is left, and the error is still logged.
  // Python: @app.exception_handler(E)
  template <class E, class F>
  void exception_handler(F function);
  // For an HTTPException of this status, 404 and 405 of unknown paths included. Python: @app.exception_handler(404)
  void exception_handler(int status_code, std::function<Response(Request&, const HTTPException&)> function);

  // Run before the first request and after the last, in the order they were added. Python: on_event("startup")
  void on_startup(std::function<Coroutine<>()> function);
  void on_shutdown(std::function<Coroutine<>()> function);

  const AppOptions& app_options() const noexcept { return options_; }

  // --- for the server, and for a test's client ---

  // Answers without waiting, without a coroutine and, once warm, without an allocation: what routes to a plain function,
  // whose body (if it asks for one) is here. `out` must be empty (Response::_reset). False: call handle() with the same
  // request; `out` is still empty. Never throws because of a handler: its errors are answers.
  bool try_handle(Request& request, Response& out) override;
  // The same for everything. Throws only what is no Exception, CancelledError first.
  Coroutine<> handle(Request& request, Response& out) override;
  // Python: the lifespan protocol. They throw what a function throws.
  Coroutine<> startup();
  Coroutine<> shutdown();

  // Where an error goes that nothing handled, after it was answered with 500; standard error unless set.
  void _set_error_log(std::function<void(const Request&, const std::exception_ptr&)> log) {
    error_log_ = std::move(log);
  }
  const _Router& _router() const noexcept { return router_; }

  void _add_route(_Route route) override;

 private:
  friend class Next;
  struct ErrorHandler;
  struct Mounted {
    std::string prefix;
    std::shared_ptr<Mountable> application;
  };
  // What there is for a request's path.
  enum class Found : unsigned char { Route, Mount, Nothing };
  Found find(Request& request, const Mounted*& mounted);
  const Mounted* find_mount(std::string_view path) const;
  bool leads_somewhere(std::string_view path) const;
  bool answer_nothing(Request& request, Response& out);
  void enter(Request& request, const Mounted& mounted);
  void begin_route(Request& request, Response& out) const;

  bool try_mounted(Request& request, const Mounted& mounted, Response& out);
  bool dispatch_now(Request& request, Response& out);
  Coroutine<> dispatch(Request& request, Response& out, bool outermost);

  // Who answers an error.
  struct ErrorAnswer {
    enum class By : unsigned char { Nobody, Status, Handler, Default } by = By::Nobody;
    const ErrorHandler* handler = nullptr;
  };
  ErrorAnswer find_error_answer(const std::exception_ptr& error) const;
  void answer_expected(const ErrorAnswer& answer, Request& request, const std::exception_ptr& error, Response& out);
  bool answer_error_now(Request& request, const std::exception_ptr& error, Response& out);
  Coroutine<> answer_error(Request& request, std::exception_ptr error, Response& out, bool outermost);
  void answer_unhandled(Request& request, const std::exception_ptr& error, Response& out) const;
  void log(const Request& request, const std::exception_ptr& error) const;
  void add_error_handler(std::unique_ptr<ErrorHandler> handler);

  AppOptions options_;
  _Router router_;
  std::vector<Mounted> mounts_;
  std::vector<Middleware> middleware_;
  std::vector<std::unique_ptr<ErrorHandler>> error_handlers_;  // a derived class before its bases
  bool has_waiting_error_handlers_ = false;
  std::map<int, std::function<Response(Request&, const HTTPException&)>> status_handlers_;
  std::vector<std::function<Coroutine<>()>> startup_, shutdown_;
  std::function<void(const Request&, const std::exception_ptr&)> error_log_;
};

// One entry of App::exception_handler. A handler that does not wait answers by `now`, one that does by `later`.
struct App::ErrorHandler {
  bool (*catches)(const std::exception_ptr& error) = nullptr;
  // Throws a null pointer to E; tells whether what `thrower` throws is a pointer to E or to a class derived from it.
  void (*throw_pointer)() = nullptr;
  bool (*catches_pointer)(void (*thrower)()) = nullptr;
  bool is_catch_all = false;
  std::function<void(Request&, const std::exception_ptr&, Response&)> now;
  std::function<Coroutine<>(Request&, std::exception_ptr, Response&)> later;
};

template <class E, class F>
void App::exception_handler(F function) {
  using R = std::invoke_result_t<F&, Request&, const E&>;
  auto handler = std::make_unique<ErrorHandler>();
  handler->catches = [](const std::exception_ptr& error) { return isinstance<E>(error); };
  handler->throw_pointer = [] { throw static_cast<E*>(nullptr); };
  handler->catches_pointer = [](void (*thrower)()) {
    try {
      thrower();
    } catch (E*) {
      return true;
    } catch (...) {
    }
    return false;
  };
  handler->is_catch_all = std::is_same_v<E, std::exception> || std::is_same_v<E, Exception>;
  if constexpr (_is_coroutine<R>) {
    handler->later = [function](Request& request, std::exception_ptr error, Response& out) mutable -> Coroutine<> {
      try {
        std::rethrow_exception(error);
      } catch (const E& e) {
        return _answer_later(function(request, e), out);  // `error` is kept by App until this completes
      }
    };
  } else {
    handler->now = [function](Request& request, const std::exception_ptr& error, Response& out) mutable {
      try {
        std::rethrow_exception(error);
      } catch (const E& e) {
        _answer(out, function(request, e));
      }
    };
  }
  add_error_handler(std::move(handler));
}

}  // namespace krait::web
