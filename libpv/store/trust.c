/* SPDX-License-Identifier: MIT
 *
 * Owner of the git folder, of the `.git` file and of the working tree, as git
 * compares them: the effective user, or for root under sudo the one who
 * called it. safe.directory counts only from files the user controls, in the
 * order of reading; an empty value forgets those before it.
 */
#include "store/trust.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/config/config.h"

enum {
	UID_TEXT_MAX = 0x7fffffff
};

static uid_t expected_owner(const pv_store *store)
{
	const char *sudo = pv_store_env(store, "SUDO_UID");
	unsigned uid;

	if (geteuid() == 0 && sudo && *sudo &&
	    pv_str_to_uint(&uid, pv_str_of(sudo), UID_TEXT_MAX) == PV_OK)
		return (uid_t)uid;
	return geteuid();
}

static int is_owned(const pv_store *store, const char *path)
{
	struct stat st;

	if (!path)
		return 1;
	if (lstat(path, &st) < 0)
		return 0;
	return st.st_uid == expected_owner(store) ||
	       (geteuid() == 0 && st.st_uid == 0);
}

struct safe_search {
	const pv_store *store;
	const char *path;
	int is_safe;
};

/* Whether `path` is `folder`, or below it when that ends in "/" and a star. */
static int matches(const char *folder, size_t len, const char *path)
{
	if (len >= 2 && strncmp(folder + len - 2, "/*", 2) == 0)
		return strncmp(folder, path, len - 1) == 0;
	while (len > 1 && folder[len - 1] == '/')
		len--;
	return strlen(path) == len && strncmp(folder, path, len) == 0;
}

static int visit_safe(const git_config_entry *entry, void *payload)
{
	struct safe_search *search = payload;
	const char *value = entry->value ? entry->value : "";
	const char *home = pv_store_env(search->store, "HOME");
	pv_buf folder = { 0 };

	if (!*value) {
		search->is_safe = 0;
		return 0;
	}
	if (strcmp(value, "*") == 0) {
		search->is_safe = 1;
		return 0;
	}
	if (value[0] == '~' && value[1] == '/' && home) {
		pv_buf_puts(&folder, home);
		value++;
	}
	pv_buf_puts(&folder, value);
	if (!folder.status && matches(folder.ptr, folder.len, search->path))
		search->is_safe = 1;
	pv_buf_dispose(&folder);
	return 0;
}

/* `safe.bareRepository = explicit` wants bare ones named with GIT_DIR. */
static int is_bare_forbidden(const pv_store *store, const pv_place *place)
{
	git_buf value = GIT_BUF_INIT;
	int forbidden = 0;

	if (place->work_dir.len)
		return 0;
	if (git_config_get_string_buf(&value, store->config,
				      "safe.barerepository") == 0)
		forbidden = strcmp(value.ptr, "explicit") == 0;
	git_buf_dispose(&value);
	git_error_clear();
	return forbidden;
}

int pv_trust_check(const pv_store *store, const pv_place *place, pv_error *err)
{
	struct safe_search search = { store, NULL, 0 };
	int rc;

	if (place->is_explicit)
		return PV_OK;
	search.path =
		place->work_dir.len ? place->work_dir.ptr : place->git_dir.ptr;
	if (is_bare_forbidden(store, place)) {
		rc = pv_fail(err, PV_EAUTH,
			     "cannot use the bare repository \"%s\": "
			     "safe.bareRepository is \"explicit\"",
			     search.path);
		return pv_error_hint(err, rc, "name it with --git-dir");
	}
	if (is_owned(store, place->git_file.ptr) &&
	    is_owned(store, place->work_dir.ptr) &&
	    is_owned(store, place->git_dir.ptr))
		return PV_OK;
	git_config_get_multivar_foreach(store->config, "safe.directory", NULL,
					visit_safe, &search);
	git_error_clear();
	if (search.is_safe)
		return PV_OK;
	rc = pv_fail(err, PV_EAUTH,
		     "detected dubious ownership in repository at \"%s\"",
		     search.path);
	return pv_error_hint(err, rc,
			     "git config --global --add safe.directory %s",
			     search.path);
}
