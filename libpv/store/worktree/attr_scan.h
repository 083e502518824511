/* SPDX-License-Identifier: MIT
 *
 * Whether git would convert a file between its store and the working tree.
 * Looking up attributes costs dozens of system calls a file; most files have
 * none that matter. A scan remembers, folder by folder, whether any
 * .gitattributes on the way so much as mentions a conversion.
 */
#ifndef PV_STORE_ATTR_SCAN_H
#define PV_STORE_ATTR_SCAN_H

#include "base/map.h"
#include "store/handle.h"

/* Where the attributes are that count for every repository. */
extern const char pv_attr_system_file[];
/* Appends the path of the user's own attributes file; may stay empty. */
void pv_attr_user_file(pv_buf *out, pv_store *store);

/* For one operation: it does not notice files that change meanwhile. */
typedef struct pv_attr_scan {
	pv_store *store;
	int is_global; /* mentioned outside of the tree: for every file */
	int to_crlf;   /* configuration alone may give files CRLF */
	struct pv_index_map *index;
	pv_map folders; /* path with a slash at its end, to one of two marks */
} pv_attr_scan;

/* PV_EGIT, PV_ENOMEM. Dispose of it also after a failure. */
int pv_attr_scan_init(pv_attr_scan *out, pv_store *store, pv_error *err);
void pv_attr_scan_dispose(pv_attr_scan *scan);

/*
 * 1 when the bytes are stored as they are, 0 when the filters of `path` have
 * to be asked, or < 0.
 */
int pv_attr_scan_is_plain_in(pv_attr_scan *scan, const char *path,
			     const char *data, size_t len, pv_error *err);

/* The same for bytes on their way into the working tree. */
int pv_attr_scan_is_plain_out(pv_attr_scan *scan, const char *path,
			      pv_error *err);

#endif
