# PV_GIT2_ARCHIVES: libgit2 for programs that never use its network, as archives
# without the libraries for TLS, SSH and Kerberos, in the order of a link; empty
# where there is none. The shared libgit2 brings those along, and most of a
# start is loading them. What an archive needs depends on who built it, so a
# program is linked and started to see. Programs that take them have
# no_network.c and ca_bundle.c among their sources.
set(pv_git2_folder ${PROJECT_SOURCE_DIR}/cmd/git-pv)
set(pv_git2_libraries ${pv_git2_folder}/repo/no_network.ld
  -Wl,--wrap=git_mbedtls_stream_global_init)
foreach(name git2 http_parser mbedcrypto pcre2-8 z)
  find_library(PV_ARCHIVE_${name} lib${name}.a)
  if(PV_ARCHIVE_${name})
    list(APPEND pv_git2_libraries ${PV_ARCHIVE_${name}})
  endif()
endforeach()
if(PV_ARCHIVE_git2 AND NOT CMAKE_CROSSCOMPILING)
  try_run(PV_GIT2_EXIT PV_GIT2_LINKS
    SOURCES ${PROJECT_SOURCE_DIR}/cmake/try_git2.c
      ${pv_git2_folder}/repo/no_network.c ${pv_git2_folder}/repo/ca_bundle.c
    LINK_LIBRARIES ${pv_git2_libraries})
endif()
set(PV_GIT2_ARCHIVES "")
if(PV_GIT2_LINKS AND PV_GIT2_EXIT EQUAL 0)
  set(PV_GIT2_ARCHIVES ${pv_git2_libraries})
else()
  message(STATUS "libgit2.a cannot be linked: git-pv takes the shared one")
endif()
