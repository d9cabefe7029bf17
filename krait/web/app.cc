#include "krait/web/app.h"

#include <cstdio>

#include "krait/http/status.h"
#include "krait/json/encoder.h"
#include "krait/web/_text.h"
#include "krait/wire/h1/errors.h"

namespace krait::web {

App::App(AppOptions options) : options_(std::move(options)) {}
App::~App() = default;

// --- what the application consists of ---

void App::_add_route(_Route route) {
  std::string name;
  for (const std::string& method : route.methods) name += (name.empty() ? "" : ",") + method;
  name += " " + route.path;
  if (route.methods.empty()) throw ValueError("cannot add the route" + name + ": it has no method");
  for (const std::string& method : route.methods) {
    if (!http::is_token(method)) throw ValueError("cannot add the route " + name + ": '" + method + "' is no method");
  }
  route.handler->attach(_parameter_names(route.path), name);
  router_.add(std::move(route));
}

void App::include_router(const APIRouter& router, const RouterOptions& options) {
  APIRouter prefixed(options);
  prefixed.include_router(router);
  for (_Route route : prefixed._routes()) _add_route(std::move(route));
}

void App::mount(std::string path, std::shared_ptr<Mountable> application) {
  while (path.ends_with('/')) path.pop_back();
  if (!path.empty() && path[0] != '/')
    throw ValueError("cannot mount at '" + path + "': Routed paths must start with '/'");
  for (const Mounted& mounted : mounts_) {
    if (mounted.prefix == path) throw ValueError("cannot mount at '" + path + "': something is mounted there already");
  }
  mounts_.push_back({std::move(path), std::move(application)});
}

void App::middleware(Middleware function) { middleware_.push_back(std::move(function)); }

void App::exception_handler(int status_code, std::function<Response(Request&, const HTTPException&)> function) {
  status_handlers_[status_code] = std::move(function);
}

void App::add_error_handler(std::unique_ptr<ErrorHandler> handler) {
  // Before the first one that is for a base of its class (or for the same class: the new one counts).
  auto at = error_handlers_.begin();
  while (at != error_handlers_.end() && !(*at)->catches_pointer(handler->throw_pointer)) ++at;
  has_waiting_error_handlers_ |= static_cast<bool>(handler->later);
  error_handlers_.insert(at, std::move(handler));
}

void App::on_startup(std::function<Coroutine<>()> function) { startup_.push_back(std::move(function)); }
void App::on_shutdown(std::function<Coroutine<>()> function) { shutdown_.push_back(std::move(function)); }

Coroutine<> App::startup() {
  for (auto& function : startup_) co_await function();
}
Coroutine<> App::shutdown() {
  for (auto& function : shutdown_) co_await function();
}

// --- finding who answers a path ---

const App::Mounted* App::find_mount(std::string_view path) const {
  const Mounted* best = nullptr;
  for (const Mounted& mounted : mounts_) {
    const std::size_t size = mounted.prefix.size();
    const bool below = path.starts_with(mounted.prefix) && path.size() > size && path[size] == '/';
    if (below && (!best || size > best->prefix.size())) best = &mounted;
  }
  return best;
}

App::Found App::find(Request& request, const Mounted*& mounted) {
  if (request.app_ == this && request.route_) return Found::Route;
  request.app_ = this;
  const std::string_view path = request._route_path();
  request.route_ = router_.match(request.method_, path, request.path_params_);
  if (request.route_) return Found::Route;
  if (!mounts_.empty()) mounted = find_mount(path);
  return mounted ? Found::Mount : Found::Nothing;
}

bool App::leads_somewhere(std::string_view path) const { return find_mount(path) || !router_.allowed(path).empty(); }

void App::enter(Request& request, const Mounted& mounted) { request.root_size_ += mounted.prefix.size(); }

void App::begin_route(Request& request, Response& out) const {
  const RouteOptions& options = request.route_->options;
  out.status_code = options.status_code;
  request.max_body_size_ = options.max_body_size != 0 ? options.max_body_size : options_.max_body_size;
}

namespace {

// The other spelling of a path, with or without the last "/".
std::string toggle_slash(std::string_view path) {
  if (!path.ends_with('/')) return std::string(path) + "/";
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

void answer_http_exception(const HTTPException& error, Response& out) {
  const bool body = error.status_code >= 200 && error.status_code != 204 && error.status_code != 304;
  ResponseOptions options{.status_code = error.status_code, .headers = error.headers};
  if (body) {
    out = JSONResponse({{"detail", error.detail}}, std::move(options));
  } else {
    out = Response("", std::move(options));
  }
}

void answer_validation_error(const RequestValidationError& error, Response& out) {
  json::Array detail;
  for (const json::ErrorDetail& each : error.errors()) detail.emplace_back(each.to_object());
  const json::Object body{{"detail", std::move(detail)}};
  out.status_code = 422;
  out.headers.set("content-type", "application/json");
  json::_dump(json::_type<json::Object>, &body, out.body, json::_Invalid::Escape);
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string all;
  for (std::string_view word : words) all.append(all.empty() ? "" : ", ").append(word);
  return all;
}

}  // namespace

// 405, 307 or 404. False: an error handler that waits must do it.
bool App::answer_nothing(Request& request, Response& out) {
  const std::string_view path = request._route_path();
  const std::vector<std::string_view> allowed = router_.allowed(path);
  std::vector<std::pair<std::string, std::string>> headers;
  if (!allowed.empty()) {
    headers.emplace_back("allow", joined(allowed));
  } else if (options_.redirect_slashes && path.size() > 1) {
    const std::string other = toggle_slash(path);
    if (leads_somewhere(other)) {
      out = RedirectResponse(_url_of(request, std::string(request.root_path()) + other));
      return true;
    }
  }
  const int status = allowed.empty() ? 404 : 405;
  const HTTPException error(status, http::phrase(status), std::move(headers));
  if (status_handlers_.empty() && error_handlers_.empty()) {
    answer_http_exception(error, out);
    return true;
  }
  return answer_error_now(request, std::make_exception_ptr(error), out);
}

// --- answering ---

bool App::try_handle(Request& request, Response& out) {
  if (!middleware_.empty()) return false;
  // An error that must wait for its answer is kept in the request, where only the outermost application looks for it.
  if (request.root_size_ != 0 && has_waiting_error_handlers_) return false;
  return dispatch_now(request, out);
}

// Below a mount. False: it needs to wait; the request is as before.
bool App::try_mounted(Request& request, const Mounted& mounted, Response& out) {
  const std::size_t root = request.root_size_;
  enter(request, mounted);
  if (mounted.application->try_handle(request, out)) return true;
  request.root_size_ = root;
  request.app_ = nullptr;
  request.route_ = nullptr;
  request.path_params_._clear();
  return false;
}

bool App::dispatch_now(Request& request, Response& out) {
  const Mounted* mounted = nullptr;
  const Found found = find(request, mounted);
  if (found == Found::Nothing) return answer_nothing(request, out);
  if (found == Found::Route) {
    if (request.route_->handler->is_async()) return false;
    begin_route(request, out);
    if (request.route_->handler->needs_body() && !request._try_body()) {
      out._reset();
      return false;
    }
  }
  std::exception_ptr error;
  try {
    if (found == Found::Mount) return try_mounted(request, *mounted, out);
    request.route_->handler->call(request, out);
    out._prepare(request);
    return true;
  } catch (const std::exception&) {
    error = std::current_exception();
  } catch (const BaseException&) {
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  return answer_error_now(request, error, out);
}

Coroutine<> App::dispatch(Request& request, Response& out, bool outermost) {
  std::exception_ptr error = std::exchange(request.pending_error_, nullptr);
  if (!error) {
    try {
      const Mounted* mounted = nullptr;
      const Found found = find(request, mounted);
      if (found == Found::Nothing) {
        if (answer_nothing(request, out)) co_return;
        error = std::exchange(request.pending_error_, nullptr);
      } else if (found == Found::Mount) {
        enter(request, *mounted);
        co_await mounted->application->handle(request, out);
        co_return;
      } else {
        const _Handler& handler = *request.route_->handler;
        begin_route(request, out);
        if (handler.needs_body()) co_await request.body();
        if (handler.is_async()) {
          co_await handler.start(request, out);
        } else {
          handler.call(request, out);
        }
        out._prepare(request);
        co_return;
      }
    } catch (const ClientDisconnect&) {
      throw;
    } catch (const std::exception&) {
      error = std::current_exception();
    } catch (const BaseException&) {
      throw;
    } catch (...) {
      error = std::current_exception();
    }
  }
  co_await answer_error(request, std::move(error), out, outermost);
}

Coroutine<> App::handle(Request& request, Response& out) {
  if (middleware_.empty()) {
    co_await dispatch(request, out, true);
    co_return;
  }
  std::exception_ptr error;
  try {
    out = co_await Next(*this, 0)(request);
    out._prepare(request);
    co_return;
  } catch (const ClientDisconnect&) {
    throw;
  } catch (const std::exception&) {
    error = std::current_exception();
  } catch (const BaseException&) {
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  co_await answer_error(request, std::move(error), out, true);
}

namespace {
Coroutine<Response> respond(Coroutine<> dispatch, std::unique_ptr<Response> out) {
  co_await dispatch;
  co_return std::move(*out);
}
}  // namespace

Coroutine<Response> Next::operator()(Request& request) const {
  if (index_ < app_->middleware_.size()) {
    // The one added last is called first.
    Middleware& function = app_->middleware_[app_->middleware_.size() - 1 - index_];
    return function(request, Next(*app_, index_ + 1));
  }
  auto out = std::make_unique<Response>();
  Coroutine<> dispatch = app_->dispatch(request, *out, false);
  return respond(std::move(dispatch), std::move(out));
}

// --- errors ---

App::ErrorAnswer App::find_error_answer(const std::exception_ptr& error) const {
  using By = ErrorAnswer::By;
  try {
    std::rethrow_exception(error);
  } catch (const HTTPException& e) {
    if (status_handlers_.contains(e.status_code)) return {By::Status};
  } catch (...) {
  }
  const ErrorHandler* catch_all = nullptr;
  for (const auto& handler : error_handlers_) {
    if (!handler->catches(error)) continue;
    if (!handler->is_catch_all) return {By::Handler, handler.get()};
    catch_all = handler.get();
    break;
  }
  if (isinstance<HTTPException>(error) || isinstance<RequestValidationError>(error)) return {By::Default};
  return catch_all ? ErrorAnswer{By::Handler, catch_all} : ErrorAnswer{};
}

void App::answer_unhandled(Request& request, const std::exception_ptr& error, Response& out) const {
  log(request, error);
  out._reset();
  out = PlainTextResponse("Internal Server Error", {.status_code = 500});
}

// Lets whoever was found answer; may throw what that throws.
void App::answer_expected(const ErrorAnswer& answer, Request& request, const std::exception_ptr& error, Response& out) {
  if (answer.handler) {
    if (answer.handler->is_catch_all) {
      log(request, error);
      out.status_code = 500;
    }
    answer.handler->now(request, error, out);
    return;
  }
  try {
    std::rethrow_exception(error);
  } catch (const HTTPException& e) {
    if (answer.by == ErrorAnswer::By::Status) {
      out = status_handlers_.at(e.status_code)(request, e);
    } else {
      answer_http_exception(e, out);
    }
  } catch (const RequestValidationError& e) {
    answer_validation_error(e, out);
  }
}

// False: the answer must wait; the error is kept in the request.
bool App::answer_error_now(Request& request, const std::exception_ptr& error, Response& out) {
  const ErrorAnswer answer = find_error_answer(error);
  out._reset();
  if (answer.handler && answer.handler->later) {
    request.pending_error_ = error;
    return false;
  }
  if (answer.by == ErrorAnswer::By::Nobody) {
    answer_unhandled(request, error, out);
    return true;
  }
  std::exception_ptr second;
  try {
    answer_expected(answer, request, error, out);
    out._prepare(request);
  } catch (const std::exception&) {
    second = std::current_exception();
  }
  if (second) answer_unhandled(request, second, out);
  return true;
}

Coroutine<> App::answer_error(Request& request, std::exception_ptr error, Response& out, bool outermost) {
  const ErrorAnswer answer = find_error_answer(error);
  const bool unexpected = answer.by == ErrorAnswer::By::Nobody || (answer.handler && answer.handler->is_catch_all);
  // Middleware sees what nobody within expected, as in Starlette.
  if (unexpected && !outermost) std::rethrow_exception(error);
  if (answer_error_now(request, error, out)) co_return;
  request.pending_error_ = nullptr;
  if (answer.handler->is_catch_all) {
    log(request, error);
    out.status_code = 500;
  }
  std::exception_ptr second;
  try {
    co_await answer.handler->later(request, error, out);
    out._prepare(request);
  } catch (const std::exception&) {
    second = std::current_exception();
  }
  if (second) answer_unhandled(request, second, out);
}

void App::log(const Request& request, const std::exception_ptr& error) const {
  if (error_log_) return error_log_(request, error);
  const std::string line = "ERROR: " + std::string(request.method()) + " " + std::string(request.target()) +
                           " failed: " + krait::repr(error) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace krait::web
