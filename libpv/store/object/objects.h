/* SPDX-License-Identifier: MIT
 *
 * Writing objects. A few go into files of their own, as git does it; many go
 * into one pack. Either way they are complete once pv_objects_finish has
 * returned, and durable before pv_ref_move lets a ref point at them.
 */
#ifndef PV_STORE_OBJECTS_H
#define PV_STORE_OBJECTS_H

#include "base/map.h"
#include "store/handle.h"

/* From this many expected objects on, they share a pack. */
enum {
	PV_OBJECTS_PACK_MIN = 64
};

struct pv_deflate;

typedef struct pv_objects {
	pv_store *store;
	git_odb *odb; /* NULL until pv_objects_odb is asked for it */
	int is_packed;
	int is_dry; /* ids only, nothing is stored; set it after the start */
	int level;  /* of compression, in a pack */
	uint32_t count; /* objects in `body` */
	pv_buf body;    /* the pack's entries, without header and trailer */
	pv_map seen;    /* ids in `body` */
	struct pv_deflate *deflate;
} pv_objects;

/* Starts a batch of about `expected` objects. PV_EGIT, PV_ENOMEM. */
int pv_objects_begin(pv_objects *out, pv_store *store, size_t expected,
		     pv_error *err);

/* libgit2's database, lent. PV_EGIT. */
int pv_objects_odb(git_odb **out, pv_objects *objects, pv_error *err);

/* Adds one object; `out` is its id. PV_EGIT, PV_EIO, PV_ENOMEM. */
int pv_objects_add(git_oid *out, pv_objects *objects, git_object_t type,
		   const void *data, size_t len, pv_error *err);

/* Writes what is pending. PV_EGIT, PV_EIO, PV_ENOMEM. */
int pv_objects_finish(pv_objects *objects, pv_error *err);

/* Ends the batch; what was not finished is dropped. */
void pv_objects_dispose(pv_objects *objects);

#endif
