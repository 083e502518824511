/* SPDX-License-Identifier: MIT
 *
 * Files of the working tree that are written together: what write_files.c,
 * which runs it all, shares with swap_check.c, which looks at the paths first,
 * and swap_file.c, which sees to what each file leaves lying about until all
 * of them have their names.
 */
#ifndef PV_STORE_SWAP_H
#define PV_STORE_SWAP_H

#include "base/str.h"
#include "store/worktree/attr_scan.h"
#include "store/worktree/folders.h"

/* Where a file waits for its name, or for being put back. */
enum pv_swap_place {
	PV_SWAP_NOWHERE,
	PV_SWAP_AMONG_OBJECTS,
	PV_SWAP_IN_FOLDER /* when it cannot be moved from there */
};

/* What has become of a change. */
struct pv_swap_step {
	unsigned char draft;   /* enum pv_swap_place: the new file */
	unsigned char old;     /* as well: the old one, as a hard link */
	unsigned char is_new;  /* there was no old one */
	unsigned char is_done; /* the change is made */
};

struct pv_swap {
	pv_store *store;
	const pv_change *changes;
	struct pv_swap_step *steps;
	size_t count;
	pv_attr_scan attrs;
	pv_folders folders;
	int objects;   /* git's folder of them */
	int fold_case; /* names that differ in case only are the same file */
	int is_raw;    /* nothing is converted */
	int is_apart;  /* files cannot be moved out of git's folder */
	long serial;   /* keeps our drafts apart from those of the dead */
};

static inline struct pv_swap_step *pv_swap_step_of(const pv_swap *swap,
						   const pv_change *change)
{
	return &swap->steps[change - swap->changes];
}

/*
 * Whether all changes can be carried out, without doing anything. PV_EINVALID,
 * PV_EIO, PV_ENOMEM.
 */
int pv_swap_check(pv_swap *swap, pv_error *err);

/*
 * All below want the change's folder to be entered, but for the last two,
 * which enter it.
 */

/* Writes the draft. PV_EIO. */
int pv_swap_write_draft(pv_swap *swap, const pv_change *change, pv_str text,
			pv_error *err);
/* Removes it; keeps errno. */
void pv_swap_drop_draft(pv_swap *swap, const pv_change *change);
/* Gives it the file's name. -1 with errno. */
int pv_swap_name_draft(pv_swap *swap, const pv_change *change);
/*
 * Keeps the old file under another name, which needs no room, so that it can
 * be put back even on a full disk. Where there are no hard links it is not.
 * PV_EIO.
 */
int pv_swap_keep_old(pv_swap *swap, const pv_change *change, pv_error *err);
/*
 * Takes one change back; -1 when that is impossible. Needs no memory: that may
 * have been the failure.
 */
int pv_swap_put_back(pv_swap *swap, const pv_change *change);
/* Drops a draft or an old file. */
void pv_swap_drop_leftovers(pv_swap *swap, const pv_change *change);

#endif
