/* SPDX-License-Identifier: MIT
 *
 * What differs between HEAD, index and working tree, as git itself sees it:
 * unless there is nothing to judge, `git status` is run, because libgit2's
 * does not know sparse checkouts, split indexes and filter programs, and
 * users compare the two. Renames are not looked for, so one shows as a
 * deletion and an addition.
 */
#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/handle.h"
#include "store/index/index_lost.h"
#include "store/worktree/quick_status.h"

enum {
	LETTERS = 3
}; /* two and a blank, before each path */

/* What git is asked about: below which paths, with which index. */
struct question {
	const char *const *prefixes;
	size_t count;
	const char *const *env;
};

static int run_status(pv_buf *out, pv_store *store, const struct question *what,
		      pv_error *err)
{
	static const char *const fixed[] = { "--literal-pathspecs",
					     "status",
					     "--porcelain=v1",
					     "-z",
					     "-uall",
					     "--no-renames",
					     "--no-ahead-behind",
					     "--" };
	size_t fixed_count = pv_array_len(fixed);
	const char **args =
		pv_calloc(fixed_count + what->count + 1, sizeof(*args));
	pv_git_options opts = { 0 };
	pv_buf errors = { 0 };
	int status, rc;

	if (!args)
		return pv_fail_nomem(err);
	memcpy(args, fixed, sizeof(fixed));
	for (size_t i = 0; i < what->count; i++)
		args[fixed_count + i] = what->prefixes[i];
	opts.errors = &errors;
	opts.env = what->env;
	rc = pv_git_run(out, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_git_obstacle(store, pv_buf_text(&errors), err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EGIT, "git status says: %.*s",
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
	pv_buf_dispose(&errors);
	pv_free(args);
	return rc;
}

/* Cuts the output into records, one for each path. */
static int split(const char ***out, size_t *count_out, const pv_buf *text,
		 pv_error *err)
{
	size_t cap = 0, at = 0;

	while (at + LETTERS < text->len) {
		if (pv_array_reserve(out, &cap, *count_out + 1, sizeof(**out)) < 0)
			return pv_fail_nomem(err);
		(*out)[(*count_out)++] = text->ptr + at;
		at += strlen(text->ptr + at) + 1;
	}
	return PV_OK;
}

static int compare_paths(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;
	int order = strcmp(*left + LETTERS, *right + LETTERS);

	/* A file that was only dropped from the index is there twice. */
	return order ? order : (**left == '?') - (**right == '?');
}

static int ask_git(pv_store *store, const struct question *what,
		   int (*fn)(const pv_status_entry *entry, void *payload),
		   void *payload, pv_error *err)
{
	const char **records = NULL;
	size_t record_count = 0;
	pv_buf text = { 0 };
	int rc = run_status(&text, store, what, err);

	if (rc == PV_OK)
		rc = split(&records, &record_count, &text, err);
	if (rc == PV_OK && record_count)
		qsort(records, record_count, sizeof(*records), compare_paths);
	for (size_t i = 0; rc == PV_OK && i < record_count; i++) {
		pv_status_entry entry = { records[i] + LETTERS, records[i][0],
					  records[i][1] };

		rc = fn(&entry, payload);
	}
	pv_free(records);
	pv_buf_dispose(&text);
	return rc;
}

/*
 * Where the index is lost, all files would be deleted and new at once: git is
 * asked with one that stands for HEAD. 0 when the index is there, or none can
 * be written.
 */
static int ask_without_index(pv_store *store, struct question *what,
			     int (*fn)(const pv_status_entry *entry,
				       void *payload),
			     void *payload, pv_error *err)
{
	pv_index_file made = { 0 };
	pv_buf setting = { 0 };
	const char *env[2] = { NULL, NULL };
	git_oid tree;
	int rc = pv_index_is_lost(&tree, store, err);

	if (rc <= 0)
		return rc;
	rc = pv_index_stand_in(&made, store, &tree, NULL);
	if (rc < 0) {
		pv_index_dispose(&made);
		return rc == PV_ENOMEM ? pv_fail_nomem(err) : 0;
	}
	pv_buf_printf(&setting, "GIT_INDEX_FILE=%s", made.temporary);
	env[0] = setting.ptr;
	what->env = env;
	rc = pv_buf_status(&setting, err);
	if (rc == PV_OK)
		rc = ask_git(store, what, fn, payload, err);
	what->env = NULL;
	pv_index_dispose(&made);
	pv_buf_dispose(&setting);
	return rc < 0 ? rc : 1;
}

static int tell(const pv_status_list *list,
		int (*fn)(const pv_status_entry *entry, void *payload),
		void *payload)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < list->count; i++)
		rc = fn(&list->entries[i], payload);
	return rc;
}

static int list_status(pv_store *store, const char *const *prefixes, size_t count,
		       int (*fn)(const pv_status_entry *entry, void *payload),
		       void *payload, pv_error *err)
{
	struct question what = { prefixes, count, NULL };
	pv_status_list list = { 0 };
	int rc;

	if (!store->work_dir)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "a bare repository has no working tree");
	rc = ask_without_index(store, &what, fn, payload, err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_quick_status(&list, store, prefixes, count, err);
	if (rc == 0)
		rc = ask_git(store, &what, fn, payload, err);
	else if (rc > 0)
		rc = tell(&list, fn, payload);
	pv_status_list_dispose(&list);
	return rc;
}

int pv_store_status(pv_store *store, const char *const *prefixes, size_t count,
		    int (*fn)(const pv_status_entry *entry, void *payload),
		    void *payload, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "store", "status",
			    list_status(store, prefixes, count, fn, payload, err));
}
