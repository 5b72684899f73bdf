# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gpuattest)

install(TARGETS gpuattest gpuattest_static gpuattest-net gpuattest-net_static
    EXPORT gpuattest-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/gpuattest DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")

# Seen from the file itself, so that `cmake --install --prefix` needs no more.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/libgpuattest.pc.in libgpuattest.pc @ONLY)
configure_file(cmake/libgpuattest-net.pc.in libgpuattest-net.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libgpuattest.pc
    ${PROJECT_BINARY_DIR}/libgpuattest-net.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(cmake/gpuattest-config.cmake.in
    gpuattest-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(gpuattest-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(EXPORT gpuattest-targets NAMESPACE gpuattest::
    DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/gpuattest-config.cmake
    ${PROJECT_BINARY_DIR}/gpuattest-config-version.cmake
    DESTINATION ${package_dir})

file(GLOB man1 CONFIGURE_DEPENDS man/*.1)
file(GLOB man3 CONFIGURE_DEPENDS man/*.3)
install(FILES ${man1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${man3} DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
install(FILES README.md NEWS LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
