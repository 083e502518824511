/* SPDX-License-Identifier: MIT
 *
 * Opening files and folders of the working tree without leaving it: neither
 * they nor the folders on the way may be symbolic links.
 */
#ifndef PV_STORE_WORK_OPEN_H
#define PV_STORE_WORK_OPEN_H

#include <sys/stat.h>

#include "store/handle.h"

/*
 * Opens the folder `path` ("" for the top) of the working tree for reading.
 * PV_ENOTFOUND, PV_EINVALID for a symbolic link on the way, PV_EIO.
 */
int pv_work_dir_open(int *fd_out, const pv_store *store, const char *path,
		     pv_error *err);

/*
 * Opens the regular file `path` for reading; `*fd_out` is -1 on failure. As
 * pv_work_dir_open; PV_ENOTFOUND for what is not a regular file, too.
 */
int pv_work_file_open(int *fd_out, struct stat *st, const pv_store *store,
		      const char *path, pv_error *err);

#endif
