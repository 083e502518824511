/* SPDX-License-Identifier: MIT
 *
 * Several trailers of one message, whose paragraph is found once; see
 * pv_trailer_find.
 */
#ifndef PV_STORE_TRAILER_H
#define PV_STORE_TRAILER_H

#include "base/str.h"

/* The lines of trailers in a message; empty when there are none. */
pv_str pv_trailer_block(const char *message);

/* The value of the last trailer `key` among them; `ptr` is NULL for none. */
pv_str pv_trailer_in(pv_str block, const char *key);

#endif
