/* SPDX-License-Identifier: MIT
 *
 * Concluding operations and tidying up, see commit_finish.h. A merge leaves
 * state in a dozen places that belong to git; `git commit` reads and clears
 * them all, so it is asked to.
 */
#include "store/commit/commit_finish.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/commit_message.h"
#include "store/commit/hooks.h"
#include "store/commit/identity.h"
#include "store/commit/message.h"
#include "store/index/index_file.h"

/*
 * gc.auto's default is 6700 loose objects, which git estimates from one of
 * the 256 folders they are spread over.
 */
enum {
	DEFAULT_GC_AUTO = 6700,
	FAN_OUT = 256,
	MAX_ARGS = 12
};

static int has_file(const pv_store *store, const char *name)
{
	pv_buf path = { 0 };
	int found;

	pv_buf_printf(&path, "%s/%s", store->git_dir, name);
	found = path.status == PV_OK && pv_file_exists(path.ptr);
	pv_buf_dispose(&path);
	return found;
}

int pv_commit_is_pending(const pv_store *store)
{
	return has_file(store, "MERGE_HEAD") ||
	       has_file(store, "CHERRY_PICK_HEAD") ||
	       has_file(store, "REVERT_HEAD");
}

static int check_merged(pv_store *store, pv_error *err)
{
	git_index *index = NULL;
	char *path = NULL;
	int rc = pv_index_path(&path, store, err);

	if (rc == PV_OK)
		rc = pv_index_open(&index, path, err);
	if (rc == PV_OK && git_index_has_conflicts(index)) {
		rc = pv_fail(err, PV_ECONFLICT, "there are unmerged files");
		rc = pv_error_hint(err, rc,
				   "`git pv conflicts` lists them; resolve "
				   "each, then mark it with `git add`");
	}
	git_index_free(index);
	pv_free(path);
	return rc;
}

static const char *cleanup_option(enum pv_cleanup mode)
{
	switch (mode) {
	case PV_CLEANUP_NONE:
		return "--cleanup=verbatim";
	case PV_CLEANUP_STRIP:
	case PV_CLEANUP_CHOSEN:
		return "--cleanup=strip";
	case PV_CLEANUP_SPACE:
	case PV_CLEANUP_SCISSORS:
		break;
	}
	return "--cleanup=whitespace";
}

static int run_commit(pv_store *store, const pv_commit_options *opts,
		      const pv_identity *identity, const char *message,
		      enum pv_cleanup mode, pv_error *err)
{
	const char *args[MAX_ARGS] = { "commit", "--quiet", "--file=-" };
	pv_git_options run = { 0 };
	pv_strlist env = { 0 };
	size_t count = 3;
	int status = 0;
	int rc;

	args[count++] = cleanup_option(mode);
	if (opts->no_verify)
		args[count++] = "--no-verify";
	if (opts->allow_empty)
		args[count++] = "--allow-empty";
	if (opts->author) {
		args[count++] = "--author";
		args[count++] = opts->author;
	}
	if (opts->date) {
		args[count++] = "--date";
		args[count++] = opts->date;
	}
	rc = pv_identity_env(&env, identity, err);
	run.env = (const char *const *)env.items;
	run.input = message;
	run.input_len = strlen(message);
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, store, args, &run, err);
	if (rc == PV_OK && status)
		rc = pv_git_obstacle(store, "", err);
	if (rc == PV_OK && status) {
		rc = pv_fail(err, PV_EPOLICY,
			     "git refused the commit (exit status %d)", status);
		rc = pv_error_hint(err, rc, "what it printed says why");
	}
	pv_strlist_dispose(&env);
	return rc;
}

int pv_commit_conclude(pv_oid *out, pv_store *store,
		       const pv_commit_options *opts, pv_error *err)
{
	pv_identity identity = { 0 };
	pv_buf given = { 0 };
	pv_buf message = { 0 };
	enum pv_cleanup mode = 0;
	int rc = check_merged(store, err);

	if (rc == PV_OK)
		rc = pv_identity_load(&identity, store, opts, err);
	if (rc == PV_OK)
		rc = pv_message_mode(&mode, store, opts, err);
	if (rc == PV_OK)
		rc = pv_commit_message_edit(&given, store, opts, err);
	if (rc == PV_OK)
		rc = pv_message_clean(&message, store, pv_buf_text(&given),
				      mode, err);
	if (rc == PV_OK)
		rc = pv_message_check(store, pv_buf_text(&message), mode, NULL,
				      err);
	if (rc == PV_OK)
		rc = pv_git_wait(store, 1, err);
	if (rc == PV_OK)
		rc = run_commit(store, opts, &identity, message.ptr, mode, err);
	if (rc == PV_OK)
		rc = pv_store_head(NULL, out, store, err);
	pv_identity_dispose(&identity);
	pv_buf_dispose(&given);
	pv_buf_dispose(&message);
	return rc;
}

void pv_commit_forget(const pv_store *store)
{
	static const char *const names[] = { "AUTO_MERGE", "MERGE_MSG",
					     "MERGE_MODE", "SQUASH_MSG" };
	pv_buf path = { 0 };

	for (size_t i = 0; i < pv_array_len(names); i++) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/%s", store->git_dir, names[i]);
		if (path.status == PV_OK)
			unlink(path.ptr);
	}
	pv_buf_dispose(&path);
}

/* Whether one of the loose objects' folders is over its share. */
static int needs_maintenance(pv_store *store)
{
	int32_t limit = DEFAULT_GC_AUTO;
	pv_buf path = { 0 };
	int count = 0;
	DIR *dir = NULL;

	if (git_config_get_int32(&limit, store->config, "gc.auto") < 0)
		git_error_clear();
	pv_buf_printf(&path, "%s/objects/17", store->common_dir);
	if (limit > 0 && path.status == PV_OK)
		dir = opendir(path.ptr);
	pv_buf_dispose(&path);
	if (!dir)
		return 0;
	/* The stream is nobody else's. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2 > limit / FAN_OUT;
}

void pv_commit_epilogue(pv_store *store, const char *const *env)
{
	static const char *const maintain[] = { "maintenance", "run", "--auto",
						"--quiet", NULL };
	pv_buf out = { 0 };
	int status;

	if (needs_maintenance(store))
		pv_git_run(&out, &status, store, maintain, NULL, NULL);
	/* Out of memory there is no telling: git is asked. */
	if (pv_hook_exists(store, "post-commit", NULL))
		pv_hook_run(store, "post-commit", NULL, env, NULL);
	pv_buf_dispose(&out);
}
