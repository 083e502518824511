/* SPDX-License-Identifier: MIT
 *
 * Which configuration files there are, and looking values up. libgit2 parses
 * the files (includes too, and conditional ones but for those that config_git.c
 * is about); it is not left to find them, because it asks the process
 * environment once and for all, while each store has an environment of its own.
 */
#include "store/config/config.h"

#include <string.h>

#include <git2/sys/repository.h>
#include <zlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static const char system_file[] = "/etc/gitconfig";

int pv_store_env_bool(const pv_store *store, const char *name, int fallback)
{
	const char *text = pv_store_env(store, name);
	int value;

	if (!text || git_config_parse_bool(&value, text) < 0)
		return fallback;
	return value;
}

/* Adds a file at a level; one that does not exist is left out. */
static int add_file(pv_store *store, const char *path, int level, pv_error *err)
{
	int rc;

	if (!path || !*path)
		return PV_OK;
	rc = git_config_add_file_ondisk(store->config, path,
					(git_config_level_t)level, store->repo,
					0);
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return PV_OK;
	}
	if (rc >= 0)
		return PV_OK;
	rc = pv_fail_git(err, rc, "read", path);
	if (rc != PV_EGIT)
		return rc;
	return pv_error_hint(err, rc,
			     "mend the file: nothing works before it can be "
			     "read");
}

/* Appends $XDG_CONFIG_HOME/git/<name>, or its usual place; may stay empty. */
static void xdg_path(pv_buf *out, const pv_store *store, const char *name)
{
	const char *xdg = pv_store_env(store, "XDG_CONFIG_HOME");
	const char *home = pv_store_env(store, "HOME");

	if (xdg && *xdg)
		pv_buf_printf(out, "%s/git/%s", xdg, name);
	else if (home)
		pv_buf_printf(out, "%s/.config/git/%s", home, name);
}

static int add_user_files(pv_store *store, pv_error *err)
{
	const char *home = pv_store_env(store, "HOME");
	pv_buf path = { 0 };
	int rc;

	xdg_path(&path, store, "config");
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = add_file(store, path.ptr, GIT_CONFIG_LEVEL_XDG, err);
	if (rc == PV_OK && home) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/.gitconfig", home);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK)
			rc = add_file(store, path.ptr, GIT_CONFIG_LEVEL_GLOBAL,
				      err);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* Adds the list `fill` makes, unless it is empty. */
static int add_list(git_config *config, const pv_store *store, int level,
		    int (*fill)(pv_config_list *out, const pv_store *store,
				pv_error *err),
		    pv_error *err)
{
	pv_config_list *list = pv_calloc(1, sizeof(*list));
	int rc;

	if (!list)
		return pv_fail_nomem(err);
	list->owners = 1;
	rc = fill(list, store, err);
	if (rc == PV_OK && list->count)
		rc = pv_config_add_list(config, list, level, err);
	pv_config_list_free(list);
	return rc;
}

static int add_default(pv_config_list *out, const pv_store *store,
		       const char *key, const char *name, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	xdg_path(&path, store, name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK && path.len)
		rc = pv_config_list_add(out, key, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

/*
 * The user's ignore and attributes files. libgit2 would take them from the
 * process environment.
 */
static int fill_defaults(pv_config_list *out, const pv_store *store, pv_error *err)
{
	int rc = add_default(out, store, "core.excludesfile", "ignore", err);

	if (rc == PV_OK)
		rc = add_default(out, store, "core.attributesfile",
				 "attributes", err);
	return rc;
}

int pv_config_add_defaults(git_config *config, const pv_store *store,
			   pv_error *err)
{
	return add_list(config, store, PV_CONFIG_DEFAULTS, fill_defaults, err);
}

int pv_config_open(pv_store *store, pv_error *err)
{
	const char *global = pv_store_env(store, "GIT_CONFIG_GLOBAL");
	const char *system = pv_store_env(store, "GIT_CONFIG_SYSTEM");
	int rc;

	rc = git_config_new(&store->config);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the configuration", NULL);
	rc = pv_config_add_defaults(store->config, store, err);
	if (rc == PV_OK && !pv_store_env_bool(store, "GIT_CONFIG_NOSYSTEM", 0))
		rc = add_file(store, system ? system : system_file,
			      GIT_CONFIG_LEVEL_SYSTEM, err);
	if (rc == PV_OK && global)
		rc = add_file(store, global, GIT_CONFIG_LEVEL_GLOBAL, err);
	else if (rc == PV_OK)
		rc = add_user_files(store, err);
	if (rc == PV_OK)
		rc = add_list(store->config, store, PV_CONFIG_COMMAND,
			      pv_config_parse_env, err);
	return rc;
}

static int add_file_in(pv_store *store, const char *folder, const char *name,
		       int level, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", folder, name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = add_file(store, path.ptr, level, err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_config_add_local(pv_store *store, pv_error *err)
{
	return add_file_in(store, store->common_dir, "config",
			   GIT_CONFIG_LEVEL_LOCAL, err);
}

int pv_config_add_worktree(pv_store *store, pv_error *err)
{
	return add_file_in(store, store->git_dir, "config.worktree",
			   PV_CONFIG_WORKTREE, err);
}

/* Replaces what the store and libgit2 look things up in; takes `config`. */
static int use(pv_store *store, git_config *config, pv_error *err)
{
	int rc = git_repository_set_config(store->repo, config);

	if (rc < 0) {
		git_config_free(config);
		return pv_fail_git(err, rc, "read the configuration", NULL);
	}
	git_config_free(store->config);
	store->config = config;
	store->sharing = PV_SHARING_UNKNOWN;
	return PV_OK;
}

int pv_config_freeze(pv_store *store, pv_error *err)
{
	git_config *frozen = NULL;
	git_config *whole;
	int rc;

	if (!store->config_files) {
		store->config_files = store->config;
		store->config = NULL;
	}
	rc = git_config_snapshot(&frozen, store->config_files);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the configuration", NULL);
	rc = pv_config_ask_git(&whole, store, frozen, err);
	if (rc == PV_OK && !whole)
		return use(store, frozen, err);
	git_config_free(frozen);
	return rc < 0 ? rc : use(store, whole, err);
}

int pv_config_settle(pv_store *store, const char *start, pv_error *err)
{
	git_config *whole;
	int rc;

	store->start = pv_strdup(start);
	if (!store->start)
		return pv_fail_nomem(err);
	rc = pv_config_ask_git(&whole, store, store->config, err);
	return whole ? use(store, whole, err) : rc;
}

void pv_config_renew(pv_store *store)
{
	/* Not by the git that is asked for it. */
	if (!store->config_files || store->is_config_asked)
		return;
	if (pv_config_freeze(store, NULL) < 0)
		git_error_clear();
}

/* The entry of a key, without the defaults that git does not list. */
static int find_entry(git_config_entry **out, pv_store *store, const char *key)
{
	int rc = git_config_get_entry(out, store->config, key);

	if (rc == 0 && (int)(*out)->level == PV_CONFIG_DEFAULTS) {
		git_config_entry_free(*out);
		*out = NULL;
		rc = GIT_ENOTFOUND;
	}
	return rc;
}

int pv_store_config(pv_buf *out, pv_store *store, const char *key, pv_error *err)
{
	git_config_entry *entry = NULL;
	char *folded = pv_strdup(key);
	int is_key, rc;

	if (!folded)
		return pv_fail_nomem(err);
	is_key = pv_config_key_fold(folded);
	pv_free(folded);
	if (!is_key)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is not a configuration key", key);
	rc = find_entry(&entry, store, key);
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" is not set", key);
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "look up", key);
	pv_buf_puts(out, entry->value ? entry->value : "");
	git_config_entry_free(entry);
	return pv_buf_status(out, err);
}

int pv_store_config_bool(pv_store *store, const char *key, int fallback)
{
	git_config_entry *entry = NULL;
	int value = fallback;

	if (find_entry(&entry, store, key) == 0 &&
	    git_config_parse_bool(&value, entry->value) < 0)
		value = fallback;
	git_config_entry_free(entry);
	git_error_clear();
	return value;
}

int pv_config_compression(const pv_store *store, const char *key, int fallback)
{
	const char *const keys[] = { key, "core.compression" };
	int32_t level;

	for (size_t i = 0; i < pv_array_len(keys); i++) {
		if (git_config_get_int32(&level, store->config, keys[i]) == 0 &&
		    level >= Z_DEFAULT_COMPRESSION && level <= Z_BEST_COMPRESSION)
			return level;
		git_error_clear();
	}
	return fallback;
}

/* Adds the NAME of "remote.NAME.key"; names may have dots. */
static int add_remote(pv_strlist *names, const char *key, pv_error *err)
{
	const char *from = key + strlen("remote.");
	const char *to;

	if (!pv_str_has_prefix(key, "remote."))
		return PV_OK;
	to = strrchr(from, '.');
	return to ? pv_strlist_addn(names, from, (size_t)(to - from), err)
		  : PV_OK;
}

int pv_store_remotes(pv_buf *out, pv_store *store, pv_error *err)
{
	git_config_iterator *it = NULL;
	git_config_entry *entry = NULL;
	pv_strlist names = { 0 };
	int rc = git_config_iterator_new(&it, store->config);

	if (rc < 0)
		return pv_fail_git(err, rc, "list", "remotes");
	while (rc == PV_OK) {
		int step = git_config_next(&entry, it);

		if (step == GIT_ITEROVER)
			break;
		rc = step < 0 ? pv_fail_git(err, step, "list", "remotes")
			      : add_remote(&names, entry->name, err);
	}
	pv_strlist_sort(&names);
	pv_strlist_unique(&names);
	for (size_t i = 0; i < names.count; i++) {
		pv_buf_puts(out, names.items[i]);
		pv_buf_putc(out, '\n');
	}
	pv_strlist_dispose(&names);
	git_config_iterator_free(it);
	git_error_clear();
	return rc < 0 ? rc : pv_buf_status(out, err);
}
