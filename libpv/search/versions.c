/* SPDX-License-Identifier: MIT
 *
 * A search through all versions. What is remembered of words only says which
 * texts need not be looked at: tags are those that git has now, and whatever is
 * handed out was read and fits.
 */
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "index/git_texts.h"
#include "search/search.h"
#include "store/history/path_facts.h"
#include "version/index.h"

/* The texts of all versions, as far as they are remembered. */
struct known {
	pv_git_rows *rows;      /* NULL: nothing is */
	pv_map texts;           /* from tag objects, as pointers */
	unsigned char *may_fit; /* by text; NULL: each may */
	size_t cap;
};

struct scan {
	pv_prompt_search *search;
	pv_version_index *index;
	struct known known;
	int (*fn)(const pv_version_hit *hit, void *payload);
	void *payload;
};

/* --- what is known -------------------------------------------------------- */

static int note_tag(const unsigned char *tag, int64_t text, void *payload)
{
	struct known *it = payload;
	pv_str key = { (const char *)tag, PV_RAW_ID };

	return pv_map_set(&it->texts, key, (void *)(intptr_t)text, NULL, NULL);
}

static int note_text(int64_t text, void *payload)
{
	struct known *it = payload;

	if (text > 0 && (size_t)text < it->cap)
		it->may_fit[text] = 1;
	return PV_OK;
}

/* The number of a version's text; 0 when it is not known. */
static int64_t text_of(const struct known *it, const pv_version_row *row)
{
	unsigned char raw[PV_RAW_ID];
	pv_str key = { (const char *)raw, sizeof(raw) };

	if (!row->tag_oid.hex[0] || pv_raw_id(raw, &row->tag_oid) < 0)
		return 0;
	return (int64_t)(intptr_t)pv_map_find(&it->texts, key);
}

static int load_known(struct known *it, pv_git_rows *rows, pv_error *err)
{
	int rc;

	it->rows = rows;
	pv_map_dispose(&it->texts);
	memset(&it->texts, 0, sizeof(it->texts));
	rc = pv_git_texts_tags(rows, note_tag, it);
	if (rc < 0)
		return pv_fail_nomem(err);
	if (!rc)
		it->rows = NULL;
	return PV_OK;
}

static int find_largest(pv_str key, void *value, void *payload)
{
	size_t *cap = payload;
	size_t text = (size_t)(intptr_t)value;

	(void)key;
	*cap = text >= *cap ? text + 1 : *cap;
	return 0;
}

/* Finds out which of the known texts may fit. */
static int narrow(struct scan *it, pv_error *err)
{
	struct known *known = &it->known;
	int rc;

	known->cap = 1;
	(void)pv_map_each(&known->texts, find_largest, &known->cap);
	known->may_fit = pv_calloc(known->cap, 1);
	if (!known->may_fit)
		return pv_fail_nomem(err);
	rc = pv_git_texts_find(known->rows, it->search->tree, it->search->words,
			       note_text, known);
	if (rc < 0)
		return pv_fail_nomem(err);
	if (!rc) {
		pv_free(known->may_fit);
		known->may_fit = NULL;
	}
	return PV_OK;
}

static int may_fit(const struct scan *it, const pv_version_row *row)
{
	const struct known *known = &it->known;
	int64_t text;

	if (!known->may_fit)
		return 1;
	text = text_of(known, row);
	return !text || (size_t)text >= known->cap || known->may_fit[text];
}

/* --- adding --------------------------------------------------------------- */

/* All that is searched of a file, a line each. */
static int put_texts(pv_buf *out, const char *id, const pv_buf *file,
		     pv_error *err)
{
	pv_prompt_texts texts = { 0 };
	pv_str text = { pv_buf_text(file), file->len };
	int rc = pv_prompt_texts_read(&texts, id, text, err);

	for (size_t i = 0; i < texts.count && rc == PV_OK; i++) {
		pv_buf_put(out, texts.items[i].text.ptr, texts.items[i].text.len);
		pv_buf_putc(out, '\n');
	}
	pv_prompt_texts_dispose(&texts);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

static int add_text(int64_t *out, struct scan *it, const char *id,
		    const pv_oid *blob, pv_error *err)
{
	pv_buf file = { 0 };
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&file, it->index->store, blob, err);

	if (rc == PV_OK)
		rc = put_texts(&text, id, &file, err);
	if (rc == PV_OK)
		rc = pv_git_texts_add(out, it->known.rows, id, blob,
				      (pv_str){ pv_buf_text(&text), text.len },
				      err);
	pv_buf_dispose(&file);
	pv_buf_dispose(&text);
	return rc;
}

/* The id of a row, which borrows it from the name of its tag. */
static const char *id_of(char out[PV_ID_MAX + 1], const pv_version_row *row)
{
	memcpy(out, row->id.ptr, row->id.len);
	out[row->id.len] = '\0';
	return out;
}

/* A tag that is malformed is none of a version, and not remembered. */
static int add_version(struct scan *it, const pv_version_row *row, pv_error *err)
{
	char id[PV_ID_MAX + 1];
	const pv_version_info *info;
	int64_t text = 0;
	int rc = pv_version_row_info(&info, it->index, row, err);

	if (rc < 0 || !info)
		return rc;
	rc = pv_git_texts_number(&text, it->known.rows, id_of(id, row),
				 &info->blob, err);
	if (rc == PV_OK && !text)
		rc = add_text(&text, it, id, &info->blob, err);
	if (rc == PV_ENOTFOUND) {
		/* A blob that is not here: who looks for it will hear of it. */
		pv_error_clear(err);
		return PV_OK;
	}
	return rc == PV_OK ? pv_git_texts_tag(it->known.rows, &row->tag_oid,
					      text, err)
			   : rc;
}

/* Whether there is a version whose text is not known. */
static int is_behind(int *out, struct scan *it, pv_error *err)
{
	*out = 0;
	for (size_t i = 0; i < it->index->count && !*out; i++) {
		const pv_version_row *row = &it->index->rows[i];
		const pv_version_info *info;
		int rc = pv_version_row_tag(it->index, row, err);

		if (rc == PV_OK && !text_of(&it->known, row)) {
			rc = pv_version_row_info(&info, it->index, row, err);
			*out = info != NULL;
		}
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

static int add_versions(struct scan *it, const pv_git_rows_refresh *how,
			pv_error *err)
{
	size_t count = it->index->count;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_version_row *row = &it->index->rows[i];

		if (!text_of(&it->known, row))
			rc = add_version(it, row, err);
		if (how->progress && (i % 64 == 0 || i + 1 == count))
			how->progress(i + 1, count, how->payload);
	}
	return rc;
}

/* Brings what is remembered up to date. */
static int refresh(struct scan *it, pv_git_rows *rows,
		   const pv_git_rows_refresh *how, pv_error *err)
{
	int rc = pv_git_texts_begin(rows, how->is_rebuild, how->wait_ms, err);

	if (rc < 0)
		return rc;
	/* Others may have been here before. */
	rc = load_known(&it->known, rows, err);
	if (rc == PV_OK && !it->known.rows)
		rc = pv_fail(err, PV_EDB,
			     "the rows derived from git cannot be "
			     "read");
	if (rc == PV_OK)
		rc = add_versions(it, how, err);
	rc = pv_git_texts_end(rows, rc, err);
	return rc == PV_OK ? load_known(&it->known, rows, err) : rc;
}

static void scan_dispose(struct scan *it)
{
	pv_map_dispose(&it->known.texts);
	pv_free(it->known.may_fit);
	pv_version_index_free(it->index);
}

int pv_git_rows_add_texts(size_t *count_out, pv_git_rows *rows, pv_store *store,
			  const pv_settings *settings,
			  const pv_git_rows_refresh *how, pv_error *err)
{
	struct scan it = { 0 };
	int rc = pv_version_index_load(&it.index, store, settings, err);

	*count_out = 0;
	if (rc == PV_OK)
		rc = refresh(&it, rows, how, err);
	if (rc == PV_OK)
		rc = pv_git_texts_count(count_out, rows, err);
	scan_dispose(&it);
	return rc;
}

/* --- the search ----------------------------------------------------------- */

static int look_into(struct scan *it, const pv_version_row *row,
		     const pv_version_info *info, pv_error *err)
{
	char id[PV_ID_MAX + 1];
	pv_version_hit hit = { .id = id_of(id, row), .version = info };
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, it->index->store, &info->blob, err);

	if (rc == PV_OK)
		rc = pv_prompt_search_text(&hit.matches, it->search, id,
					   pv_buf_text(&text), text.len, err);
	if (rc == PV_OK && hit.matches.count)
		rc = it->fn(&hit, it->payload);
	pv_buf_dispose(&text);
	return rc;
}

static int look_into_all(struct scan *it, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->index->count && rc == PV_OK; i++) {
		const pv_version_row *row = &it->index->rows[i];
		const pv_version_info *info;

		if (!may_fit(it, row))
			continue;
		rc = pv_version_row_info(&info, it->index, row, err);
		if (rc < 0 || !info)
			continue;
		rc = pv_version_index_on_default(it->index, &info->commit, err);
		if (rc > 0)
			rc = look_into(it, row, info, err);
	}
	return rc;
}

/* What cannot be remembered is done without, but for want of memory. */
static int use_rows(struct scan *it, pv_git_rows *rows, pv_error *err)
{
	static const pv_git_rows_refresh how = { 0 };
	int behind = 0;
	int rc = load_known(&it->known, rows, err);

	if (rc == PV_OK && it->known.rows)
		rc = is_behind(&behind, it, err);
	if (rc < 0 || !it->known.rows)
		return rc;
	if (behind) {
		rc = refresh(it, rows, &how, err);
		if (rc == PV_ENOMEM)
			return rc;
		pv_error_clear(err);
		if (rc < 0)
			rc = load_known(&it->known, rows, err);
	}
	return rc == PV_OK && it->known.rows ? narrow(it, err) : rc;
}

int pv_prompt_search_versions(pv_prompt_search *search,
			      const pv_version_scope *scope,
			      int (*fn)(const pv_version_hit *hit, void *payload),
			      void *payload, pv_error *err)
{
	struct scan it = { .search = search, .fn = fn, .payload = payload };
	int rc = pv_version_index_load(&it.index, scope->store, scope->settings,
				       err);

	if (rc == PV_OK && scope->rows)
		rc = use_rows(&it, scope->rows, err);
	if (rc == PV_OK)
		rc = look_into_all(&it, err);
	scan_dispose(&it);
	return rc;
}
