/* SPDX-License-Identifier: MIT
 *
 * The closures of many prompts at one point: what each file refers to is
 * parsed once, however many prompts include it.
 */
#ifndef PV_VERSION_CLOSURE_H
#define PV_VERSION_CLOSURE_H

#include <pv/version.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"

/* Room for "dynamic:" and the digest. */
enum {
	PV_CLOSURE_TEXT = 8 + PV_SHA256_HEX,
	PV_CLOSURE_MAX = 1000
};

/* One file of a closure; `path` is borrowed from the reader. */
typedef struct pv_member {
	const char *path;
	pv_oid blob; /* hex "" for a file that is not there */
} pv_member;

typedef struct pv_members {
	pv_member *items; /* sorted by path, the prompt itself included */
	size_t count;
	size_t cap;
	int is_dynamic;
} pv_members;

typedef struct pv_closure_reader {
	pv_store *store;
	const pv_settings *settings;
	pv_point at;
	pv_arena arena;
	pv_map files; /* path to what it refers to */
} pv_closure_reader;

void pv_closure_reader_dispose(pv_closure_reader *reader);

/*
 * The members of the closure of `id`. `blob` is its file's when known, else
 * NULL. Errors as pv_closure. The caller disposes the members.
 */
int pv_closure_members(pv_members *out, pv_closure_reader *reader,
		       const char *id, const pv_oid *blob, pv_error *err);

void pv_members_dispose(pv_members *members);

/*
 * The digest of the members; with `instead` (may be NULL) the blob of `path`
 * is taken to be that one.
 */
void pv_closure_digest(char out[PV_CLOSURE_TEXT], const pv_members *members,
		       const char *path, const pv_oid *instead);

/* What the closure of a file would be that refers to nothing. */
void pv_closure_of_one(char out[PV_CLOSURE_TEXT], const char *path,
		       const pv_oid *blob);

#endif
