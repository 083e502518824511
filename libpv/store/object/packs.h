/* SPDX-License-Identifier: MIT
 *
 * Git's packs (gitformat-pack(5)) as a walk reads them: tens of thousands of
 * small commits and trees, each close to the one before. libgit2 takes about
 * 10,000 instructions for one; here no object is allocated, hashed or cached
 * twice. What is not found here, loose objects and those of alternates, or
 * cannot be read, is left to libgit2, which also knows what to say of damage.
 */
#ifndef PV_STORE_PACKS_H
#define PV_STORE_PACKS_H

#include "store/handle.h"

/* A pack with its index, both mapped. */
typedef struct pv_pack {
	struct pv_pack *next;
	const unsigned char *index;
	size_t index_len;
	const unsigned char *data;
	size_t len;     /* of data */
	uint32_t count; /* of objects */
} pv_pack;

/*
 * Maps the packs in the folder, those that are well-formed; `out` may stay
 * NULL. PV_ENOMEM.
 */
int pv_pack_open_all(pv_pack **out, const char *folder, pv_error *err);
void pv_pack_free_all(pv_pack *packs);

/* 1 when the pack has the object, and where it begins. */
int pv_pack_find(uint64_t *offset_out, const pv_pack *pack, const git_oid *id);

/* An object lent until the next one is read. */
typedef struct pv_packed_object {
	git_object_t type;
	const char *data;
	size_t len;
} pv_packed_object;

/* Unpacks objects, and keeps some for those that are stored as deltas. */
typedef struct pv_unpacker pv_unpacker;

/* PV_ENOMEM. */
int pv_unpacker_new(pv_unpacker **out, pv_error *err);
/* NULL is accepted. */
void pv_unpacker_free(pv_unpacker *unpacker);

/* 1, 0 when the object is damaged or very large, or PV_ENOMEM. */
int pv_unpack(pv_packed_object *out, pv_unpacker *unpacker, const pv_pack *pack,
	      uint64_t offset, pv_error *err);

/*
 * Reads an object from the store's own packs, which are opened at the first
 * call; its content is not hashed. 1, 0 when libgit2 has to be asked, or
 * PV_ENOMEM.
 */
int pv_packs_read(pv_packed_object *out, pv_store *store, const git_oid *id,
		  pv_error *err);

/* Closes them with the store. NULL is accepted. */
void pv_packs_free(struct pv_packs *packs);

#endif
