/* SPDX-License-Identifier: MIT
 *
 * Parsing an index file, see index_map.h. Everything in it is checked against
 * the length of the file and the order of the rows; its own checksum is not,
 * as git does not either.
 */
#include "store/index/index_map.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/index/index_file.h"
#include "store/object/big_endian.h"

enum {
	HEADER_SIZE = 12,
	ENTRY_SIZE = 62, /* up to the path, without the extended flags */
	ID_AT = 40,
	FLAGS_AT = 60,
	SUM_SIZE = 20,
	NAME_MASK = 0xfff,
	FLAG_EXTENDED = 0x4000,
	FLAG_ASSUMED = 0x8000,
	FLAG_SKIPPED = 0x4000, /* of the extended ones */
	FLAG_INTENDED = 0x2000
};

/* The file, and how far it is read. */
struct reader {
	const unsigned char *data;
	size_t at;
	size_t end; /* before the checksum */
	pv_index_map *map;
};

static uint32_t read16(const unsigned char *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static void read_stat(pv_index_stat *out, const unsigned char *at)
{
	out->ctime_s = pv_read32(at);
	out->ctime_ns = pv_read32(at + 4);
	out->mtime_s = pv_read32(at + 8);
	out->mtime_ns = pv_read32(at + 12);
	out->dev = pv_read32(at + 16);
	out->ino = pv_read32(at + 20);
	out->mode = pv_read32(at + 24);
	out->uid = pv_read32(at + 28);
	out->gid = pv_read32(at + 32);
	out->size = pv_read32(at + 36);
}

/* How many bytes of the path before go, as version 4 encodes it. */
static int read_strip(size_t *out, struct reader *it)
{
	size_t value;
	unsigned char byte;

	if (it->at >= it->end)
		return 0;
	byte = it->data[it->at++];
	value = byte & 0x7f;
	while (byte & 0x80) {
		if (it->at >= it->end || value > SIZE_MAX >> 8)
			return 0;
		byte = it->data[it->at++];
		value = ((value + 1) << 7) | (byte & 0x7f);
	}
	*out = value;
	return 1;
}

/* A path that shares its beginning with the one before. */
static int read_joined_path(pv_index_row *row, struct reader *it)
{
	pv_index_map *map = it->map;
	const char *before = map->count ? row[-1].path : "";
	size_t kept = strlen(before);
	size_t strip, len;
	const char *rest;
	char *path;

	if (!read_strip(&strip, it) || strip > kept)
		return 0;
	rest = (const char *)it->data + it->at;
	len = strnlen(rest, it->end - it->at);
	if (len == it->end - it->at)
		return 0;
	kept -= strip;
	path = pv_arena_alloc(&map->arena, kept + len + 1);
	if (!path)
		return PV_ENOMEM;
	memcpy(path, before, kept);
	memcpy(path + kept, rest, len);
	path[kept + len] = '\0';
	row->path = path;
	it->at += len + 1;
	return 1;
}

/* A path in the file, filled up with NUL bytes from the row's `start`. */
static int read_padded_path(pv_index_row *row, struct reader *it, size_t start)
{
	const char *path = (const char *)it->data + it->at;
	size_t len = strnlen(path, it->end - it->at);
	size_t size = (it->at - start + len + 8) & ~(size_t)7;

	if (len == it->end - it->at || size > it->end - start)
		return 0;
	row->path = path;
	it->at = start + size;
	return 1;
}

static int read_row(pv_index_row *row, struct reader *it)
{
	size_t start = it->at;
	const unsigned char *data = it->data + start;
	uint32_t flags, more = 0;

	if (it->end - start < ENTRY_SIZE + 2)
		return 0;
	memset(row, 0, sizeof(*row));
	row->at = start;
	read_stat(&row->stat, data);
	memcpy(row->id.id, data + ID_AT, sizeof(row->id.id));
	flags = read16(data + FLAGS_AT);
	it->at += ENTRY_SIZE;
	if (flags & FLAG_EXTENDED) {
		more = read16(data + ENTRY_SIZE);
		it->at += 2;
	}
	row->stage = flags >> 12 & 3;
	row->flags = (flags & FLAG_ASSUMED ? PV_INDEX_ASSUMED : 0) |
		     (more & FLAG_SKIPPED ? PV_INDEX_SKIPPED : 0) |
		     (more & FLAG_INTENDED ? PV_INDEX_INTENDED : 0);
	return it->map->version == 4 ? read_joined_path(row, it)
				     : read_padded_path(row, it, start);
}

static int is_in_order(const pv_index_row *row)
{
	int order = strcmp(row[-1].path, row->path);

	return order < 0 || (order == 0 && row[-1].stage < row->stage);
}

/* Extensions in capitals may be passed over; "link" and "sdir" may not. */
static int read_extensions(const struct reader *it)
{
	size_t at = it->at;

	while (it->end - at >= 8) {
		const unsigned char *data = it->data + at;
		size_t size = pv_read32(data + 4);

		if (data[0] < 'A' || data[0] > 'Z' || size > it->end - at - 8)
			return 0;
		if (!memcmp(data, "TREE", 4)) {
			it->map->cache_tree.ptr = (const char *)data + 8;
			it->map->cache_tree.len = size;
		}
		at += 8 + size;
	}
	return at == it->end;
}

/* Room for so many rows and the end; 1, or PV_ENOMEM. */
static int make_rows(pv_index_map *map, size_t count, pv_error *err)
{
	map->rows = pv_calloc(count + 1, sizeof(*map->rows));
	return map->rows ? 1 : pv_fail_nomem(err);
}

static int parse(struct reader *it, size_t size, pv_error *err)
{
	pv_index_map *map = it->map;
	size_t count = 0;

	if (!it->data)
		return make_rows(map, count, err); /* there is no file */
	if (size < HEADER_SIZE + SUM_SIZE || memcmp(it->data, "DIRC", 4) != 0)
		return 0;
	map->version = pv_read32(it->data + 4);
	count = pv_read32(it->data + 8);
	it->at = HEADER_SIZE;
	it->end = size - SUM_SIZE;
	if (map->version < 2 || map->version > 4 || count > size / ENTRY_SIZE)
		return 0;
	if (make_rows(map, count, err) < 0)
		return PV_ENOMEM;
	for (; map->count < count; map->count++) {
		pv_index_row *row = &map->rows[map->count];
		int rc = read_row(row, it);

		if (rc == PV_ENOMEM)
			return pv_fail_nomem(err);
		if (!rc || (map->count && !is_in_order(row)))
			return 0;
	}
	map->rows[count].at = it->at;
	return read_extensions(it);
}

/* Reads the file and when it was written; 0 when it changed meanwhile. */
static int read_file(struct reader *it, const char *path, pv_error *err)
{
	pv_index_map *map = it->map;
	pv_buf *file = &map->file;
	struct stat before = { 0 };
	struct stat after = { 0 };
	int rc;

	if (stat(path, &before) < 0)
		return errno == ENOENT;
	rc = pv_file_read(file, path, err);
	if (rc < 0)
		return rc;
	it->data = (const unsigned char *)pv_buf_text(file);
	map->seconds = before.st_mtim.tv_sec;
	map->nanoseconds = before.st_mtim.tv_nsec;
	return stat(path, &after) == 0 && before.st_ino == after.st_ino &&
	       before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
	       before.st_mtim.tv_nsec == after.st_mtim.tv_nsec;
}

int pv_index_map_parse(pv_index_map *map, pv_error *err)
{
	struct reader it = { .map = map,
			     .data = (const unsigned char *)map->file.ptr };

	return parse(&it, map->file.len, err);
}

int pv_index_map_load(pv_index_map *out, const pv_store *store, pv_error *err)
{
	struct reader it = { .map = out };
	char *path;
	int rc = pv_index_path(&path, store, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = read_file(&it, path, err);
	pv_free(path);
	if (rc > 0)
		rc = parse(&it, out->file.len, err);
	return rc;
}

void pv_index_map_dispose(pv_index_map *map)
{
	pv_buf_dispose(&map->file);
	pv_arena_dispose(&map->arena);
	pv_free(map->rows);
	memset(map, 0, sizeof(*map));
}

size_t pv_index_map_find(const pv_index_map *map, const char *path)
{
	size_t low = 0;
	size_t high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(map->rows[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const pv_index_row *pv_index_map_row(const pv_index_map *map, const char *path)
{
	const pv_index_row *row = &map->rows[pv_index_map_find(map, path)];

	return row->path && !row->stage && !strcmp(row->path, path) ? row : NULL;
}

int pv_index_map_is_unmerged(const pv_index_map *map, const char *path)
{
	const pv_index_row *row = &map->rows[pv_index_map_find(map, path)];

	return row->path && row->stage && !strcmp(row->path, path);
}
