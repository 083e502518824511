/* SPDX-License-Identifier: MIT
 *
 * The three-way merge of one file, pure: three texts in, the merged bytes or
 * conflict markers out. The same function stands behind the merge driver of
 * git, `git pv merge` and merges in bare repositories.
 */
#ifndef PV_MERGE_H
#define PV_MERGE_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One side of a merge; NULL `text` where the file does not exist. */
typedef struct pv_merge_side {
	const char *text;
	size_t len;
	const char *label; /* behind the markers; NULL for the default */
} pv_merge_side;

typedef struct pv_merge_input {
	pv_merge_side base;
	pv_merge_side ours;
	pv_merge_side theirs;
	int marker_size; /* 0 means 7 */
	int style_diff3; /* show the base between the markers, too */
	const char *path; /* of the file in the repository; may be NULL */
} pv_merge_input;

/*
 * Appends the merge to `out` and sets `*conflicts_out` to the number of
 * conflicting places (0: clean). The line merge is git's own (zealous Myers),
 * byte for byte. PV_EUNSUPPORTED for binary contents (a NUL in the first 8000
 * bytes): `out` then holds ours. PV_EINVALID for a marker size beyond 1000,
 * PV_ENOMEM, PV_EGIT.
 */
PV_API int pv_merge_file(pv_buf *out, size_t *conflicts_out,
			 const pv_merge_input *input, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
