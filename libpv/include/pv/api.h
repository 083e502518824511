/* SPDX-License-Identifier: MIT
 *
 * What every public header needs: the export mark and the C++ guards'
 * conventions. A function is public when it is declared in include/pv/ and
 * marked PV_API; everything else stays hidden in libpv.so.
 */
#ifndef PV_API_H
#define PV_API_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
# define PV_API __attribute__((visibility("default")))
# define PV_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
# define PV_API
# define PV_PRINTF(fmt, args)
#endif

#endif
