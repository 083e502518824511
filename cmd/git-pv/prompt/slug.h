/* SPDX-License-Identifier: MIT
 *
 * Ids made of names.
 */
#ifndef PV_CMD_SLUG_H
#define PV_CMD_SLUG_H

#include <pv/buf.h>

/*
 * Appends a name as one component of an id: "SRE Analysis" is "sre-analysis",
 * "Café Ørsted" is "cafe-orsted". What has no such letters gives nothing, what
 * is long is cut between words.
 */
void put_slug(pv_buf *out, const char *name);

#endif
