/* SPDX-License-Identifier: MIT
 *
 * What a file of a swap leaves lying about, see swap.h: its draft, complete
 * before it takes the name, and the old file. Both are among git's objects, so
 * that a crash leaves nothing that could be committed, and gc removes it; only
 * where that folder cannot be used they are beside the file.
 */
#include "store/worktree/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/path.h"

enum {
	DRAFT_NAME = 80
};

/* The folder of a place, and what a change's file is called there. */
static int locate(char name[DRAFT_NAME], const pv_swap *swap,
		  const pv_change *change, enum pv_swap_place place,
		  const char *suffix)
{
	int is_inside = place == PV_SWAP_IN_FOLDER;

	snprintf(name, DRAFT_NAME, "%stmp_pv_%ld_%ld_%zu%s",
		 is_inside ? "." : "", (long)getpid(), swap->serial,
		 (size_t)(change - swap->changes), suffix);
	return is_inside ? swap->folders.here : swap->objects;
}

static int draft_of(char name[DRAFT_NAME], const pv_swap *swap,
		    const pv_change *change)
{
	return locate(name, swap, change, pv_swap_step_of(swap, change)->draft,
		      "");
}

static int old_of(char name[DRAFT_NAME], const pv_swap *swap,
		  const pv_change *change)
{
	return locate(name, swap, change, pv_swap_step_of(swap, change)->old,
		      "_old");
}

void pv_swap_drop_draft(pv_swap *swap, const pv_change *change)
{
	char name[DRAFT_NAME];
	int cause = errno;

	unlinkat(draft_of(name, swap, change), name, 0);
	pv_swap_step_of(swap, change)->draft = PV_SWAP_NOWHERE;
	errno = cause;
}

/*
 * Fills the draft. Only bytes that replace others are synced: a new file has
 * nothing to lose, and importing thousands would wait for the disk as often.
 */
static int fill_draft(pv_swap *swap, const pv_change *change,
		      enum pv_swap_place where, pv_str text)
{
	unsigned char *draft = &pv_swap_step_of(swap, change)->draft;
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
		*draft = PV_SWAP_NOWHERE;
		return -1;
	}
	failed = pv_file_write_all(fd, text.ptr, text.len) < 0;
	if (!failed && fstatat(swap->folders.here, pv_path_name(change->path),
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
		pv_swap_drop_draft(swap, change);
	return failed ? -1 : 0;
}

/* Git's folder may not be ours to write to, or lie elsewhere. */
static int is_out_of_reach(int cause)
{
	return cause == EXDEV || cause == EACCES || cause == EPERM ||
	       cause == EROFS || cause == EBADF;
}

int pv_swap_write_draft(pv_swap *swap, const pv_change *change, pv_str text,
			pv_error *err)
{
	if (!swap->is_apart) {
		if (fill_draft(swap, change, PV_SWAP_AMONG_OBJECTS, text) == 0)
			return PV_OK;
		swap->is_apart = is_out_of_reach(errno);
	}
	if (swap->is_apart &&
	    fill_draft(swap, change, PV_SWAP_IN_FOLDER, text) == 0)
		return PV_OK;
	return pv_fail_errno(err, errno, "write", change->path);
}

int pv_swap_name_draft(pv_swap *swap, const pv_change *change)
{
	char name[DRAFT_NAME];
	int folder = draft_of(name, swap, change);

	if (renameat(folder, name, swap->folders.here,
		     pv_path_name(change->path)) < 0)
		return -1;
	pv_swap_step_of(swap, change)->draft = PV_SWAP_NOWHERE;
	return 0;
}

int pv_swap_keep_old(pv_swap *swap, const pv_change *change, pv_error *err)
{
	static const unsigned char places[] = { PV_SWAP_AMONG_OBJECTS,
						PV_SWAP_IN_FOLDER };
	struct pv_swap_step *step = pv_swap_step_of(swap, change);
	char name[DRAFT_NAME];

	for (size_t i = swap->is_apart ? 1 : 0; i < pv_array_len(places); i++) {
		int folder;

		step->old = places[i];
		folder = old_of(name, swap, change);
		if (linkat(swap->folders.here, pv_path_name(change->path),
			   folder, name, 0) == 0)
			return PV_OK;
		step->old = PV_SWAP_NOWHERE;
		step->is_new = errno == ENOENT;
		if (step->is_new)
			return PV_OK;
		if (!is_out_of_reach(errno) && errno != EMLINK)
			return pv_fail_errno(err, errno, "write", change->path);
	}
	return PV_OK;
}

int pv_swap_put_back(pv_swap *swap, const pv_change *change)
{
	struct pv_swap_step *step = pv_swap_step_of(swap, change);
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
			     pv_path_name(change->path)) < 0)
			return -1;
		step->old = PV_SWAP_NOWHERE;
	} else if (!step->is_new || unlinkat(swap->folders.here,
					     pv_path_name(change->path), 0) < 0) {
		return -1;
	}
	step->is_done = 0;
	return 0;
}

void pv_swap_drop_leftovers(pv_swap *swap, const pv_change *change)
{
	const struct pv_swap_step *step = pv_swap_step_of(swap, change);
	char name[DRAFT_NAME];

	if (!step->draft && !step->old)
		return;
	/* Those in folders need their folder. */
	if ((step->draft == PV_SWAP_IN_FOLDER || step->old == PV_SWAP_IN_FOLDER) &&
	    pv_folders_enter(&swap->folders, change->path, PV_FOLDERS_FIND,
			     NULL) < 0)
		return;
	if (step->draft)
		pv_swap_drop_draft(swap, change);
	if (step->old)
		unlinkat(old_of(name, swap, change), name, 0);
	if (step->old == PV_SWAP_IN_FOLDER && !change->data)
		pv_folders_prune(&swap->folders, change->path);
}
