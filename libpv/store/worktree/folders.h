/* SPDX-License-Identifier: MIT
 *
 * The folders of a working tree, entered one by one without following links,
 * so nothing outside of it can be reached. The folder of the last file stays
 * open for the next one. Only making a folder, which is remembered, takes
 * memory, so that files can be put back when there is none.
 */
#ifndef PV_STORE_FOLDERS_H
#define PV_STORE_FOLDERS_H

#include <pv/error.h>

#include "base/str.h"

typedef struct pv_folders {
	int root;
	int here;         /* the folder of the last path; -1: none */
	const char *path; /* the last one, lent */
	size_t len;       /* of the name of `here`, with a slash at its end */
	int is_missing;   /* there is no folder of that name */
	pv_strlist made;  /* folders, each after the one it is in */
} pv_folders;

/* What to do about folders that are missing. */
enum pv_folders_way {
	PV_FOLDERS_FIND,
	PV_FOLDERS_MAKE,
	PV_FOLDERS_REMAKE /* they were there before: no unmaking, no memory */
};

/* PV_EIO. Release it with pv_folders_close, whatever came of it. */
int pv_folders_open(pv_folders *out, const char *top, pv_error *err);

/*
 * Makes `here` the folder of the file `path`, which is lent until the next one
 * is entered. PV_ENOTFOUND, without an error, when it is missing and not to be
 * made. PV_EINVALID when a link or a file is in the way, PV_EIO, PV_ENOMEM.
 */
int pv_folders_enter(pv_folders *folders, const char *path,
		     enum pv_folders_way way, pv_error *err);

/* Removes the folders that a removed file leaves empty, as git does. */
void pv_folders_prune(pv_folders *folders, const char *path);

/* Removes the folders that were made and are empty. */
void pv_folders_unmake(pv_folders *folders);

void pv_folders_close(pv_folders *folders);

#endif
