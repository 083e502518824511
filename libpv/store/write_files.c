/* SPDX-License-Identifier: MIT
 *
 * Writing the working tree. Folders are entered one by one without following
 * links, so nothing outside the repository can be reached, and every file is
 * complete in a temporary one before it takes its name: one among git's
 * objects, so that a crash leaves nothing that could be committed, and gc
 * removes it. All paths are looked at before the first is written, and all
 * files are written before the first takes its name: a disk that fills up
 * leaves everything as it was.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/attr_scan.h"
#include "store/change_paths.h"
#include "store/filter.h"
#include "store/folders.h"
#include "store/path.h"

enum {
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* Where a file waits for its name, or for being put back. */
enum place {
	NOWHERE,
	AMONG_OBJECTS,
	IN_FOLDER /* when it cannot be moved from there */
};

/* What has become of a change. */
struct step {
	unsigned char draft;   /* enum place: the new file */
	unsigned char old;     /* enum place: the old one, as a hard link */
	unsigned char is_new;  /* there was no old one */
	unsigned char is_done; /* the change is made */
};

struct pv_swap {
	pv_store *store;
	const pv_change *changes;
	struct step *steps;
	size_t count;
	pv_attr_scan attrs;
	pv_folders folders;
	int objects;   /* git's folder of them */
	int fold_case; /* names that differ in case only are the same file */
	int is_raw;    /* nothing is converted */
	int is_apart;  /* files cannot be moved out of git's folder */
	long serial;   /* keeps our drafts apart from those of the dead */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Looks for another spelling of a name in the open folder. */
static int check_case(pv_swap *swap, const char *path, pv_error *err)
{
	int fd = openat(swap->folders.here, ".", FOLDER_FLAGS);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int rc = PV_OK;

	if (!dir) {
		rc = pv_fail_errno(err, errno, "open the folder of", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	for (;;) {
		/* The stream is ours. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		entry = readdir(dir);
		if (!entry || rc < 0)
			break;
		if (pv_str_casecmp(entry->d_name, base_name(path)) == 0 &&
		    strcmp(entry->d_name, base_name(path)) != 0)
			rc = pv_fail(err, PV_EINVALID,
				     "\"%s\" differs from \"%s\" in case only",
				     path, entry->d_name);
	}
	closedir(dir);
	return rc;
}

/* Whether a change can be carried out, without doing anything. */
static int check_change(pv_swap *swap, const pv_change *change, pv_error *err)
{
	struct stat info;
	int rc = pv_path_check_new(change->path, err);

	if (rc == PV_OK)
		rc = pv_folders_enter(&swap->folders, change->path,
				      PV_FOLDERS_FIND, err);
	if (rc == PV_ENOTFOUND)
		return PV_OK;
	if (rc < 0)
		return rc;
	if (swap->fold_case && change->data) {
		rc = check_case(swap, change->path, err);
		if (rc < 0)
			return rc;
	}
	if (fstatat(swap->folders.here, base_name(change->path), &info,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? PV_OK
			       : pv_fail_errno(err, errno, "read", change->path);
	if (S_ISREG(info.st_mode))
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "\"%s\" is not a regular file",
		       change->path);
}

enum {
	DRAFT_NAME = 80
};

static struct step *step_of(const pv_swap *swap, const pv_change *change)
{
	return &swap->steps[change - swap->changes];
}

/* The folder of a place, and what a change's file is called there. */
static int locate(char name[DRAFT_NAME], const pv_swap *swap,
		  const pv_change *change, enum place place, const char *suffix)
{
	int is_inside = place == IN_FOLDER;

	snprintf(name, DRAFT_NAME, "%stmp_pv_%ld_%ld_%zu%s",
		 is_inside ? "." : "", (long)getpid(), swap->serial,
		 (size_t)(change - swap->changes), suffix);
	return is_inside ? swap->folders.here : swap->objects;
}

static int draft_of(char name[DRAFT_NAME], const pv_swap *swap,
		    const pv_change *change)
{
	return locate(name, swap, change, step_of(swap, change)->draft, "");
}

static int old_of(char name[DRAFT_NAME], const pv_swap *swap,
		  const pv_change *change)
{
	return locate(name, swap, change, step_of(swap, change)->old, "_old");
}

static void drop_draft(pv_swap *swap, const pv_change *change)
{
	char name[DRAFT_NAME];
	int cause = errno;

	unlinkat(draft_of(name, swap, change), name, 0);
	step_of(swap, change)->draft = NOWHERE;
	errno = cause;
}

/*
 * Fills the draft. Only bytes that replace others are synced: a new file has
 * nothing to lose, and importing thousands would wait for the disk as often.
 */
static int fill_draft(pv_swap *swap, const pv_change *change, enum place where,
		      pv_str text)
{
	unsigned char *draft = &step_of(swap, change)->draft;
	struct stat old;
	char name[DRAFT_NAME];
	int folder;
	int failed;
	int fd;

	*draft = (unsigned char)where;
	folder = draft_of(name, swap, change);
	fd = openat(folder, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0) {
		*draft = NOWHERE;
		return -1;
	}
	failed = pv_file_write_all(fd, text.ptr, text.len) < 0;
	if (!failed && fstatat(swap->folders.here, base_name(change->path),
			       &old, AT_SYMLINK_NOFOLLOW) == 0)
		failed = fchmod(fd, old.st_mode & 07777) < 0 || fsync(fd) < 0;
	if (failed) {
		int cause = errno;

		close(fd);
		errno = cause;
	} else {
		failed = close(fd) < 0;
	}
	if (failed)
		drop_draft(swap, change);
	return failed ? -1 : 0;
}

/* Git's folder may not be ours to write to, or lie elsewhere. */
static int is_out_of_reach(int cause)
{
	return cause == EXDEV || cause == EACCES || cause == EPERM ||
	       cause == EROFS || cause == EBADF;
}

static int put_draft(pv_swap *swap, const pv_change *change, pv_str text,
		     pv_error *err)
{
	if (!swap->is_apart) {
		if (fill_draft(swap, change, AMONG_OBJECTS, text) == 0)
			return PV_OK;
		swap->is_apart = is_out_of_reach(errno);
	}
	if (swap->is_apart && fill_draft(swap, change, IN_FOLDER, text) == 0)
		return PV_OK;
	return pv_fail_errno(err, errno, "write", change->path);
}

/* Writes a file through its filters. */
static int write_converted(pv_swap *swap, const pv_change *change, pv_error *err)
{
	pv_str text = { change->data, change->len };
	pv_buf bytes = { 0 };
	int rc = pv_filter_smudge(&bytes, swap->store, change->path, text, err);

	text.ptr = pv_buf_text(&bytes);
	text.len = bytes.len;
	if (rc == PV_OK)
		rc = put_draft(swap, change, text, err);
	pv_buf_dispose(&bytes);
	return rc;
}

/* Writes what a change brings, in its folder, but not yet under its name. */
static int prepare_change(pv_swap *swap, const pv_change *change, pv_error *err)
{
	pv_str text = { change->data, change->len };
	int rc;

	if (!change->data)
		return PV_OK;
	rc = pv_folders_enter(&swap->folders, change->path, PV_FOLDERS_MAKE, err);
	if (rc == PV_OK)
		rc = swap->is_raw ? 1
				  : pv_attr_scan_is_plain_out(&swap->attrs,
							      change->path, err);
	if (rc < 0)
		return rc;
	return rc ? put_draft(swap, change, text, err)
		  : write_converted(swap, change, err);
}

static int rename_draft(pv_swap *swap, const pv_change *change)
{
	char name[DRAFT_NAME];
	int folder = draft_of(name, swap, change);

	if (renameat(folder, name, swap->folders.here, base_name(change->path)) <
	    0)
		return -1;
	step_of(swap, change)->draft = NOWHERE;
	return 0;
}

static int name_file(pv_swap *swap, const pv_change *change, pv_error *err)
{
	int rc;

	if (rename_draft(swap, change) == 0)
		return PV_OK;
	if (errno != EXDEV)
		return pv_fail_errno(err, errno, "write", change->path);
	/* Only now it shows that the two are different file systems. */
	drop_draft(swap, change);
	swap->is_apart = 1;
	rc = prepare_change(swap, change, err);
	if (rc == PV_OK && rename_draft(swap, change) < 0)
		rc = pv_fail_errno(err, errno, "write", change->path);
	return rc;
}

/*
 * Keeps the old file under another name, which needs no room, so that it can
 * be put back even on a full disk. Where there are no hard links it is not.
 */
static int keep_old(pv_swap *swap, const pv_change *change, pv_error *err)
{
	static const unsigned char places[] = { AMONG_OBJECTS, IN_FOLDER };
	struct step *step = step_of(swap, change);
	char name[DRAFT_NAME];

	for (size_t i = swap->is_apart ? 1 : 0; i < pv_array_len(places); i++) {
		int folder;

		step->old = places[i];
		folder = old_of(name, swap, change);
		if (linkat(swap->folders.here, base_name(change->path), folder,
			   name, 0) == 0)
			return PV_OK;
		step->old = NOWHERE;
		step->is_new = errno == ENOENT;
		if (step->is_new)
			return PV_OK;
		if (!is_out_of_reach(errno) && errno != EMLINK)
			return pv_fail_errno(err, errno, "write", change->path);
	}
	return PV_OK;
}

static int remove_file(pv_swap *swap, const pv_change *change, pv_error *err)
{
	if (unlinkat(swap->folders.here, base_name(change->path), 0) < 0 &&
	    errno != ENOENT)
		return pv_fail_errno(err, errno, "remove", change->path);
	/* What is kept in a folder keeps the folder. */
	pv_folders_prune(&swap->folders, change->path);
	return PV_OK;
}

static int apply(pv_swap *swap, const pv_change *change, pv_error *err)
{
	int rc = pv_folders_enter(&swap->folders, change->path,
				  change->data ? PV_FOLDERS_MAKE : PV_FOLDERS_FIND,
				  err);

	if (rc == PV_ENOTFOUND && !change->data)
		return PV_OK;
	if (rc == PV_OK)
		rc = keep_old(swap, change, err);
	if (rc < 0)
		return rc;
	rc = change->data ? name_file(swap, change, err)
			  : remove_file(swap, change, err);
	step_of(swap, change)->is_done = rc == PV_OK;
	return rc;
}

/*
 * Takes one change back; -1 when that is impossible. Needs no memory: that may
 * have been the failure.
 */
static int undo(pv_swap *swap, const pv_change *change)
{
	struct step *step = step_of(swap, change);
	char name[DRAFT_NAME];
	int folder;

	if (!step->is_done)
		return 0;
	if (pv_folders_enter(&swap->folders, change->path,
			     step->old ? PV_FOLDERS_REMAKE : PV_FOLDERS_FIND,
			     NULL) < 0)
		return -1;
	if (step->old) {
		folder = old_of(name, swap, change);
		if (renameat(folder, name, swap->folders.here,
			     base_name(change->path)) < 0)
			return -1;
		step->old = NOWHERE;
	} else if (!step->is_new || unlinkat(swap->folders.here,
					     base_name(change->path), 0) < 0) {
		return -1;
	}
	step->is_done = 0;
	return 0;
}

int pv_swap_undo(pv_swap *swap, pv_error *err)
{
	const pv_change *stuck = NULL;

	for (size_t i = swap->count; i > 0; i--)
		if (undo(swap, &swap->changes[i - 1]) < 0) {
			stuck = &swap->changes[i - 1];
			/* What is left of it is better than nothing. */
			step_of(swap, stuck)->old = NOWHERE;
		}
	pv_folders_unmake(&swap->folders);
	return stuck ? pv_fail(err, PV_EIO, "\"%s\" could not be put back",
			       stuck->path)
		     : PV_OK;
}

static int apply_all(pv_swap *swap, pv_error *err)
{
	const pv_change *changes = swap->changes;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < swap->count; i++)
		rc = prepare_change(swap, &changes[i], err);
	for (size_t i = 0; rc == PV_OK && i < swap->count; i++)
		rc = apply(swap, &changes[i], err);
	if (rc < 0)
		pv_swap_undo(swap, NULL);
	return rc;
}

static int check_all(pv_swap *swap, pv_error *err)
{
	int rc = pv_change_paths_check(swap->changes, swap->count,
				       swap->fold_case, err);

	for (size_t i = 0; rc == PV_OK && i < swap->count; i++)
		rc = check_change(swap, &swap->changes[i], err);
	return rc;
}

static int open_swap(pv_swap *swap, pv_error *err)
{
	pv_store *store = swap->store;
	pv_buf objects = { 0 };
	struct timespec now;
	int rc = pv_folders_open(&swap->folders, store->work_dir, err);

	clock_gettime(CLOCK_MONOTONIC, &now);
	swap->serial = now.tv_nsec;
	swap->fold_case = pv_store_config_bool(store, "core.ignoreCase", 0);
	pv_buf_printf(&objects, "%s/objects", store->common_dir);
	if (rc == PV_OK)
		rc = pv_buf_status(&objects, err);
	if (rc == PV_OK)
		swap->objects =
			open(objects.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pv_buf_dispose(&objects);
	swap->steps = pv_calloc(swap->count + 1, sizeof(*swap->steps));
	if (rc == PV_OK && !swap->steps)
		rc = pv_fail_nomem(err);
	return rc < 0 ? rc : pv_attr_scan_init(&swap->attrs, store, err);
}

/* Opens a swap and looks at all its paths. */
static int start(pv_swap **out, pv_store *store, const pv_change *changes,
		 size_t count, pv_error *err)
{
	pv_swap *swap;
	int rc;

	*out = NULL;
	if (!store->work_dir)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "a bare repository has no working tree");
	swap = pv_calloc(1, sizeof(*swap));
	if (!swap)
		return pv_fail_nomem(err);
	*out = swap;
	swap->store = store;
	swap->changes = changes;
	swap->count = count;
	swap->objects = -1;
	rc = open_swap(swap, err);
	return rc == PV_OK ? check_all(swap, err) : rc;
}

static int swap_files(pv_swap **out, pv_store *store, const pv_change *changes,
		      size_t count, int is_raw, pv_error *err)
{
	pv_swap *swap = NULL;
	int rc = start(&swap, store, changes, count, err);

	if (rc == PV_OK && swap) {
		swap->is_raw = is_raw;
		rc = apply_all(swap, err);
	}
	if (rc < 0) {
		pv_swap_free(swap);
		swap = NULL;
	}
	*out = swap;
	return rc;
}

int pv_store_swap_files(pv_swap **out, pv_store *store,
			const pv_change *changes, size_t count, pv_error *err)
{
	return swap_files(out, store, changes, count, 0, err);
}

int pv_store_check_files(pv_store *store, const pv_change *changes,
			 size_t count, pv_error *err)
{
	pv_swap *swap;
	int rc = start(&swap, store, changes, count, err);

	pv_swap_free(swap);
	return rc;
}

/* Drops a draft or an old file; those in folders need their folder. */
static void drop_leftovers(pv_swap *swap, const pv_change *change)
{
	const struct step *step = step_of(swap, change);
	char name[DRAFT_NAME];

	if (!step->draft && !step->old)
		return;
	if ((step->draft == IN_FOLDER || step->old == IN_FOLDER) &&
	    pv_folders_enter(&swap->folders, change->path, PV_FOLDERS_FIND,
			     NULL) < 0)
		return;
	if (step->draft)
		drop_draft(swap, change);
	if (step->old)
		unlinkat(old_of(name, swap, change), name, 0);
	if (step->old == IN_FOLDER && !change->data)
		pv_folders_prune(&swap->folders, change->path);
}

void pv_swap_free(pv_swap *swap)
{
	if (!swap)
		return;
	for (size_t i = 0; swap->steps && i < swap->count; i++)
		drop_leftovers(swap, &swap->changes[i]);
	pv_attr_scan_dispose(&swap->attrs);
	pv_folders_close(&swap->folders);
	if (swap->objects >= 0)
		close(swap->objects);
	pv_free(swap->steps);
	pv_free(swap);
}

int pv_store_write_files(pv_store *store, const pv_change *changes,
			 size_t count, pv_error *err)
{
	pv_swap *swap = NULL;
	int rc = PV_OK;

	if (count || !store->work_dir)
		rc = pv_store_swap_files(&swap, store, changes, count, err);
	pv_swap_free(swap);
	return rc;
}

int pv_store_write_raw(pv_store *store, const pv_change *change, pv_error *err)
{
	pv_swap *swap = NULL;
	int rc = swap_files(&swap, store, change, 1, 1, err);

	pv_swap_free(swap);
	return rc;
}
