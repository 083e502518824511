/* SPDX-License-Identifier: MIT
 *
 * The filters of `git pv history` as a query of the library; see
 * history_verbs.h. What values may be is the library's to say.
 */
#include "history/history_verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "history/known.h"
#include "ui/figures.h"

/* The field that each compares; those with NAME=VALUE name a part of it. */
static const char *const fields[] = {
	[HISTORY_PROMPT] = "prompt_id",
	[HISTORY_VERSION] = "version",
	[HISTORY_MODEL] = "model",
	[HISTORY_ENV] = "environment",
	[HISTORY_VARIANT] = "variant",
	[HISTORY_EXPERIMENT] = "experiment",
	[HISTORY_SESSION] = "session",
	[HISTORY_UNIT] = "unit",
	[HISTORY_PROVIDER] = "provider",
	[HISTORY_FRAMEWORK] = "framework",
	[HISTORY_TEMPLATE] = "template",
	[HISTORY_DATASET] = "dataset",
	[HISTORY_BATCH] = "batch",
	[HISTORY_PARENT] = "parent",
	[HISTORY_STATUS] = "status",
	[HISTORY_SUCCESS] = "success",
	[HISTORY_ERROR_TYPE] = "error_type",
	[HISTORY_SOURCE] = "source",
	[HISTORY_TAG] = "tags",
	[HISTORY_METADATA] = "metadata.",
	[HISTORY_MIN] = "",
	[HISTORY_MAX] = "",
};

int history_filter_is_given(const history_filter *filter)
{
	return filter->given.count || filter->since || filter->until ||
	       filter->days >= 0;
}

int history_filter_has(const history_filter *filter, enum history_match which)
{
	for (size_t i = 0; i < filter->given.count; i++)
		if (filter->given.items[i].which == (int)which)
			return 1;
	return 0;
}

static int fail_pair(pv_cli *cli, int which)
{
	if (which == HISTORY_METADATA)
		return cli_usage_error(cli, "--metadata needs KEY=VALUE");
	return cli_usage_error(cli, "%s needs NAME=N",
			       which == HISTORY_MIN ? "--min" : "--max");
}

/* What has one value cannot have two: such a search would find nothing. */
static int check_once(pv_cli *cli, const history_filter *filter, size_t idx)
{
	const cli_list_item *item = &filter->given.items[idx];
	int rc;

	if (item->which == HISTORY_TAG || item->which >= HISTORY_METADATA)
		return PV_OK;
	for (size_t i = 0; i < idx; i++) {
		const cli_list_item *other = &filter->given.items[i];

		if (other->which != item->which ||
		    !strcmp(other->value, item->value))
			continue;
		rc = cli_usage_error(cli,
				     "no execution is both \"%.80s\" and "
				     "\"%.80s\" there",
				     other->value, item->value);
		return pv_error_hint(&cli->err, rc,
				     "several filters must all fit; run it once "
				     "for each");
	}
	return PV_OK;
}

/* The field in front of "=", and the value behind it. */
static int read_pair(pv_executions_match *out, pv_cli *cli, pv_arena *arena,
		     const cli_list_item *item)
{
	const char *equals = strchr(item->value, '=');
	const char *before = fields[item->which];
	size_t before_len = strlen(before);
	size_t len = equals ? (size_t)(equals - item->value) : 0;
	char *field;

	if (!len)
		return fail_pair(cli, item->which);
	field = pv_arena_alloc(arena, before_len + len + 1);
	if (!field)
		return pv_fail_nomem(&cli->err);
	memcpy(field, before, before_len);
	memcpy(field + before_len, item->value, len);
	field[before_len + len] = '\0';
	out->field = field;
	out->value = equals + 1;
	if (item->which == HISTORY_MIN)
		out->how = PV_EXECUTIONS_AT_LEAST;
	else if (item->which == HISTORY_MAX)
		out->how = PV_EXECUTIONS_AT_MOST;
	return PV_OK;
}

static int read_matches(history_query *out, pv_cli *cli,
			const history_filter *filter)
{
	size_t count = filter->given.count;
	pv_executions_match *matches;
	int rc = PV_OK;

	matches = pv_arena_alloc(&out->arena, (count + 1) * sizeof(*matches));
	if (!matches)
		return pv_fail_nomem(&cli->err);
	memset(matches, 0, (count + 1) * sizeof(*matches));
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const cli_list_item *item = &filter->given.items[i];

		rc = check_once(cli, filter, i);
		if (rc < 0)
			break;
		if (item->which >= HISTORY_METADATA) {
			rc = read_pair(&matches[i], cli, &out->arena, item);
		} else {
			matches[i].field = fields[item->which];
			matches[i].value = item->value;
			if (item->which == HISTORY_PROMPT)
				rc = figures_known(cli, &matches[i].value);
		}
	}
	out->query.matches = matches;
	out->query.match_count = count;
	return rc == PV_OK ? known_matches(cli, matches, count) : rc;
}

static int read_times(pv_executions_query *out, pv_cli *cli,
		      const history_filter *filter)
{
	int rc = PV_OK;

	if (filter->since && filter->days >= 0)
		return cli_usage_error(cli, "--since and --days exclude each "
					    "other");
	if (filter->days >= 0)
		out->since = pv_clock_now(NULL) -
			     (int64_t)filter->days * 86400 * 1000000;
	if (filter->since)
		rc = tracking_time(&out->since, cli, "since", filter->since);
	if (rc == PV_OK && filter->until)
		rc = tracking_time(&out->until, cli, "until", filter->until);
	return rc;
}

int history_query_read(history_query *out, pv_cli *cli,
		       const history_filter *filter, size_t limit)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->query.after = filter->after;
	out->query.limit = filter->limit < 0 ? limit : (size_t)filter->limit;
	rc = read_times(&out->query, cli, filter);
	return rc == PV_OK ? read_matches(out, cli, filter) : rc;
}

void history_query_dispose(history_query *query)
{
	pv_arena_dispose(&query->arena);
}
