# One INTERFACE library carries the warning flags of CONTRIBUTING.md, so that
# third-party code is never compiled with them.
add_library(pv_warnings INTERFACE)

set(pv_warning_flags
  -pedantic -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wold-style-definition -Wdeclaration-after-statement -Wvla -Walloca
  -Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef
  -Wnull-dereference -Wconversion -Wno-sign-conversion -Wdouble-promotion
  -Wredundant-decls -Wnested-externs)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  list(APPEND pv_warning_flags
    -Wjump-misses-init -Wlogical-op -Wduplicated-cond -Wduplicated-branches)
  # Instrumented frames are larger than the ones that ship.
  if(NOT PV_SANITIZE)
    list(APPEND pv_warning_flags -Wstack-usage=16384)
  endif()
endif()
if(PV_WERROR)
  list(APPEND pv_warning_flags -Werror)
endif()
target_compile_options(pv_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:C>:${pv_warning_flags}>)
