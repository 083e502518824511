/* SPDX-License-Identifier: MIT
 *
 * Unpacking one object, see packs.h. An entry is its type and size, for a
 * delta its base, and a zlib stream. A delta copies parts of the base and
 * adds bytes of its own. The objects read last stay in a small table, since
 * the bases of the next one are as a rule among them. Buffers are swapped in
 * and out of it, so that nothing is allocated once it has filled.
 */
#include "store/object/packs.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/object/zmemory.h"

enum {
	SLOTS = 1024,          /* a power of two */
	DEPTH_MAX = 4095,      /* of deltas, as in git */
	OBJECT_MAX = 64 << 20, /* larger ones are not for walks */
	KEPT_MAX = 32 << 20,   /* bytes in the table */
	LEAST_BUFFER = 1 << 11,
	TRAILER = GIT_OID_RAWSZ,
	/*
	 * zlib has a fast way that it takes only while there is room for the
	 * longest match; most trees are shorter than that.
	 */
	SLACK = 320
};

enum {
	OFFSET_DELTA = 6,
	REF_DELTA = 7
};

struct bytes {
	unsigned char *ptr;
	size_t cap;
	size_t len;
};

struct slot {
	const pv_pack *pack;
	uint64_t offset;
	git_object_t type;
	struct bytes bytes;
};

struct entry {
	uint64_t offset;
	uint64_t at; /* of the zlib stream */
	unsigned type;
	size_t size;   /* unpacked, of the delta where it is one */
	uint64_t base; /* of a delta */
};

struct pv_unpacker {
	z_stream stream;
	struct slot slots[SLOTS];
	struct bytes fresh; /* what the next object is made in */
	struct bytes delta;
	size_t kept; /* bytes of buffers in the table and `fresh` */
	struct entry *chain;
	size_t chain_cap;
};

int pv_unpacker_new(pv_unpacker **out, pv_error *err)
{
	pv_unpacker *unpacker = pv_calloc(1, sizeof(*unpacker));

	*out = NULL;
	if (!unpacker)
		return pv_fail_nomem(err);
	pv_zmemory_set(&unpacker->stream);
	if (inflateInit(&unpacker->stream) != Z_OK) {
		pv_free(unpacker);
		return pv_fail_nomem(err);
	}
	*out = unpacker;
	return PV_OK;
}

static void drop_slots(pv_unpacker *unpacker, const struct slot *but)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &unpacker->slots[i];

		if (slot == but)
			continue;
		unpacker->kept -= slot->bytes.cap;
		pv_free(slot->bytes.ptr);
		memset(slot, 0, sizeof(*slot));
	}
}

void pv_unpacker_free(pv_unpacker *unpacker)
{
	if (!unpacker)
		return;
	drop_slots(unpacker, NULL);
	inflateEnd(&unpacker->stream);
	pv_free(unpacker->fresh.ptr);
	pv_free(unpacker->delta.ptr);
	pv_free(unpacker->chain);
	pv_free(unpacker);
}

/* --- entries ------------------------------------------------------------- */

/* Seven bits a byte, the lowest first; 0 when it runs out or is too long. */
static int take_size(uint64_t *out, const unsigned char **at,
		     const unsigned char *end, unsigned shift)
{
	unsigned char byte;

	do {
		if (*at == end || shift > 56)
			return 0;
		byte = *(*at)++;
		*out |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return 1;
}

/* How far back the base lies; each byte but the last also counts for one. */
static int take_distance(uint64_t *out, const unsigned char **at,
			 const unsigned char *end)
{
	uint64_t value = 0;
	unsigned char byte;

	do {
		if (*at == end || value >> 55)
			return 0;
		byte = *(*at)++;
		value = value << 7 | (byte & 0x7f);
		if (byte & 0x80)
			value++;
	} while (byte & 0x80);
	*out = value;
	return 1;
}

static int find_base(struct entry *entry, const pv_pack *pack,
		     const unsigned char **at, const unsigned char *end)
{
	uint64_t distance;
	git_oid id;

	if (entry->type == OFFSET_DELTA) {
		if (!take_distance(&distance, at, end) || !distance ||
		    distance > entry->offset)
			return 0;
		entry->base = entry->offset - distance;
	} else if (entry->type == REF_DELTA) {
		if (end - *at < GIT_OID_RAWSZ)
			return 0;
		memcpy(id.id, *at, GIT_OID_RAWSZ);
		*at += GIT_OID_RAWSZ;
		return pv_pack_find(&entry->base, pack, &id);
	}
	return 1;
}

/* 1 when there is an entry that can be read. */
static int read_entry(struct entry *out, const pv_pack *pack, uint64_t offset)
{
	const unsigned char *end = pack->data + (pack->len - TRAILER);
	const unsigned char *at = pack->data + offset;
	uint64_t size;

	memset(out, 0, sizeof(*out));
	if (at >= end)
		return 0;
	out->offset = offset;
	out->type = *at >> 4 & 7;
	size = *at & 15;
	if (*at++ & 0x80 && !take_size(&size, &at, end, 4))
		return 0;
	if (!out->type || out->type == 5 || size > OBJECT_MAX ||
	    !find_base(out, pack, &at, end))
		return 0;
	out->size = (size_t)size;
	out->at = (uint64_t)(at - pack->data);
	return 1;
}

/* --- contents ------------------------------------------------------------ */

/* Room for `size` bytes and the slack behind them; nothing is kept. */
static int reserve(struct bytes *bytes, size_t size, pv_error *err)
{
	size_t cap = LEAST_BUFFER;

	bytes->len = size;
	if (size + SLACK <= bytes->cap)
		return PV_OK;
	while (cap < size + SLACK)
		cap *= 2;
	pv_free(bytes->ptr);
	bytes->ptr = pv_malloc(cap);
	bytes->cap = bytes->ptr ? cap : 0;
	return bytes->ptr ? PV_OK : pv_fail_nomem(err);
}

static int reserve_fresh(pv_unpacker *unpacker, size_t size, pv_error *err)
{
	int rc;

	unpacker->kept -= unpacker->fresh.cap;
	rc = reserve(&unpacker->fresh, size, err);
	unpacker->kept += unpacker->fresh.cap;
	return rc;
}

/* 1 when the stream gives just as many bytes as the entry says. */
static int inflate_entry(pv_unpacker *unpacker, struct bytes *out,
			 const pv_pack *pack, const struct entry *entry)
{
	z_stream *stream = &unpacker->stream;
	size_t left = pack->len - TRAILER - (size_t)entry->at;

	if (inflateReset(stream) != Z_OK)
		return 0;
	stream->next_in = pack->data + entry->at;
	stream->avail_in = left < UINT_MAX ? (uInt)left : UINT_MAX;
	stream->next_out = out->ptr;
	stream->avail_out = (uInt)(entry->size + SLACK);
	return inflate(stream, Z_FINISH) == Z_STREAM_END &&
	       (size_t)(stream->next_out - out->ptr) == entry->size;
}

/* The number whose bytes `mask` says are there, low byte first. */
static int take_sparse(size_t *out, const unsigned char **at,
		       const unsigned char *end, unsigned mask)
{
	*out = 0;
	for (unsigned shift = 0; mask; mask >>= 1, shift += 8) {
		if (!(mask & 1))
			continue;
		if (*at == end)
			return 0;
		*out |= (size_t) * (*at)++ << shift;
	}
	return 1;
}

/* One instruction: a copy from the base, or bytes of the delta. */
static int apply_one(struct bytes *out, const struct bytes *base,
		     const unsigned char **at, const unsigned char *end)
{
	unsigned code = *(*at)++;
	const unsigned char *from;
	size_t start, len;

	if (code & 0x80) {
		if (!take_sparse(&start, at, end, code & 0xf) ||
		    !take_sparse(&len, at, end, code >> 4 & 7))
			return 0;
		if (!len)
			len = 0x10000;
		if (start > base->len || len > base->len - start)
			return 0;
		from = base->ptr + start;
	} else {
		len = code;
		if (!len || len > (size_t)(end - *at))
			return 0;
		from = *at;
		*at += len;
	}
	if (len > out->cap - out->len)
		return 0;
	memcpy(out->ptr + out->len, from, len);
	out->len += len;
	return 1;
}

/* Makes unpacker->fresh of a base and unpacker->delta: 1, 0 or < 0. */
static int apply_delta(pv_unpacker *unpacker, const struct bytes *base,
		       pv_error *err)
{
	const unsigned char *at = unpacker->delta.ptr;
	const unsigned char *end = at + unpacker->delta.len;
	struct bytes *out = &unpacker->fresh;
	uint64_t sizes[2] = { 0, 0 };
	int rc;

	if (!take_size(&sizes[0], &at, end, 0) ||
	    !take_size(&sizes[1], &at, end, 0) || sizes[0] != base->len ||
	    sizes[1] > OBJECT_MAX)
		return 0;
	rc = reserve_fresh(unpacker, (size_t)sizes[1], err);
	if (rc < 0)
		return rc;
	out->len = 0;
	while (at < end)
		if (!apply_one(out, base, &at, end))
			return 0;
	return out->len == sizes[1];
}

/* --- the table ----------------------------------------------------------- */

static struct slot *slot_of(pv_unpacker *unpacker, const pv_pack *pack,
			    uint64_t offset)
{
	uint64_t hash = (offset ^ (uintptr_t)pack) * 0x9e3779b97f4a7c15ULL;

	return &unpacker->slots[(hash >> 40) & (SLOTS - 1)];
}

static int holds(const struct slot *slot, const pv_pack *pack, uint64_t offset)
{
	return slot->pack == pack && slot->offset == offset;
}

/* Puts what is in `fresh` into the table. */
static struct slot *keep(pv_unpacker *unpacker, const pv_pack *pack,
			 uint64_t offset, git_object_t type)
{
	struct slot *slot = slot_of(unpacker, pack, offset);
	struct bytes former = slot->bytes;

	slot->pack = pack;
	slot->offset = offset;
	slot->type = type;
	slot->bytes = unpacker->fresh;
	unpacker->fresh = former;
	if (unpacker->kept > KEPT_MAX)
		drop_slots(unpacker, slot);
	return slot;
}

static int unpack_whole(struct slot **out, pv_unpacker *unpacker,
			const pv_pack *pack, const struct entry *entry,
			pv_error *err)
{
	int rc = reserve_fresh(unpacker, entry->size, err);

	if (rc < 0)
		return rc;
	if (!inflate_entry(unpacker, &unpacker->fresh, pack, entry))
		return 0;
	*out = keep(unpacker, pack, entry->offset, (git_object_t)entry->type);
	return 1;
}

static int unpack_delta(struct slot **slot, pv_unpacker *unpacker,
			const pv_pack *pack, const struct entry *entry,
			pv_error *err)
{
	git_object_t type;
	int rc = reserve(&unpacker->delta, entry->size, err);

	assert(*slot); /* the base is at hand */
	type = (*slot)->type;
	if (rc < 0)
		return rc;
	if (!inflate_entry(unpacker, &unpacker->delta, pack, entry))
		return 0;
	rc = apply_delta(unpacker, &(*slot)->bytes, err);
	if (rc > 0)
		*slot = keep(unpacker, pack, entry->offset, type);
	return rc;
}

/*
 * Goes down the deltas at `offset` to a base that is at hand, or to a whole
 * object; the deltas met are in the chain.
 */
static int find_start(struct slot **out, size_t *depth, pv_unpacker *unpacker,
		      const pv_pack *pack, uint64_t offset, pv_error *err)
{
	for (*depth = 0; *depth <= DEPTH_MAX; ++*depth) {
		struct slot *slot = slot_of(unpacker, pack, offset);
		struct entry entry;

		if (holds(slot, pack, offset)) {
			*out = slot;
			return 1;
		}
		if (!read_entry(&entry, pack, offset))
			return 0;
		if (entry.type < OFFSET_DELTA)
			return unpack_whole(out, unpacker, pack, &entry, err);
		if (pv_array_reserve(&unpacker->chain, &unpacker->chain_cap,
				     *depth + 1, sizeof(entry)) < 0)
			return pv_fail_nomem(err);
		unpacker->chain[*depth] = entry;
		offset = entry.base;
	}
	return 0;
}

int pv_unpack(pv_packed_object *out, pv_unpacker *unpacker, const pv_pack *pack,
	      uint64_t offset, pv_error *err)
{
	struct slot *slot = NULL;
	size_t depth = 0;
	int rc = find_start(&slot, &depth, unpacker, pack, offset, err);

	while (rc > 0 && depth--)
		rc = unpack_delta(&slot, unpacker, pack,
				  &unpacker->chain[depth], err);
	if (rc <= 0)
		return rc;
	assert(slot); /* what find_start found, or a delta put in its place */
	out->type = slot->type;
	out->data = (const char *)slot->bytes.ptr;
	out->len = slot->bytes.len;
	return 1;
}
