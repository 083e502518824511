/* SPDX-License-Identifier: MIT
 *
 * SHA-1, see sha1.h. The message schedule is laid out before the rounds.
 */
#include "store/object/sha1.h"

#include <stdio.h>
#include <string.h>

#include "store/object/sha1_x86.h"

void pv_sha1_init(pv_sha1 *sha)
{
	static const uint32_t start[5] = { 0x67452301, 0xefcdab89, 0x98badcfe,
					   0x10325476, 0xc3d2e1f0 };

	memset(sha, 0, sizeof(*sha));
	memcpy(sha->state, start, sizeof(start));
	sha->has_instructions = pv_sha1_x86_has();
}

static inline uint32_t rotate(uint32_t value, int bits)
{
	return value << bits | value >> (32 - bits);
}

static uint32_t load_word(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The logical function of round `i` and its constant, FIPS 180-4 4.1.1. */
static inline uint32_t mix(int i, uint32_t b, uint32_t c, uint32_t d)
{
	if (i < 20)
		return (d ^ (b & (c ^ d))) + 0x5a827999;
	if (i < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (i < 60)
		return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* What a round does to its five words, apart from calling them others. */
static inline void turn(uint32_t a, uint32_t *b, uint32_t *e, uint32_t sum)
{
	*e += rotate(a, 5) + sum;
	*b = rotate(*b, 30);
}

/* Five rounds, after which the words have their names back. */
static inline void add_five(uint32_t v[5], const uint32_t *words, int i)
{
	turn(v[0], &v[1], &v[4], mix(i, v[1], v[2], v[3]) + words[i]);
	turn(v[4], &v[0], &v[3], mix(i, v[0], v[1], v[2]) + words[i + 1]);
	turn(v[3], &v[4], &v[2], mix(i, v[4], v[0], v[1]) + words[i + 2]);
	turn(v[2], &v[3], &v[1], mix(i, v[3], v[4], v[0]) + words[i + 3]);
	turn(v[1], &v[2], &v[0], mix(i, v[2], v[3], v[4]) + words[i + 4]);
}

static void add_plainly(pv_sha1 *sha, const unsigned char *block)
{
	uint32_t words[80];
	uint32_t v[5];

	for (int i = 0; i < 16; i++)
		words[i] = load_word(block + (size_t)i * 4);
	for (int i = 16; i < 80; i++)
		words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^
					  words[i - 16],
				  1);
	memcpy(v, sha->state, sizeof(v));
	/* Four loops: each has one function, which need not be chosen. */
	for (int i = 0; i < 20; i += 5)
		add_five(v, words, i);
	for (int i = 20; i < 40; i += 5)
		add_five(v, words, i);
	for (int i = 40; i < 60; i += 5)
		add_five(v, words, i);
	for (int i = 60; i < 80; i += 5)
		add_five(v, words, i);
	for (int i = 0; i < 5; i++)
		sha->state[i] += v[i];
}

static void add_blocks(pv_sha1 *sha, const unsigned char *blocks, size_t count)
{
	if (sha->has_instructions) {
		pv_sha1_x86_add(sha->state, blocks, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		add_plainly(sha, blocks + i * sizeof(sha->block));
}

void pv_sha1_update(pv_sha1 *sha, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t used = sha->total % sizeof(sha->block);

	sha->total += len;
	while (len) {
		size_t part = sizeof(sha->block) - used;

		if (!used && len >= sizeof(sha->block)) {
			part = len - len % sizeof(sha->block);
			add_blocks(sha, bytes, part / sizeof(sha->block));
		} else {
			part = part < len ? part : len;
			memcpy(sha->block + used, bytes, part);
			if (used + part == sizeof(sha->block))
				add_blocks(sha, sha->block, 1);
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

void pv_sha1_object(unsigned char out[PV_SHA1_SIZE], const char *type,
		    pv_str content)
{
	char head[32];
	pv_sha1 sha;
	int len = snprintf(head, sizeof(head), "%s %zu", type, content.len);

	pv_sha1_init(&sha);
	pv_sha1_update(&sha, head, (size_t)len + 1);
	if (content.len)
		pv_sha1_update(&sha, content.ptr, content.len);
	pv_sha1_final(out, &sha);
}

int pv_sha1_is_blob(pv_str content, const unsigned char id[PV_SHA1_SIZE])
{
	unsigned char sum[PV_SHA1_SIZE];

	pv_sha1_object(sum, "blob", content);
	return !memcmp(sum, id, sizeof(sum));
}
