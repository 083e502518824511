/* SPDX-License-Identifier: MIT
 *
 * See review_rows.h. The file has the rows by id, which is how refs are listed,
 * so both are gone through side by side. What cannot be remembered is only
 * slower the next time.
 */
#include "review/review_rows.h"

#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

/* What the file begins with: those of other versions are made anew. */
static const char first_line[] = "git-pv reviews 4\n";

struct rows {
	pv_cli *cli;
	review_rows *out;
	size_t cap;
	size_t at;        /* in out->known */
	review_row known; /* the one that begins there; `id` NULL: none */
	size_t made;      /* how many were not known */
};

static void cache_path(pv_buf *out, const pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv/reviews", pv_store_common_dir(cli->store));
}

/* --- what is remembered ------------------------------------------------------- */

/* What is damaged is not there, nor is what follows it. */
static void look_at_known(struct rows *rows)
{
	const pv_buf *text = &rows->out->known;

	if (rows->at >= text->len ||
	    !review_row_read(&rows->known, text->ptr + rows->at,
			     text->len - rows->at))
		rows->known.id = NULL;
}

static int open_cache(struct rows *rows)
{
	pv_buf *text = &rows->out->known;
	pv_buf path = { 0 };
	int rc;

	cache_path(&path, rows->cli);
	rc = pv_buf_status(&path, &rows->cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(text, path.ptr, NULL);
	pv_buf_dispose(&path);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&rows->cli->err);
	if (rc < 0 || !pv_str_has_prefix(pv_buf_text(text), first_line))
		pv_buf_dispose(text);
	rows->at = sizeof(first_line) - 1;
	look_at_known(rows);
	return PV_OK;
}

/* All of them, known or not. */
static void put_cache(pv_buf *text, const review_rows *rows)
{
	pv_buf_puts(text, first_line);
	for (size_t i = 0; i < rows->count; i++)
		pv_buf_put(text, rows->items[i].text.ptr,
			   rows->items[i].text.len);
}

static void write_cache(const struct rows *rows)
{
	pv_cli *cli = rows->cli;
	pv_buf folder = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	cache_path(&path, cli);
	put_cache(&text, rows->out);
	if (folder.status == PV_OK && path.status == PV_OK &&
	    text.status == PV_OK && pv_dir_make(folder.ptr, NULL) == PV_OK &&
	    pv_file_write(path.ptr, text.ptr, text.len, NULL) == PV_OK)
		pv_store_share(cli->store, path.ptr);
	pv_buf_dispose(&folder);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
}

/* --- rows --------------------------------------------------------------------- */

static int add_item(struct rows *rows, const review_row *row)
{
	review_rows *out = rows->out;

	if (pv_array_reserve(&out->items, &rows->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(&rows->cli->err);
	out->items[out->count++] = *row;
	return PV_OK;
}

static int keep_row(struct rows *rows, const pv_buf *made)
{
	const char *text = pv_arena_dup(&rows->out->made, made->ptr, made->len);
	review_row row;

	if (!text)
		return pv_fail_nomem(&rows->cli->err);
	rows->made++;
	return review_row_read(&row, text, made->len) ? add_item(rows, &row)
						      : PV_OK;
}

static int make_row(struct rows *rows, const char *id, const pv_oid *tip)
{
	pv_cli *cli = rows->cli;
	pv_review *review = NULL;
	pv_buf made = { 0 };
	int rc = pv_review_read(&review, cli->store, id, tip, &cli->err);

	if (rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	if (rc < 0) {
		cli_warn(cli, "the review %.7s cannot be read: %s", id,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	rc = review_row_put(&made, cli, review);
	if (rc == PV_OK)
		rc = keep_row(rows, &made);
	pv_buf_dispose(&made);
	pv_review_free(review);
	return rc;
}

static int add_row(const char *id, const pv_oid *tip, void *payload)
{
	struct rows *rows = payload;
	const review_row *known = &rows->known;

	while (known->id && strcmp(known->id, id) < 0) {
		rows->at += known->text.len;
		look_at_known(rows);
	}
	return known->id && !strcmp(known->id, id) &&
			       !strcmp(known->tip, tip->hex)
		       ? add_item(rows, known)
		       : make_row(rows, id, tip);
}

int review_rows_read(review_rows *out, pv_cli *cli)
{
	struct rows rows = { .cli = cli, .out = out };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = open_cache(&rows);
	if (rc == PV_OK)
		rc = pv_review_each(cli->store, add_row, &rows, &cli->err);
	if (rc == PV_OK && rows.made)
		write_cache(&rows);
	return rc;
}

void review_rows_dispose(review_rows *rows)
{
	pv_free(rows->items);
	pv_buf_dispose(&rows->known);
	pv_arena_dispose(&rows->made);
	memset(rows, 0, sizeof(*rows));
}
