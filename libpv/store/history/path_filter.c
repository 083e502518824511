/* SPDX-License-Identifier: MIT
 *
 * Changed-path filters, see path_filter.h and gitformat-commit-graph(5). The
 * hash is murmur3 in 32 bits. Version 1 of the filters took bytes from 0x80 on
 * for negative numbers on most machines, and not on all: such paths are not
 * looked for in it.
 */
#include "store/history/path_filter.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static const uint32_t seeds[] = { 0x293ae76f, 0x7e646e2c };

static uint32_t rotate(uint32_t value, unsigned by)
{
	return value << by | value >> (32 - by);
}

static uint32_t scramble(uint32_t block)
{
	return rotate(block * 0xcc9e2d51, 15) * 0x1b873593;
}

static uint32_t murmur3(uint32_t seed, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	uint32_t hash = seed;
	uint32_t tail = 0;
	size_t left = len;

	for (; left >= 4; left -= 4, at += 4) {
		uint32_t block = at[0] | (uint32_t)at[1] << 8 |
				 (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;

		hash = rotate(hash ^ scramble(block), 13) * 5 + 0xe6546b64;
	}
	while (left--)
		tail = tail << 8 | at[left];
	hash ^= scramble(tail) ^ (uint32_t)len;
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

int pv_path_filter_init(pv_path_filter *out, pv_arena *arena, const char *path)
{
	size_t count = 1;

	out->is_ascii = 1;
	for (const char *c = path; *c; c++) {
		count += *c == '/';
		out->is_ascii &= (unsigned char)*c < 0x80;
	}
	out->hashes = pv_arena_alloc(arena, count * sizeof(*out->hashes));
	if (!out->hashes)
		return PV_ENOMEM;
	out->count = 0;
	for (size_t len = strlen(path); out->count < count; len--) {
		if (path[len] && path[len] != '/')
			continue;
		out->hashes[out->count].first = murmur3(seeds[0], path, len);
		out->hashes[out->count].step = murmur3(seeds[1], path, len);
		out->count++;
	}
	return PV_OK;
}

int pv_path_filter_excludes(const pv_path_filter *path,
			    const pv_graph_filter *filter)
{
	uint64_t bits = (uint64_t)filter->len * 8;

	if (filter->version != 2 && (filter->version != 1 || !path->is_ascii))
		return 0;
	for (size_t i = 0; bits && i < path->count; i++) {
		uint32_t hash = path->hashes[i].first;

		for (uint32_t k = 0; k < filter->hash_count; k++) {
			uint64_t bit = hash % bits;

			if (!(filter->bits[bit / 8] & 1 << bit % 8))
				return 1;
			hash += path->hashes[i].step;
		}
	}
	return 0;
}
