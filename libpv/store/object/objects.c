/* SPDX-License-Identifier: MIT
 *
 * A batch of new objects, see objects.h. libgit2 can index a pack but makes
 * one only from objects that are stored already, so the stream is made here:
 * whole objects without deltas, which `git gc` finds later. libgit2's indexer
 * then reads it back and checks every object (pack_write.c).
 */
#include "store/object/objects.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/config/config.h"
#include "store/object/loose_object.h"
#include "store/object/object.h"
#include "store/object/pack_write.h"
#include "store/object/zmemory.h"

/* A pack is written out when it has grown this large. */
enum {
	PACK_FLUSH_SIZE = 128 << 20,
	OUTPUT_CHUNK = 8192
};

struct pv_deflate {
	z_stream stream;
};

static int start_pack(pv_objects *objects, pv_error *err)
{
	z_stream *stream;

	objects->deflate = pv_calloc(1, sizeof(*objects->deflate));
	if (!objects->deflate)
		return pv_fail_nomem(err);
	stream = &objects->deflate->stream;
	pv_zmemory_set(stream);
	if (deflateInit(stream, objects->level) != Z_OK)
		return pv_fail_nomem(err);
	objects->is_packed = 1;
	return PV_OK;
}

int pv_objects_begin(pv_objects *out, pv_store *store, size_t expected,
		     pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->store = store;
	if (expected < PV_OBJECTS_PACK_MIN || !store->has_packs)
		return PV_OK;
	out->level = pv_config_compression(store, "pack.compression",
					   Z_DEFAULT_COMPRESSION);
	return start_pack(out, err);
}

int pv_objects_odb(git_odb **out, pv_objects *objects, pv_error *err)
{
	int rc = 0;

	if (!objects->odb)
		rc = git_repository_odb(&objects->odb, objects->store->repo);
	*out = objects->odb;
	if (rc < 0)
		return pv_fail_git(err, rc, "open the object database", NULL);
	return PV_OK;
}

/* The head of a pack entry: type and size, seven bits a byte. */
static void put_entry_head(pv_buf *out, git_object_t type, size_t len)
{
	unsigned byte = (unsigned)type << 4 | (len & 15);

	for (len >>= 4; len; len >>= 7) {
		pv_buf_putc(out, (char)(byte | 0x80));
		byte = len & 0x7f;
	}
	pv_buf_putc(out, (char)byte);
}

static int put_deflated(pv_buf *out, z_stream *stream, const void *data,
			size_t len)
{
	unsigned char chunk[OUTPUT_CHUNK];
	int state;

	deflateReset(stream);
	stream->next_in = data;
	stream->avail_in = (uInt)len;
	do {
		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		state = deflate(stream, Z_FINISH);
		pv_buf_put(out, chunk, sizeof(chunk) - stream->avail_out);
	} while (state == Z_OK || state == Z_BUF_ERROR);
	return state == Z_STREAM_END;
}

static int add_to_pack(git_oid *out, pv_objects *objects, git_object_t type,
		       pv_str data, pv_error *err)
{
	pv_str key = { (const char *)out->id, sizeof(out->id) };
	int rc;

	if (pv_map_find(&objects->seen, key))
		return PV_OK;
	if (objects->body.len > PACK_FLUSH_SIZE) {
		rc = pv_objects_finish(objects, err);
		if (rc < 0)
			return rc;
	}
	rc = pv_map_set(&objects->seen, key, objects, NULL, err);
	if (rc < 0)
		return rc;
	put_entry_head(&objects->body, type, data.len);
	if (!put_deflated(&objects->body, &objects->deflate->stream, data.ptr,
			  data.len))
		return pv_fail(err, PV_EGIT, "cannot compress an object");
	objects->count++;
	return pv_buf_status(&objects->body, err);
}

int pv_objects_add(git_oid *out, pv_objects *objects, git_object_t type,
		   const void *data, size_t len, pv_error *err)
{
	pv_str slice = { data, len };
	git_odb *odb;
	int rc;

	if (objects->is_dry) {
		pv_object_id(out, type, slice);
		return PV_OK;
	}
	/* zlib counts in 32 bits, and a pack should stay near its limit. */
	if (objects->is_packed && len <= PACK_FLUSH_SIZE) {
		rc = pv_objects_odb(&odb, objects, err);
		if (rc < 0)
			return rc;
		rc = git_odb_hash(out, data, len, type);
		if (rc < 0)
			return pv_fail_git(err, rc, "write an object", NULL);
		if (!git_odb_exists_ext(odb, out, GIT_ODB_LOOKUP_NO_REFRESH))
			return add_to_pack(out, objects, type, slice, err);
	}
	return pv_loose_write(out, objects->store, type, slice, err);
}

int pv_objects_finish(pv_objects *objects, pv_error *err)
{
	pv_str entries = { objects->body.ptr, objects->body.len };
	git_odb *odb;
	int rc;

	if (!objects->count)
		return PV_OK;
	rc = pv_objects_odb(&odb, objects, err);
	if (rc < 0)
		return rc;
	rc = pv_pack_write(objects->store, odb, entries, objects->count, err);
	if (rc < 0)
		return rc;
	rc = git_odb_refresh(odb);
	if (rc < 0)
		return pv_fail_git(err, rc, "write a pack", NULL);
	pv_buf_clear(&objects->body);
	pv_map_dispose(&objects->seen);
	objects->count = 0;
	return PV_OK;
}

void pv_objects_dispose(pv_objects *objects)
{
	if (!objects)
		return;
	if (objects->deflate)
		deflateEnd(&objects->deflate->stream);
	pv_free(objects->deflate);
	pv_buf_dispose(&objects->body);
	pv_map_dispose(&objects->seen);
	git_odb_free(objects->odb);
	memset(objects, 0, sizeof(*objects));
}
