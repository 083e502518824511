/* SPDX-License-Identifier: MIT
 *
 * SHA-1 (FIPS 180-4) of a plain stream: the checksum a pack or an index ends
 * in, which libgit2 verifies but offers no way to compute, and whether a blob
 * is still what its id says. Ids of new objects come from libgit2, which
 * detects collisions; this one guards against accidents only.
 */
#ifndef PV_STORE_SHA1_H
#define PV_STORE_SHA1_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
	PV_SHA1_SIZE = 20
};

typedef struct pv_sha1 {
	uint32_t state[5];
	uint64_t total;       /* bytes seen */
	int has_instructions; /* the processor, see sha1_x86.h */
	unsigned char block[64];
} pv_sha1;

void pv_sha1_init(pv_sha1 *sha);
void pv_sha1_update(pv_sha1 *sha, const void *data, size_t len);
void pv_sha1_final(unsigned char out[PV_SHA1_SIZE], pv_sha1 *sha);

/* The id of git's object of a type ("blob") with these bytes. */
void pv_sha1_object(unsigned char out[PV_SHA1_SIZE], const char *type,
		    pv_str content);

/* 1 when git's blob of these bytes has this id. */
int pv_sha1_is_blob(pv_str content, const unsigned char id[PV_SHA1_SIZE]);

#endif
