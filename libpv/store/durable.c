/* SPDX-License-Identifier: MIT
 *
 * Syncing, see durable.h.
 */
/* For sync_file_range. NOLINTNEXTLINE(bugprone-reserved-identifier) */
#define _GNU_SOURCE
#include "store/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
# include <sys/statfs.h>
# include <sys/sysmacros.h>
#endif

#include "base/fail.h"
#include "base/file.h"

/* --- what the file system promises ---------------------------------------- */

#ifdef __linux__

enum {
	EXT_MAGIC = 0xef53, /* of ext2, ext3 and ext4 */
	XFS_MAGIC = 0x58465342
};

/* Whether an ext4 file system has a journal. */
static int has_journal(dev_t device)
{
	pv_buf path = { 0 };
	char target[256];
	const char *name;
	ssize_t len;
	int found;

	pv_buf_printf(&path, "/sys/dev/block/%u:%u", major(device),
		      minor(device));
	len = path.status < 0 ? -1
			      : readlink(path.ptr, target, sizeof(target) - 1);
	target[len < 0 ? 0 : len] = '\0';
	name = strrchr(target, '/');
	pv_buf_clear(&path);
	if (name)
		pv_buf_printf(&path, "/sys/fs/ext4%s/journal_task", name);
	found = name && path.status == PV_OK && pv_file_exists(path.ptr);
	pv_buf_dispose(&path);
	return found;
}

static int is_ordered(int fd)
{
	struct statfs info;
	struct stat st;

	if (fstatfs(fd, &info) < 0 || fstat(fd, &st) < 0)
		return 0;
	if ((unsigned long)info.f_type == XFS_MAGIC)
		return 1;
	return (unsigned long)info.f_type == EXT_MAGIC && has_journal(st.st_dev);
}

/* Hands a file's bytes to the disk, and waits for the disk to have them. */
static int hand_over(int fd, int is_waiting)
{
	return sync_file_range(fd, 0, 0,
			       is_waiting ? SYNC_FILE_RANGE_WAIT_BEFORE |
						    SYNC_FILE_RANGE_WRITE |
						    SYNC_FILE_RANGE_WAIT_AFTER
					  : SYNC_FILE_RANGE_WRITE);
}

#else

static int is_ordered(int fd)
{
	(void)fd;
	return 0;
}

static int hand_over(int fd, int is_waiting)
{
	(void)is_waiting;
	return fsync(fd);
}

#endif

/* --- the ways ------------------------------------------------------------- */

static enum pv_durability find_way(pv_store *store, int fd)
{
	pv_buf value = { 0 };
	int is_none;

	is_none = pv_store_config(&value, store, "core.fsync", NULL) == PV_OK &&
		  !strcmp(pv_buf_text(&value), "none");
	pv_buf_dispose(&value);
	if (is_none)
		return PV_DURABLE_NOTHING;
	return is_ordered(fd) ? PV_DURABLE_IN_ORDER : PV_DURABLE_EACH;
}

static enum pv_durability way_of(pv_store *store, int fd)
{
	if (store->durability == PV_DURABLE_UNKNOWN)
		store->durability = find_way(store, fd);
	return store->durability;
}

static int sync_now(int fd, const char *path, pv_error *err)
{
	/* Some file systems have nothing to sync. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return pv_fail_errno(err, errno, "write", path);
	return PV_OK;
}

/* All objects so far, on the disk or at least handed over to it. */
static int finish_objects(pv_store *store, const char *path, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < store->unsynced_count; i++)
		if (hand_over(store->unsynced[i], 1) < 0)
			rc = sync_now(store->unsynced[i], path, err);
	pv_durable_forget(store);
	return rc;
}

int pv_durable_object(pv_store *store, int fd, const char *path, pv_error *err)
{
	int copy;

	if (way_of(store, fd) == PV_DURABLE_NOTHING)
		return PV_OK;
	if (store->durability == PV_DURABLE_IN_ORDER &&
	    store->unsynced_count < PV_UNSYNCED_MAX) {
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy >= 0 && hand_over(copy, 0) == 0) {
			store->unsynced[store->unsynced_count++] = copy;
			return PV_OK;
		}
		if (copy >= 0)
			close(copy);
	}
	return sync_now(fd, path, err);
}

int pv_durable_folder(pv_store *store, const char *path, pv_error *err)
{
	int rc;
	int fd;

	if (store->durability != PV_DURABLE_EACH)
		return PV_OK;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return pv_fail_errno(err, errno, "open", path);
	rc = sync_now(fd, path, err);
	close(fd);
	return rc;
}

int pv_durable_objects(pv_store *store, pv_error *err)
{
	int rc = PV_OK;

	/* Once the others are handed over, the last takes them along. */
	for (size_t i = 0; rc == PV_OK && i < store->unsynced_count; i++)
		if (i + 1 == store->unsynced_count ||
		    hand_over(store->unsynced[i], 1) < 0)
			rc = sync_now(store->unsynced[i], store->common_dir, err);
	pv_durable_forget(store);
	return rc;
}

/* Objects on another file system than the ref's are not in its order. */
static int is_elsewhere(const pv_store *store, int fd)
{
	struct stat object, ref;

	return store->unsynced_count && fstat(fd, &ref) == 0 &&
	       fstat(store->unsynced[0], &object) == 0 &&
	       object.st_dev != ref.st_dev;
}

int pv_durable_ref(pv_store *store, int fd, const char *path, pv_error *err)
{
	int rc = PV_OK;

	if (way_of(store, fd) == PV_DURABLE_NOTHING)
		return PV_OK;
	if (store->durability == PV_DURABLE_IN_ORDER && hand_over(fd, 0) < 0)
		rc = sync_now(fd, path, err);
	for (size_t i = 0;
	     rc == PV_OK && is_elsewhere(store, fd) && i < store->unsynced_count;
	     i++)
		rc = sync_now(store->unsynced[i], path, err);
	if (rc == PV_OK)
		rc = finish_objects(store, path, err);
	if (rc == PV_OK &&
	    (store->durability != PV_DURABLE_IN_ORDER || hand_over(fd, 1) < 0))
		rc = sync_now(fd, path, err);
	return rc;
}

void pv_durable_named(pv_store *store, int fd, const char *path)
{
	pv_buf folder = { 0 };
	const char *slash = strrchr(path, '/');

	if (store->durability == PV_DURABLE_IN_ORDER)
		sync_now(fd, path, NULL);
	pv_buf_put(&folder, path, slash ? (size_t)(slash - path) : 0);
	if (folder.status == PV_OK && folder.len)
		pv_durable_folder(store, folder.ptr, NULL);
	pv_buf_dispose(&folder);
}

void pv_durable_forget(pv_store *store)
{
	for (size_t i = 0; i < store->unsynced_count; i++)
		close(store->unsynced[i]);
	store->unsynced_count = 0;
}
