/* SPDX-License-Identifier: MIT
 *
 * See review_rows.h. What cannot be remembered is only slower the next time.
 */
#include "review/review_rows.h"

#include <stdlib.h>
#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "review/review_counts.h"
#include "review/review_view.h"

static const char version_member[] = "v";

enum {
	VERSION = 3 /* of the rows: others are made anew */
};

struct rows {
	pv_cli *cli;
	review_rows *out;
	size_t cap;
	pv_map known; /* tip: its row, of out->known */
	pv_jsonw w;   /* to `made` */
	pv_buf made;  /* an array of those that were not known */
};

static void cache_path(pv_buf *out, const pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv/reviews.json", pv_store_common_dir(cli->store));
}

/* --- what is remembered ------------------------------------------------------- */

static int remember(struct rows *rows, const pv_json *row)
{
	size_t len = 0;
	const char *tip = pv_json_text(pv_json_get(row, "tip"), &len);
	pv_str key = { tip, len };

	/* Only what has all that a list needs. */
	if (!tip || !pv_json_text(pv_json_get(row, "id"), NULL) ||
	    !pv_json_text(pv_json_get(row, "state"), NULL) ||
	    !pv_json_text(pv_json_get(row, "title"), NULL) ||
	    !pv_json_text(pv_json_get(row, "author"), NULL) ||
	    !pv_json_text(pv_json_get(row, "updated_at"), NULL))
		return PV_OK;
	return pv_map_set(&rows->known, key, (void *)(uintptr_t)row, NULL,
			  &rows->cli->err);
}

/* What is damaged is not there. */
static int read_cache(struct rows *rows)
{
	pv_cli *cli = rows->cli;
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	const pv_json *list;
	int rc;

	cache_path(&path, cli);
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(&text, path.ptr, &cli->err);
	if (rc == PV_OK)
		rc = pv_json_parse(&rows->out->known, text.ptr, text.len,
				   &cli->err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(&cli->err);
	if (rc < 0)
		return PV_OK;
	list = pv_json_root(rows->out->known);
	if (pv_json_int(pv_json_get(list, version_member), 0) != VERSION)
		return PV_OK;
	list = pv_json_get(list, "rows");
	rc = PV_OK;
	for (size_t i = 0; i < pv_json_count(list) && rc == PV_OK; i++)
		rc = remember(rows, pv_json_at(list, i));
	return rc;
}

/* All of them, known or not. */
static int put_cache(pv_buf *text, const review_rows *rows, pv_error *err)
{
	int rc = PV_OK;

	pv_buf_printf(text, "{\"%s\":%d,\"rows\":[", version_member, VERSION);
	for (size_t i = 0; i < rows->count && rc == PV_OK; i++) {
		if (i)
			pv_buf_putc(text, ',');
		rc = pv_json_dump(text, rows->items[i], err);
	}
	pv_buf_puts(text, "]}\n");
	return rc;
}

static void write_cache(const struct rows *rows)
{
	pv_cli *cli = rows->cli;
	pv_buf folder = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	cache_path(&path, cli);
	if (put_cache(&text, rows->out, NULL) == PV_OK &&
	    folder.status == PV_OK && path.status == PV_OK &&
	    text.status == PV_OK && pv_dir_make(folder.ptr, NULL) == PV_OK &&
	    pv_file_write(path.ptr, text.ptr, text.len, NULL) == PV_OK)
		pv_store_share(cli->store, path.ptr);
	pv_buf_dispose(&folder);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
}

/* --- rows --------------------------------------------------------------------- */

static void put_voters(pv_jsonw *w, const pv_review *review)
{
	int approvals = 0;

	pv_jsonw_key(w, "voters");
	pv_jsonw_array(w);
	for (size_t i = 0; i < review->vote_count; i++) {
		const pv_review_vote *vote = &review->votes[i];

		if (!vote->is_current || vote->event->origin)
			continue;
		approvals += vote->event->kind == PV_REVIEW_APPROVED;
		pv_jsonw_string(w, vote->event->by);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "approvals");
	pv_jsonw_int(w, approvals);
}

static int put_row(pv_jsonw *w, pv_cli *cli, const pv_review *review)
{
	int open = 0;
	int rc;

	for (size_t i = 0; i < review->comment_count; i++)
		open += !review->comments[i].resolved &&
			!review->comments[i].event->comment;
	pv_jsonw_object(w);
	review_members(w, review);
	pv_jsonw_member(w, "tip", review->tip.hex);
	put_voters(w, review);
	pv_jsonw_key(w, "open_comments");
	pv_jsonw_int(w, open);
	rc = review_row_put(w, cli, review);
	pv_jsonw_object_end(w);
	return rc;
}

static int make_row(struct rows *rows, const char *id, const pv_oid *tip)
{
	pv_cli *cli = rows->cli;
	pv_review *review = NULL;
	int rc = pv_review_read(&review, cli->store, id, tip, &cli->err);

	if (rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	if (rc < 0) {
		cli_warn(cli, "the review %.7s cannot be read: %s", id,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	rc = put_row(&rows->w, cli, review);
	pv_review_free(review);
	return rc;
}

static int add_item(struct rows *rows, const pv_json *row)
{
	review_rows *out = rows->out;

	if (pv_array_reserve(&out->items, &rows->cap, out->count + 1,
			     sizeof(void *)) < 0)
		return pv_fail_nomem(&rows->cli->err);
	out->items[out->count++] = row;
	return PV_OK;
}

static int add_row(const char *id, const pv_oid *tip, void *payload)
{
	struct rows *rows = payload;
	const pv_json *row = pv_map_find(&rows->known, pv_str_of(tip->hex));

	return row ? add_item(rows, row) : make_row(rows, id, tip);
}

static int by_id(const void *a, const void *b)
{
	const pv_json *first = *(const pv_json *const *)a;
	const pv_json *second = *(const pv_json *const *)b;

	return strcmp(pv_json_text(pv_json_get(first, "id"), NULL),
		      pv_json_text(pv_json_get(second, "id"), NULL));
}

/* Puts those that were made between those that were known. */
static int take_made(struct rows *rows)
{
	pv_cli *cli = rows->cli;
	review_rows *out = rows->out;
	const pv_json *list;
	int rc = pv_buf_status(&rows->made, &cli->err);

	if (rc == PV_OK)
		rc = pv_json_parse(&out->made, rows->made.ptr, rows->made.len,
				   &cli->err);
	list = pv_json_root(out->made);
	for (size_t i = 0; i < pv_json_count(list) && rc == PV_OK; i++)
		rc = add_item(rows, pv_json_at(list, i));
	if (rc < 0 || !pv_json_count(list))
		return rc;
	qsort(out->items, out->count, sizeof(void *), by_id);
	write_cache(rows);
	return PV_OK;
}

int review_rows_read(review_rows *out, pv_cli *cli)
{
	struct rows rows = { .cli = cli, .out = out };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = read_cache(&rows);
	pv_jsonw_init(&rows.w, &rows.made);
	pv_jsonw_array(&rows.w);
	if (rc == PV_OK)
		rc = pv_review_each(cli->store, add_row, &rows, &cli->err);
	pv_jsonw_array_end(&rows.w);
	if (rc == PV_OK)
		rc = take_made(&rows);
	pv_map_dispose(&rows.known);
	pv_buf_dispose(&rows.made);
	return rc;
}

void review_rows_dispose(review_rows *rows)
{
	pv_free(rows->items);
	pv_json_free(rows->known);
	pv_json_free(rows->made);
	memset(rows, 0, sizeof(*rows));
}
