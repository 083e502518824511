/* SPDX-License-Identifier: MIT
 *
 * Reading files of the working tree without leaving it, see work_open.h.
 */
#ifndef PV_STORE_WORK_FILE_H
#define PV_STORE_WORK_FILE_H

#include "store/handle.h"

/* Appends the file's bytes as git would store them; see pv_store_read. */
int pv_work_file_read(pv_buf *out, pv_oid *blob_out, pv_store *store,
		      const char *path, pv_error *err);

/* Appends the file's bytes as they are; see pv_store_read_raw. */
int pv_work_file_read_raw(pv_buf *out, int *is_raw_out, pv_store *store,
			  const char *path, pv_error *err);

/* The blob id the file has or would have; see pv_store_find. */
int pv_work_file_find(pv_oid *blob_out, pv_store *store, const char *path,
		      pv_error *err);

#endif
