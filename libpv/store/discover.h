/* SPDX-License-Identifier: MIT
 *
 * Finding a repository: from GIT_DIR, or by looking upward from a folder as
 * git does (`.git` folders and files, bare repositories, ceilings, file
 * system boundaries). Nothing inside the repository is trusted yet: not even
 * its configuration is read.
 */
#ifndef PV_STORE_DISCOVER_H
#define PV_STORE_DISCOVER_H

#include <pv/buf.h>

/* Where a repository was found: canonical paths. `{ 0 }` is empty. */
typedef struct pv_place {
	pv_buf git_dir;
	pv_buf git_file; /* the `.git` file that led there, or empty */
	pv_buf work_dir; /* the folder that holds `.git`, or empty */
	int is_explicit; /* GIT_DIR named it */
} pv_place;

typedef struct pv_discover_options {
	const char *start;    /* folder to look from */
	const char *git_dir;  /* GIT_DIR, or NULL to look upward */
	const char *ceilings; /* GIT_CEILING_DIRECTORIES, or NULL */
	int across_fs;        /* GIT_DISCOVERY_ACROSS_FILESYSTEM */
} pv_discover_options;

/*
 * Fills `out`. PV_ENOTFOUND (id "not-a-repository"), PV_EINVALID for a broken
 * `.git` file, PV_EIO, PV_ENOMEM.
 */
int pv_discover(pv_place *out, const pv_discover_options *opts, pv_error *err);
void pv_place_dispose(pv_place *place);

#endif
