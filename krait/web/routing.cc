#include "krait/web/routing.h"

#include <algorithm>

#include "krait/builtins/exceptions.h"

namespace krait::web {

_Handler::_Handler(std::span<const _Param> params, bool async)
    : params_(params), path_index_(params.size()), async_(async), needs_body_(false) {
  for (const _Param& param : params) needs_body_ |= param.source == _Source::Body;
}

void _Handler::attach(const std::vector<std::string>& path_params, std::string_view route) {
  const auto refuse = [&](const std::string& why) {
    throw ValueError("cannot add the route " + std::string(route) + ": " + why);
  };
  std::size_t plain = 0, bodies = 0;
  std::vector<bool> used(path_params.size());
  for (std::size_t i = 0; i < params_.size(); ++i) {
    const _Param& param = params_[i];
    bodies += param.source == _Source::Body;
    if (param.source != _Source::Path) continue;
    std::size_t at = 0;
    if (param.name.empty()) {
      at = plain++;
      if (at >= path_params.size()) {
        refuse("the handler's parameter " + std::to_string(i + 1) + " would be a path parameter, but the path has " +
               std::to_string(path_params.size()) + "; for a query parameter write web::Query<\"name\", T>");
      }
    } else {
      at =
          static_cast<std::size_t>(std::find(path_params.begin(), path_params.end(), param.name) - path_params.begin());
      if (at == path_params.size()) refuse("the path has no parameter {" + std::string(param.name) + "}");
    }
    path_index_[i] = static_cast<std::uint8_t>(at);
    used[at] = true;
  }
  if (bodies > 1) refuse("the handler takes the JSON body " + std::to_string(bodies) + " times");
  // A handler that takes the request may look the rest up itself.
  const bool takes_request =
      std::any_of(params_.begin(), params_.end(), [](const _Param& p) { return p.source == _Source::Request; });
  for (std::size_t i = 0; i < used.size() && !takes_request; ++i) {
    if (!used[i]) refuse("no parameter of the handler takes {" + path_params[i] + "}");
  }
}

namespace {
bool allows_body(int status_code) { return status_code >= 200 && status_code != 204 && status_code != 304; }
}  // namespace

void _answer(Response& out, const json::_Type& type, const void* value) {
  out.headers._append_lines("content-type: application/json\r\n");
  if (allows_body(out.status_code)) json::_dump(type, value, out.body, json::_Invalid::Throw);
}

void _answer_none(Response& out) { _answer(out, json::_type<std::nullptr_t>, nullptr); }

void Routes::_add(const char* method, std::string path, std::shared_ptr<_Handler> handler, RouteOptions options) {
  _add_route({std::move(path), {method}, std::move(handler), std::move(options), {}});
}

namespace {
void check_prefix(const std::string& prefix) {
  if (prefix.empty()) return;
  if (prefix[0] != '/') throw ValueError("cannot make a router: the prefix '" + prefix + "' must start with '/'");
  if (prefix.back() == '/') throw ValueError("cannot make a router: the prefix '" + prefix + "' must not end with '/'");
}
}  // namespace

APIRouter::APIRouter(RouterOptions options) : prefix_(std::move(options.prefix)) { check_prefix(prefix_); }

void APIRouter::_add_route(_Route route) {
  route.path = prefix_ + route.path;
  routes_.push_back(std::move(route));
}

void APIRouter::include_router(const APIRouter& router, const RouterOptions& options) {
  check_prefix(options.prefix);
  for (_Route route : router.routes_) {
    route.path = options.prefix + route.path;
    _add_route(std::move(route));
  }
}

}  // namespace krait::web
