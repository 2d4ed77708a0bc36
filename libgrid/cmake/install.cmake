# Install rules, grid.pc and the package files of find_package(grid).
include(CMakePackageConfigHelpers)

install(DIRECTORY include/grid DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS grid EXPORT grid-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS grid_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/grid)
install(EXPORT grid-targets NAMESPACE grid:: DESTINATION ${package_dir})
configure_package_config_file(cmake/grid-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/grid-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/grid-config-version.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/grid-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/grid-config-version.cmake DESTINATION ${package_dir})

configure_file(cmake/grid.pc.in ${CMAKE_CURRENT_BINARY_DIR}/grid.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/grid.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
