/* SPDX-License-Identifier: MIT
 *
 * Listing refs below a prefix: loose ones first, then packed ones, so that a
 * ref that is being packed meanwhile is seen in one place or the other. A
 * loose ref wins over a packed one of its name.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/handle.h"
#include "store/ref/packed_refs.h"
#include "store/ref/ref_list.h"
#include "store/ref/ref_read.h"

enum {
	DEPTH_MAX = 64
};

struct ref_row {
	char *name;
	pv_oid oid;
	int is_packed;
};

struct ref_list {
	struct ref_row *rows;
	size_t count;
	size_t cap;
};

struct loose_walk {
	struct ref_list *out;
	pv_store *store;
	const char *prefix;
	pv_buf path;    /* of the folder or file */
	size_t name_at; /* where the ref's name begins in it */
	unsigned depth;
	int has_ids; /* refs are read */
	pv_error *err;
};

static void ref_list_dispose(struct ref_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_free(list->rows[i].name);
	pv_free(list->rows);
}

static int add_row(struct ref_list *list, pv_str name, const pv_oid *oid,
		   int is_packed, pv_error *err)
{
	struct ref_row *row;

	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0)
		return pv_fail_nomem(err);
	row = &list->rows[list->count];
	row->name = pv_strndup(name.ptr, name.len);
	if (!row->name)
		return pv_fail_nomem(err);
	row->oid = *oid;
	row->is_packed = is_packed;
	list->count++;
	return PV_OK;
}

/*
 * Refs that each working tree has for itself. Those in the common folder
 * belong to the main one; libgit2 cannot read those of a linked one.
 */
static int is_per_worktree(const char *name)
{
	return pv_str_has_prefix(name, "refs/bisect/") ||
	       pv_str_has_prefix(name, "refs/worktree/") ||
	       pv_str_has_prefix(name, "refs/rewritten/");
}

/* Takes the file at walk->path; one that leads nowhere is left out. */
static int visit_loose(struct loose_walk *walk)
{
	const char *name = walk->path.ptr + walk->name_at;
	int is_linked =
		strcmp(walk->store->git_dir, walk->store->common_dir) != 0;
	pv_oid hex = { "" };
	git_oid oid;

	if ((is_linked && is_per_worktree(name)) ||
	    !pv_str_has_prefix(name, walk->prefix) ||
	    pv_str_has_suffix(name, ".lock"))
		return PV_OK;
	if (walk->has_ids) {
		int rc = pv_ref_find(&oid, walk->store, name, NULL);

		if (rc <= 0)
			return rc == PV_ENOMEM ? pv_fail_nomem(walk->err) : PV_OK;
		pv_oid_from_git(&hex, &oid);
	}
	return add_row(walk->out, pv_str_of(name), &hex, 0, walk->err);
}

/* Whether the folder walk->path can hold names with the prefix. */
static int may_hold(const struct loose_walk *walk)
{
	const char *name = walk->path.ptr + walk->name_at;
	size_t len = strlen(name), wanted = strlen(walk->prefix);

	return strncmp(name, walk->prefix, len < wanted ? len : wanted) == 0;
}

static int walk_folder(struct loose_walk *walk);

static int visit(struct loose_walk *walk, const char *name)
{
	size_t base = walk->path.len;
	struct stat st;
	int rc;

	pv_buf_putc(&walk->path, '/');
	pv_buf_puts(&walk->path, name);
	rc = pv_buf_status(&walk->path, walk->err);
	if (rc == PV_OK && stat(walk->path.ptr, &st) == 0) {
		if (S_ISDIR(st.st_mode) && may_hold(walk))
			rc = walk_folder(walk);
		else if (S_ISREG(st.st_mode))
			rc = visit_loose(walk);
	}
	pv_buf_truncate(&walk->path, base);
	return rc;
}

static int walk_folder(struct loose_walk *walk)
{
	const struct dirent *entry;
	DIR *folder;
	int rc = PV_OK;

	if (walk->depth >= DEPTH_MAX)
		return PV_OK;
	folder = opendir(walk->path.ptr);
	if (!folder)
		return PV_OK; /* nothing there */
	walk->depth++;
	while (rc == PV_OK) {
		/* NOLINTNEXTLINE(concurrency-mt-unsafe) a DIR of our own */
		entry = readdir(folder);
		if (!entry)
			break;
		if (entry->d_name[0] != '.')
			rc = visit(walk, entry->d_name);
	}
	walk->depth--;
	closedir(folder);
	return rc;
}

/* Lists from the deepest folder that the prefix names. */
static int list_loose(struct ref_list *out, pv_store *store, const char *prefix,
		      int has_ids, pv_error *err)
{
	struct loose_walk walk = { .out = out,
				   .store = store,
				   .prefix = prefix,
				   .has_ids = has_ids,
				   .err = err };
	const char *slash = strrchr(prefix, '/');
	int rc;

	pv_buf_printf(&walk.path, "%s/", store->common_dir);
	walk.name_at = walk.path.len;
	if (slash)
		pv_buf_put(&walk.path, prefix, (size_t)(slash - prefix));
	else
		pv_buf_puts(&walk.path, "refs");
	rc = pv_buf_status(&walk.path, err);
	if (rc == PV_OK)
		rc = walk_folder(&walk);
	pv_buf_dispose(&walk.path);
	return rc;
}

static int list_packed(struct ref_list *out, pv_store *store,
		       const char *prefix, pv_error *err)
{
	const pv_packed_refs *packed;
	pv_packed_ref ref;
	size_t at;
	int rc = pv_packed_refs_get(&packed, store, err);

	at = pv_packed_refs_seek(packed, prefix);
	while (rc == PV_OK && pv_packed_refs_next(&ref, &at, packed, prefix)) {
		pv_oid oid = { { 0 } };

		memcpy(oid.hex, ref.hex.ptr, ref.hex.len);
		rc = add_row(out, ref.name, &oid, 1, err);
	}
	return rc;
}

static int compare_rows(const void *a, const void *b)
{
	const struct ref_row *left = a;
	const struct ref_row *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : left->is_packed - right->is_packed;
}

/* Whether refs can start with the prefix: "re" is one, too. */
static int is_below_refs(const char *prefix)
{
	static const char root[] = "refs/";
	size_t len = strlen(prefix), most = sizeof(root) - 1;

	return strncmp(prefix, root, len < most ? len : most) == 0;
}

static int gather(struct ref_list *out, pv_store *store, const char *prefix,
		  int has_ids, pv_error *err)
{
	int rc;

	/* A prefix is no path: it must not lead out of the ref folders. */
	if (strstr(prefix, "..") || !is_below_refs(prefix))
		return PV_OK;
	rc = list_loose(out, store, prefix, has_ids, err);

	if (rc == PV_OK)
		rc = list_packed(out, store, prefix, err);
	if (rc == PV_OK && out->count)
		qsort(out->rows, out->count, sizeof(*out->rows), compare_rows);
	return rc;
}

/* Each name once. */
static int visit_rows(const struct ref_list *list,
		      int (*fn)(const char *refname, const pv_oid *oid,
				void *payload),
		      void *payload)
{
	const char *previous = "";
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < list->count; i++) {
		const struct ref_row *row = &list->rows[i];

		if (strcmp(row->name, previous) == 0)
			continue;
		previous = row->name;
		rc = fn(row->name, &row->oid, payload);
	}
	return rc;
}

int pv_store_ref_each(pv_store *store, const char *prefix,
		      int (*fn)(const char *refname, const pv_oid *oid,
				void *payload),
		      void *payload, pv_error *err)
{
	struct ref_list list = { 0 };
	int rc = gather(&list, store, prefix, 1, err);

	if (rc == PV_OK)
		rc = visit_rows(&list, fn, payload);
	ref_list_dispose(&list);
	return rc;
}

int pv_ref_each_name(pv_store *store, const char *prefix,
		     int (*fn)(const char *refname, const pv_oid *oid,
			       void *payload),
		     void *payload, pv_error *err)
{
	struct ref_list list = { 0 };
	int rc = gather(&list, store, prefix, 0, err);

	if (rc == PV_OK)
		rc = visit_rows(&list, fn, payload);
	ref_list_dispose(&list);
	return rc;
}
