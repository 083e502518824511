/* SPDX-License-Identifier: MIT
 *
 * Waiting before git is run: it waits for no lock itself, and some of them it
 * meets only after it has changed files.
 */
#include <pv/git.h>

#include "store/index/index_file.h"
#include "store/lock.h"
#include "store/ref/ref_read.h"

static int wait_for_ref(const pv_store *store, const char *refname, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s.lock", pv_ref_dir(store, refname), refname);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = pv_lock_wait(path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

static int wait_for_branch(pv_store *store, pv_error *err)
{
	pv_ref_value head = { 0 };
	int rc = pv_ref_read(&head, store, "HEAD", err);

	if (rc >= 0)
		rc = head.is_symbolic
			     ? wait_for_ref(store, pv_buf_text(&head.target), err)
			     : PV_OK;
	pv_buf_dispose(&head.target);
	return rc;
}

int pv_git_wait(pv_store *store, int with_branch, pv_error *err)
{
	int rc = pv_index_wait(store, err);

	if (rc == PV_OK)
		rc = wait_for_ref(store, "HEAD", err);
	return rc == PV_OK && with_branch ? wait_for_branch(store, err) : rc;
}
