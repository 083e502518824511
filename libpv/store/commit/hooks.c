/* SPDX-License-Identifier: MIT
 *
 * Hooks, see hooks.h. Whether one exists is found out here, so that a
 * repository without hooks pays for no child process.
 */
#include "store/commit/hooks.h"

#include <unistd.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	HOOK_WORDS = 5, /* of the command before them */
	MAX_HOOK_ARGS = 4
};

/* Appends the path of a hook; PV_ENOMEM, or another code when git has to. */
static int hook_path(pv_buf *out, pv_store *store, const char *name)
{
	git_buf dir = { 0 };
	int rc = git_config_get_path(&dir, store->config, "core.hooksPath");

	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		pv_buf_printf(out, "%s/hooks/%s", store->common_dir, name);
		return pv_buf_status(out, NULL);
	}
	if (rc < 0)
		return pv_fail_git(NULL, rc, "read", "core.hooksPath");
	/* A relative path counts from where git runs hooks. */
	if (dir.ptr[0] != '/')
		pv_buf_printf(out, "%s/",
			      store->work_dir ? store->work_dir : store->git_dir);
	pv_buf_printf(out, "%s/%s", dir.ptr, name);
	git_buf_dispose(&dir);
	return pv_buf_status(out, NULL);
}

int pv_hook_exists(pv_store *store, const char *name, pv_error *err)
{
	pv_buf path = { 0 };
	int rc = hook_path(&path, store, name);

	if (rc == PV_OK)
		rc = access(pv_buf_text(&path), X_OK) == 0;
	else if (rc == PV_ENOMEM)
		pv_fail_nomem(err);
	else
		rc = 1; /* git reads paths that libgit2 does not */
	pv_buf_dispose(&path);
	return rc;
}

int pv_hook_run(pv_store *store, const char *name, const char *const *args,
		const char *const *env, pv_error *err)
{
	const char *command[HOOK_WORDS + MAX_HOOK_ARGS + 1] = {
		"hook", "run", "--ignore-missing", name, "--"
	};
	pv_git_options opts = { 0 };
	pv_buf out = { 0 };
	int status = 0;
	int rc;

	for (size_t i = 0; args && args[i] && i < MAX_HOOK_ARGS; i++)
		command[HOOK_WORDS + i] = args[i];
	opts.env = env;
	/* git sends what a hook prints to standard error already. */
	rc = pv_git_run(&out, &status, store, command, &opts, err);
	pv_buf_dispose(&out);
	if (rc < 0 || !status)
		return rc;
	rc = pv_fail(err, PV_EPOLICY, "hook \"%s\" refused (exit status %d)",
		     name, status);
	return pv_error_hint(err, rc, "what it printed says why");
}
