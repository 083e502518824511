/* SPDX-License-Identifier: MIT
 *
 * See review_rows.h. What cannot be remembered is only slower the next time.
 */
#include "review_rows.h"

#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/map.h"
#include "review_view.h"

static const char version_member[] = "v";

enum {
	VERSION = 1 /* of the rows: others are made anew */
};

struct rows {
	pv_cli *cli;
	pv_map known; /* tip: its row, of `old` */
	pv_json_doc *old;
	pv_jsonw w;
	pv_buf text;
	size_t made; /* rows that were not known */
	size_t count;
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
		rc = pv_json_parse(&rows->old, text.ptr, text.len, &cli->err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(&cli->err);
	if (rc < 0)
		return PV_OK;
	list = pv_json_root(rows->old);
	if (pv_json_int(pv_json_get(list, version_member), 0) != VERSION)
		return PV_OK;
	list = pv_json_get(list, "rows");
	rc = PV_OK;
	for (size_t i = 0; i < pv_json_count(list) && rc == PV_OK; i++)
		rc = remember(rows, pv_json_at(list, i));
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
	pv_buf_printf(&text, "{\"%s\":%d,\"rows\":", version_member, VERSION);
	pv_buf_put(&text, rows->text.ptr, rows->text.len);
	pv_buf_puts(&text, "}\n");
	if (folder.status == PV_OK && path.status == PV_OK &&
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

		if (!vote->is_current)
			continue;
		approvals += vote->event->kind == PV_REVIEW_APPROVED;
		pv_jsonw_string(w, vote->event->by);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "approvals");
	pv_jsonw_int(w, approvals);
}

static void put_row(pv_jsonw *w, const pv_review *review)
{
	int open = 0;

	for (size_t i = 0; i < review->comment_count; i++)
		open += !review->comments[i].resolved &&
			!review->comments[i].event->comment;
	pv_jsonw_object(w);
	review_members(w, review);
	pv_jsonw_member(w, "tip", review->tip.hex);
	put_voters(w, review);
	pv_jsonw_key(w, "open_comments");
	pv_jsonw_int(w, open);
	pv_jsonw_object_end(w);
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
	put_row(&rows->w, review);
	pv_review_free(review);
	rows->made++;
	return PV_OK;
}

static int add_row(const char *id, const pv_oid *tip, void *payload)
{
	struct rows *rows = payload;
	const pv_json *row = pv_map_find(&rows->known, pv_str_of(tip->hex));
	pv_buf text = { 0 };
	int rc;

	rows->count++;
	if (!row)
		return make_row(rows, id, tip);
	rc = pv_json_dump(&text, row, &rows->cli->err);
	pv_jsonw_raw(&rows->w, pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
	return rc;
}

int review_rows_read(pv_json_doc **out, pv_cli *cli)
{
	struct rows rows = { .cli = cli };
	int rc = read_cache(&rows);

	*out = NULL;
	pv_jsonw_init(&rows.w, &rows.text);
	pv_jsonw_array(&rows.w);
	if (rc == PV_OK)
		rc = pv_review_each(cli->store, add_row, &rows, &cli->err);
	pv_jsonw_array_end(&rows.w);
	if (rc == PV_OK)
		rc = pv_buf_status(&rows.text, &cli->err);
	if (rc == PV_OK)
		rc = pv_json_parse(out, rows.text.ptr, rows.text.len, &cli->err);
	if (rc == PV_OK && rows.made)
		write_cache(&rows);
	pv_map_dispose(&rows.known);
	pv_json_free(rows.old);
	pv_buf_dispose(&rows.text);
	return rc;
}
