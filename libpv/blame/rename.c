/* SPDX-License-Identifier: MIT
 *
 * Where a file was before. Asked only about a file that a parent lacks, so
 * once or twice in a history; the files that went in the same step are the
 * candidates, as for git. What they have in common is counted in bytes of
 * equal lines, against the longer of the two.
 */
#include <pv/blame.h>

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"
#include "store/object/tree_diff.h"
#include "version/impact.h"

enum {
	CANDIDATES_MAX = 1000, /* to compare by contents, as git's limit */
	HALF = 50              /* per cent in common */
};

/* A file that is gone. */
struct candidate {
	char *path;
	pv_oid blob;
};

struct search {
	pv_store *store;
	const char *path;
	pv_oid blob; /* of the new file */
	struct candidate *items;
	size_t count;
	size_t cap;
	pv_error *err;
};

static int note_gone(const char *path, const pv_oid *before,
		     const pv_oid *after, void *payload)
{
	struct search *search = payload;

	if (after && strcmp(path, search->path) == 0)
		search->blob = *after;
	if (after || !before)
		return PV_OK;
	if (pv_array_reserve(&search->items, &search->cap, search->count + 1,
			     sizeof(*search->items)) < 0)
		return pv_fail_nomem(search->err);
	search->items[search->count].path = pv_strdup(path);
	search->items[search->count].blob = *before;
	if (!search->items[search->count].path)
		return pv_fail_nomem(search->err);
	search->count++;
	return PV_OK;
}

static int list_gone(struct search *search, const pv_oid *commit,
		     const pv_oid *parent)
{
	pv_commit commits[2] = { 0 };
	int rc = pv_store_commit_read(&commits[0], search->store, parent,
				      search->err);

	if (rc == PV_OK)
		rc = pv_store_commit_read(&commits[1], search->store, commit,
					  search->err);
	if (rc == PV_OK) {
		pv_oid trees[2] = { commits[0].tree, commits[1].tree };

		rc = pv_tree_diff(search->store, trees, "", note_gone, search,
				  search->err);
	}
	pv_commit_dispose(&commits[0]);
	pv_commit_dispose(&commits[1]);
	return rc;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The candidate with the same bytes, rather one with the same name. */
static const struct candidate *find_equal(const struct search *search)
{
	const struct candidate *found = NULL;

	for (size_t i = 0; i < search->count; i++) {
		const struct candidate *it = &search->items[i];

		if (strcmp(it->blob.hex, search->blob.hex) != 0)
			continue;
		if (strcmp(base_name(it->path), base_name(search->path)) == 0)
			return it;
		if (!found)
			found = it;
	}
	return found;
}

/* The bytes of lines with each number, those of both sides side by side. */
static size_t common_bytes(const pv_tokens sides[2], size_t *counts)
{
	size_t common = 0;

	assert(counts);
	for (size_t i = 0; i < sides[0].count; i++)
		counts[sides[0].numbers[i]]++;
	for (size_t i = 0; i < sides[1].count; i++) {
		size_t *left = &counts[sides[1].numbers[i]];

		if (!*left)
			continue;
		--*left;
		common += sides[1].items[i].len;
	}
	return common;
}

/* How much of the longer text the two have in common, in per cent. */
static int compare(unsigned *out, pv_str before, pv_str after, pv_error *err)
{
	size_t longer = before.len > after.len ? before.len : after.len;
	size_t shorter = before.len > after.len ? after.len : before.len;
	pv_tokens sides[2] = { 0 };
	pv_tokens *const both[2] = { &sides[0], &sides[1] };
	size_t *counts = NULL;
	int rc;

	*out = 0;
	if (!shorter || shorter * 100 / longer < HALF)
		return PV_OK;
	rc = pv_tokens_add_lines(&sides[0], before, err);
	if (rc == PV_OK)
		rc = pv_tokens_add_lines(&sides[1], after, err);
	if (rc == PV_OK)
		rc = pv_tokens_number(both, 2, err);
	if (rc == PV_OK) {
		counts = pv_calloc(sides[0].count + sides[1].count,
				   sizeof(*counts));
		rc = counts ? PV_OK : pv_fail_nomem(err);
	}
	if (rc == PV_OK)
		*out = (unsigned)(common_bytes(sides, counts) * 100 / longer);
	pv_free(counts);
	pv_tokens_dispose(&sides[0]);
	pv_tokens_dispose(&sides[1]);
	return rc;
}

/* The most similar candidate, at least half the same; NULL for none. */
static int find_similar(const struct candidate **out, struct search *search)
{
	pv_buf after = { 0 };
	unsigned best = HALF;
	int rc = PV_OK;

	*out = NULL;
	if (!search->count || search->count > CANDIDATES_MAX)
		return PV_OK;
	rc = pv_store_read_blob(&after, search->store, &search->blob,
				search->err);
	for (size_t i = 0; rc == PV_OK && i < search->count; i++) {
		pv_buf before = { 0 };
		unsigned score = 0;

		rc = pv_store_read_blob(&before, search->store,
					&search->items[i].blob, search->err);
		if (rc == PV_OK)
			rc = compare(&score,
				     (pv_str){ pv_buf_text(&before), before.len },
				     (pv_str){ pv_buf_text(&after), after.len },
				     search->err);
		if (rc == PV_OK && score >= best && (!*out || score > best)) {
			*out = &search->items[i];
			best = score;
		}
		pv_buf_dispose(&before);
	}
	pv_buf_dispose(&after);
	return rc;
}

static void free_candidates(struct candidate *items, size_t count)
{
	assert(items || !count);
	for (size_t i = 0; i < count; i++)
		pv_free(items[i].path);
	pv_free(items);
}

static int find_by_contents(pv_buf *out, struct search *search,
			    const pv_former_query *query)
{
	const struct candidate *found = NULL;
	int rc = list_gone(search, query->commit, query->parent);

	if (rc == PV_OK && search->blob.hex[0]) {
		found = find_equal(search);
		if (!found)
			rc = find_similar(&found, search);
	}
	if (rc == PV_OK && found)
		pv_buf_puts(out, found->path);
	free_candidates(search->items, search->count);
	return rc;
}

/* By the trailer; the file must be there. */
static int find_by_trailer(pv_buf *out, pv_store *store,
			   const pv_settings *settings,
			   const pv_former_query *query, pv_error *err)
{
	char id[PV_ID_MAX + 1] = "";
	int rc = pv_version_renamed_from(id, store, settings, query->commit,
					 query->path, err);

	if (rc < 0 || !id[0])
		return rc < 0 ? rc : PV_OK;
	return pv_prompt_path(out, settings, id, err);
}

int pv_former_path(pv_buf *out, pv_store *store, const pv_settings *settings,
		   const pv_former_query *query, pv_error *err)
{
	struct search search = { .store = store, .path = query->path, .err = err };
	size_t len = out->len;
	int rc = find_by_trailer(out, store, settings, query, err);

	if (rc == PV_OK && out->len == len)
		rc = find_by_contents(out, &search, query);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
