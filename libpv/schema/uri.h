/* SPDX-License-Identifier: MIT
 *
 * URI references (RFC 3986) as schemas name each other by them.
 */
#ifndef PV_SCHEMA_URI_H
#define PV_SCHEMA_URI_H

#include <pv/buf.h>

#include "base/str.h"

/* The parts of a reference; a part that is absent has a NULL `ptr`. */
typedef struct pv_uri {
	pv_str scheme;
	pv_str authority; /* without the slashes */
	pv_str path;      /* never absent, may be empty */
	pv_str query;
	pv_str fragment;
} pv_uri;

void pv_uri_split(pv_uri *out, pv_str text);

/*
 * Appends what `reference` means at `base` (section 5.2.2), without fragment.
 * An empty base leaves a relative reference relative.
 */
void pv_uri_resolve(pv_buf *out, pv_str base, pv_str reference);

/* Appends the bytes that a fragment with its %XX stands for. */
void pv_uri_decode(pv_buf *out, pv_str text);

#endif
