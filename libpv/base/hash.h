/* SPDX-License-Identifier: MIT
 *
 * SHA-256 (FIPS 180-4), for closures and content ids that are not git's. Git
 * object ids come from libgit2.
 */
#ifndef PV_BASE_HASH_H
#define PV_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct pv_sha256 {
	uint32_t state[8];
	uint64_t total; /* bytes seen */
	unsigned char block[64];
} pv_sha256;

enum {
	PV_SHA256_HEX = 65
}; /* 64 digits and the NUL */

void pv_sha256_init(pv_sha256 *sha);
void pv_sha256_update(pv_sha256 *sha, const void *data, size_t len);
/* Lower-case hex. */
void pv_sha256_final(char out[PV_SHA256_HEX], pv_sha256 *sha);

#endif
