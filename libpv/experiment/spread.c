/* SPDX-License-Identifier: MIT
 *
 * See the header.
 */
#include "experiment/spread.h"

#include <string.h>

pv_hash_part pv_part_of(const char *text)
{
	pv_hash_part out = { text, strlen(text) };

	return out;
}

static uint32_t rotate(uint32_t value, int bits)
{
	return value << bits | value >> (32 - bits);
}

static uint32_t scramble(uint32_t block)
{
	return rotate(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

uint32_t pv_murmur3(const pv_hash_part *parts, size_t count, uint32_t seed)
{
	uint32_t hash = seed;
	uint32_t block = 0;
	uint32_t len = 0;

	for (size_t i = 0; i < count; i++) {
		const unsigned char *bytes = parts[i].data;

		for (size_t k = 0; k < parts[i].len; k++) {
			block |= (uint32_t)bytes[k] << 8 * (len % 4);
			if (++len % 4)
				continue;
			hash = rotate(hash ^ scramble(block), 13) * 5 +
			       0xe6546b64U;
			block = 0;
		}
	}
	hash ^= scramble(block);
	hash ^= len;
	hash = (hash ^ hash >> 16) * 0x85ebca6bU;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
	return hash ^ hash >> 16;
}

uint32_t pv_fnv1a(const pv_hash_part *parts, size_t count)
{
	uint32_t hash = 0x811c9dc5U;

	for (size_t i = 0; i < count; i++) {
		const unsigned char *bytes = parts[i].data;

		for (size_t k = 0; k < parts[i].len; k++)
			hash = (hash ^ bytes[k]) * 0x01000193U;
	}
	return hash;
}

static uint32_t head_of(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

uint32_t pv_md5_head(const pv_hash_part *parts, size_t count)
{
	unsigned char digest[PV_MD5_BYTES];

	pv_md5_of(digest, parts, count);
	return head_of(digest);
}

uint32_t pv_sha256_head(const pv_hash_part *parts, size_t count)
{
	unsigned char digest[PV_SHA256_BYTES];

	pv_sha256_of_parts(digest, parts, count);
	return head_of(digest);
}

double pv_sha1_share(const unsigned char digest[PV_SHA1_BYTES])
{
	uint64_t head = (uint64_t)head_of(digest) << 32 | head_of(digest + 4);

	return (double)(head >> 4) / 1152921504606846975.0;
}
