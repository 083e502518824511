/* SPDX-License-Identifier: MIT
 *
 * zlib with our memory: whose failures tests make, and a limit holds.
 */
#ifndef PV_STORE_ZMEMORY_H
#define PV_STORE_ZMEMORY_H

/* Input that zlib only reads. */
#define ZLIB_CONST
#include <zlib.h>

/* Makes a stream that is all zero ask for memory here. */
void pv_zmemory_set(z_stream *stream);

#endif
