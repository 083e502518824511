/* SPDX-License-Identifier: MIT
 *
 * How alike two files are, by git's measure: each is cut into pieces, lines
 * or 64 bytes, and what counts is how many bytes of the one are in pieces
 * that the other has as well. It is a measure of renames only; git has to
 * come to the same numbers.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	PIECE_MAX = 64,
	HASH_RANGE = 107927,
	BINARY_PROBE = 8000
};

struct span {
	uint32_t hash;
	uint32_t bytes; /* of all pieces with that hash */
};

struct pv_spans {
	const struct span *items;
	size_t count;
	size_t size; /* of the file */
};

/* The same while it grows. */
struct spans {
	struct span *items;
	size_t count;
	size_t cap;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *left = a;
	const struct span *right = b;

	return (left->hash > right->hash) - (left->hash < right->hash);
}

/* Sorts, and puts those of one hash together. */
static void tidy(struct spans *spans)
{
	size_t kept = 0;

	if (spans->count)
		qsort(spans->items, spans->count, sizeof(*spans->items),
		      compare_spans);
	for (size_t i = 0; i < spans->count; i++) {
		struct span span = spans->items[i];

		if (kept && spans->items[kept - 1].hash == span.hash)
			spans->items[kept - 1].bytes += span.bytes;
		else
			spans->items[kept++] = span;
	}
	spans->count = kept;
}

static int add_span(struct spans *spans, uint32_t hash, uint32_t bytes,
		    pv_error *err)
{
	if (pv_array_reserve(&spans->items, &spans->cap, spans->count + 1,
			     sizeof(*spans->items)) < 0)
		return pv_fail_nomem(err);
	spans->items[spans->count].hash = hash % HASH_RANGE;
	spans->items[spans->count++].bytes = bytes;
	return PV_OK;
}

/*
 * Two words of 32 bits, shifted by seven bits a byte, each into the other. As
 * in git up to 2.43 a rest without a line end is not counted.
 */
static int cut(struct spans *spans, pv_str text, pv_error *err)
{
	size_t probe = text.len < BINARY_PROBE ? text.len : BINARY_PROBE;
	int is_text = !memchr(text.ptr, '\0', probe);
	uint32_t low = 0;
	uint32_t high = 0;
	uint32_t bytes = 0;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		uint32_t carry = low;

		if (is_text && c == '\r' && i + 1 < text.len &&
		    text.ptr[i + 1] == '\n')
			continue;
		low = (low << 7 ^ high >> 25) + c;
		high = high << 7 ^ carry >> 25;
		if (++bytes < PIECE_MAX && c != '\n')
			continue;
		rc = add_span(spans, low + high * 0x61, bytes, err);
		low = 0;
		high = 0;
		bytes = 0;
	}
	return rc;
}

/* In the arena: most files that are compared are compared many times. */
static int keep(pv_join *join, pv_join_change *change,
		const struct spans *spans, size_t size)
{
	size_t bytes = spans->count * sizeof(*spans->items);
	struct pv_spans *kept = pv_arena_alloc(&join->arena, sizeof(*kept));
	struct span *items = pv_arena_alloc(&join->arena, bytes + 1);

	if (!kept || !items)
		return pv_fail_nomem(join->err);
	if (bytes)
		memcpy(items, spans->items, bytes);
	kept->items = items;
	kept->count = spans->count;
	kept->size = size;
	change->spans = kept;
	return PV_OK;
}

static int load(pv_join *join, pv_join_change *change)
{
	struct spans spans = { 0 };
	pv_buf text = { 0 };
	pv_str bytes;
	int rc = PV_OK;

	if (change->spans)
		return PV_OK;
	bytes = change->text;
	if (!bytes.ptr) {
		rc = pv_join_read(&text, join, &change->item.id);
		bytes.ptr = pv_buf_text(&text);
		bytes.len = text.len;
	}
	if (rc == PV_OK)
		rc = cut(&spans, bytes, join->err);
	tidy(&spans);
	if (rc == PV_OK)
		rc = keep(join, change, &spans, bytes.len);
	pv_free(spans.items);
	pv_buf_dispose(&text);
	return rc;
}

/* How many bytes of `from` are in `to`. */
static uint64_t kept_bytes(const struct pv_spans *from, const struct pv_spans *to)
{
	uint64_t kept = 0;
	size_t at = 0;

	for (size_t i = 0; i < from->count; i++) {
		const struct span *span = &from->items[i];

		while (at < to->count && to->items[at].hash < span->hash)
			at++;
		if (at == to->count)
			break;
		if (to->items[at].hash == span->hash)
			kept += span->bytes < to->items[at].bytes
					? span->bytes
					: to->items[at].bytes;
	}
	return kept;
}

int pv_join_compare(int *score_out, pv_join *join, pv_join_change *from,
		    pv_join_change *to)
{
	uint64_t large;
	uint64_t small;
	int rc;

	*score_out = 0;
	if (!pv_join_is_regular(from->item.mode) ||
	    !pv_join_is_regular(to->item.mode))
		return PV_OK;
	rc = load(join, from);
	if (rc == PV_OK)
		rc = load(join, to);
	if (rc < 0)
		return rc;
	large = from->spans->size;
	small = to->spans->size;
	if (large < small) {
		large = to->spans->size;
		small = from->spans->size;
	}
	/* Sizes this far apart leave too little in common. */
	if (!to->spans->size || large * (PV_JOIN_SCORE_MAX - PV_JOIN_SCORE_MIN) <
					(large - small) * PV_JOIN_SCORE_MAX)
		return PV_OK;
	*score_out = (int)(kept_bytes(from->spans, to->spans) *
			   PV_JOIN_SCORE_MAX / large);
	return PV_OK;
}
