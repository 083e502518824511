/* SPDX-License-Identifier: MIT
 *
 * The folders stand in the order of a walk that visits a folder before those
 * in it: name, NUL, number of rows (-1: changed), blank, number of folders
 * in it, newline, and the id unless it changed.
 */
#include "store/index/cache_tree.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/path.h"

struct reader {
	pv_cache_tree *out;
	pv_str rest;
	pv_buf path; /* of the folder, with a slash at its end */
	unsigned depth;
	pv_error *err;
};

/* Takes a number and the byte behind it; 0 when there is none. */
static int take_number(long *out, pv_str *rest, char behind)
{
	int is_negative = rest->len && rest->ptr[0] == '-';
	size_t at = is_negative;
	long value = 0;

	for (; at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9';
	     at++)
		if (value < 100000000)
			value = value * 10 + (rest->ptr[at] - '0');
	if (at == (size_t)is_negative || at >= rest->len ||
	    rest->ptr[at] != behind)
		return 0;
	*out = is_negative ? -value : value;
	rest->ptr += at + 1;
	rest->len -= at + 1;
	return 1;
}

/* Takes a name with its NUL, and puts it behind the path. */
static int take_name(struct reader *it)
{
	size_t len = strnlen(it->rest.ptr, it->rest.len);

	if (len == it->rest.len)
		return 0;
	pv_buf_put(&it->path, it->rest.ptr, len);
	if (len)
		pv_buf_putc(&it->path, '/');
	it->rest.ptr += len + 1;
	it->rest.len -= len + 1;
	return it->path.len <= PV_PATH_MAX + 1;
}

static int take_id(struct reader *it, size_t count)
{
	pv_cached_tree *tree;
	pv_str key = { pv_buf_text(&it->path), it->path.len };

	if (it->rest.len < sizeof(tree->id.id))
		return 0;
	tree = pv_arena_alloc(&it->out->arena, sizeof(*tree));
	if (!tree)
		return pv_fail_nomem(it->err);
	memcpy(tree->id.id, it->rest.ptr, sizeof(tree->id.id));
	tree->count = count;
	it->rest.ptr += sizeof(tree->id.id);
	it->rest.len -= sizeof(tree->id.id);
	return pv_map_set(&it->out->trees, key, tree, NULL, it->err) < 0
		       ? PV_ENOMEM
		       : 1;
}

/* One folder and those in it: 1, 0 when malformed, or PV_ENOMEM. */
static int read_folder(struct reader *it)
{
	size_t len = it->path.len;
	long count, folders;
	int rc = 1;

	if (it->depth++ > PV_PATH_DEPTH || !take_name(it) ||
	    !take_number(&count, &it->rest, ' ') ||
	    !take_number(&folders, &it->rest, '\n'))
		return 0;
	if (pv_buf_status(&it->path, it->err) < 0)
		return PV_ENOMEM;
	if (count >= 0)
		rc = take_id(it, (size_t)count);
	for (long i = 0; rc > 0 && i < folders; i++)
		rc = read_folder(it);
	pv_buf_truncate(&it->path, len);
	it->depth--;
	return rc;
}

int pv_cache_tree_load(pv_cache_tree *out, const pv_index_map *map, pv_error *err)
{
	struct reader it = { .out = out, .rest = map->cache_tree, .err = err };
	int rc;

	memset(out, 0, sizeof(*out));
	if (!it.rest.len)
		return PV_OK;
	rc = read_folder(&it);
	pv_buf_dispose(&it.path);
	if (rc == 0)
		pv_cache_tree_dispose(out);
	return rc < 0 ? rc : PV_OK;
}

void pv_cache_tree_dispose(pv_cache_tree *trees)
{
	pv_map_dispose(&trees->trees);
	pv_arena_dispose(&trees->arena);
	memset(trees, 0, sizeof(*trees));
}

const pv_cached_tree *pv_cache_tree_find(const pv_cache_tree *trees,
					 const char *path)
{
	return pv_map_find(&trees->trees, pv_str_of(path));
}
