/* SPDX-License-Identifier: MIT
 *
 * Reading objects, see raw_object.h. A walk finds nearly all of them in packs;
 * the others are the loose objects of the last commits, of which the same few
 * are read again and again. Those stay in a small table.
 */
#include "store/object/raw_object.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/loose_backend.h"
#include "store/object/zmemory.h"

enum {
	SLOTS = 32,
	FILE_MAX = 1 << 20,    /* larger ones are libgit2's */
	OBJECT_MAX = 16 << 20, /* inflated */
	HEAD_MAX = 32,         /* "commit 123456789" and its NUL */
	GUESS = 4,             /* how often the file's size the object has */
	SLACK = 320            /* what zlib wants behind it to be fast */
};

struct slot {
	git_oid id;
	git_object_t type;
	unsigned char *ptr; /* the head and the content; NULL: empty */
	size_t head;
	size_t len; /* of the content */
};

struct pv_raw_objects {
	z_stream stream;
	struct slot slots[SLOTS];
	size_t next; /* slot to be used, in turn */
};

static struct pv_raw_objects *get_table(pv_store *store)
{
	struct pv_raw_objects *table = store->raw_objects;

	if (table)
		return table;
	table = pv_calloc(1, sizeof(*table));
	if (!table)
		return NULL;
	pv_zmemory_set(&table->stream);
	if (inflateInit(&table->stream) != Z_OK) {
		pv_free(table);
		return NULL;
	}
	store->raw_objects = table;
	return table;
}

void pv_raw_forget(pv_store *store)
{
	struct pv_raw_objects *table = store->raw_objects;

	if (!table)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		pv_free(table->slots[i].ptr);
	inflateEnd(&table->stream);
	pv_free(table);
	store->raw_objects = NULL;
}

/* --- files --------------------------------------------------------------- */

static int put_path(char path[PATH_MAX], const pv_store *store, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];
	int len;

	git_oid_tostr(hex, sizeof(hex), id);
	len = snprintf(path, PATH_MAX, "%s/objects/%.2s/%s", store->common_dir,
		       hex, hex + 2);
	return len > 0 && len < PATH_MAX;
}

/* The file's bytes: 1, or 0 when there is none that can be taken at once. */
static int read_file(pv_buf *out, const pv_store *store, const git_oid *id)
{
	char path[PATH_MAX];
	struct stat info;
	ssize_t got = -1;
	int fd;

	if (pv_store_env(store, "GIT_OBJECT_DIRECTORY") ||
	    !put_path(path, store, id))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
	    info.st_size <= FILE_MAX) {
		pv_buf_reserve(out, (size_t)info.st_size + 1);
		if (out->status == PV_OK)
			got = read(fd, out->ptr, (size_t)info.st_size + 1);
	}
	close(fd);
	out->len = got < 0 ? 0 : (size_t)got;
	return got > 0 && got == info.st_size;
}

/* --- contents ------------------------------------------------------------ */

/* Takes the head apart; 0 when it is none of git's, or of what is too large. */
static int read_head(struct slot *slot)
{
	uint64_t size;

	slot->head = pv_loose_head(&slot->type, &size, (const char *)slot->ptr,
				   HEAD_MAX);
	slot->len = (size_t)size;
	return slot->head && size <= OBJECT_MAX;
}

/*
 * Inflates the file into `cap` bytes: 1 when that was all, 0 when it does not
 * fit, or is damaged; then the head may be there.
 */
static int inflate_into(struct slot *slot, size_t cap, z_stream *stream,
			const pv_buf *file)
{
	int state = inflateReset(stream);

	stream->next_in = (const Bytef *)file->ptr;
	stream->avail_in = (uInt)file->len;
	stream->next_out = slot->ptr;
	stream->avail_out = (uInt)cap;
	if (state == Z_OK)
		state = inflate(stream, Z_FINISH);
	slot->ptr[cap - stream->avail_out] = '\0';
	return state == Z_STREAM_END && !stream->avail_in;
}

/* Fills a slot: 1, 0 when the file is not as git writes it, or PV_ENOMEM. */
static int fill(struct slot *slot, z_stream *stream, const pv_buf *file)
{
	size_t cap = file->len * GUESS + SLACK;

	for (int i = 0; i < 2; i++) {
		pv_free(slot->ptr);
		slot->ptr = pv_malloc(cap + HEAD_MAX);
		if (!slot->ptr)
			return PV_ENOMEM;
		if (inflate_into(slot, cap, stream, file))
			return read_head(slot) &&
			       stream->total_out == slot->head + slot->len;
		if (i || stream->avail_out || !read_head(slot))
			return 0;
		cap = slot->head + slot->len + SLACK;
	}
	return 0;
}

static const struct slot *find_slot(const struct pv_raw_objects *table,
				    const git_oid *id)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (table->slots[i].ptr && git_oid_equal(&table->slots[i].id, id))
			return &table->slots[i];
	return NULL;
}

/* Puts the object into the table: 1, 0 or PV_ENOMEM. */
static int load(const struct slot **out, struct pv_raw_objects *table,
		const git_oid *id, const pv_buf *file)
{
	struct slot *slot = &table->slots[table->next];
	int rc = fill(slot, &table->stream, file);

	if (rc <= 0) {
		pv_free(slot->ptr);
		memset(slot, 0, sizeof(*slot));
		return rc;
	}
	slot->id = *id;
	table->next = (table->next + 1) % SLOTS;
	*out = slot;
	return 1;
}

static int read_loose(pv_packed_object *out, pv_store *store, const git_oid *id,
		      pv_error *err)
{
	struct pv_raw_objects *table = get_table(store);
	const struct slot *slot;
	pv_buf file = { 0 };
	int rc = 1;

	if (!table)
		return pv_fail_nomem(err);
	slot = find_slot(table, id);
	if (!slot) {
		rc = read_file(&file, store, id);
		if (file.status < 0 || (rc && load(&slot, table, id, &file) < 0))
			rc = pv_fail_nomem(err);
		pv_buf_dispose(&file);
	}
	if (rc < 0 || !slot)
		return rc < 0 ? rc : 0;
	out->type = slot->type;
	out->data = (const char *)slot->ptr + slot->head;
	out->len = slot->len;
	return 1;
}

int pv_raw_read(pv_packed_object *out, pv_store *store, const git_oid *id,
		pv_error *err)
{
	int rc = pv_packs_read(out, store, id, err);

	return rc ? rc : read_loose(out, store, id, err);
}
