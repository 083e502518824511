/* SPDX-License-Identifier: MIT
 *
 * Writing a pack, see pack_write.h. libgit2's indexer would leave its draft in
 * the folder of packs when it is killed, under a name that git never removes.
 * As git does, the index comes last: a pack without one is not looked at.
 */
#include "store/object/pack_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/object/sha1.h"
#include "store/shared_mode.h"

enum {
	PACK_VERSION = 2,
	PACK_MODE = 0444
};

static const char *const suffixes[] = { "pack", "idx" };

/* A pack that is being made. */
struct draft {
	pv_store *store;
	git_indexer *indexer;
	pv_buf folder;
	pv_error *err;
};

static void put_be32(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* git prunes folders that are called so when they are old. */
static int make_folder(struct draft *draft)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pv_buf_printf(&draft->folder, "%s/tmp_objdir-pv-%ld-%lx%lx",
		      draft->store->objects_dir, (long)getpid(),
		      (long)now.tv_sec, (long)now.tv_nsec);
	if (pv_buf_status(&draft->folder, draft->err) < 0)
		return draft->folder.status;
	if (mkdir(draft->folder.ptr, 0700) < 0)
		return pv_fail_errno(draft->err, errno, "make the folder",
				     draft->folder.ptr);
	return PV_OK;
}

/* Feeds the stream to the indexer: header, entries, checksum. */
static int feed(struct draft *draft, pv_str entries, uint32_t count)
{
	git_indexer *indexer = draft->indexer;
	git_indexer_progress progress = { 0 };
	unsigned char header[12] = { 'P', 'A', 'C', 'K' };
	unsigned char trailer[PV_SHA1_SIZE];
	pv_sha1 sha;
	int rc;

	put_be32(header + 4, PACK_VERSION);
	put_be32(header + 8, count);
	pv_sha1_init(&sha);
	pv_sha1_update(&sha, header, sizeof(header));
	pv_sha1_update(&sha, entries.ptr, entries.len);
	pv_sha1_final(trailer, &sha);
	rc = git_indexer_append(indexer, header, sizeof(header), &progress);
	if (rc == 0)
		rc = git_indexer_append(indexer, entries.ptr, entries.len,
					&progress);
	if (rc == 0)
		rc = git_indexer_append(indexer, trailer, sizeof(trailer),
					&progress);
	if (rc == 0)
		rc = git_indexer_commit(indexer, &progress);
	return rc < 0 ? pv_fail_git(draft->err, rc, "write a pack", NULL) : PV_OK;
}

/* Moves one of the files to where packs are. */
static int place(struct draft *draft, const char *suffix)
{
	const char *name = git_indexer_name(draft->indexer);
	pv_buf from = { 0 };
	pv_buf to = { 0 };
	int rc;

	pv_buf_printf(&from, "%s/pack-%s.%s", draft->folder.ptr, name, suffix);
	pv_buf_printf(&to, "%s/pack/pack-%s.%s", draft->store->objects_dir,
		      name, suffix);
	rc = pv_buf_status(&from, draft->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&to, draft->err);
	if (rc == PV_OK)
		rc = pv_shared_adjust(draft->store, from.ptr, draft->err);
	if (rc == PV_OK && rename(from.ptr, to.ptr) < 0)
		rc = pv_fail_errno(draft->err, errno, "write", to.ptr);
	pv_buf_dispose(&from);
	pv_buf_dispose(&to);
	return rc;
}

/* The names are to survive the power going off, as the bytes do. */
static int sync_packs(const struct draft *draft)
{
	pv_buf path = { 0 };
	int rc;
	int fd = -1;

	pv_buf_printf(&path, "%s/pack", draft->store->objects_dir);
	rc = pv_buf_status(&path, draft->err);
	if (rc < 0)
		goto out;
	fd = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP))
		rc = pv_fail_errno(draft->err, errno, "write", path.ptr);
out:
	if (fd >= 0)
		close(fd);
	pv_buf_dispose(&path);
	return rc;
}

/* After a failure: what is in the folder goes with it. */
static void drop(const struct draft *draft)
{
	const char *name = draft->indexer ? git_indexer_name(draft->indexer) : "";
	pv_buf path = { 0 };

	for (size_t i = 0; i < pv_array_len(suffixes); i++) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/pack-%s.%s", draft->folder.ptr, name,
			      suffixes[i]);
		if (!path.status)
			unlink(path.ptr);
	}
	pv_buf_dispose(&path);
}

int pv_pack_write(pv_store *store, git_odb *odb, pv_str entries, uint32_t count,
		  pv_error *err)
{
	struct draft draft = { .store = store, .err = err };
	int rc = make_folder(&draft);

	if (rc < 0) {
		pv_buf_dispose(&draft.folder);
		return rc;
	}
	rc = git_indexer_new(&draft.indexer, draft.folder.ptr, PACK_MODE, odb,
			     NULL);
	if (rc < 0)
		rc = pv_fail_git(err, rc, "write a pack", NULL);
	else
		rc = feed(&draft, entries, count);
	for (size_t i = 0; rc == PV_OK && i < pv_array_len(suffixes); i++)
		rc = place(&draft, suffixes[i]);
	if (rc == PV_OK)
		rc = sync_packs(&draft);
	if (rc < 0)
		drop(&draft);
	git_indexer_free(draft.indexer);
	rmdir(draft.folder.ptr);
	pv_buf_dispose(&draft.folder);
	return rc;
}
