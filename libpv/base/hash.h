/* SPDX-License-Identifier: MIT
 *
 * SHA-256 (FIPS 180-4), for closures and content ids that are not git's. Git
 * object ids come from libgit2. Nettle computes it, with the processor's own
 * instructions where there are some. MD5 (RFC 1321) and SHA-1 only spread units
 * over slots: nothing here relies on their being hard to turn round.
 */
#ifndef PV_BASE_HASH_H
#define PV_BASE_HASH_H

#include <stddef.h>

enum {
	PV_SHA256_BYTES = 32,
	PV_SHA256_HEX = 65 /* 64 digits and the NUL */
};

/* Room for what Nettle keeps between two calls. */
typedef struct pv_sha256 {
	_Alignas(8) unsigned char state[128];
} pv_sha256;

void pv_sha256_init(pv_sha256 *sha);
void pv_sha256_update(pv_sha256 *sha, const void *data, size_t len);
/* Lower-case hex. */
void pv_sha256_final(char out[PV_SHA256_HEX], pv_sha256 *sha);

/* All at once, as bytes. */
void pv_sha256_of(unsigned char out[PV_SHA256_BYTES], const void *data,
		  size_t len);

enum {
	PV_MD5_BYTES = 16,
	PV_SHA1_BYTES = 20
};

/* A piece of a message. */
typedef struct pv_hash_part {
	const void *data;
	size_t len;
} pv_hash_part;

/* Of all parts one after the other. */
void pv_md5_of(unsigned char out[PV_MD5_BYTES], const pv_hash_part *parts,
	       size_t count);
void pv_sha1_of(unsigned char out[PV_SHA1_BYTES], const pv_hash_part *parts,
		size_t count);
void pv_sha256_of_parts(unsigned char out[PV_SHA256_BYTES],
			const pv_hash_part *parts, size_t count);

#endif
