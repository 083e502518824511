/* SPDX-License-Identifier: MIT
 *
 * Writing an index file (gitformat-index(5)), see index_write.h. The rows of
 * the old file and those of the changed ones are merged into one list; runs
 * of old rows are copied. Extensions that depend on what changed are made
 * anew or left out, which git allows for all of those read here.
 */
#include "store/index/index_write.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/index/cache_tree_write.h"
#include "store/index/index.h"
#include "store/object/big_endian.h"
#include "store/object/sha1.h"
#include "store/path.h"

enum {
	DEFAULT_VERSION = 2,
	JOINED_VERSION = 4, /* a path there begins as the one before */
	FIXED_SIZE = 62,
	SIZE_AT = 36, /* of the file, in an entry */
	FLAGS_AT = 60,
	FLAG_EXTENDED = 0x40, /* in the first byte of the flags */
	NAME_MASK = 0xfff
};

struct writer {
	const pv_index_edit *edit;
	const pv_index_map *map;
	pv_buf *out;
	pv_index_row *fresh;       /* rows of the files that are put in */
	const pv_index_row **rows; /* of the new index, in order */
	size_t count;
	pv_error *err;
};

static void put32(pv_buf *out, uint32_t value)
{
	unsigned char bytes[4];

	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (24 - 8 * i));
	pv_buf_put(out, bytes, sizeof(bytes));
}

/* --- the list of rows ----------------------------------------------------- */

static void fill_row(pv_index_row *out, const pv_stage_file *file)
{
	const struct stat *st = &file->info;

	out->path = file->path;
	out->id = file->id;
	out->stat.ctime_s = (uint32_t)st->st_ctim.tv_sec;
	out->stat.ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
	out->stat.mtime_s = (uint32_t)st->st_mtim.tv_sec;
	out->stat.mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	out->stat.dev = (uint32_t)st->st_dev;
	out->stat.ino = (uint32_t)st->st_ino;
	out->stat.mode = file->mode;
	out->stat.uid = st->st_uid;
	out->stat.gid = st->st_gid;
	out->stat.size = (uint32_t)st->st_size;
}

/* Whether a new path lies below a file, or has others below it. */
static int collides(const pv_index_map *map, const char *path)
{
	char folder[PV_PATH_MAX + 2];
	size_t len = strlen(path);
	const char *found;

	if (len > PV_PATH_MAX)
		return 1;
	memcpy(folder, path, len);
	memcpy(folder + len, "/", 2);
	found = map->rows[pv_index_map_find(map, folder)].path;
	if (found && !strncmp(found, folder, len + 1))
		return 1;
	for (size_t i = len; i-- > 0;) {
		if (folder[i] != '/')
			continue;
		folder[i] = '\0';
		found = map->rows[pv_index_map_find(map, folder)].path;
		if (found && !strcmp(found, folder))
			return 1;
	}
	return 0;
}

/* Takes up one file at the row `at`; -1 for a collision. */
static int take_file(struct writer *it, size_t *at, const pv_stage_file *file,
		     pv_index_row *fresh)
{
	const pv_index_row *old = &it->map->rows[*at];
	int is_row = old->path && !strcmp(old->path, file->path);

	if (file->is_left_out || (!file->is_present && !is_row))
		return 0;
	/* A conflict is not for here. */
	if (is_row && old->stage)
		return -1;
	if (file->is_present && !is_row && collides(it->map, file->path))
		return -1;
	*at += is_row != 0;
	if (file->is_present) {
		fill_row(fresh, file);
		it->rows[it->count++] = fresh;
	}
	return 0;
}

/* 1, or 0 when libgit2 has to do it. */
static int merge_rows(struct writer *it)
{
	const pv_index_map *map = it->map;
	const pv_index_edit *edit = it->edit;
	size_t at = 0;

	for (size_t i = 0; i < edit->count; i++) {
		size_t stop = pv_index_map_find(map, edit->files[i].path);

		if (stop < at)
			return 0; /* the files are out of order */
		while (at < stop)
			it->rows[it->count++] = &map->rows[at++];
		if (take_file(it, &at, &edit->files[i], &it->fresh[i]) < 0)
			return 0;
	}
	while (at < map->count)
		it->rows[it->count++] = &map->rows[at++];
	return 1;
}

/* No entry begins where the file does. */
static int is_old(const pv_index_row *row)
{
	return row->at != 0;
}

/* --- entries -------------------------------------------------------------- */

/*
 * An entry of the old index's second, or a younger one, may stand for a file
 * that was changed right after it was added; that its time was the index's
 * told git so. The new index is younger, so unless nanoseconds prove the file
 * the same, the entry gets the size 0: git compares the bytes then.
 */
static int is_doubtful(const struct writer *it, const pv_index_row *row)
{
	pv_buf path = { 0 };
	struct stat st;
	int is_there, is_fresh;

	if (row->stage || !row->stat.size ||
	    (int64_t)row->stat.mtime_s < it->map->seconds)
		return 0;
	pv_buf_printf(&path, "%s/%s", it->edit->store->work_dir, row->path);
	is_there = path.status < 0 || lstat(path.ptr, &st) == 0;
	is_fresh = path.status == PV_OK && is_there &&
		   pv_index_is_fresh(it->map, row, &st);
	pv_buf_dispose(&path);
	return is_there && !is_fresh;
}

static void put_stat(pv_buf *out, const pv_index_row *row)
{
	const pv_index_stat *st = &row->stat;
	const uint32_t words[] = { st->ctime_s,  st->ctime_ns, st->mtime_s,
				   st->mtime_ns, st->dev,      st->ino,
				   st->mode,     st->uid,      st->gid,
				   st->size };

	for (size_t i = 0; i < pv_array_len(words); i++)
		put32(out, words[i]);
}

/* All of an entry but its path. */
static void put_fixed(struct writer *it, const pv_index_row *row)
{
	const char *old = it->map->file.ptr + row->at;
	size_t len = strlen(row->path);
	unsigned flags = len < NAME_MASK ? (unsigned)len : NAME_MASK;

	if (is_old(row)) {
		pv_buf_put(it->out, old,
			   FIXED_SIZE + (old[FLAGS_AT] & FLAG_EXTENDED ? 2 : 0));
		return;
	}
	put_stat(it->out, row);
	pv_buf_put(it->out, row->id.id, sizeof(row->id.id));
	pv_buf_putc(it->out, (char)(flags >> 8));
	pv_buf_putc(it->out, (char)(flags & 0xff));
}

/* How many bytes of the path before go, and the rest of this one. */
static void put_joined_path(pv_buf *out, const char *before, const char *path)
{
	unsigned char bytes[16];
	size_t at = sizeof(bytes) - 1;
	size_t common = 0;
	size_t strip;

	while (before[common] && before[common] == path[common])
		common++;
	strip = strlen(before) - common;
	bytes[at] = strip & 0x7f;
	while (strip >>= 7)
		bytes[--at] = 0x80 | (--strip & 0x7f);
	pv_buf_put(out, bytes + at, sizeof(bytes) - at);
	pv_buf_put(out, path + common, strlen(path + common) + 1);
}

static void put_row(struct writer *it, const pv_index_row *row,
		    const pv_index_row *before)
{
	static const char zeros[8] = { 0 };
	size_t start = it->out->len;
	size_t len = strlen(row->path);

	put_fixed(it, row);
	if (it->map->version == JOINED_VERSION) {
		put_joined_path(it->out, before ? before->path : "", row->path);
		return;
	}
	pv_buf_put(it->out, row->path, len);
	pv_buf_put(it->out, zeros, 8 - (it->out->len - start) % 8);
}

/* Whether the bytes in the old file serve: there, too, it follows `before`. */
static int is_copied(const struct writer *it, const pv_index_row *row,
		     const pv_index_row *before)
{
	if (!is_old(row))
		return 0;
	if (it->map->version != JOINED_VERSION)
		return 1;
	return row == it->map->rows ? !before : before == row - 1;
}

static void put_rows(struct writer *it)
{
	for (size_t i = 0; i < it->count; i++) {
		const pv_index_row *row = it->rows[i];
		const pv_index_row *before = i ? it->rows[i - 1] : NULL;
		size_t start = it->out->len;

		if (is_copied(it, row, before))
			pv_buf_put(it->out, it->map->file.ptr + row->at,
				   row[1].at - row->at);
		else
			put_row(it, row, before);
		if (is_old(row) && is_doubtful(it, row) &&
		    it->out->status == PV_OK)
			memset(it->out->ptr + start + SIZE_AT, 0, 4);
	}
}

/* --- the whole ------------------------------------------------------------ */

static void put_extension(pv_buf *out, const char *name, pv_str data)
{
	pv_buf_put(out, name, 4);
	put32(out, (uint32_t)data.len);
	pv_buf_put(out, data.ptr, data.len);
}

/*
 * What git knows of resolved conflicts stays. The rest is left out, which git
 * allows: where things are in the file (EOIE, IEOT), what a file system monitor
 * said (FSMN), and untracked files (UNTR), whose folders git would take for
 * unchanged within the second of the old index once the index is younger.
 */
static void put_old_extensions(struct writer *it)
{
	const pv_index_map *map = it->map;
	size_t at = map->rows[map->count].at;
	size_t end = map->file.len - PV_SHA1_SIZE;

	while (map->version && end - at >= 8) {
		const unsigned char *data =
			(const unsigned char *)map->file.ptr + at;
		size_t size = pv_read32(data + 4);

		if (!memcmp(data, "REUC", 4))
			pv_buf_put(it->out, data, 8 + size);
		at += 8 + size;
	}
}

static int put_trees(struct writer *it)
{
	pv_buf data = { 0 };
	pv_cache_tree_edit edit = { .store = it->edit->store,
				    .map = it->map,
				    .rows = it->rows,
				    .count = it->count,
				    .tree = it->edit->tree,
				    .files = it->edit->files,
				    .file_count = it->edit->count };
	pv_str slice;
	int rc = pv_cache_tree_put(&data, &edit, it->err);

	slice.ptr = pv_buf_text(&data);
	slice.len = data.len;
	if (rc == PV_OK && slice.len)
		put_extension(it->out, "TREE", slice);
	pv_buf_dispose(&data);
	return rc;
}

/*
 * Always the real sum, also with index.skipHash and after an index without
 * one: git before 2.40 takes zeros there for a broken file.
 */
static void put_sum(struct writer *it, size_t start)
{
	unsigned char sum[PV_SHA1_SIZE];
	pv_sha1 sha;

	if (it->out->status != PV_OK)
		return;
	pv_sha1_init(&sha);
	pv_sha1_update(&sha, it->out->ptr + start, it->out->len - start);
	pv_sha1_final(sum, &sha);
	pv_buf_put(it->out, sum, sizeof(sum));
}

static int write(struct writer *it)
{
	uint32_t version = it->map->version ? it->map->version : DEFAULT_VERSION;
	size_t start = it->out->len;
	int rc;

	pv_buf_reserve(it->out, it->map->file.len + 4096);
	pv_buf_put(it->out, "DIRC", 4);
	put32(it->out, version);
	put32(it->out, (uint32_t)it->count);
	put_rows(it);
	rc = put_trees(it);
	put_old_extensions(it);
	put_sum(it, start);
	return rc < 0 ? rc : pv_buf_status(it->out, it->err);
}

int pv_index_put(pv_buf *out, const pv_index_edit *edit, pv_error *err)
{
	struct writer it = {
		.edit = edit, .map = edit->map, .out = out, .err = err
	};
	int rc;

	it.fresh = pv_calloc(edit->count + 1, sizeof(*it.fresh));
	it.rows = pv_calloc(edit->map->count + edit->count + 1, sizeof(void *));
	if (!it.fresh || !it.rows)
		rc = pv_fail_nomem(err);
	else
		rc = merge_rows(&it);
	if (rc > 0) {
		rc = write(&it);
		rc = rc < 0 ? rc : 1;
	}
	pv_free(it.fresh);
	pv_free(it.rows);
	return rc;
}
