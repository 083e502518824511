/* SPDX-License-Identifier: MIT
 *
 * The only place that includes Nettle. Its state lies in memory of the
 * caller, whose type says nothing of it.
 */
#include "base/hash.h"

#include <nettle/sha2.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(pv_sha256),
	       "a pv_sha256 has room for Nettle's state");

static struct sha256_ctx *state_of(pv_sha256 *sha)
{
	return (struct sha256_ctx *)(void *)sha;
}

void pv_sha256_init(pv_sha256 *sha)
{
	sha256_init(state_of(sha));
}

void pv_sha256_update(pv_sha256 *sha, const void *data, size_t len)
{
	sha256_update(state_of(sha), len, data);
}

void pv_sha256_final(char out[PV_SHA256_HEX], pv_sha256 *sha)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[PV_SHA256_BYTES];

	sha256_digest(state_of(sha), sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		out[i * 2] = digits[bytes[i] >> 4];
		out[i * 2 + 1] = digits[bytes[i] & 15];
	}
	out[64] = '\0';
}

void pv_sha256_of(unsigned char out[PV_SHA256_BYTES], const void *data, size_t len)
{
	pv_sha256 sha;

	pv_sha256_init(&sha);
	pv_sha256_update(&sha, data, len);
	sha256_digest(state_of(&sha), PV_SHA256_BYTES, out);
}
