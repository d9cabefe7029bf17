# GCC's libbacktrace, which turns addresses into files and lines. It lies in the compiler's own folder and has no package.
file(GLOB krait_gcc_folders /usr/lib/gcc/*/*)
find_library(GccBacktrace_LIBRARY NAMES backtrace HINTS ${krait_gcc_folders})
mark_as_advanced(GccBacktrace_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GccBacktrace REQUIRED_VARS GccBacktrace_LIBRARY)
if(GccBacktrace_FOUND AND NOT TARGET GccBacktrace::GccBacktrace)
  add_library(GccBacktrace::GccBacktrace UNKNOWN IMPORTED)
  set_target_properties(GccBacktrace::GccBacktrace PROPERTIES IMPORTED_LOCATION "${GccBacktrace_LIBRARY}")
endif()
