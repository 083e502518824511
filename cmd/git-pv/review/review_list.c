/* SPDX-License-Identifier: MIT
 *
 * `git pv review list`: those that wait for somebody, newest first.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/policy.h>

#include "review/review_counts.h"
#include "review/review_rows.h"
#include "review/review_verbs.h"
#include "review/review_view.h"

enum whose {
	ANYBODYS,
	MINE,
	NEEDS_ME
};

struct list_options {
	int all;
	int whose; /* enum whose */
};

static const cli_option options[] = {
	{ 'a', "all", CLI_FLAG, offsetof(struct list_options, all), NULL,
	  "also those that were merged or closed" },
	{ 0, "mine", CLI_MODE, offsetof(struct list_options, whose), NULL,
	  "only those that you opened", NULL, MINE },
	{ 0, "needs-me", CLI_MODE, offsetof(struct list_options, whose), NULL,
	  "only those that ask you, and wait for your vote", NULL, NEEDS_ME },
	{ 0 },
};

const cli_usage review_list_usage = {
	.synopsis = { "git pv review list [--all] [--mine | --needs-me] "
		      "[--json]" },
	.examples = { "git pv review list --needs-me",
		      "git pv review list --all --json" },
	.options = options,
	.args = "list",
	.min_args = 1,
	.max_args = 1,
};

/* Whether a person is in one of the lists of a row. */
static int is_among(const review_names *people, const char *me)
{
	const char *who = people->first;

	for (size_t i = 0; i < people->count; i++) {
		if (pv_policy_is_same(who, me))
			return 1;
		who = review_names_next(who);
	}
	return 0;
}

static int is_wanted(const review_row *row, const struct list_options *opts,
		     const char *me)
{
	if (!opts->all && review_row_has_ended(row))
		return 0;
	if (opts->whose == MINE)
		return pv_policy_is_same(row->author, me);
	if (opts->whose == NEEDS_ME)
		return is_among(&row->reviewers, me) &&
		       !is_among(&row->voters, me);
	return 1;
}

static void print_row(pv_cli *cli, const review_row *row)
{
	cli_printf(cli, "%.7s  %-17s  ", row->id, row->state);
	cli_line(cli, row->title);
	cli_puts(cli, "  ");
	cli_text(cli, row->author, strcspn(row->author, "<"));
	if (row->open_comments)
		cli_printf(cli, " %lld open", (long long)row->open_comments);
	cli_puts(cli, "\n");
}

static void put_row(pv_jsonw *w, const review_row *row)
{
	pv_jsonw_object(w);
	review_row_members(w, row);
	review_names_member(w, "reviewers", &row->reviewers);
	pv_jsonw_member(w, "tip", row->tip);
	review_names_member(w, "voters", &row->voters);
	pv_jsonw_key(w, "approvals");
	pv_jsonw_int(w, row->approvals);
	pv_jsonw_key(w, "open_comments");
	pv_jsonw_int(w, row->open_comments);
	pv_jsonw_object_end(w);
}

static void print_all(pv_cli *cli, const review_rows *rows)
{
	pv_jsonw w;

	if (!cli->json) {
		for (size_t i = 0; i < rows->count; i++)
			print_row(cli, &rows->items[i]);
		if (!rows->count)
			cli_note(cli, "no review is waiting");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < rows->count; i++)
		put_row(&w, &rows->items[i]);
	pv_jsonw_array_end(&w);
}

/* The later ones first; of the same second by id. */
static int by_time(const void *a, const void *b)
{
	const review_row *first = a;
	const review_row *second = b;

	if (first->updated_at != second->updated_at)
		return first->updated_at < second->updated_at ? 1 : -1;
	return strcmp(first->id, second->id);
}

/* What the policy does not count approves of nothing. */
static int settle(review_row *row, review_policies *policies)
{
	int rc;

	if (strcmp(row->state, pv_review_state_name(PV_REVIEW_IS_APPROVED)) != 0)
		return PV_OK;
	rc = review_row_approvals(&row->approvals, policies, row);
	if (!row->approvals)
		row->state = pv_review_state_name(PV_REVIEW_IS_OPEN);
	return rc;
}

static int settle_all(review_rows *rows, pv_cli *cli)
{
	review_policies policies = { .cli = cli };
	int rc = PV_OK;

	for (size_t i = 0; i < rows->count && rc == PV_OK; i++)
		rc = settle(&rows->items[i], &policies);
	review_policies_dispose(&policies);
	return rc;
}

static void keep_wanted(review_rows *rows, const struct list_options *opts,
			const char *me)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++)
		if (is_wanted(&rows->items[i], opts, me))
			rows->items[count++] = rows->items[i];
	rows->count = count;
}

static int list(pv_cli *cli, const struct list_options *opts, review_rows *rows)
{
	pv_buf me = { 0 };
	int rc = PV_OK;

	if (opts->whose != ANYBODYS)
		rc = review_me(&me, cli);
	if (rc == PV_OK) {
		keep_wanted(rows, opts, pv_buf_text(&me));
		if (rows->count)
			qsort(rows->items, rows->count, sizeof(*rows->items),
			      by_time);
		rc = settle_all(rows, cli);
	}
	if (rc == PV_OK)
		print_all(cli, rows);
	pv_buf_dispose(&me);
	return rc;
}

int review_list(pv_cli *cli, int argc, char **argv)
{
	struct list_options opts = { 0 };
	review_rows rows = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = review_rows_read(&rows, cli);
	if (rc == PV_OK)
		rc = list(cli, &opts, &rows);
	review_rows_dispose(&rows);
	return rc;
}
