/* SPDX-License-Identifier: MIT
 *
 * Trees from edits, see tree.h. Trees are read and written as raw bytes:
 * entries that no edit touches are copied as they are. A raw entry is the
 * mode in octal, a space, the name, a NUL and the binary id.
 */
#include "store/object/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/path.h"

enum {
	MODE_TREE = GIT_FILEMODE_TREE
};

/* One entry of the tree that is being made; names are not terminated. */
struct entry {
	pv_str name;
	uint32_t mode;
	git_oid id;
};

struct listing {
	struct entry *items;
	size_t count;
	size_t cap;
};

/* The edits of one folder, and how much of their paths names it. */
struct span {
	pv_tree_edit *edits;
	size_t count;
	size_t skip;
};

uint32_t pv_tree_mode(uint32_t mode)
{
	if ((mode & 0170000) != 0100000)
		return mode;
	return mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

int pv_store_tree_next(pv_tree_edit *out, pv_str *rest)
{
	const char *end = rest->ptr + rest->len;
	const char *ptr = rest->ptr;
	const char *nul;

	if (!rest->len)
		return 0;
	out->mode = 0;
	for (; ptr < end && *ptr >= '0' && *ptr <= '7'; ptr++)
		out->mode = out->mode << 3 | (uint32_t)(*ptr - '0');
	if (ptr == end || *ptr != ' ')
		return -1;
	out->path = ++ptr;
	nul = memchr(ptr, '\0', (size_t)(end - ptr));
	if (!nul || (size_t)(end - nul) <= sizeof(out->id.id))
		return -1;
	memcpy(out->id.id, nul + 1, sizeof(out->id.id));
	rest->ptr = nul + 1 + sizeof(out->id.id);
	rest->len = (size_t)(end - rest->ptr);
	return 1;
}

static int fail_malformed(const git_oid *id, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	return pv_fail(err, PV_EGIT, "tree %s is malformed",
		       git_oid_tostr(hex, sizeof(hex), id));
}

static int read_tree(git_odb_object **out, git_odb *odb, const git_oid *id,
		     pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	int rc = git_odb_read(out, odb, id);

	git_oid_tostr(hex, sizeof(hex), id);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the tree", hex);
	if (git_odb_object_type(*out) == GIT_OBJECT_TREE)
		return PV_OK;
	git_odb_object_free(*out);
	*out = NULL;
	return pv_fail(err, PV_EGIT, "object %s is not a tree", hex);
}

/* The entry called `name`; mode 0 when there is none. */
static int find_entry(pv_tree_edit *out, git_odb *odb, const git_oid *tree,
		      pv_str name, pv_error *err)
{
	git_odb_object *object = NULL;
	pv_str rest;
	int rc = read_tree(&object, odb, tree, err);

	if (rc < 0)
		return rc;
	rest.ptr = git_odb_object_data(object);
	rest.len = git_odb_object_size(object);
	for (;;) {
		rc = pv_store_tree_next(out, &rest);
		if (rc <= 0 || (strlen(out->path) == name.len &&
				memcmp(out->path, name.ptr, name.len) == 0))
			break;
	}
	git_odb_object_free(object);
	if (rc < 0)
		return fail_malformed(tree, err);
	out->path = NULL; /* it lay in the object */
	if (!rc)
		memset(out, 0, sizeof(*out));
	return PV_OK;
}

int pv_store_tree_find(pv_tree_edit *out, git_odb *odb, const git_oid *root,
		       const char *path, pv_error *err)
{
	git_oid tree = *root;

	for (;;) {
		pv_str name = { path, strcspn(path, "/") };
		int rc = find_entry(out, odb, &tree, name, err);

		if (rc < 0 || !path[name.len])
			return rc;
		if (out->mode != MODE_TREE) {
			memset(out, 0, sizeof(*out));
			return PV_OK;
		}
		tree = out->id;
		path += name.len + 1;
	}
}

static int add_entry(struct listing *list, const struct entry *entry,
		     pv_error *err)
{
	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	list->items[list->count++] = *entry;
	return PV_OK;
}

/* The byte of the name that sorts, or what stands in for it at the end. */
static int byte_at(const struct entry *entry, size_t at)
{
	if (at < entry->name.len)
		return (unsigned char)entry->name.ptr[at];
	return entry->mode == MODE_TREE ? '/' : 0;
}

/* git's order: a folder sorts as if its name ended in a slash. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	size_t left_len = left->name.len;
	size_t right_len = right->name.len;
	size_t len = left_len < right_len ? left_len : right_len;
	int order = memcmp(left->name.ptr, right->name.ptr, len);

	if (order)
		return order;
	return byte_at(left, len) - byte_at(right, len);
}

static int write_listing(git_oid *out, struct listing *list,
			 pv_objects *objects, pv_error *err)
{
	pv_buf raw = { 0 };
	int rc;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items),
		      compare_entries);
	for (size_t i = 0; i < list->count; i++) {
		const struct entry *entry = &list->items[i];

		pv_buf_printf(&raw, "%o ", (unsigned)entry->mode);
		pv_buf_put(&raw, entry->name.ptr, entry->name.len);
		pv_buf_putc(&raw, '\0');
		pv_buf_put(&raw, entry->id.id, sizeof(entry->id.id));
	}
	rc = pv_buf_status(&raw, err);
	if (rc == PV_OK)
		rc = pv_objects_add(out, objects, GIT_OBJECT_TREE,
				    pv_buf_text(&raw), raw.len, err);
	pv_buf_dispose(&raw);
	return rc;
}

static pv_str component(const struct span *span, size_t idx)
{
	const char *name = span->edits[idx].path + span->skip;
	pv_str result = { name, strcspn(name, "/") };

	return result;
}

/* How many edits from `first` on share its component. */
static size_t group_size(const struct span *span, size_t first)
{
	pv_str name = component(span, first);
	size_t idx = first + 1;

	while (idx < span->count && pv_str_eq(component(span, idx), name))
		idx++;
	return idx - first;
}

static int has_new_file(const struct span *span)
{
	for (size_t i = 0; i < span->count; i++)
		if (span->edits[i].mode && span->edits[i].mode != PV_TREE_DROP)
			return 1;
	return 0;
}

static int update_folder(git_oid *out, size_t *count_out, const git_oid *base,
			 const struct span *span, pv_objects *objects,
			 pv_error *err);

/* Applies the edits below a name; `entry` may be a folder, a file, nothing. */
static int update_below(struct entry *entry, const struct span *below,
			pv_objects *objects, pv_error *err)
{
	int is_folder = entry->mode == MODE_TREE;
	size_t left = 0;
	int rc;

	if (!is_folder && !has_new_file(below))
		return PV_OK;
	if (entry->mode == GIT_FILEMODE_COMMIT)
		return pv_fail(err, PV_EINVALID, "\"%s\" lies in a submodule",
			       below->edits[0].path);
	rc = update_folder(&entry->id, &left, is_folder ? &entry->id : NULL,
			   below, objects, err);
	entry->mode = left ? MODE_TREE : 0;
	return rc;
}

/*
 * Works out what becomes of one name; mode 0 stands for "not there". Only
 * the group's first edit can be the name itself: the others lie below it.
 */
static int update_name(struct entry *entry, const struct span *group,
		       pv_objects *objects, pv_error *err)
{
	const pv_tree_edit *own = group->edits;
	struct span below = *group;

	below.skip += entry->name.len + 1;
	if (!own->path[group->skip + entry->name.len]) {
		int is_file = own->mode && own->mode != MODE_TREE &&
			      own->mode != PV_TREE_DROP;

		below.edits++;
		below.count--;
		if (is_file && has_new_file(&below))
			return pv_fail(err, PV_EINVALID,
				       "\"%s\" cannot be a file and a folder",
				       own->path);
		if (own->mode || entry->mode != MODE_TREE) {
			entry->mode = own->mode == PV_TREE_DROP ? 0 : own->mode;
			entry->id = own->id;
		}
		if (is_file)
			return PV_OK;
	}
	if (!below.count)
		return PV_OK;
	return update_below(entry, &below, objects, err);
}

static int compare_names(const void *a, const void *b)
{
	return pv_str_cmp(((const struct entry *)a)->name,
			  ((const struct entry *)b)->name);
}

/* Lists a tree by plain names; they point into `object`. */
static int list_tree(struct listing *out, git_odb_object *object, pv_error *err)
{
	pv_tree_edit raw;
	struct entry entry;
	pv_str rest;
	int more;
	int rc = PV_OK;

	rest.ptr = git_odb_object_data(object);
	rest.len = git_odb_object_size(object);
	while (rc == PV_OK) {
		more = pv_store_tree_next(&raw, &rest);
		if (more < 0)
			return fail_malformed(git_odb_object_id(object), err);
		if (!more)
			break;
		entry.name = pv_str_of(raw.path);
		entry.mode = raw.mode;
		entry.id = raw.id;
		rc = add_entry(out, &entry, err);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_names);
	return rc;
}

/* Walks the old names and the edited ones side by side. */
static int merge_names(struct listing *out, const struct listing *old,
		       const struct span *span, pv_objects *objects,
		       pv_error *err)
{
	size_t used = 0;
	size_t done = 0;
	int rc = PV_OK;

	while (rc == PV_OK && (used < old->count || done < span->count)) {
		struct span group = *span;
		struct entry entry = { { NULL, 0 }, 0, { { 0 } } };
		int order = done == span->count ? -1 : 1;

		if (order > 0)
			entry.name = component(span, done);
		if (order > 0 && used < old->count)
			order = pv_str_cmp(old->items[used].name, entry.name);
		if (order <= 0)
			entry = old->items[used++];
		if (order >= 0) {
			group.edits += done;
			group.count = group_size(span, done);
			done += group.count;
			rc = update_name(&entry, &group, objects, err);
		}
		if (rc == PV_OK && entry.mode)
			rc = add_entry(out, &entry, err);
	}
	return rc;
}

/* Recursion ends with the longest path: pv_path_check limits its depth. */
static int update_folder(git_oid *out, size_t *count_out, const git_oid *base,
			 const struct span *span, pv_objects *objects,
			 pv_error *err)
{
	struct listing old = { 0 };
	struct listing list = { 0 };
	git_odb_object *object = NULL;
	git_odb *odb;
	int rc = PV_OK;

	if (base) {
		rc = pv_objects_odb(&odb, objects, err);
		if (rc == PV_OK)
			rc = read_tree(&object, odb, base, err);
		if (rc == PV_OK)
			rc = list_tree(&old, object, err);
	}
	if (rc == PV_OK)
		rc = merge_names(&list, &old, span, objects, err);
	*count_out = list.count;
	if (rc == PV_OK && (list.count || !span->skip))
		rc = write_listing(out, &list, objects, err);
	pv_free(old.items);
	pv_free(list.items);
	git_odb_object_free(object);
	return rc;
}

static int compare_edits(const void *a, const void *b)
{
	return pv_path_cmp(((const pv_tree_edit *)a)->path,
			   ((const pv_tree_edit *)b)->path);
}

int pv_store_tree_update(git_oid *out, const git_oid *base, pv_tree_edit *edits,
			 size_t count, pv_objects *objects, pv_error *err)
{
	struct span all = { edits, count, 0 };
	size_t left;

	if (count)
		qsort(edits, count, sizeof(*edits), compare_edits);
	for (size_t i = 1; i < count; i++)
		if (strcmp(edits[i - 1].path, edits[i].path) == 0)
			return pv_fail(err, PV_EINVALID,
				       "\"%s\" is given twice", edits[i].path);
	return update_folder(out, &left, base, &all, objects, err);
}
