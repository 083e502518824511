/* SPDX-License-Identifier: MIT
 *
 * Commit messages and their hooks, see commit_message.h. COMMIT_EDITMSG is
 * written even without hooks: git leaves it behind, and editors and tools
 * look there for the last message.
 */
#include "store/commit/commit_message.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/note.h"
#include "store/commit/hooks.h"
#include "store/commit/message.h"
#include "store/shared_mode.h"

/* 1 when the hook ran, 0 when there is none. */
static int run_hook(pv_store *store, const char *name, const char *const *args,
		    const char *const *env, pv_error *err)
{
	int rc = pv_hook_exists(store, name, err);

	if (rc <= 0)
		return rc;
	rc = pv_hook_run(store, name, args, env, err);
	return rc < 0 ? rc : 1;
}

/* Runs editor and hooks on the file, as git does; 1 when any of them ran. */
static int run_hooks(pv_store *store, const char *path,
		     const pv_commit_options *opts, const char *const *env,
		     pv_error *err)
{
	const char *prepare[] = { path, opts->source, NULL };
	const char *check[] = { path, NULL };
	int ran;
	int rc;

	if (!opts->source && !opts->edit)
		prepare[1] = "message";
	rc = run_hook(store, "prepare-commit-msg", prepare, env, err);
	ran = rc > 0;
	if (rc >= 0 && opts->edit) {
		ran = 1;
		rc = opts->edit(path, opts->payload, err);
	}
	if (rc >= 0 && !opts->no_verify) {
		rc = run_hook(store, "commit-msg", check, env, err);
		ran |= rc > 0;
	}
	return rc < 0 ? rc : ran;
}

/*
 * Writes the message where git has it, whole, because after a failure it is
 * what is left of an edit.
 */
static int write_message(pv_buf *path, pv_store *store, const pv_buf *text,
			 pv_error *err)
{
	pv_note_text note = { .text = text };
	pv_buf folder = { 0 };
	int rc;

	pv_buf_printf(path, "%s/COMMIT_EDITMSG", store->git_dir);
	pv_buf_printf(&folder, "%s/pv", store->common_dir);
	rc = pv_buf_status(path, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&folder, err);
	note.folder = pv_buf_text(&folder);
	if (rc == PV_OK)
		rc = pv_shared_dir_make(store, note.folder, err);
	if (rc == PV_OK)
		rc = pv_note_put(path->ptr, &note, err);
	pv_buf_dispose(&folder);
	return rc;
}

/* What is in the file now replaces the text. */
static int read_back(pv_buf *text, const char *path, pv_error *err)
{
	int rc;

	pv_buf_clear(text);
	rc = pv_file_read(text, path, err);
	if (rc == PV_OK && text->len && strlen(text->ptr) != text->len)
		rc = pv_fail(err, PV_EINVALID,
			     "the commit message has a NUL byte in it");
	return rc;
}

/* Shows the text to hooks and editor, which may change it. */
static int pass_hooks(pv_buf *text, pv_store *store,
		      const pv_commit_options *opts, const char *const *env,
		      pv_error *err)
{
	pv_buf path = { 0 };
	int rc = write_message(&path, store, text, err);

	if (rc == PV_OK)
		rc = run_hooks(store, path.ptr, opts, env, err);
	if (rc > 0)
		rc = read_back(text, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_commit_message(pv_buf *out, pv_store *store, const pv_commit_options *opts,
		      const char *const *env, pv_error *err)
{
	enum pv_cleanup mode;
	pv_buf text = { 0 };
	int rc = pv_message_mode(&mode, store, opts, err);

	/* Comments are for them to see; they go at the very end. */
	if (rc == PV_OK)
		rc = pv_message_clean(&text, store, opts->message,
				      opts->edit || mode == PV_CLEANUP_NONE
					      ? PV_CLEANUP_NONE
					      : PV_CLEANUP_SPACE,
				      err);
	if (rc == PV_OK)
		rc = pass_hooks(&text, store, opts, env, err);
	if (rc == PV_OK)
		rc = pv_message_clean(out, store, pv_buf_text(&text), mode, err);
	if (rc == PV_OK)
		rc = pv_message_check(store, pv_buf_text(out), mode,
				      opts->proposal, err);
	pv_buf_dispose(&text);
	return rc;
}

int pv_commit_message_edit(pv_buf *out, pv_store *store,
			   const pv_commit_options *opts, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_puts(out, opts->message);
	if (!opts->edit)
		return pv_buf_status(out, err);
	rc = write_message(&path, store, out, err);
	if (rc == PV_OK)
		rc = opts->edit(path.ptr, opts->payload, err);
	if (rc == PV_OK)
		rc = read_back(out, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}
