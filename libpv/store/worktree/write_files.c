/* SPDX-License-Identifier: MIT
 *
 * Writing the working tree. Folders are entered one by one without following
 * links, so nothing outside the repository can be reached, and every file is
 * complete in a temporary one before it takes its name (swap_file.c). All paths
 * are looked at before the first is written (swap_check.c), and all files are
 * written before the first takes its name: a disk that fills up leaves
 * everything as it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/path.h"
#include "store/worktree/filter.h"
#include "store/worktree/swap.h"

/* Writes a file through its filters. */
static int write_converted(pv_swap *swap, const pv_change *change, pv_error *err)
{
	pv_str text = { change->data, change->len };
	pv_buf bytes = { 0 };
	int rc = pv_filter_smudge(&bytes, swap->store, change->path, text, err);

	text.ptr = pv_buf_text(&bytes);
	text.len = bytes.len;
	if (rc == PV_OK)
		rc = pv_swap_write_draft(swap, change, text, err);
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
	return rc ? pv_swap_write_draft(swap, change, text, err)
		  : write_converted(swap, change, err);
}

static int name_file(pv_swap *swap, const pv_change *change, pv_error *err)
{
	int rc;

	if (pv_swap_name_draft(swap, change) == 0)
		return PV_OK;
	if (errno != EXDEV)
		return pv_fail_errno(err, errno, "write", change->path);
	/* Only now it shows that the two are different file systems. */
	pv_swap_drop_draft(swap, change);
	swap->is_apart = 1;
	rc = prepare_change(swap, change, err);
	if (rc == PV_OK && pv_swap_name_draft(swap, change) < 0)
		rc = pv_fail_errno(err, errno, "write", change->path);
	return rc;
}

static int remove_file(pv_swap *swap, const pv_change *change, pv_error *err)
{
	if (unlinkat(swap->folders.here, pv_path_name(change->path), 0) < 0 &&
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
		rc = pv_swap_keep_old(swap, change, err);
	if (rc < 0)
		return rc;
	rc = change->data ? name_file(swap, change, err)
			  : remove_file(swap, change, err);
	pv_swap_step_of(swap, change)->is_done = rc == PV_OK;
	return rc;
}

int pv_swap_undo(pv_swap *swap, pv_error *err)
{
	const pv_change *stuck = NULL;

	for (size_t i = swap->count; i > 0; i--)
		if (pv_swap_put_back(swap, &swap->changes[i - 1]) < 0) {
			stuck = &swap->changes[i - 1];
			/* What is left of it is better than nothing. */
			pv_swap_step_of(swap, stuck)->old = PV_SWAP_NOWHERE;
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
	return rc == PV_OK ? pv_swap_check(swap, err) : rc;
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

void pv_swap_free(pv_swap *swap)
{
	if (!swap)
		return;
	for (size_t i = 0; swap->steps && i < swap->count; i++)
		pv_swap_drop_leftovers(swap, &swap->changes[i]);
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
