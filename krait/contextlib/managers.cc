#include "krait/contextlib/managers.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "krait/builtins/print.h"

namespace krait::contextlib {

namespace {

std::string current_folder() {
  std::unique_ptr<char, decltype(&std::free)> path(::getcwd(nullptr, 0), &std::free);
  if (!path) raise_os_error(errno);
  return path.get();
}

void go_to(const std::string& path) {
  if (::chdir(path.c_str()) != 0) raise_os_error(errno, {}, path);
}

}  // namespace

std::exception_ptr _rest(const std::exception_ptr& error, bool (*matches)(const std::exception_ptr&)) {
  if (matches(error)) return nullptr;
  const auto* group = _exception_cast<BaseExceptionGroup>(error);
  if (!group) return error;
  std::vector<std::exception_ptr> left;
  bool changed = false, ordinary = true;
  for (const std::exception_ptr& each : group->exceptions()) {
    std::exception_ptr rest = _rest(each, matches);
    changed = changed || rest != each;
    if (!rest) continue;
    ordinary = ordinary && isinstance<std::exception>(rest);
    left.push_back(std::move(rest));
  }
  if (!changed) return error;
  if (left.empty()) return nullptr;
  if (ordinary) {
    ExceptionGroup rest(group->message(), std::move(left));
    rest.set_cause(group->cause());
    return std::make_exception_ptr(std::move(rest));
  }
  BaseExceptionGroup rest(group->message(), std::move(left));
  rest.set_cause(group->cause());
  return std::make_exception_ptr(std::move(rest));
}

std::ostream& redirect_stdout::enter() {
  before_.emplace_back(std::cout.rdbuf(target_.rdbuf()), _redirect_print(target_.rdbuf()));
  return target_;
}

void redirect_stdout::exit(const std::exception_ptr&) {
  std::cout.rdbuf(before_.back().first);
  _redirect_print(before_.back().second);
  before_.pop_back();
}

std::ostream& redirect_stderr::enter() {
  before_.push_back(std::cerr.rdbuf(target_.rdbuf()));
  return target_;
}

void redirect_stderr::exit(const std::exception_ptr&) {
  std::cerr.rdbuf(before_.back());
  before_.pop_back();
}

void chdir::enter() {
  std::string here = current_folder();
  go_to(path_);
  before_.push_back(std::move(here));
}

void chdir::exit(const std::exception_ptr&) {
  std::string back = std::move(before_.back());
  before_.pop_back();
  go_to(back);
}

}  // namespace krait::contextlib
