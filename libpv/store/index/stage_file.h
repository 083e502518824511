/* SPDX-License-Identifier: MIT
 *
 * Files of the working tree on their way into the index: filters applied,
 * modes reduced to the few that git has, stat data kept.
 */
#ifndef PV_STORE_STAGE_FILE_H
#define PV_STORE_STAGE_FILE_H

#include <sys/stat.h>

#include "store/object/objects.h"

/* One file as found; `is_present` is 0 when there is none (or a folder). */
typedef struct pv_stage_file {
	const char *path; /* borrowed */
	int is_present;
	int is_left_out; /* by a sparse checkout: not there, not deleted */
	int is_beyond;   /* not there for git: a link leads to it */
	uint32_t mode;   /* as the index has it */
	git_oid id;
	struct stat info;
} pv_stage_file;

/*
 * Looks at files whose paths are set: presence, stat data and mode, which is
 * the index's before (0: none) and counts where the file system knows no such
 * bits. PV_EIO.
 */
int pv_stage_files_look(pv_store *store, pv_stage_file *files, size_t count,
			pv_error *err);

/*
 * Writes the blobs of the files that are present and fills in their ids.
 * PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int pv_stage_files_hash(pv_store *store, pv_stage_file *files, size_t count,
			pv_objects *objects, pv_error *err);

/* Brings the entries of the files into `index`, or out of it. PV_EGIT. */
int pv_stage_files_put(git_index *index, const pv_stage_file *files,
		       size_t count, pv_error *err);

#endif
