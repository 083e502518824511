/* SPDX-License-Identifier: MIT
 *
 * The only place that includes Nettle. Its state lies in memory of the
 * caller, whose type says nothing of it.
 */
#include "base/hash.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>
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
	const pv_hash_part part = { data, len };

	pv_sha256_of_parts(out, &part, 1);
}

void pv_md5_of(unsigned char out[PV_MD5_BYTES], const pv_hash_part *parts,
	       size_t count)
{
	struct md5_ctx md5;

	md5_init(&md5);
	for (size_t i = 0; i < count; i++)
		md5_update(&md5, parts[i].len, parts[i].data);
	md5_digest(&md5, PV_MD5_BYTES, out);
}

void pv_sha1_of(unsigned char out[PV_SHA1_BYTES], const pv_hash_part *parts,
		size_t count)
{
	struct sha1_ctx sha1;

	sha1_init(&sha1);
	for (size_t i = 0; i < count; i++)
		sha1_update(&sha1, parts[i].len, parts[i].data);
	sha1_digest(&sha1, PV_SHA1_BYTES, out);
}

void pv_sha256_of_parts(unsigned char out[PV_SHA256_BYTES],
			const pv_hash_part *parts, size_t count)
{
	pv_sha256 sha;

	pv_sha256_init(&sha);
	for (size_t i = 0; i < count; i++)
		pv_sha256_update(&sha, parts[i].data, parts[i].len);
	sha256_digest(state_of(&sha), PV_SHA256_BYTES, out);
}
