/* SPDX-License-Identifier: MIT
 *
 * Loose objects, see loose_object.h. libgit2 would sync each of them and its
 * folder before it went on; see durable.h for when that is needed.
 */
#include "store/object/loose_object.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/config/config.h"
#include "store/durable.h"
#include "store/object/raw_object.h"
#include "store/object/zmemory.h"
#include "store/shared_mode.h"

enum {
	WRITE_ATTEMPTS = 20,
	WINDOW_LEAST = 9, /* of zlib, as a power of two */
	SMALL_MAX = 8192,
	SMALL_MEMORY = 5, /* zlib's measure; it has MEMORY by default */
	MEMORY = 8
};

static int level_of(pv_store *store)
{
	if (!store->has_loose_level)
		store->loose_level =
			pv_config_compression(store, "core.looseCompression",
					      Z_BEST_SPEED);
	store->has_loose_level = 1;
	return store->loose_level;
}

/*
 * A window and tables as small as the object: with those zlib has for large
 * ones, clearing a quarter of a megabyte costs more than all the rest. Readers
 * take every size of window.
 */
static int start(z_stream *stream, int level, size_t len)
{
	int window = WINDOW_LEAST;

	while (window < MAX_WBITS && len > (size_t)1 << window)
		window++;
	return deflateInit2(stream, level, Z_DEFLATED, window,
			    len > SMALL_MAX ? MEMORY : SMALL_MEMORY,
			    Z_DEFAULT_STRATEGY);
}

static int deflate_all(pv_buf *out, int level, const pv_buf *raw)
{
	z_stream stream = { 0 };
	int state = start(&stream, level, raw->len);
	size_t cap;

	if (state != Z_OK)
		return PV_ENOMEM;
	cap = deflateBound(&stream, (uLong)raw->len);
	pv_buf_reserve(out, cap);
	stream.next_in = (const Bytef *)raw->ptr;
	stream.avail_in = (uInt)raw->len;
	if (out->status == PV_OK) {
		stream.next_out = (Bytef *)out->ptr;
		stream.avail_out = (uInt)cap;
		state = deflate(&stream, Z_FINISH);
		out->len = stream.total_out;
	}
	deflateEnd(&stream);
	return out->status == PV_OK && state == Z_STREAM_END ? PV_OK : PV_ENOMEM;
}

/* Appends the bytes of the file. */
static int deflate_object(pv_buf *out, pv_store *store, git_object_t type,
			  pv_str data, pv_error *err)
{
	pv_buf raw = { 0 };
	int rc;

	pv_buf_printf(&raw, "%s %zu", git_object_type2string(type), data.len);
	pv_buf_putc(&raw, '\0');
	pv_buf_put(&raw, data.ptr, data.len);
	rc = pv_buf_status(&raw, err);
	if (rc == PV_OK && deflate_all(out, level_of(store), &raw) < 0)
		rc = out->status < 0 ? pv_buf_status(out, err)
				     : pv_fail_nomem(err);
	pv_buf_dispose(&raw);
	return rc;
}

/* Opens a temporary file, making the folder it goes into. */
static int create(pv_store *store, const char *temporary, size_t folder_len)
{
	char folder[PATH_MAX];
	int fd = -1;

	for (int i = 0; fd < 0 && i < WRITE_ATTEMPTS; i++) {
		fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			  0444);
		/* The name is ours alone, but one like us may have crashed. */
		if (fd < 0 && errno == EEXIST && unlink(temporary) == 0)
			continue;
		if (fd >= 0 || errno != ENOENT || folder_len >= sizeof(folder))
			break;
		/* Somebody's gc may remove the folder while it is empty. */
		memcpy(folder, temporary, folder_len);
		folder[folder_len] = '\0';
		if (mkdir(folder, 0777) == 0)
			pv_store_share(store, folder);
		else if (errno != EEXIST)
			break;
	}
	return fd;
}

/* The places of an object. */
struct place {
	pv_buf path;
	pv_buf temporary;
	pv_buf folder;
};

static int locate(struct place *out, const pv_store *store, const git_oid *id,
		  pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	int rc;

	git_oid_tostr(hex, sizeof(hex), id);
	pv_buf_printf(&out->folder, "%s/objects/%.2s", store->common_dir, hex);
	pv_buf_printf(&out->path, "%s/objects/%.2s/%s", store->common_dir, hex,
		      hex + 2);
	/* git's own prefix: gc removes what a crash leaves. */
	pv_buf_printf(&out->temporary, "%s/objects/%.2s/tmp_obj_%s_%ld_%p",
		      store->common_dir, hex, hex + 2, (long)getpid(),
		      (const void *)store);
	rc = pv_buf_status(&out->folder, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&out->path, err);
	return rc < 0 ? rc : pv_buf_status(&out->temporary, err);
}

static void dispose_place(struct place *place)
{
	pv_buf_dispose(&place->path);
	pv_buf_dispose(&place->temporary);
	pv_buf_dispose(&place->folder);
}

static int write_file(pv_store *store, const struct place *place,
		      const pv_buf *bytes, pv_error *err)
{
	const char *temporary = place->temporary.ptr;
	int fd = create(store, temporary, place->folder.len);
	int rc = PV_OK;

	if (fd < 0)
		return pv_fail_errno(err, errno, "create", place->path.ptr);
	if (pv_file_write_all(fd, bytes->ptr, bytes->len) < 0)
		rc = pv_fail_errno(err, errno, "write", place->path.ptr);
	if (rc == PV_OK)
		rc = pv_durable_object(store, fd, place->path.ptr, err);
	if (close(fd) < 0 && rc == PV_OK)
		rc = pv_fail_errno(err, errno, "write", place->path.ptr);
	if (rc == PV_OK)
		rc = pv_shared_adjust(store, temporary, err);
	if (rc == PV_OK && rename(temporary, place->path.ptr) < 0)
		rc = pv_fail_errno(err, errno, "write", place->path.ptr);
	if (rc < 0)
		unlink(temporary);
	return rc < 0 ? rc : pv_durable_folder(store, place->folder.ptr, err);
}

static int write_new(pv_store *store, const git_oid *id, const pv_buf *bytes,
		     pv_error *err)
{
	struct place place = { 0 };
	int rc = locate(&place, store, id, err);

	if (rc == PV_OK)
		rc = write_file(store, &place, bytes, err);
	dispose_place(&place);
	return rc;
}

/* libgit2 knows where else to put it, and that it shall not be pruned. */
static int write_by_libgit2(git_oid *out, pv_store *store, git_object_t type,
			    pv_str data, pv_error *err)
{
	git_odb *odb = NULL;
	int rc = git_repository_odb(&odb, store->repo);

	if (rc == 0)
		rc = git_odb_write(out, odb, data.ptr, data.len, type);
	git_odb_free(odb);
	return rc < 0 ? pv_fail_git(err, rc, "write an object", NULL) : PV_OK;
}

int pv_loose_write(git_oid *out, pv_store *store, git_object_t type,
		   pv_str data, pv_error *err)
{
	pv_packed_object there = { 0 };
	pv_buf bytes = { 0 };
	int rc = git_odb_hash(out, data.ptr, data.len, type);

	if (rc < 0)
		return pv_fail_git(err, rc, "write an object", NULL);
	/* One that cannot be read, after a power cut, is written again. */
	rc = pv_raw_read(&there, store, out, err);
	if (rc < 0)
		return rc;
	if (rc || pv_store_env(store, "GIT_OBJECT_DIRECTORY"))
		return write_by_libgit2(out, store, type, data, err);
	rc = deflate_object(&bytes, store, type, data, err);
	if (rc == PV_OK)
		rc = write_new(store, out, &bytes, err);
	pv_buf_dispose(&bytes);
	return rc;
}
