/* SPDX-License-Identifier: MIT
 *
 * `git pv review list`: those that wait for somebody, newest first.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/policy.h>

#include "base/fail.h"
#include "base/mem.h"
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
static int is_among(const pv_json *people, const char *me)
{
	for (size_t i = 0; i < pv_json_count(people); i++) {
		const char *who = pv_json_text(pv_json_at(people, i), NULL);

		if (who && pv_policy_is_same(who, me))
			return 1;
	}
	return 0;
}

static int is_wanted(const pv_json *row, const struct list_options *opts,
		     const char *me)
{
	const char *state = pv_json_text(pv_json_get(row, "state"), NULL);
	const char *author = pv_json_text(pv_json_get(row, "author"), NULL);

	if (!opts->all && (!strcmp(state, "merged") || !strcmp(state, "closed")))
		return 0;
	if (opts->whose == MINE)
		return pv_policy_is_same(author, me);
	if (opts->whose == NEEDS_ME)
		return is_among(pv_json_get(row, "reviewers"), me) &&
		       !is_among(pv_json_get(row, "voters"), me);
	return 1;
}

/* A row with what it is sorted by, which is looked up once. */
struct entry {
	const pv_json *row;
	const char *time;
	const char *id;
	const char *state; /* as the policy sees it */
	int approvals;     /* that count; -1: as the row says */
};

static void print_row(pv_cli *cli, const struct entry *entry)
{
	const pv_json *row = entry->row;
	const char *author = pv_json_text(pv_json_get(row, "author"), NULL);
	int64_t open = pv_json_int(pv_json_get(row, "open_comments"), 0);

	cli_printf(cli, "%.7s  %-17s  ", entry->id, entry->state);
	cli_line(cli, pv_json_text(pv_json_get(row, "title"), NULL));
	cli_puts(cli, "  ");
	cli_text(cli, author, strcspn(author, "<"));
	if (open)
		cli_printf(cli, " %lld open", (long long)open);
	cli_puts(cli, "\n");
}

/* The later ones first; of the same second by id. */
static int by_time(const void *a, const void *b)
{
	const struct entry *first = a;
	const struct entry *second = b;
	int order = strcmp(second->time, first->time);

	return order ? order : strcmp(first->id, second->id);
}

struct printing {
	pv_cli *cli;
	pv_jsonw w;
	const struct entry *entry;
};

static int put_member(const char *key, const pv_json *member, void *payload)
{
	struct printing *it = payload;
	const struct entry *entry = it->entry;
	pv_buf value = { 0 };
	int rc = PV_OK;

	if (review_row_is_own(key))
		return PV_OK;
	pv_jsonw_key(&it->w, key);
	if (!strcmp(key, "state")) {
		pv_jsonw_string(&it->w, entry->state);
	} else if (!strcmp(key, "approvals") && entry->approvals >= 0) {
		pv_jsonw_int(&it->w, entry->approvals);
	} else {
		rc = pv_json_dump(&value, member, &it->cli->err);
		pv_jsonw_raw(&it->w, pv_buf_text(&value), value.len);
	}
	pv_buf_dispose(&value);
	return rc;
}

static int print_all(pv_cli *cli, const struct entry *entries, size_t count)
{
	struct printing it = { .cli = cli };
	int rc = PV_OK;

	if (!cli->json) {
		for (size_t i = 0; i < count; i++)
			print_row(cli, &entries[i]);
		if (!count)
			cli_note(cli, "no review is waiting");
		return PV_OK;
	}
	pv_jsonw_init(&it.w, &cli->out);
	pv_jsonw_array(&it.w);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		it.entry = &entries[i];
		pv_jsonw_object(&it.w);
		rc = pv_json_each(entries[i].row, put_member, &it);
		pv_jsonw_object_end(&it.w);
	}
	pv_jsonw_array_end(&it.w);
	return rc;
}

/* What the policy does not count approves of nothing. */
static int settle(struct entry *entry, review_policies *policies)
{
	const char *state = pv_json_text(pv_json_get(entry->row, "state"), NULL);
	int rc;

	entry->state = state;
	entry->approvals = -1;
	if (strcmp(state, pv_review_state_name(PV_REVIEW_IS_APPROVED)) != 0)
		return PV_OK;
	rc = review_row_approvals(&entry->approvals, policies, entry->row);
	if (!entry->approvals)
		entry->state = pv_review_state_name(PV_REVIEW_IS_OPEN);
	return rc;
}

static int settle_all(struct entry *entries, size_t count, pv_cli *cli)
{
	review_policies policies = { .cli = cli };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = settle(&entries[i], &policies);
	review_policies_dispose(&policies);
	return rc;
}

static size_t take_wanted(struct entry *out, const struct list_options *opts,
			  const char *me, const review_rows *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const pv_json *row = rows->items[i];

		if (!is_wanted(row, opts, me))
			continue;
		out[count].row = row;
		out[count].time =
			pv_json_text(pv_json_get(row, "updated_at"), NULL);
		out[count++].id = pv_json_text(pv_json_get(row, "id"), NULL);
	}
	return count;
}

static int list(pv_cli *cli, const struct list_options *opts,
		const review_rows *rows)
{
	struct entry *entries = pv_calloc(rows->count + 1, sizeof(*entries));
	pv_buf me = { 0 };
	int rc = PV_OK;

	if (!entries)
		return pv_fail_nomem(&cli->err);
	if (opts->whose != ANYBODYS)
		rc = review_me(&me, cli);
	if (rc == PV_OK) {
		size_t count = take_wanted(entries, opts, pv_buf_text(&me), rows);

		qsort(entries, count, sizeof(*entries), by_time);
		rc = settle_all(entries, count, cli);
		if (rc == PV_OK)
			rc = print_all(cli, entries, count);
	}
	pv_buf_dispose(&me);
	pv_free(entries);
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
