#include "krait/unittest/case.h"

#include <cxxabi.h>

#include <cstdlib>

namespace krait::unittest {

void _not_raised(const std::type_info& expected) {
  char* demangled = abi::__cxa_demangle(expected.name(), nullptr, nullptr, nullptr);
  std::string name = demangled ? demangled : expected.name();
  std::free(demangled);
  std::size_t colons = name.rfind("::", name.find('<'));
  throw AssertionError((colons == std::string::npos ? name : name.substr(colons + 2)) + " not raised");
}

}  // namespace krait::unittest
