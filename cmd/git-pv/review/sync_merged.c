/* SPDX-License-Identifier: MIT
 *
 * See sync.h: reviews that were merged elsewhere, by hand or by the button of
 * a forge. Which review was looked for in which commit without being found is
 * remembered in .git/pv/landed: the same two need not be looked at again.
 */
#include "review/sync.h"

#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "review/review_rows.h"

enum {
	LINE = 82 /* "<tip of the review> <tip of the branch>\n" */
};

struct looking {
	sync_run *run;
	pv_buf known; /* lines of what was not found before */
	pv_buf now;   /* the same of this time */
};

/* --- what is remembered --------------------------------------------------------- */

static int put_path(pv_buf *out, const pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv/landed", pv_store_common_dir(cli->store));
	return pv_buf_status(out, NULL);
}

/* What is damaged or missing is only looked for again. */
static void read_known(struct looking *it)
{
	pv_buf path = { 0 };

	if (put_path(&path, it->run->cli) < 0 ||
	    pv_file_read(&it->known, path.ptr, NULL) < 0 || it->known.len % LINE)
		pv_buf_clear(&it->known);
	pv_buf_dispose(&path);
}

static void write_known(const struct looking *it)
{
	pv_cli *cli = it->run->cli;
	pv_buf folder = { 0 };
	pv_buf path = { 0 };

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	if (!it->run->is_dry && it->now.status == PV_OK &&
	    folder.status == PV_OK && put_path(&path, cli) == PV_OK &&
	    (it->now.len != it->known.len ||
	     memcmp(pv_buf_text(&it->now), pv_buf_text(&it->known),
		    it->now.len) != 0) &&
	    pv_dir_make(folder.ptr, NULL) == PV_OK &&
	    pv_file_write(path.ptr, pv_buf_text(&it->now), it->now.len, NULL) ==
		    PV_OK)
		pv_store_share(cli->store, path.ptr);
	pv_buf_dispose(&folder);
	pv_buf_dispose(&path);
}

static int is_known(const struct looking *it, const char *line)
{
	for (size_t at = 0; at + LINE <= it->known.len; at += LINE)
		if (!memcmp(it->known.ptr + at, line, LINE))
			return 1;
	return 0;
}

/* --- one review ------------------------------------------------------------------ */

static int end_review(sync_run *run, const pv_review *review, const landed *how)
{
	pv_review_event event = { .kind = PV_REVIEW_MERGED,
				  .head = review->head,
				  .commit = how->commit,
				  .method = landed_name(how->how) };
	pv_cli *cli = run->cli;
	sync_merge *item;
	pv_oid made;

	if (pv_array_reserve(&run->merged, &run->merged_cap,
			     run->merged_count + 1, sizeof(*run->merged)) < 0)
		return pv_fail_nomem(&cli->err);
	item = &run->merged[run->merged_count++];
	memcpy(item->id, review->id, sizeof(item->id));
	item->how = *how;
	return run->is_dry ? PV_OK
			   : pv_review_add(&made, cli->store, review->id,
					   &event, &cli->err);
}

/* When the commit was put up that is to be reviewed now. */
static int64_t put_up_at(const pv_review *review)
{
	int64_t at = pv_review_said_at(review->opened);

	for (size_t i = 0; i < review->event_count; i++)
		if (review->events[i]->kind == PV_REVIEW_REVISED)
			at = pv_review_said_at(review->events[i]);
	return at;
}

static int look_for(struct looking *it, const pv_review *review, const pv_oid *tip)
{
	const landed_query query = { review->head, *tip, put_up_at(review) };
	pv_cli *cli = it->run->cli;
	char line[LINE + 1];
	landed how = { LANDED_NOT, { "" } };
	int rc = PV_OK;

	memcpy(line, review->tip.hex, 40);
	line[40] = ' ';
	memcpy(line + 41, tip->hex, 40);
	memcpy(line + 81, "\n", 2);
	if (!is_known(it, line))
		rc = landed_find(&how, cli, &query);
	/* What git cannot read, as in a shallow clone, others will see. */
	if (rc == PV_EGIT) {
		cli_warn(cli, "the review %.7s was not looked for in \"%s\": %s",
			 review->id, review->opened->target, cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_OK && how.how == LANDED_NOT)
		pv_buf_puts(&it->now, line);
	return rc == PV_OK && how.how != LANDED_NOT
		       ? end_review(it->run, review, &how)
		       : rc;
}

/* The branch that a review is for, as the remote has it; hex "" for none. */
static int find_tip(pv_oid *out, sync_run *run, const char *target)
{
	pv_buf branch = { 0 };
	int rc;

	out->hex[0] = '\0';
	if (!target[0] || pv_branch_check(target, NULL) < 0)
		return PV_OK;
	pv_buf_printf(&branch, "refs/heads/%s", target);
	rc = pv_buf_status(&branch, &run->cli->err);
	if (rc == PV_OK) {
		const pv_oid *found = sync_seen_find(run, branch.ptr);

		if (found)
			*out = *found;
	}
	pv_buf_dispose(&branch);
	return rc;
}

static int look_at(struct looking *it, const review_row *row)
{
	pv_cli *cli = it->run->cli;
	pv_review *review = NULL;
	pv_oid tip;
	int rc;

	if (review_row_has_ended(row))
		return PV_OK;
	rc = find_tip(&tip, it->run, row->target);
	if (rc < 0 || !tip.hex[0])
		return rc;
	rc = pv_review_load(&review, cli->store, row->id, &cli->err);
	if (rc == PV_OK)
		rc = look_for(it, review, &tip);
	pv_review_free(review);
	return rc;
}

int sync_merged(sync_run *run)
{
	struct looking it = { .run = run };
	review_rows rows;
	int rc = review_rows_read(&rows, run->cli);

	read_known(&it);
	for (size_t i = 0; rc == PV_OK && i < rows.count; i++)
		rc = look_at(&it, &rows.items[i]);
	if (rc == PV_OK)
		write_known(&it);
	review_rows_dispose(&rows);
	pv_buf_dispose(&it.known);
	pv_buf_dispose(&it.now);
	return rc;
}
