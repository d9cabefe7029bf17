# Refuses a compiler that miscompiles coroutines, by the name of the bug: torture.cc holds the checks.
# Without optimisation and with it, since each bug below shows in one of the two.
set(torture_source "${CMAKE_CURRENT_LIST_DIR}/torture.cc")
file(SHA1 "${torture_source}" torture_digest)
set(torture_key "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${torture_digest}")

if(CMAKE_CROSSCOMPILING)
  message(WARNING "krait cannot try coroutines out: the program would run on another machine (${CMAKE_SYSTEM_NAME})")
elseif(NOT KRAIT_COMPILER_TRIED STREQUAL torture_key)
  foreach(level -O0 -O2)
    message(STATUS "Trying coroutines with ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} at ${level}")
    set(flags "${CMAKE_CXX_FLAGS}")
    set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS} ${level}")
    unset(torture_ran CACHE)
    unset(torture_built CACHE)
    try_run(torture_ran torture_built SOURCES "${torture_source}" CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON
            COMPILE_OUTPUT_VARIABLE torture_compiler_says RUN_OUTPUT_VARIABLE torture_says)
    set(CMAKE_CXX_FLAGS "${flags}")

    if(NOT torture_built)
      set(torture_says "it does not compile C++20 coroutines\n${torture_compiler_says}")
    endif()
    if(NOT torture_ran STREQUAL "0")
      string(REGEX REPLACE "[\n]+$" "" torture_says "${torture_says}")
      string(REPLACE "\n" "\n  " torture_says "${torture_says}")
      message(FATAL_ERROR
        "krait cannot be built with ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}): at ${level} it "
        "fails these checks of cmake/torture.cc:\n  ${torture_says}\n"
        "Remedy: build with clang 19 (Debian: apt-get install clang-19) in an empty build folder, "
        "with cmake --preset dev or -DCMAKE_CXX_COMPILER=clang++-19.")
    endif()
  endforeach()
  set(KRAIT_COMPILER_TRIED "${torture_key}" CACHE INTERNAL "the compiler, version and flags that passed torture.cc")
endif()
