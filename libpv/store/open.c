/* SPDX-License-Identifier: MIT
 *
 * Opening a repository. libgit2's own search is not used: it reads the
 * process environment, refuses extensions that do no harm, and knows neither
 * GIT_WORK_TREE nor `safe.directory = *`. So the steps are taken here, each
 * in its own file: find it (discover.c), read the configuration the user
 * controls (config.c), check the owner (trust.c), and only then read what the
 * repository itself says (format.c).
 */
#include "store/handle.h"

#include <string.h>
#include <sys/stat.h>

#include <git2/sys/repository.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/config/config.h"
#include "store/discover.h"
#include "store/durable.h"
#include "store/format.h"
#include "store/index/index.h"
#include "store/object/loose_backend.h"
#include "store/object/raw_object.h"
#include "store/ref/packed_refs.h"
#include "store/trust.h"

int pv_store_check_canceled(const pv_store *store, pv_error *err)
{
	if (!store->is_canceled || !store->is_canceled(store->cancel_payload))
		return PV_OK;
	return pv_fail(err, PV_ECANCELED, "interrupted");
}

void pv_store_set_cancel(pv_store *store, int (*is_canceled)(void *payload),
			 void *payload)
{
	store->is_canceled = is_canceled;
	store->cancel_payload = payload;
}

const char *pv_store_env(const pv_store *store, const char *name)
{
	return store->env ? store->env(name, store->payload) : NULL;
}

/* A copy of a folder's path without the slashes at its end. */
static int copy_folder(char **out, const char *path, pv_error *err)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	pv_free(*out);
	*out = pv_strndup(path, len);
	return *out ? PV_OK : pv_fail_nomem(err);
}

static int find_place(pv_place *out, const pv_store *store, const char *start,
		      pv_error *err)
{
	pv_discover_options opts = { 0 };

	opts.start = start;
	opts.git_dir = pv_store_env(store, "GIT_DIR");
	opts.ceilings = pv_store_env(store, "GIT_CEILING_DIRECTORIES");
	opts.across_fs =
		pv_store_env_bool(store, "GIT_DISCOVERY_ACROSS_FILESYSTEM", 0);
	return pv_discover(out, &opts, err);
}

static int open_place(pv_store *store, const pv_place *place, pv_error *err)
{
	int rc = pv_format_check_head(place->git_dir.ptr, err);

	if (rc < 0)
		return rc;
	rc = git_repository_open_bare(&store->repo, place->git_dir.ptr);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "open", place->git_dir.ptr);
		if (rc == PV_ENOTFOUND && err)
			err->id = PV_ERR_NOT_A_REPOSITORY;
		return rc;
	}
	rc = copy_folder(&store->git_dir, git_repository_path(store->repo), err);
	if (rc == PV_OK)
		rc = copy_folder(&store->common_dir,
				 git_repository_commondir(store->repo), err);
	return rc;
}

static int set_work_dir(pv_store *store, const char *path, pv_error *err)
{
	int rc = git_repository_set_workdir(store->repo, path, 0);

	if (rc < 0)
		return pv_fail_git(err, rc, "use the working tree", path);
	return copy_folder(&store->work_dir,
			   git_repository_workdir(store->repo), err);
}

/*
 * core.bare and core.worktree of the common configuration describe the main
 * working tree, not the linked ones.
 */
static int find_layout(git_config_entry **out, const pv_store *store,
		       const char *key)
{
	int is_linked = strcmp(store->git_dir, store->common_dir) != 0;

	*out = NULL;
	if (git_config_get_entry(out, store->config, key) < 0)
		git_error_clear();
	if (*out && is_linked &&
	    (int)(*out)->level <= (int)GIT_CONFIG_LEVEL_LOCAL) {
		git_config_entry_free(*out);
		*out = NULL;
	}
	return *out != NULL;
}

static int is_core_bare(const pv_store *store)
{
	git_config_entry *entry = NULL;
	int value = 0;

	if (find_layout(&entry, store, "core.bare") &&
	    git_config_parse_bool(&value, entry->value) < 0)
		value = 0;
	git_config_entry_free(entry);
	return value;
}

/* Appends core.worktree, which is relative to the git folder. */
static void core_worktree(pv_buf *out, const pv_store *store)
{
	git_config_entry *entry = NULL;

	if (find_layout(&entry, store, "core.worktree") && entry->value &&
	    *entry->value) {
		if (entry->value[0] != '/')
			pv_buf_printf(out, "%s/", store->git_dir);
		pv_buf_puts(out, entry->value);
	}
	git_config_entry_free(entry);
}

/* Settles the working tree, in git's order of precedence. */
static int choose_work_dir(pv_store *store, const pv_place *place,
			   const char *start, pv_error *err)
{
	const char *env = pv_store_env(store, "GIT_WORK_TREE");
	pv_buf configured = { 0 };
	int rc;

	core_worktree(&configured, store);
	rc = pv_buf_status(&configured, err);
	if (rc < 0)
		goto out;
	if (env && *env)
		rc = set_work_dir(store, env, err);
	else if (configured.len)
		rc = set_work_dir(store, configured.ptr, err);
	else if (is_core_bare(store))
		rc = PV_OK;
	else if (place->is_explicit &&
		 pv_store_env_bool(store, "GIT_IMPLICIT_WORK_TREE", 1))
		rc = set_work_dir(store, start, err);
	else if (place->work_dir.len)
		rc = set_work_dir(store, place->work_dir.ptr, err);
out:
	pv_buf_dispose(&configured);
	return rc;
}

/* GIT_INDEX_FILE is relative to the top of the working tree. */
static int use_index_file(pv_store *store, pv_error *err)
{
	const char *path = pv_store_env(store, "GIT_INDEX_FILE");
	pv_buf full = { 0 };
	int rc;

	if (!path || !*path)
		return PV_OK;
	if (path[0] != '/' && store->work_dir)
		pv_buf_printf(&full, "%s/", store->work_dir);
	pv_buf_puts(&full, path);
	rc = pv_buf_status(&full, err);
	if (rc < 0)
		goto out;
	store->index_file = pv_strdup(full.ptr);
	if (!store->index_file)
		rc = pv_fail_nomem(err);
out:
	pv_buf_dispose(&full);
	return rc;
}

static int add_alternates(git_odb *odb, const char *paths, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && paths && *paths) {
		const char *end = strchr(paths, ':');
		size_t len = end ? (size_t)(end - paths) : strlen(paths);
		pv_buf one = { 0 };

		pv_buf_put(&one, paths, len);
		rc = pv_buf_status(&one, err);
		if (rc == PV_OK && len) {
			rc = git_odb_add_disk_alternate(odb, one.ptr);
			if (rc < 0)
				rc = pv_fail_git(err, rc, "use the objects in",
						 one.ptr);
		}
		pv_buf_dispose(&one);
		paths = end ? end + 1 : NULL;
	}
	return rc;
}

/* Whether libgit2 has found the folder of packs: else it writes them to "/". */
static int find_packs(pv_store *store, const char *objects, pv_error *err)
{
	pv_buf path = { 0 };
	struct stat info;
	int rc;

	pv_buf_printf(&path, "%s/pack", objects);
	rc = pv_buf_status(&path, err);
	store->has_packs = rc == PV_OK && stat(path.ptr, &info) == 0 &&
			   S_ISDIR(info.st_mode);
	pv_buf_dispose(&path);
	return rc;
}

/*
 * A receiving git keeps new objects apart and names both places by variables
 * of the environment.
 */
static int use_object_dirs(pv_store *store, pv_error *err)
{
	const char *dir = pv_store_env(store, "GIT_OBJECT_DIRECTORY");
	pv_buf usual = { 0 };
	git_odb *odb = NULL;
	int rc;

	pv_buf_printf(&usual, "%s/objects", store->common_dir);
	rc = pv_buf_status(&usual, err);
	if (rc < 0)
		goto out;
	rc = find_packs(store, dir && *dir ? dir : usual.ptr, err);
	if (rc < 0)
		goto out;
	if (dir && *dir)
		rc = git_odb_open(&odb, dir);
	else
		rc = git_repository_odb(&odb, store->repo);
	if (!dir || !*dir)
		dir = usual.ptr;
	store->objects_dir = pv_strdup(dir);
	if (!store->objects_dir) {
		rc = pv_fail_nomem(err);
		goto out;
	}
	if (rc < 0)
		rc = pv_fail_git(err, rc, "open the objects in", dir);
	else
		rc = pv_loose_backend_add(odb, dir, err);
	if (rc == PV_OK)
		rc = add_alternates(odb,
				    pv_store_env(store, "GIT_ALTERNATE_OBJECT_"
							"DIRECTORIES"),
				    err);
	if (rc == PV_OK)
		rc = git_repository_set_odb(store->repo, odb);
out:
	git_odb_free(odb);
	pv_buf_dispose(&usual);
	return rc;
}

/* libgit2 takes the common folder from the repository alone. */
static int check_common_dir(const pv_store *store, pv_error *err)
{
	const char *env = pv_store_env(store, "GIT_COMMON_DIR");
	struct stat wanted, used;

	if (!env || !*env)
		return PV_OK;
	if (stat(env, &wanted) == 0 && stat(store->common_dir, &used) == 0 &&
	    wanted.st_dev == used.st_dev && wanted.st_ino == used.st_ino)
		return PV_OK;
	return pv_fail(err, PV_EUNSUPPORTED,
		       "GIT_COMMON_DIR \"%s\" is not the repository's own", env);
}

static int read_config(pv_store *store, const pv_place *place, pv_error *err)
{
	int has_worktree_config = 0;
	int rc = pv_config_open(store, err);

	if (rc == PV_OK)
		rc = pv_trust_check(store, place, err);
	if (rc == PV_OK)
		rc = pv_config_add_local(store, err);
	if (rc == PV_OK)
		rc = pv_format_check(&has_worktree_config, store, err);
	if (rc == PV_OK && has_worktree_config)
		rc = pv_config_add_worktree(store, err);
	if (rc == PV_OK)
		rc = pv_config_freeze(store, err);
	return rc;
}

static int fill(pv_store *store, const char *start, pv_error *err)
{
	pv_place place = { 0 };
	int rc = find_place(&place, store, start, err);

	store->is_explicit = place.is_explicit;
	if (rc == PV_OK)
		rc = open_place(store, &place, err);
	if (rc == PV_OK)
		rc = check_common_dir(store, err);
	if (rc == PV_OK)
		rc = read_config(store, &place, err);
	if (rc == PV_OK)
		rc = choose_work_dir(store, &place, start, err);
	if (rc == PV_OK && store->work_dir &&
	    strcmp(store->work_dir, pv_buf_text(&place.work_dir)) != 0)
		store->is_explicit = 1;
	if (rc == PV_OK)
		rc = use_object_dirs(store, err);
	if (rc == PV_OK)
		rc = use_index_file(store, err);
	if (rc == PV_OK)
		rc = pv_config_settle(store, start, err);
	pv_place_dispose(&place);
	return rc;
}

int pv_store_open(pv_store **out, const pv_store_options *opts, pv_error *err)
{
	const char *start = opts && opts->path ? opts->path : ".";
	pv_store *store;
	int64_t began;
	int rc;

	*out = NULL;
	store = pv_calloc(1, sizeof(*store));
	if (!store)
		return pv_fail_nomem(err);
	rc = pv_libgit2_init(err);
	if (rc < 0) {
		pv_free(store);
		return rc;
	}
	if (opts) {
		store->env = opts->env;
		store->payload = opts->payload;
		store->trace = opts->trace;
	}
	began = pv_trace_begin(&store->trace);
	rc = pv_trace_end(&store->trace, began, "store", "open",
			  fill(store, start, err));
	if (rc < 0)
		pv_store_free(store);
	else
		*out = store;
	return rc;
}

const pv_trace *pv_store_trace(const pv_store *store)
{
	return store ? &store->trace : NULL;
}

void pv_store_free(pv_store *store)
{
	if (!store)
		return;
	pv_durable_forget(store);
	pv_index_forget(store);
	pv_raw_forget(store);
	pv_packs_free(store->packs);
	pv_packed_refs_forget(store);
	git_config_free(store->config);
	git_config_free(store->config_files);
	git_repository_free(store->repo);
	pv_free(store->git_dir);
	pv_free(store->common_dir);
	pv_free(store->objects_dir);
	pv_free(store->work_dir);
	pv_free(store->index_file);
	pv_free(store->start);
	pv_free(store);
	git_libgit2_shutdown();
}

const char *pv_store_git_dir(const pv_store *store)
{
	return store->git_dir;
}

const char *pv_store_common_dir(const pv_store *store)
{
	return store->common_dir;
}

const char *pv_store_work_dir(const pv_store *store)
{
	return store->work_dir;
}

int pv_store_is_bare(const pv_store *store)
{
	return !store->work_dir;
}
