# Everything that is built for us and not installed: tests, examples, the cookbook, benchmarks, fuzz targets.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
include(GoogleTest)

# krait_label(LABEL target...): `./dev test LABEL` runs the tests with that label, and builds these targets for them.
function(krait_label label)
  if(NOT TARGET for_${label})
    add_custom_target(for_${label})
  endif()
  if(ARGN)
    add_dependencies(for_${label} ${ARGN})
  endif()
endfunction()

# What a program of several rooms links: static libraries, so that it carries only what it uses.
add_library(krait_everything INTERFACE)
foreach(name IN LISTS krait_rooms)
  target_link_libraries(krait_everything INTERFACE krait::${name})
  krait_label(package krait_${name})
  if(TARGET krait_${name}_program)
    krait_label(package krait_${name}_program)
    krait_label(${name} krait_${name}_program)
  endif()
endforeach()

function(krait_test name label)
  add_executable(${name} ${ARGN} cmake/tsan.cc)
  target_link_libraries(${name} PRIVATE GTest::gtest_main Threads::Threads krait_warnings)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS ${label} TIMEOUT 300 SKIP_RETURN_CODE 77)
  krait_label(${label} ${name})
endfunction()

foreach(name IN LISTS krait_rooms)
  if(krait_${name}_tests)
    krait_test(test_${name} ${name} ${krait_${name}_tests})
    target_link_libraries(test_${name} PRIVATE krait::${name})
    foreach(other IN LISTS krait_${name}_tested_with)
      target_link_libraries(test_${name} PRIVATE krait::${other})
    endforeach()
  endif()
endforeach()

# krait_program(NAME OUTPUT source...): a program of its own, at build/OUTPUT. Its target may not be called plain NAME,
# which other folders may use too.
function(krait_program target output)
  add_executable(${target} ${ARGN})
  get_filename_component(folder "${CMAKE_BINARY_DIR}/${output}" DIRECTORY)
  get_filename_component(file "${output}" NAME)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}" OUTPUT_NAME "${file}")
  target_link_libraries(${target} PRIVATE krait_everything Threads::Threads krait_warnings)
  target_link_options(${target} PRIVATE LINKER:--as-needed)  # an engine that it does not use is not loaded when it starts
endfunction()

# Journeys across rooms, and the shim through which other implementations judge ours.
file(GLOB journeys CONFIGURE_DEPENDS tests/*_test.cc)
if(journeys)
  krait_test(test_journeys journeys ${journeys})
  target_link_libraries(test_journeys PRIVATE krait_everything)
endif()
file(GLOB conform CONFIGURE_DEPENDS tests/conformance/*.cc)
if(conform)
  krait_program(krait-conform krait-conform ${conform})
  krait_label(conformance krait-conform)
endif()

# The C++ half of tests/unittest: a program with Python's report.
krait_program(unittest_reports unittest/reports tests/unittest/reports.cc)
krait_label(unittest unittest_reports)

# Tests that drive built programs from outside, by Python or Node; KRAIT_BUILD_DIR tells them where the programs are.
# One that lacks what it compares with ends with 77, and is reported as skipped.
file(GLOB outside CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     tests/*/*_test.py tests/*/*_test.mjs examples/*/*_test.py examples/*/*_test.mjs)
foreach(script IN LISTS outside)
  get_filename_component(folder "${script}" DIRECTORY)
  get_filename_component(label "${folder}" NAME)
  set(interpreter python3)
  if(script MATCHES "\\.mjs$")
    set(interpreter node)
  endif()
  add_test(NAME ${script} COMMAND ${interpreter} "${PROJECT_SOURCE_DIR}/${script}" WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${script} PROPERTIES ENVIRONMENT "KRAIT_BUILD_DIR=${CMAKE_BINARY_DIR}" LABELS ${label} TIMEOUT 300
                       SKIP_RETURN_CODE 77)
  krait_label(${label})
endforeach()

file(GLOB examples CONFIGURE_DEPENDS examples/*.cc)
foreach(source IN LISTS examples)
  get_filename_component(name "${source}" NAME_WE)
  krait_program(example_${name} examples/${name} "${source}")
endforeach()
krait_label(cli example_benchmark)  # what tests/cli looks at
krait_label(examples example_access_log)
file(GLOB dumplings CONFIGURE_DEPENDS examples/dumplings/*.cc)
if(dumplings)
  list(FILTER dumplings EXCLUDE REGEX "_test\\.cc$")
  krait_program(example_dumplings examples/dumplings ${dumplings})
  krait_label(dumplings example_dumplings)
endif()
file(GLOB dumplings_tests CONFIGURE_DEPENDS examples/dumplings/*_test.cc)
if(dumplings_tests)
  list(FILTER dumplings EXCLUDE REGEX "/main\\.cc$")
  krait_test(test_dumplings dumplings ${dumplings_tests} ${dumplings})
  target_link_libraries(test_dumplings PRIVATE krait_everything)
endif()

# ./dev cookbook and ./dev bench build these; a plain build does not.
add_custom_target(cookbook)
file(GLOB recipes CONFIGURE_DEPENDS cookbook/*/krait.cc)
foreach(source IN LISTS recipes)
  get_filename_component(folder "${source}" DIRECTORY)
  get_filename_component(name "${folder}" NAME)
  krait_program(cookbook_${name} cookbook/${name} "${source}")
  set_target_properties(cookbook_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(cookbook cookbook_${name})
endforeach()

add_custom_target(bench)
find_package(benchmark QUIET)
file(GLOB_RECURSE benches CONFIGURE_DEPENDS bench/*.cc)
list(FILTER benches EXCLUDE REGEX "/bench/compile/")  # what is measured there is compiling them
foreach(source IN LISTS benches)
  get_filename_component(name "${source}" NAME_WE)
  krait_program(bench_${name} bench/${name} "${source}")
  set_target_properties(bench_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  target_link_libraries(bench_${name} PRIVATE $<TARGET_NAME_IF_EXISTS:benchmark::benchmark>)
  add_dependencies(bench bench_${name})
endforeach()

# A peer of krait/re; it brings nothing for CMake.
find_library(RE2_LIBRARY re2)
mark_as_advanced(RE2_LIBRARY)
if(TARGET bench_regex AND RE2_LIBRARY)
  target_link_libraries(bench_regex PRIVATE ${RE2_LIBRARY})
endif()

# fuzz/NAME.cc defines LLVMFuzzerTestOneInput. ./dev fuzz NAME explores with libFuzzer; a plain build feeds it, as a test,
# everything that was ever kept in fuzz/corpus/NAME. Only what never waits is fuzzed, so nothing above is built for it.
file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/*.cc)
foreach(source IN LISTS fuzzers)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(fuzz_${name} "${source}")
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz" OUTPUT_NAME "${name}")
  target_link_libraries(fuzz_${name} PRIVATE krait::wire krait::json krait::ssl krait::zoneinfo krait::argparse krait::urllib krait::http krait::re krait_warnings)
  if(KRAIT_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE cmake/replay.cc)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
    krait_label(fuzz fuzz_${name})
  endif()
endforeach()
