# cmake --install gives a package: find_package(krait COMPONENTS web), then krait::web to link.
# A room is a component with an export of its own, so that asking for json looks for no engine of asyncio's.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(krait_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/krait")
set(krait_rooms_data "set(krait_rooms ${krait_rooms})\n")
foreach(name IN LISTS krait_rooms)
  install(TARGETS krait_${name} EXPORT krait-${name} FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT krait-${name} NAMESPACE krait:: DESTINATION "${krait_package_dir}")
  if(TARGET krait_${name}_program)
    install(TARGETS krait_${name}_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
  string(APPEND krait_rooms_data "set(krait_${name}_rests_on ${krait_${name}_rests_on})\n"
                                 "set(krait_${name}_engines ${krait_${name}_engines})\n")
endforeach()
string(REPLACE ";" " " krait_rooms_data "${krait_rooms_data}")

configure_package_config_file(cmake/krait-config.cmake.in krait-config.cmake INSTALL_DESTINATION "${krait_package_dir}"
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(krait-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/krait-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/krait-config-version.cmake"
              cmake/engines.cmake cmake/FindGccBacktrace.cmake cmake/FindPCRE2.cmake
        DESTINATION "${krait_package_dir}")
