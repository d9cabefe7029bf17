#pragma once
// Which handler answers which path.
//
//   web::APIRouter orders;
//   orders.get("/{number:int}", [](int number) { … });
//   app.include_router(std::move(orders), {.prefix = "/orders"});
//
// A path is text and parameters: "{name}" takes one segment, "{name:int}" and "{name:float}" and "{name:uuid}" only what
// looks so, "{name:path}" all that is left. Python: fastapi.routing, starlette.routing

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/builtins/coroutine.h"
#include "krait/json/encoder.h"
#include "krait/web/params.h"
#include "krait/web/requests.h"
#include "krait/web/responses.h"

namespace krait::web {

// Python: the keywords of @app.get
struct RouteOptions {
  int status_code = 200;            // of an answer that is no Response
  std::string name = {};            // "": none
  std::uint64_t max_body_size = 0;  // bytes; 0: the application's
};

// A handler with its type erased.
class _Handler {
 public:
  virtual ~_Handler() = default;

  bool is_async() const noexcept { return async_; }
  bool needs_body() const noexcept { return needs_body_; }
  // Ties the parameters to a path's. Throws ValueError when they do not fit: `route` is "GET /items/{item_id}".
  void attach(const std::vector<std::string>& path_params, std::string_view route);

  // Binds, calls, fills `out`. The body must be here if it is needed. Only one of the two works: see is_async().
  // Both throw what binding throws, and what the handler throws.
  virtual void call(Request& request, Response& out) const = 0;
  virtual Coroutine<> start(Request& request, Response& out) const = 0;

 protected:
  _Handler(std::span<const _Param> params, bool async);
  std::span<const _Param> params_;
  std::vector<std::uint8_t> path_index_;  // for each parameter that is a path's: which

 private:
  bool async_;
  bool needs_body_;
};

// Fills `out` with a value as JSON.
void _answer(Response& out, const json::_Type& type, const void* value);
// The handler gave nothing: null, as Python's None.
void _answer_none(Response& out);
template <class R>
void _answer(Response& out, R&& result) {
  using T = std::remove_cvref_t<R>;
  if constexpr (std::is_base_of_v<Response, T>) {
    out = std::move(static_cast<Response&>(result));
  } else if constexpr (std::is_convertible_v<T, const char*>) {
    const char* text = result;
    _answer(out, json::_literal_type, text);
  } else {
    static_assert(json::Serializable<T>,
                  "a handler gives a Response, or a value that JSON can hold (has it a KRAIT_DESCRIBE?)");
    _answer(out, json::_type<T>, &result);
  }
}
template <class R>
Coroutine<> _answer_later(Coroutine<R> handler, Response& out) {
  if constexpr (std::is_void_v<R>) {
    co_await handler;
    _answer_none(out);
  } else {
    R result = co_await handler;
    _answer(out, std::move(result));
  }
}

template <class R>
inline constexpr bool _is_coroutine = false;
template <class R>
inline constexpr bool _is_coroutine<Coroutine<R>> = true;

template <class F, class R, class... Args>
class _FunctionHandler final : public _Handler {
  static constexpr bool async = _is_coroutine<R>;
  template <class A>
  static constexpr bool passable =
      std::is_same_v<std::remove_cvref_t<A>, Request>
          ? std::is_same_v<A, Request&>
          : !std::is_lvalue_reference_v<A> || (!async && std::is_const_v<std::remove_reference_t<A>>);
  static_assert((passable<Args> && ...),
                "a handler takes its parameters by value (a coroutine outlives the call), and the "
                "request as web::Request&");
  static constexpr std::array<_Param, sizeof...(Args)> params{_Slot<std::remove_cvref_t<Args>>::param()...};

 public:
  explicit _FunctionHandler(F function) : _Handler(params, async), function_(std::move(function)) {}

  void call(Request& request, Response& out) const override {
    if constexpr (!async) bind(request, out, std::index_sequence_for<Args...>());
  }
  Coroutine<> start(Request& request, Response& out) const override {
    if constexpr (async) {
      return _answer_later(bind(request, out, std::index_sequence_for<Args...>()), out);
    } else {
      return _never();
    }
  }

 private:
  static Coroutine<> _never() { co_return; }

  template <std::size_t... I>
  auto bind(Request& request, [[maybe_unused]] Response& out, std::index_sequence<I...>) const {
    [[maybe_unused]] std::tuple<_Slot<std::remove_cvref_t<Args>>...> slots;
    if constexpr (sizeof...(Args) > 0) {
      void* targets[] = {std::get<I>(slots).target()...};
      _bind(request, params, path_index_.data(), targets);
    }
    if constexpr (async) {
      return function_(std::get<I>(slots).pass()...);
    } else if constexpr (std::is_void_v<R>) {
      function_(std::get<I>(slots).pass()...);
      _answer_none(out);
    } else {
      _answer(out, function_(std::get<I>(slots).pass()...));
    }
  }

  mutable F function_;
};

// Takes a callable's signature apart.
template <class F>
struct _Signature;
template <class R, class... Args>
struct _Signature<R (*)(Args...)> {
  template <class F>
  using Handler = _FunctionHandler<F, R, Args...>;
};
template <class C, class R, class... Args>
struct _Signature<R (C::*)(Args...)> : _Signature<R (*)(Args...)> {};
template <class C, class R, class... Args>
struct _Signature<R (C::*)(Args...) const> : _Signature<R (*)(Args...)> {};
template <class C, class R, class... Args>
struct _Signature<R (C::*)(Args...) noexcept> : _Signature<R (*)(Args...)> {};
template <class C, class R, class... Args>
struct _Signature<R (C::*)(Args...) const noexcept> : _Signature<R (*)(Args...)> {};
template <class R, class... Args>
struct _Signature<R (*)(Args...) noexcept> : _Signature<R (*)(Args...)> {};
template <class F>
  requires requires { &F::operator(); }
struct _Signature<F> : _Signature<decltype(&F::operator())> {};

template <class F>
std::shared_ptr<_Handler> _make_handler(F function) {
  static_assert(
      requires { sizeof(_Signature<F>); },
      "a handler is a function or a lambda whose parameters have types (not auto)");
  return std::make_shared<typename _Signature<F>::template Handler<F>>(std::move(function));
}

// The names in a path's braces, in order. Throws ValueError for a malformed path.
std::vector<std::string> _parameter_names(std::string_view path);

// A path, its methods, and what answers them.
struct _Route {
  std::string path;
  std::vector<std::string> methods;
  std::shared_ptr<_Handler> handler;
  RouteOptions options;
  std::vector<std::string> param_names;  // the path's, in order
};

// What App and APIRouter share: one method for each verb. A handler is a function, a lambda or a coroutine; see
// krait/web/params.h for its parameters. It gives a Response, or anything JSON can hold.
// All throw ValueError when the path is malformed or does not fit the handler's parameters.
class Routes {
 public:
  virtual ~Routes() = default;

  // Python: @app.get(path, status_code=200)
  template <class F>
  void get(std::string path, F handler, RouteOptions options = {}) {
    _add("GET", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void post(std::string path, F handler, RouteOptions options = {}) {
    _add("POST", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void put(std::string path, F handler, RouteOptions options = {}) {
    _add("PUT", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void patch(std::string path, F handler, RouteOptions options = {}) {
    _add("PATCH", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void delete_(std::string path, F handler, RouteOptions options = {}) {
    _add("DELETE", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void options(std::string path, F handler, RouteOptions options = {}) {
    _add("OPTIONS", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  // GET does not answer HEAD by itself, as in FastAPI.
  template <class F>
  void head(std::string path, F handler, RouteOptions options = {}) {
    _add("HEAD", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  template <class F>
  void trace(std::string path, F handler, RouteOptions options = {}) {
    _add("TRACE", std::move(path), _make_handler(std::move(handler)), std::move(options));
  }
  // `methods` may hold any token, and "*" for every method (ours: for proxies and echoes).
  // Python: app.add_api_route(path, endpoint, methods=["GET"])
  template <class F>
  void add_api_route(std::string path, F handler, std::vector<std::string> methods = {"GET"},
                     RouteOptions options = {}) {
    _add_route({std::move(path), std::move(methods), _make_handler(std::move(handler)), std::move(options), {}});
  }
  // Python: @app.api_route(path, methods=[…])
  template <class F>
  void api_route(std::string path, std::vector<std::string> methods, F handler, RouteOptions options = {}) {
    add_api_route(std::move(path), std::move(handler), std::move(methods), std::move(options));
  }

  virtual void _add_route(_Route route) = 0;

 private:
  void _add(const char* method, std::string path, std::shared_ptr<_Handler> handler, RouteOptions options);
};

// Python: the keywords of APIRouter() and include_router()
struct RouterOptions {
  std::string prefix = {};  // "/orders": begins with "/" and does not end with it
};

// Routes to be included in an application, or in another router. Python: fastapi.APIRouter
class APIRouter : public Routes {
 public:
  explicit APIRouter(RouterOptions options = {});

  // Python: router.include_router(router, prefix="")
  void include_router(const APIRouter& router, const RouterOptions& options = {});

  void _add_route(_Route route) override;
  const std::vector<_Route>& _routes() const noexcept { return routes_; }

 private:
  std::string prefix_;
  std::vector<_Route> routes_;
};

// The search for a path: a tree of segments. Static text is preferred to a typed parameter, that to a plain one, and
// "{rest:path}" comes last, whatever the order of registration (Starlette tries routes one by one, in order).
class _Router {
 public:
  _Router();
  ~_Router();
  _Router(_Router&&) noexcept;
  _Router& operator=(_Router&&) noexcept;

  // Throws ValueError for a malformed path, or a method and path that exist already.
  void add(_Route route);
  // The route for a method and a decoded path, or null; its parameters' texts are added to `params`, views into `path`.
  const _Route* match(std::string_view method, std::string_view path, MultiDict& params) const;
  // The methods that have a route for this path, in order of registration, each once.
  std::vector<std::string_view> allowed(std::string_view path) const;
  const std::vector<std::unique_ptr<_Route>>& routes() const noexcept { return routes_; }

 private:
  struct Node;
  struct Search;
  struct Complex;
  std::vector<std::unique_ptr<_Route>> routes_;
  std::unique_ptr<Node> root_;
  std::vector<Complex> complex_;  // paths that a tree of whole segments cannot hold: "/{name}.{suffix}"
};

}  // namespace krait::web
