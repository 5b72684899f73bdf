# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gpuattest)

# Components are Debian packages, which scripts/package makes of them.
install(TARGETS gpuattest EXPORT gpuattest-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT lib
    NAMELINK_COMPONENT dev)
install(TARGETS gpuattest-net EXPORT gpuattest-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT net
    NAMELINK_COMPONENT dev)
install(TARGETS gpuattest_static gpuattest-net_static EXPORT gpuattest-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY include/gpuattest DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    COMPONENT dev FILES_MATCHING PATTERN "*.h")

# Seen from the file itself, so that `cmake --install --prefix` needs no more.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/libgpuattest.pc.in libgpuattest.pc @ONLY)
configure_file(cmake/libgpuattest-net.pc.in libgpuattest-net.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libgpuattest.pc
    ${PROJECT_BINARY_DIR}/libgpuattest-net.pc
    COMPONENT dev DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(cmake/gpuattest-config.cmake.in
    gpuattest-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(gpuattest-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(EXPORT gpuattest-targets NAMESPACE gpuattest:: COMPONENT dev
    DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/gpuattest-config.cmake
    ${PROJECT_BINARY_DIR}/gpuattest-config-version.cmake
    COMPONENT dev DESTINATION ${package_dir})

# Pages of programs that are components of their own; all others are the
# command's.
file(GLOB man1 CONFIGURE_DEPENDS man/*.1)
foreach(page ${man1})
    set(component command)
    if(page MATCHES "/gpuattest-(sim|server)[.-]")
        set(component ${CMAKE_MATCH_1})
    endif()
    install(FILES ${page} COMPONENT ${component}
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endforeach()
file(GLOB man3 CONFIGURE_DEPENDS man/*.3)
install(FILES ${man3} COMPONENT dev DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
install(FILES README.md NEWS LICENSE COMPONENT command
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ COMPONENT command DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples COMPONENT dev DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The name of NVIDIA's command, for its callers: only who asks for it gets it.
set(link ${PROJECT_BINARY_DIR}/nvattest)
file(CREATE_LINK gpuattest ${link} SYMBOLIC)
foreach(folder ${CMAKE_INSTALL_BINDIR}
        ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${link} COMPONENT nvattest EXCLUDE_FROM_ALL
        DESTINATION ${folder})
endforeach()
