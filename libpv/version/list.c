/* SPDX-License-Identifier: MIT
 *
 * All versions of one prompt, with what only a listing needs: the subject of
 * the commit, whether a remote has the tag, whether the prompt still exists.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "version/index.h"
#include "version/suggest.h"
#include "version/tag.h"

/* The listed versions and the tag objects they stand for, side by side. */
struct listing {
	pv_version_list *list;
	pv_oid *tags;
};

static int copy_strings(pv_version_info *out, const pv_version_info *info)
{
	out->tag = pv_strdup(info->tag);
	out->closure = pv_strdup(info->closure);
	out->tagger.name = pv_strdup(info->tagger.name);
	out->tagger.email = pv_strdup(info->tagger.email);
	return out->tag && out->closure && out->tagger.name && out->tagger.email;
}

static int copy_info(pv_version_info *out, pv_store *store,
		     const pv_version_info *info, pv_error *err)
{
	pv_commit commit = { 0 };
	int rc;

	*out = *info;
	out->tag = NULL;
	out->closure = NULL;
	out->tagger.name = NULL;
	out->tagger.email = NULL;
	out->subject = NULL;
	if (!copy_strings(out, info))
		return pv_fail_nomem(err);
	rc = pv_store_commit_read(&commit, store, &info->commit, err);
	if (rc == PV_OK) {
		out->subject = commit.subject;
		commit.subject = NULL;
	}
	pv_commit_dispose(&commit);
	return rc;
}

static int add_version(struct listing *it, pv_version_index *index,
		       const pv_version_row *row, pv_error *err)
{
	const pv_version_info *info;
	size_t at;
	int rc = pv_version_row_info(&info, index, row, err);

	if (rc < 0 || !info)
		return rc;
	rc = pv_version_index_on_default(index, &info->commit, err);
	if (rc <= 0)
		return rc;
	at = it->list->count++;
	it->tags[at] = row->tag_oid;
	return copy_info(&it->list->items[at], index->store, info, err);
}

/* 1 when the prompt is not at the default branch's tip. */
static int is_gone(const pv_version_index *index, const char *id, pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, index->tip };
	pv_buf path = { 0 };
	pv_oid blob;
	int rc = pv_prompt_path(&path, index->settings, id, err);

	if (rc == PV_OK)
		rc = pv_store_find(&blob, index->store, &at, path.ptr, err);
	pv_buf_dispose(&path);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return 1;
}

static void mark_published(struct listing *it, const char *tag, const pv_oid *oid)
{
	for (size_t i = 0; i < it->list->count; i++) {
		pv_version_info *info = &it->list->items[i];

		/* With another object, another clone won that number. */
		if (!strcmp(info->tag, tag) && !strcmp(it->tags[i].hex, oid->hex))
			info->is_published = 1;
	}
}

/* "refs/pv/remote/<remote>/tags/<tag>"; a remote's name may have a "/". */
static int note_remote_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct listing *it = payload;
	const char *tag = strstr(refname, "/tags/");

	while (tag) {
		mark_published(it, tag + strlen("/tags/"), oid);
		tag = strstr(tag + 1, "/tags/");
	}
	return PV_OK;
}

/* Fills the list from an index of the one id. */
static int fill_list(struct listing *it, pv_version_index *index,
		     const char *id, pv_error *err)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);
	int is_removed = 0;
	int rc = PV_OK;

	if (!count || !index->tip.hex[0])
		return PV_OK;
	it->list->items = pv_calloc(count, sizeof(*it->list->items));
	it->tags = pv_calloc(count, sizeof(*it->tags));
	if (!it->list->items || !it->tags)
		return pv_fail_nomem(err);
	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = add_version(it, index, &rows[i], err);
	if (rc == PV_OK)
		rc = is_removed = is_gone(index, id, err);
	for (size_t i = 0; rc >= 0 && i < it->list->count; i++)
		it->list->items[i].is_removed = is_removed;
	if (rc >= 0)
		rc = pv_store_ref_each(index->store, "refs/pv/remote/",
				       note_remote_tag, it, err);
	return rc;
}

static int load_list(pv_version_list *out, pv_store *store,
		     const pv_settings *settings, const char *id, pv_error *err)
{
	struct listing it = { .list = out };
	pv_version_index *index = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_id_check(id, err);
	if (rc < 0)
		return pv_hint_id(err, rc, store, settings, id);
	rc = pv_version_index_open(&index, store, settings, id, err);
	if (rc == PV_OK)
		rc = fill_list(&it, index, id, err);
	if (rc < 0)
		pv_version_list_dispose(out);
	pv_free(it.tags);
	pv_version_index_free(index);
	return rc;
}

int pv_version_list_load(pv_version_list *out, pv_store *store,
			 const pv_settings *settings, const char *id,
			 pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "versions of one",
			    load_list(out, store, settings, id, err));
}

void pv_version_list_dispose(pv_version_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_version_info_dispose(&list->items[i]);
	pv_free(list->items);
	memset(list, 0, sizeof(*list));
}
