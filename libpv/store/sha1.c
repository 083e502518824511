/* SPDX-License-Identifier: MIT
 *
 * SHA-1, see sha1.h. The message schedule is kept as a ring of 16 words.
 */
#include "store/sha1.h"

#include <string.h>

void pv_sha1_init(pv_sha1 *sha)
{
	static const uint32_t start[5] = { 0x67452301, 0xefcdab89, 0x98badcfe,
					   0x10325476, 0xc3d2e1f0 };

	memset(sha, 0, sizeof(*sha));
	memcpy(sha->state, start, sizeof(start));
}

static uint32_t rotate(uint32_t value, int bits)
{
	return value << bits | value >> (32 - bits);
}

static uint32_t load_word(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The word of round `i`; from round 16 on it replaces the oldest one. */
static uint32_t schedule(uint32_t ring[16], int i)
{
	if (i >= 16)
		ring[i & 15] = rotate(ring[(i + 13) & 15] ^ ring[(i + 8) & 15] ^
					      ring[(i + 2) & 15] ^ ring[i & 15],
				      1);
	return ring[i & 15];
}

/* The logical function of round `i` and its constant, FIPS 180-4 4.1.1. */
static uint32_t mix(int i, uint32_t b, uint32_t c, uint32_t d)
{
	if (i < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (i < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (i < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

static void add_block(pv_sha1 *sha, const unsigned char *block)
{
	uint32_t ring[16];
	uint32_t v[5];

	for (int i = 0; i < 16; i++)
		ring[i] = load_word(block + (size_t)i * 4);
	memcpy(v, sha->state, sizeof(v));
	for (int i = 0; i < 80; i++) {
		uint32_t next = rotate(v[0], 5) + mix(i, v[1], v[2], v[3]) +
				v[4] + schedule(ring, i);

		v[4] = v[3];
		v[3] = v[2];
		v[2] = rotate(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (int i = 0; i < 5; i++)
		sha->state[i] += v[i];
}

void pv_sha1_update(pv_sha1 *sha, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t used = sha->total % sizeof(sha->block);

	sha->total += len;
	while (len) {
		size_t part = sizeof(sha->block) - used;

		if (!used && len >= sizeof(sha->block)) {
			add_block(sha, bytes);
		} else {
			part = part < len ? part : len;
			memcpy(sha->block + used, bytes, part);
			if (used + part == sizeof(sha->block))
				add_block(sha, sha->block);
		}
		bytes += part;
		len -= part;
		used = (used + part) % sizeof(sha->block);
	}
}

void pv_sha1_final(unsigned char out[PV_SHA1_SIZE], pv_sha1 *sha)
{
	static const unsigned char padding[64] = { 0x80 };
	uint64_t bits = sha->total * 8;
	size_t used = sha->total % sizeof(sha->block);
	unsigned char count[8];

	for (int i = 0; i < 8; i++)
		count[i] = (unsigned char)(bits >> (56 - 8 * i));
	pv_sha1_update(sha, padding, (used < 56 ? 56 : 120) - used);
	pv_sha1_update(sha, count, sizeof(count));
	for (int i = 0; i < PV_SHA1_SIZE; i++)
		out[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
