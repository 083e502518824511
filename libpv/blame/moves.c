/* SPDX-License-Identifier: MIT
 *
 * Which prompts have another id in another state. Each prompt that only one
 * state has is followed back, by the trailers of the commits that the other
 * state lacks, to what it was called where the two parted: those that come
 * from the same id are the same. What is left is compared by contents.
 */
#include <pv/blame.h>

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/join/renames.h"
#include "version/impact.h"

/* What the prompts of a state were called, as far as trailers say. */
struct origins {
	const pv_lone_prompts *prompts;
	const char **paths;
	int is_traced; /* some path is another one */
};

struct search {
	pv_store *store;
	const pv_settings *settings;
	struct origins before;
	struct origins after;
	size_t *from; /* for each of `after` */
	int *is_used; /* for each of `before` */
	pv_arena arena;
	pv_error *err;
};

/* --- by the trailers ----------------------------------------------------- */

struct trace {
	struct search *search;
	struct origins *origins;
};

static int follow(struct trace *trace, const char **path, const char *former)
{
	struct search *search = trace->search;
	pv_buf text = { 0 };
	int rc = pv_prompt_path(&text, search->settings, former, search->err);

	if (rc == PV_OK) {
		*path = pv_arena_dup(&search->arena, text.ptr, text.len);
		rc = *path ? PV_OK : pv_fail_nomem(search->err);
	}
	trace->origins->is_traced = 1;
	pv_buf_dispose(&text);
	return rc;
}

static int trace_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct trace *trace = payload;
	struct search *search = trace->search;
	struct origins *origins = trace->origins;
	int rc = PV_OK;

	(void)blob;
	for (size_t i = 0; rc == PV_OK && i < origins->prompts->count; i++) {
		char former[PV_ID_MAX + 1] = "";

		rc = pv_version_renamed_from(former, search->store,
					     search->settings, commit,
					     origins->paths[i], search->err);
		if (rc >= 0 && former[0])
			rc = follow(trace, &origins->paths[i], former);
	}
	return rc < 0 ? rc : PV_OK; /* 1: the commit renamed nothing */
}

/* The commit a state is or stands on; hex "" for none. */
static int commit_of(pv_oid *out, struct search *search, const pv_point *at)
{
	*out = at->commit;
	if (at->kind == PV_AT_COMMIT)
		return PV_OK;
	return pv_store_head(NULL, out, search->store, search->err);
}

/* Goes back over the commits that the other state does not have. */
static int trace_back(struct search *search, struct origins *origins,
		      const pv_oid *own, const pv_oid *other)
{
	struct trace trace = { search, origins };
	const pv_history_query query = { .start = *own,
					 .path = search->settings->prompts_dir,
					 .mode = PV_HISTORY_FULL,
					 .hide = other,
					 .hide_count = 1 };

	return pv_history_walk(search->store, &query, trace_commit, &trace,
			       search->err);
}

/* Index + 1 of what comes from a path. */
static int index_origins(pv_map *map, size_t *numbers, const struct search *search)
{
	const struct origins *before = &search->before;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < before->prompts->count; i++) {
		numbers[i] = i + 1;
		rc = pv_map_set(map, pv_str_of(before->paths[i]), &numbers[i],
				NULL, search->err);
	}
	return rc;
}

static int pair_origins(struct search *search)
{
	const struct origins *after = &search->after;
	size_t *numbers =
		pv_arena_calloc(&search->arena, search->before.prompts->count *
							sizeof(*numbers));
	pv_map map = { 0 };
	int rc = numbers ? index_origins(&map, numbers, search)
			 : pv_fail_nomem(search->err);

	for (size_t i = 0; rc == PV_OK && i < after->prompts->count; i++) {
		const size_t *found =
			pv_map_find(&map, pv_str_of(after->paths[i]));

		if (!found || search->is_used[*found - 1])
			continue;
		search->from[i] = *found;
		search->is_used[*found - 1] = 1;
	}
	pv_map_dispose(&map);
	return rc;
}

static int find_by_trailers(struct search *search)
{
	pv_oid old_commit = { "" };
	pv_oid new_commit = { "" };
	int rc = commit_of(&old_commit, search, &search->before.prompts->at);

	if (rc == PV_OK)
		rc = commit_of(&new_commit, search, &search->after.prompts->at);
	if (rc < 0 || !old_commit.hex[0] || !new_commit.hex[0] ||
	    strcmp(old_commit.hex, new_commit.hex) == 0)
		return rc;
	rc = trace_back(search, &search->after, &new_commit, &old_commit);
	if (rc == PV_OK)
		rc = trace_back(search, &search->before, &old_commit,
				&new_commit);
	if (rc < 0 || !(search->before.is_traced || search->after.is_traced))
		return rc;
	return pair_origins(search);
}

/* --- by contents --------------------------------------------------------- */

/* What is left of a state, and which it is. */
struct rest {
	pv_lone_files files;
	size_t *numbers;
	pv_buf *texts; /* of what git does not have */
};

static int rest_new(struct rest *rest, size_t count, pv_error *err)
{
	rest->files.items = pv_calloc(count, sizeof(*rest->files.items));
	rest->numbers = pv_calloc(count, sizeof(*rest->numbers));
	rest->texts = pv_calloc(count, sizeof(*rest->texts));
	if (!rest->files.items || !rest->numbers || !rest->texts)
		return pv_fail_nomem(err);
	return PV_OK;
}

static void rest_dispose(struct rest *rest)
{
	for (size_t i = 0; rest->texts && i < rest->files.count; i++)
		pv_buf_dispose(&rest->texts[i]);
	pv_free(rest->files.items);
	pv_free(rest->numbers);
	pv_free(rest->texts);
}

/* What cannot be read is not compared: who shows it will say so. */
static int add_file(struct rest *rest, struct search *search,
		    const pv_lone_prompts *prompts, size_t number)
{
	const pv_lone_prompt *prompt = &prompts->items[number];
	pv_buf *text = &rest->texts[rest->files.count];
	pv_lone_file *file = &rest->files.items[rest->files.count];
	int rc = PV_OK;

	assert(rest->files.items);
	file->path = prompt->path;
	file->blob = prompt->blob;
	text->max = PV_YAML_MAX_SIZE;
	if (!prompt->blob.hex[0]) {
		rc = pv_store_read(text, &file->blob, search->store,
				   &prompts->at, prompt->path, search->err);
		file->text.ptr = pv_buf_text(text);
		file->text.len = text->len;
	}
	if (rc == PV_OK) {
		rest->numbers[rest->files.count++] = number;
		return PV_OK;
	}
	pv_buf_dispose(text);
	memset(file, 0, sizeof(*file));
	if (rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	pv_error_clear(search->err);
	return PV_OK;
}

static int find_by_contents(struct search *search)
{
	const pv_lone_prompts *before = search->before.prompts;
	const pv_lone_prompts *after = search->after.prompts;
	struct rest gone = { .numbers = NULL };
	struct rest added = { .numbers = NULL };
	size_t *from = pv_calloc(after->count, sizeof(*from));
	int rc = from ? rest_new(&gone, before->count, search->err)
		      : pv_fail_nomem(search->err);

	if (rc == PV_OK)
		rc = rest_new(&added, after->count, search->err);
	for (size_t i = 0; rc == PV_OK && i < before->count; i++)
		if (!search->is_used[i])
			rc = add_file(&gone, search, before, i);
	for (size_t i = 0; rc == PV_OK && i < after->count; i++)
		if (!search->from[i])
			rc = add_file(&added, search, after, i);
	if (rc == PV_OK)
		rc = pv_lone_files_pair(from, search->store, &gone.files,
					&added.files, search->err);
	for (size_t i = 0; rc == PV_OK && i < added.files.count; i++)
		if (from[i])
			search->from[added.numbers[i]] =
				1 + gone.numbers[from[i] - 1];
	pv_free(from);
	rest_dispose(&gone);
	rest_dispose(&added);
	return rc;
}

/* --- both ---------------------------------------------------------------- */

static int set_up(struct origins *origins, struct search *search,
		  const pv_lone_prompts *prompts)
{
	origins->prompts = prompts;
	origins->paths =
		pv_arena_calloc(&search->arena, prompts->count * sizeof(char *));
	if (!origins->paths)
		return pv_fail_nomem(search->err);
	for (size_t i = 0; i < prompts->count; i++)
		origins->paths[i] = prompts->items[i].path;
	return PV_OK;
}

int pv_moves_find(size_t *from_out, pv_store *store,
		  const pv_settings *settings, const pv_lone_prompts *before,
		  const pv_lone_prompts *after, pv_error *err)
{
	struct search search = {
		.store = store, .settings = settings, .from = from_out, .err = err
	};
	int rc;

	if (after->count)
		memset(from_out, 0, after->count * sizeof(*from_out));
	if (!before->count || !after->count)
		return PV_OK;
	rc = set_up(&search.before, &search, before);
	if (rc == PV_OK)
		rc = set_up(&search.after, &search, after);
	search.is_used =
		pv_arena_calloc(&search.arena, before->count * sizeof(int));
	if (rc == PV_OK && !search.is_used)
		rc = pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = find_by_trailers(&search);
	if (rc == PV_OK)
		rc = find_by_contents(&search);
	pv_arena_dispose(&search.arena);
	return rc;
}
