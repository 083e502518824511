/* SPDX-License-Identifier: MIT
 *
 * Loading the tags of a repository and answering from them. Names alone say
 * which versions there are; a tag that turns out to be malformed, or not to
 * be on the default branch, is passed over when its turn comes.
 */
#include "version/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/ref/ref_list.h"
#include "version/tag.h"

struct loader {
	pv_version_index *index;
	pv_error *err;
};

static int add_row(const char *refname, const pv_oid *oid, void *payload)
{
	struct loader *loader = payload;
	pv_version_index *index = loader->index;
	pv_version_row row = { .tag_oid = *oid };
	char *name;

	if (!pv_version_tag_split(&row.id, &row.number, refname))
		return PV_OK;
	name = pv_arena_dup(&index->arena, row.id.ptr, strlen(row.id.ptr));
	if (!name || pv_array_reserve(&index->rows, &index->cap,
				      index->count + 1, sizeof(row)) < 0)
		return pv_fail_nomem(loader->err);
	row.tag = name;
	row.id.ptr = name;
	index->rows[index->count++] = row;
	return PV_OK;
}

static int by_id_then_highest(const void *a, const void *b)
{
	const pv_version_row *left = a;
	const pv_version_row *right = b;
	int order = pv_str_cmp(left->id, right->id);

	return order ? order : pv_semver_cmp(&right->number, &left->number);
}

static int read_rows(pv_version_index *index, const char *id, pv_error *err)
{
	struct loader loader = { index, err };
	pv_buf prefix = { 0 };
	int rc;

	pv_buf_puts(&prefix, "refs/tags/");
	if (id)
		pv_buf_printf(&prefix, "%s/v", id);
	rc = pv_buf_status(&prefix, err);
	if (rc == PV_OK)
		rc = pv_ref_each_name(index->store, prefix.ptr, add_row,
				      &loader, err);
	if (index->count)
		qsort(index->rows, index->count, sizeof(*index->rows),
		      by_id_then_highest);
	pv_buf_dispose(&prefix);
	return rc;
}

static int read_head(pv_version_index *index, pv_error *err)
{
	pv_buf branch = { 0 };
	int rc = pv_store_head(&branch, &index->head, index->store, err);

	if (rc == PV_OK && branch.len < sizeof(index->head_branch))
		memcpy(index->head_branch, pv_buf_text(&branch), branch.len + 1);
	pv_buf_dispose(&branch);
	return rc;
}

int pv_version_index_open(pv_version_index **out, pv_store *store,
			  const pv_settings *settings, const char *id,
			  pv_error *err)
{
	pv_version_index *index = pv_calloc(1, sizeof(*index));
	int rc;

	*out = NULL;
	if (!index)
		return pv_fail_nomem(err);
	index->store = store;
	index->settings = settings;
	rc = read_head(index, err);
	if (rc == PV_OK)
		rc = pv_settings_tip(&index->tip, store, settings, err);
	if (rc == PV_ENOTFOUND)
		rc = PV_OK;
	if (rc == PV_OK)
		rc = read_rows(index, id, err);
	if (rc < 0) {
		pv_version_index_free(index);
		return rc;
	}
	*out = index;
	return PV_OK;
}

static int load_index(pv_version_index **out, pv_store *store,
		      const pv_settings *settings, pv_error *err)
{
	return pv_version_index_open(out, store, settings, NULL, err);
}

int pv_version_index_load(pv_version_index **out, pv_store *store,
			  const pv_settings *settings, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "versions",
			    load_index(out, store, settings, err));
}

void pv_version_index_free(pv_version_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->count; i++)
		if (index->rows[i].info)
			pv_version_info_dispose(index->rows[i].info);
	pv_reach_free(index->from_tip);
	pv_reach_free(index->from_head);
	pv_reach_free(index->from_other);
	pv_ancestry_free(index->ancestry);
	pv_lineage_free(index->lineage);
	pv_closure_reader_dispose(&index->closures);
	pv_arena_dispose(&index->arena);
	pv_free(index->rows);
	pv_free(index);
}

/* The first row whose id is not below `id`. */
static size_t lower_bound(const pv_version_index *index, pv_str id)
{
	size_t low = 0;
	size_t high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pv_str_cmp(index->rows[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const pv_version_row *pv_version_index_rows(size_t *count_out,
					    const pv_version_index *index,
					    const char *id)
{
	pv_str key = pv_str_of(id);
	size_t first = lower_bound(index, key);
	size_t end = first;

	while (end < index->count && pv_str_eq(index->rows[end].id, key))
		end++;
	*count_out = end - first;
	return end > first ? &index->rows[first] : NULL;
}

int pv_version_index_add(pv_version_index *index, const char *id, pv_error *err)
{
	size_t count;

	pv_version_index_rows(&count, index, id);
	return count ? PV_OK : read_rows(index, id, err);
}

/* Moves what a tag says into a new version; malformed is PV_EINVALID. */
static int fill_info(pv_version_info *info, const pv_version_row *row,
		     pv_tag *tag, pv_error *err)
{
	char id[PV_ID_MAX + 1];
	int rc;

	memcpy(id, row->id.ptr, row->id.len);
	id[row->id.len] = '\0';
	info->number = row->number;
	rc = pv_version_tag_parse(info, id, tag->message, err);
	if (rc < 0)
		return rc;
	info->commit = tag->target;
	info->tagger = tag->tagger;
	memset(&tag->tagger, 0, sizeof(tag->tagger));
	info->tag = pv_strdup(row->tag);
	info->subject = pv_strdup("");
	return info->tag && info->subject ? PV_OK : pv_fail_nomem(err);
}

/* A ref that leads nowhere is as good as a malformed tag: PV_ENOTFOUND. */
static int read_ref(pv_version_index *index, pv_version_row *row, pv_error *err)
{
	pv_buf name = { 0 };
	int rc;

	if (row->tag_oid.hex[0])
		return PV_OK;
	pv_buf_printf(&name, "refs/tags/%s", row->tag);
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = pv_store_ref(&row->tag_oid, index->store, name.ptr, err);
	pv_buf_dispose(&name);
	return rc == PV_EGIT ? PV_ENOTFOUND : rc;
}

static int read_row(pv_version_index *index, pv_version_row *row, pv_error *err)
{
	pv_version_info *info = pv_arena_calloc(&index->arena, sizeof(*info));
	pv_tag tag = { 0 };
	int rc;

	if (!info)
		return pv_fail_nomem(err);
	rc = read_ref(index, row, err);
	if (rc == PV_OK)
		rc = pv_store_tag_read(&tag, index->store, &row->tag_oid, err);
	if (rc == PV_OK)
		rc = fill_info(info, row, &tag, err);
	pv_tag_dispose(&tag);
	if (rc < 0)
		pv_version_info_dispose(info);
	if (rc == PV_EINVALID || rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		row->state = PV_ROW_MALFORMED;
		return PV_OK;
	}
	if (rc < 0)
		return rc;
	row->info = info;
	row->state = PV_ROW_READ;
	return PV_OK;
}

int pv_version_row_info(const pv_version_info **out, pv_version_index *index,
			const pv_version_row *row, pv_error *err)
{
	*out = NULL;
	if (row->state == PV_ROW_UNREAD) {
		size_t at = (size_t)(row - index->rows);
		int rc = read_row(index, &index->rows[at], err);

		if (rc < 0)
			return rc;
	}
	*out = row->info;
	return PV_OK;
}

int pv_version_row_tag(pv_version_index *index, const pv_version_row *row,
		       pv_error *err)
{
	int rc = read_ref(index, &index->rows[row - index->rows], err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

static int is_reachable(pv_reach **reach, pv_version_index *index,
			const pv_oid *from, const pv_oid *commit, pv_error *err)
{
	if (!from->hex[0])
		return 0;
	if (!strcmp(from->hex, commit->hex))
		return 1;
	if (!*reach) {
		int rc = pv_reach_new(reach, index->store, from, err);

		if (rc < 0)
			return rc;
	}
	return pv_reach_has(*reach, commit, err);
}

int pv_version_index_on_default(pv_version_index *index, const pv_oid *commit,
				pv_error *err)
{
	return is_reachable(&index->from_tip, index, &index->tip, commit, err);
}

int pv_version_index_on_head(pv_version_index *index, const pv_oid *commit,
			     pv_error *err)
{
	return is_reachable(&index->from_head, index, &index->head, commit, err);
}

int pv_version_index_on(pv_version_index *index, const pv_oid *from,
			const pv_oid *commit, pv_error *err)
{
	if (!strcmp(from->hex, index->tip.hex))
		return pv_version_index_on_default(index, commit, err);
	if (!strcmp(from->hex, index->head.hex))
		return pv_version_index_on_head(index, commit, err);
	if (strcmp(from->hex, index->other.hex) != 0) {
		pv_reach_free(index->from_other);
		index->from_other = NULL;
		index->other = *from;
	}
	return is_reachable(&index->from_other, index, from, commit, err);
}

/*
 * One prompt is asked about at many commits, or many at one: begins with the
 * file alone, and reads all of them once there is a second.
 */
int pv_version_index_lineage(pv_lineage **out, pv_version_index *index,
			     const pv_oid *commit, const char *path,
			     pv_error *err)
{
	pv_lineage *former = index->lineage;
	int rc = PV_OK;

	if (former && pv_lineage_covers(former, path)) {
		pv_lineage_move(former, commit);
	} else if (former) {
		rc = pv_lineage_new(&index->lineage, index->store, commit,
				    index->settings->prompts_dir, err);
		pv_lineage_free(former);
	} else {
		rc = pv_lineage_new_file(&index->lineage, index->store, commit,
					 path, err);
	}
	*out = index->lineage;
	return rc;
}

int pv_version_find_blob(pv_oid *out, pv_store *store, const pv_point *at,
			 const char *path, pv_error *err)
{
	int rc = pv_store_find(out, store, at, path, err);

	if (rc == PV_ENOTFOUND)
		return pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
				  "no prompt at \"%.120s\"", path);
	return rc;
}

int pv_version_index_is_ancestor(pv_version_index *index, const pv_oid *ancestor,
				 const pv_oid *commit, pv_error *err)
{
	int rc = PV_OK;

	if (!index->ancestry)
		rc = pv_ancestry_new(&index->ancestry, index->store, err);
	return rc < 0 ? rc
		      : pv_ancestry_has(index->ancestry, ancestor, commit, err);
}

/* 1 when a version counts: on the default branch, and not after `before`. */
static int is_eligible(pv_version_index *index, const pv_version_info *info,
		       const pv_oid *before, pv_error *err)
{
	int rc = pv_version_index_on_default(index, &info->commit, err);

	if (rc <= 0 || !before)
		return rc;
	return pv_version_index_is_ancestor(index, &info->commit, before, err);
}

int pv_version_index_highest(const pv_version_info **out, pv_version_index *index,
			     const char *id, enum pv_pre_release pre,
			     const pv_oid *before, pv_error *err)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);

	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		const pv_version_info *info;
		int rc;

		if (pre == PV_NO_PRE_RELEASES && rows[i].number.pre[0])
			continue;
		rc = pv_version_row_info(&info, index, &rows[i], err);
		if (rc == PV_OK && info)
			rc = is_eligible(index, info, before, err);
		if (rc < 0)
			return rc;
		if (rc) {
			*out = info;
			return PV_OK;
		}
	}
	return PV_OK;
}

int pv_version_index_latest(const pv_version_info **out, pv_version_index *index,
			    const char *id, pv_error *err)
{
	return pv_version_index_highest(out, index, id, PV_PRE_RELEASES, NULL,
					err);
}
