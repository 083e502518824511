/* SPDX-License-Identifier: MIT
 *
 * Conditional includes that libgit2 passes over: `hasconfig:` altogether, and
 * `gitdir:` for a folder that was entered by another name (a symbolic link
 * in $PWD), and all includes that come by `git -c` or GIT_CONFIG_*. Where there
 * is one of them, the whole configuration is what `git config --list` says, one
 * list in memory for each of its scopes; otherwise git is not asked.
 */
#include "store/config/config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

/* git's scopes as levels, in order of precedence. */
static const struct scope {
	const char *name;
	int level;
} scopes[] = {
	{ "system", GIT_CONFIG_LEVEL_SYSTEM },
	{ "global", GIT_CONFIG_LEVEL_GLOBAL },
	{ "local", GIT_CONFIG_LEVEL_LOCAL },
	{ "worktree", PV_CONFIG_WORKTREE },
	{ "command", PV_CONFIG_COMMAND },
};

/* Whether $PWD names this folder by way of a symbolic link. */
static int is_entered_by_link(const pv_store *store)
{
	const char *pwd = pv_store_env(store, "PWD");
	char real[PATH_MAX];
	char here[PATH_MAX];

	return pwd && *pwd == '/' && realpath(pwd, real) &&
	       strcmp(pwd, real) != 0 && realpath(".", here) &&
	       strcmp(here, real) == 0;
}

/* libgit2 follows what files include, not what the command line does. */
static int is_command_include(const git_config_entry *entry)
{
	return (int)entry->level == PV_CONFIG_COMMAND &&
	       (!strcmp(entry->name, "include.path") ||
		(pv_str_has_prefix(entry->name, "includeif.") &&
		 pv_str_has_suffix(entry->name, ".path")));
}

static int needs_git(const pv_store *store, git_config *files)
{
	static const char condition[] = "includeif.";
	git_config_iterator *it = NULL;
	git_config_entry *entry = NULL;
	int found = 0;

	if (git_config_iterator_new(&it, files) == 0) {
		while (!found && git_config_next(&entry, it) == 0) {
			const char *rest = entry->name + strlen(condition);

			found = is_command_include(entry);
			if (found || !pv_str_has_prefix(entry->name, condition))
				continue;
			found = pv_str_has_prefix(rest, "hasconfig:") ||
				(pv_str_has_prefix(rest, "gitdir") &&
				 is_entered_by_link(store));
		}
	}
	git_config_iterator_free(it);
	git_error_clear();
	return found;
}

/* Runs git where the store was looked for, so that it sees the same $PWD. */
static int list_all(pv_buf *out, pv_store *store, pv_error *err)
{
	static const char *const args[] = { "config", "--list", "-z",
					    "--show-scope", NULL };
	pv_git_options opts = { 0 };
	pv_buf talk = { 0 };
	int status, rc;

	opts.errors = &talk;
	opts.dir = store->start;
	rc = pv_git_run(out, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EGIT,
			     "git cannot read the configuration: %.*s",
			     (int)strcspn(pv_buf_text(&talk), "\n"),
			     pv_buf_text(&talk));
	pv_buf_dispose(&talk);
	return rc;
}

/* Adds "key\nvalue", or "key" alone for "true by presence". */
static int add_entry(pv_config_list *list, const char *text, pv_error *err)
{
	const char *value = strchr(text, '\n');
	char *key = pv_strndup(text, strcspn(text, "\n"));
	int rc;

	if (!key)
		return pv_fail_nomem(err);
	rc = pv_config_list_add(list, key, value ? value + 1 : NULL, err);
	pv_free(key);
	return rc;
}

/* The settings of one scope in `listed`: "scope NUL entry NUL", repeated. */
static int add_scope(git_config *config, const struct scope *scope,
		     const pv_buf *listed, pv_error *err)
{
	pv_config_list *list = pv_calloc(1, sizeof(*list));
	const char *end = listed->ptr + listed->len;
	const char *entry, *next;
	int rc = PV_OK;

	if (!list)
		return pv_fail_nomem(err);
	list->owners = 1;
	for (const char *at = listed->ptr; rc == PV_OK && at < end; at = next) {
		entry = at + strlen(at) + 1;
		if (entry >= end)
			break;
		next = entry + strlen(entry) + 1;
		if (strcmp(at, scope->name) == 0)
			rc = add_entry(list, entry, err);
	}
	if (rc == PV_OK && list->count)
		rc = pv_config_add_list(config, list, scope->level, err);
	pv_config_list_free(list);
	return rc;
}

static int read_all(git_config **out, pv_store *store, pv_error *err)
{
	git_config *config = NULL;
	pv_buf listed = { 0 };
	int rc;

	*out = NULL;
	rc = list_all(&listed, store, err);
	if (rc < 0)
		goto out;
	rc = git_config_new(&config);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "read the configuration", NULL);
		goto out;
	}
	rc = pv_config_add_defaults(config, store, err);
	for (size_t i = 0; rc == PV_OK && i < pv_array_len(scopes); i++)
		rc = add_scope(config, &scopes[i], &listed, err);
	if (rc == PV_OK) {
		*out = config;
		config = NULL;
	}
out:
	git_config_free(config);
	pv_buf_dispose(&listed);
	return rc;
}

int pv_config_ask_git(git_config **out, pv_store *store, git_config *files,
		      pv_error *err)
{
	int rc;

	*out = NULL;
	/* Before the place is settled git could not be told of it. */
	if (!store->start || !needs_git(store, files))
		return PV_OK;
	store->is_config_asked = 1;
	rc = read_all(out, store, err);
	store->is_config_asked = 0;
	return rc;
}
