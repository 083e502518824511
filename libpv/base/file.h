/* SPDX-License-Identifier: MIT
 *
 * Whole files: read with a limit, replaced atomically.
 */
#ifndef PV_BASE_FILE_H
#define PV_BASE_FILE_H

#include <pv/buf.h>

/*
 * Appends the contents of `path`. PV_ENOTFOUND, PV_EIO, PV_ELIMIT beyond
 * `out->max`, PV_ENOMEM.
 */
int pv_file_read(pv_buf *out, const char *path, pv_error *err);
/*
 * Replaces `path` by a temporary file in the same folder, synced and renamed:
 * readers see the old or the new bytes. Missing folders are made. The mode of
 * an existing file is kept. PV_EIO, PV_ENOTFOUND when the folder vanished
 * meanwhile; the old file is untouched then.
 */
int pv_file_write(const char *path, const char *data, size_t len, pv_error *err);
/*
 * Writes a file the user named: a regular file, also at the end of links, is
 * replaced as above, a device, pipe or dangling link is written through.
 * Folders are not made, and what may not be written is not replaced. PV_EIO,
 * PV_ENOTFOUND without the folder.
 */
int pv_file_output(const char *path, const char *data, size_t len, pv_error *err);
/*
 * The same, but not synced: for a file that the caller of this program reads
 * at once and then deletes. Whoever reads it sees the old or the new bytes.
 */
int pv_file_hand_over(const char *path, const char *data, size_t len,
		      pv_error *err);
/* Writes all bytes to `fd`, resuming short writes; -1 with errno set. */
int pv_file_write_all(int fd, const char *data, size_t len);
/* 1 when something is there, dangling links included. */
int pv_file_exists(const char *path);
/* Makes `path` and its missing parents. PV_EIO. */
int pv_dir_make(const char *path, pv_error *err);
/* Makes the folder that a file is to lie in. PV_EIO, PV_ENOMEM. */
int pv_dir_make_for(const char *path, pv_error *err);

#endif
