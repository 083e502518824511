/* SPDX-License-Identifier: MIT
 *
 * The folders of a working tree, entered one by one without following links,
 * so nothing outside of it can be reached. The folder of the last file stays
 * open for the next one.
 */
#ifndef PV_STORE_FOLDERS_H
#define PV_STORE_FOLDERS_H

#include <pv/buf.h>

#include "base/str.h"

typedef struct pv_folders {
	int root;
	int here;        /* the folder of the last path; -1: none */
	pv_buf name;     /* of `here`, with a slash at its end; "" is the top */
	int is_missing;  /* there is no folder of that name */
	pv_strlist made; /* folders, each after the one it is in */
} pv_folders;

/* PV_EIO. Release it with pv_folders_close, whatever came of it. */
int pv_folders_open(pv_folders *out, const char *top, pv_error *err);

/*
 * Makes `here` the folder of the file `path`. PV_ENOTFOUND, without an error,
 * when it is missing and not to be made. PV_EINVALID when a link or a file is
 * in the way, PV_EIO, PV_ENOMEM.
 */
int pv_folders_enter(pv_folders *folders, const char *path, int make,
		     pv_error *err);

/* Removes the folders that a removed file leaves empty, as git does. */
void pv_folders_prune(pv_folders *folders, const char *path);

/* Removes the folders that were made and are empty. */
void pv_folders_unmake(pv_folders *folders);

void pv_folders_close(pv_folders *folders);

#endif
