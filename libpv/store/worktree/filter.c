/* SPDX-License-Identifier: MIT
 *
 * libgit2 converts line ends and $Id$ itself. Filter programs and encodings
 * other than UTF-8 it does not know: a file with those attributes is handed
 * to git. On the way in git also stores the result as a blob, because it has
 * no way to show it alone; on the way out it starts from one.
 */
#include "store/worktree/filter.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/index/index.h"

static uint32_t attr_flags(const pv_store *store)
{
	return pv_store_env_bool(store, "GIT_ATTR_NOSYSTEM", 0)
		       ? GIT_ATTR_CHECK_NO_SYSTEM
		       : GIT_ATTR_CHECK_FILE_THEN_INDEX;
}

/* Whether filter.<name>.<part> is configured. */
static int has_program(pv_store *store, const char *name, const char *part)
{
	git_config_entry *entry = NULL;
	pv_buf key = { 0 };
	int found;

	pv_buf_printf(&key, "filter.%s.%s", name, part);
	found = !key.status &&
		git_config_get_entry(&entry, store->config, key.ptr) == 0 &&
		entry->value && *entry->value;
	git_config_entry_free(entry);
	git_error_clear();
	pv_buf_dispose(&key);
	return found;
}

/*
 * Whether the file has a conversion that only git can do; `part` is the
 * direction, "clean" or "smudge".
 */
static int needs_git(int *out, pv_store *store, const char *path,
		     const char *part, pv_error *err)
{
	const char *names[] = { "filter", "working-tree-encoding" };
	const char *values[] = { NULL, NULL };
	int rc = git_attr_get_many(values, store->repo, attr_flags(store), path,
				   pv_array_len(names), names);

	*out = 0;
	if (rc < 0)
		return pv_fail_git(err, rc, "read the attributes of", path);
	if (git_attr_value(values[0]) == GIT_ATTR_VALUE_STRING)
		*out = has_program(store, values[0], part) ||
		       has_program(store, values[0], "process");
	if (git_attr_value(values[1]) == GIT_ATTR_VALUE_STRING)
		*out = 1;
	return PV_OK;
}

static int clean_by_git(pv_buf *out, pv_store *store, const char *path,
			pv_str raw, pv_error *err)
{
	const char *args[] = { "hash-object", "-w", "--stdin", NULL, NULL };
	pv_git_options opts = { 0 };
	pv_buf option = { 0 };
	pv_buf hex = { 0 };
	pv_buf errors = { 0 };
	pv_oid oid = { { 0 } };
	int status, rc;

	pv_buf_printf(&option, "--path=%s", path);
	rc = pv_buf_status(&option, err);
	if (rc < 0)
		goto out;
	args[3] = option.ptr;
	opts.input = raw.ptr;
	opts.input_len = raw.len;
	opts.errors = &errors;
	rc = pv_git_run(&hex, &status, store, args, &opts, err);
	if (rc < 0)
		goto out;
	if (status || hex.len < sizeof(oid.hex) - 1) {
		rc = pv_fail(err, PV_EGIT, "the filter of \"%s\" failed: %.*s",
			     path, (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
		goto out;
	}
	memcpy(oid.hex, hex.ptr, sizeof(oid.hex) - 1);
	rc = pv_store_read_blob(out, store, &oid, err);
out:
	pv_buf_dispose(&option);
	pv_buf_dispose(&hex);
	pv_buf_dispose(&errors);
	return rc;
}

/* Has libgit2 convert the bytes in either direction. */
static int convert_here(pv_buf *out, pv_store *store, const char *path,
			git_filter_mode_t mode, pv_str raw, pv_error *err)
{
	uint32_t flags = GIT_FILTER_ALLOW_UNSAFE;
	git_filter_list *filters = NULL;
	git_buf cleaned = GIT_BUF_INIT;
	int rc;

	if (attr_flags(store) == GIT_ATTR_CHECK_NO_SYSTEM)
		flags |= GIT_FILTER_NO_SYSTEM_ATTRIBUTES;
	rc = git_filter_list_load(&filters, store->repo, NULL, path, mode, flags);
	if (rc < 0)
		return pv_fail_git(err, rc, "load the filters of", path);
	if (!filters) {
		pv_buf_put(out, raw.ptr, raw.len);
		return pv_buf_status(out, err);
	}
	rc = git_filter_list_apply_to_buffer(&cleaned, filters, raw.ptr, raw.len);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "convert", path);
	} else {
		pv_buf_put(out, cleaned.ptr, cleaned.size);
		rc = pv_buf_status(out, err);
	}
	git_buf_dispose(&cleaned);
	git_filter_list_free(filters);
	return rc;
}

int pv_filter_clean(pv_buf *out, pv_store *store, const char *path, pv_str raw,
		    pv_error *err)
{
	int by_git, rc;

	if (!raw.len)
		return PV_OK;
	/* The look-ups below fall back on the .gitattributes in it. */
	rc = pv_index_lend(store, path, err);
	if (rc < 0)
		return rc;
	rc = needs_git(&by_git, store, path, "clean", err);
	if (rc < 0)
		return rc;
	if (by_git)
		return clean_by_git(out, store, path, raw, err);
	return convert_here(out, store, path, GIT_FILTER_TO_ODB, raw, err);
}

static int smudge_by_git(pv_buf *out, pv_store *store, const char *path,
			 pv_str clean, pv_error *err)
{
	const char *args[] = { "cat-file", "--filters", NULL, NULL, NULL };
	pv_git_options opts = { 0 };
	char hex[GIT_OID_HEXSZ + 1];
	pv_buf option = { 0 };
	pv_buf errors = { 0 };
	git_odb *odb = NULL;
	git_oid oid;
	int status, rc;

	pv_buf_printf(&option, "--path=%s", path);
	rc = pv_buf_status(&option, err);
	if (rc < 0)
		goto out;
	rc = git_repository_odb(&odb, store->repo);
	if (rc == 0)
		rc = git_odb_write(&oid, odb, clean.ptr, clean.len,
				   GIT_OBJECT_BLOB);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "store", path);
		goto out;
	}
	args[2] = option.ptr;
	args[3] = git_oid_tostr(hex, sizeof(hex), &oid);
	opts.errors = &errors;
	rc = pv_git_run(out, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EGIT, "the filter of \"%s\" failed: %.*s",
			     path, (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
out:
	git_odb_free(odb);
	pv_buf_dispose(&option);
	pv_buf_dispose(&errors);
	return rc;
}

int pv_filter_smudge(pv_buf *out, pv_store *store, const char *path,
		     pv_str clean, pv_error *err)
{
	int by_git;
	int rc = needs_git(&by_git, store, path, "smudge", err);

	if (rc < 0 || !clean.len)
		return rc;
	if (by_git)
		return smudge_by_git(out, store, path, clean, err);
	return convert_here(out, store, path, GIT_FILTER_TO_WORKTREE, clean, err);
}

int pv_filter_clean_safely(pv_buf *out, pv_store *store, const char *path,
			   pv_str raw, pv_error *err)
{
	return raw.len ? clean_by_git(out, store, path, raw, err) : PV_OK;
}
