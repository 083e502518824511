/* SPDX-License-Identifier: MIT
 *
 * Prompts as files of a repository: from id to path, back, and all of them
 * at a point. The id is the path below the folder of prompts without its
 * extension; a file whose path makes no well-formed id is no prompt.
 */
#include <pv/version.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static const char extension[] = ".yaml";

int pv_prompt_path(pv_buf *out, const pv_settings *settings, const char *id,
		   pv_error *err)
{
	int rc = pv_id_check(id, err);

	if (rc < 0)
		return rc;
	pv_buf_puts(out, settings->prompts_dir);
	pv_buf_putc(out, '/');
	pv_buf_puts(out, id);
	pv_buf_puts(out, extension);
	return pv_buf_status(out, err);
}

/* The id within `path`, not checked; empty when the path cannot hold one. */
static pv_str id_part(const pv_settings *settings, const char *path)
{
	size_t dir = strlen(settings->prompts_dir);
	size_t ext = strlen(extension);
	pv_str id = { 0 };

	if (!pv_str_has_prefix(path, settings->prompts_dir) ||
	    path[dir] != '/' || !pv_str_has_suffix(path, extension))
		return id;
	id.ptr = path + dir + 1;
	id.len = strlen(id.ptr);
	id.len = id.len > ext ? id.len - ext : 0;
	return id;
}

/* Copies the id of `path` into `out`; 0 when there is none. */
static int path_to_id(char out[PV_ID_MAX + 1], const pv_settings *settings,
		      const char *path)
{
	pv_str id = id_part(settings, path);

	if (!id.len || id.len > PV_ID_MAX)
		return 0;
	memcpy(out, id.ptr, id.len);
	out[id.len] = '\0';
	return pv_id_check(out, NULL) == PV_OK;
}

int pv_prompt_id(pv_buf *out, const pv_settings *settings, const char *path,
		 pv_error *err)
{
	char id[PV_ID_MAX + 1];

	if (!path_to_id(id, settings, path))
		return pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
				  "\"%.120s\" is not the path of a prompt", path);
	pv_buf_puts(out, id);
	return pv_buf_status(out, err);
}

struct entry {
	const char *id;
	const char *path;
	const pv_oid *blob; /* NULL where the point does not tell */
};

struct collector {
	const pv_settings *settings;
	pv_arena arena;
	struct entry *items;
	size_t count;
	size_t cap;
	pv_error *err;
};

static int add_entry(struct collector *all, const char *id, const char *path,
		     const pv_oid *blob)
{
	struct entry entry = { 0 };
	pv_oid *copy = NULL;

	if (pv_array_reserve(&all->items, &all->cap, all->count + 1,
			     sizeof(*all->items)) < 0)
		return pv_fail_nomem(all->err);
	entry.id = pv_arena_dup(&all->arena, id, strlen(id));
	entry.path = pv_arena_dup(&all->arena, path, strlen(path));
	if (blob)
		copy = pv_arena_alloc(&all->arena, sizeof(*copy));
	if (!entry.id || !entry.path || (blob && !copy))
		return pv_fail_nomem(all->err);
	if (copy)
		*copy = *blob;
	entry.blob = copy;
	all->items[all->count++] = entry;
	return PV_OK;
}

static int collect(const char *path, const pv_oid *blob, void *payload)
{
	struct collector *all = payload;
	char id[PV_ID_MAX + 1];

	if (!path_to_id(id, all->settings, path))
		return PV_OK;
	return add_entry(all, id, path, blob);
}

static int by_id(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	return strcmp(left->id, right->id);
}

/*
 * Collected first: the order of ids is not that of paths ("a-b.yaml" comes
 * before "a.yaml"), and `fn` may use the store as it likes.
 */
static int each_prompt(pv_store *store, const pv_settings *settings,
		       const pv_point *at,
		       int (*fn)(const char *id, const char *path,
				 const pv_oid *blob, void *payload),
		       void *payload, pv_error *err)
{
	pv_settings there = *settings;
	struct collector all = { .settings = &there, .err = err };
	int rc = pv_settings_at(&there, store, at, err);

	if (rc == PV_OK)
		rc = pv_store_each(store, at, there.prompts_dir, collect, &all,
				   err);
	if (rc == PV_ENOTFOUND)
		rc = PV_OK;
	if (rc == PV_OK && all.count)
		qsort(all.items, all.count, sizeof(*all.items), by_id);
	for (size_t i = 0; rc == PV_OK && i < all.count; i++)
		rc = fn(all.items[i].id, all.items[i].path, all.items[i].blob,
			payload);
	pv_free(all.items);
	pv_arena_dispose(&all.arena);
	return rc;
}

int pv_prompt_each(pv_store *store, const pv_settings *settings,
		   const pv_point *at,
		   int (*fn)(const char *id, const char *path,
			     const pv_oid *blob, void *payload),
		   void *payload, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "prompts",
			    each_prompt(store, settings, at, fn, payload, err));
}
