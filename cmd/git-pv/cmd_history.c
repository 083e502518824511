/* SPDX-License-Identifier: MIT
 *
 * `git pv history`: what was recorded, listed, shown, exported, rated and
 * tagged. Lists are read and printed row by row.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "history_print.h"
#include "tracking.h"

enum format {
	FORMAT_JSONL = 1,
	FORMAT_JSON,
	FORMAT_CSV
};

enum {
	LIST_LIMIT = 50,
	STREAM = 1 << 16
};

struct history_options {
	cli_list matches; /* `which` is the place in `match_names` */
	const char *tag;
	const char *since;
	const char *until;
	const char *after;
	int limit;
	int format;
	const char *quality;
	const char *feedback;
	cli_list scores;
	cli_list removed;
};

static const char *const match_names[] = {
	"prompt_id",  "version",    "model", "environment", "variant",
	"experiment", "session",    "unit",  "provider",    "framework",
	"template",   "dataset",    "batch", "parent",      "status",
	"success",    "error_type", "source"
};

static const char *const formats[] = { "jsonl", "json", "csv", NULL };

#define OFFSET(name) offsetof(struct history_options, name)
#define MATCH(long_name, arg, help, which)                        \
 {                                                                \
  0, long_name, CLI_LIST, OFFSET(matches), arg, help, NULL, which \
 }

static const cli_option options[] = {
	MATCH("prompt", "ID", "only this prompt", 0),
	MATCH("version", "V", "only this version", 1),
	MATCH("model", "NAME", "only this model", 2),
	MATCH("env", "E", "only this environment", 3),
	{ 0, "tag", CLI_STRING, OFFSET(tag), "TAG", "only with this tag" },
	MATCH("status", "S", "only with this status", 14),
	MATCH("success", "BOOL", "only what went well, or did not", 15),
	{ 0, "since", CLI_STRING, OFFSET(since), "TIME",
	  "from then on: 24h, 7d, 2026-11-20" },
	{ 0, "until", CLI_STRING, OFFSET(until), "TIME", "before then" },
	{ 'n', "limit", CLI_INT, OFFSET(limit), "N",
	  "at most N; 0 for all; 50 for list" },
	{ 0, "after", CLI_STRING, OFFSET(after), "ID", "go on behind this one" },
	{ 0, "format", CLI_ENUM, OFFSET(format), "F",
	  "of export: jsonl, json or csv", formats },
	{ 0, "quality", CLI_STRING, OFFSET(quality), "N", "rate it: 1 to 10" },
	{ 0, "feedback", CLI_STRING, OFFSET(feedback), "TEXT",
	  "rate it: what is to be said" },
	{ 0, "score", CLI_LIST, OFFSET(scores), "NAME=N",
	  "rate it: a number; may be repeated" },
	{ 0, "remove", CLI_LIST, OFFSET(removed), "TAG", "tag: take it off" },
	MATCH("variant", "NAME", "only this variant", 4),
	MATCH("experiment", "ID", "only this experiment", 5),
	MATCH("session", "ID", "only this session", 6),
	MATCH("unit", "ID", "only this unit", 7),
	MATCH("provider", "NAME", "only this provider", 8),
	MATCH("framework", "NAME", "only this framework", 9),
	MATCH("template", "NAME", "only this template", 10),
	MATCH("dataset", "NAME", "only this data set", 11),
	MATCH("batch", "ID", "only this batch", 12),
	MATCH("parent", "ID", "only what goes on from this one", 13),
	MATCH("error-type", "NAME", "only this kind of error", 16),
	MATCH("source", "S", "only from there", 17),
	{ 0 },
};

#undef MATCH
#undef OFFSET

const cli_usage cmd_history_usage = {
	.synopsis = { "git pv history list [--FILTER VALUE]... [-n N] "
		      "[--after ID] [--json]",
		      "git pv history show ID [--json]",
		      "git pv history export [--format F] [--FILTER VALUE]...",
		      "git pv history rate ID [--quality N] [--feedback TEXT] "
		      "[--score NAME=N]... [--json]",
		      "git pv history tag ID [--remove TAG]... [--json] "
		      "[TAG]..." },
	.examples = { "git pv history list --prompt support/triage --since 7d",
		      "git pv history export --format csv > executions.csv" },
	.options = options,
	.args = "list, show, export, rate or tag",
	.min_args = 1,
	.max_args = -1,
};

/* --- lists ---------------------------------------------------------------- */

/* A list on its way out. */
struct listing {
	pv_cli *cli;
	int format; /* 0: lines for people */
	size_t count;
	char last[64]; /* id of the newest printed row */
};

static int print_row(const pv_execution *row, void *payload)
{
	struct listing *it = payload;
	pv_cli *cli = it->cli;
	int rc;

	if (it->format == FORMAT_JSON && it->count)
		cli_puts(cli, ",");
	it->count++;
	snprintf(it->last, sizeof(it->last), "%s", pv_execution_text(row, "id"));
	if (it->format == FORMAT_CSV)
		return history_print_csv(cli, row);
	if (!it->format)
		return history_print_line(cli, row);
	rc = history_print_json(cli, row);
	if (rc == PV_OK && it->format == FORMAT_JSONL)
		cli_puts(cli, "\n");
	/* Written as it grows: an export may be larger than memory. */
	return rc == PV_OK && cli->out.len > STREAM ? cli_flush(cli) : rc;
}

static int read_query(pv_executions_query *out, pv_cli *cli,
		      const struct history_options *opts)
{
	int rc = PV_OK;

	out->tag = opts->tag;
	out->after = opts->after;
	if (opts->since)
		rc = tracking_time(&out->since, cli, "since", opts->since);
	if (rc == PV_OK && opts->until)
		rc = tracking_time(&out->until, cli, "until", opts->until);
	return rc;
}

static int run_query(struct listing *it, pv_executions *index,
		     pv_executions_query *query, const cli_list *given)
{
	pv_cli *cli = it->cli;
	pv_executions_match *matches;
	int rc;

	matches = pv_calloc(given->count, sizeof(*matches));
	if (!matches)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < given->count; i++) {
		matches[i].field = match_names[given->items[i].which];
		matches[i].value = given->items[i].value;
	}
	query->matches = matches;
	query->match_count = given->count;
	rc = pv_executions_list(index, query, print_row, it, &cli->err);
	pv_free(matches);
	return rc;
}

/* Without an index there is nothing to list, which is no failure. */
static int list_rows(struct listing *it, pv_executions_query *query,
		     const struct history_options *opts)
{
	pv_cli *cli = it->cli;
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK) {
		rc = run_query(it, index, query, &opts->matches);
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		cli_hint(cli, "nothing is recorded yet; \"git pv record\" does");
		rc = PV_OK;
	}
	pv_executions_free(index);
	return rc;
}

static int list(pv_cli *cli, const struct history_options *opts)
{
	struct listing it = { .cli = cli, .format = cli->json ? FORMAT_JSON : 0 };
	pv_executions_query query = { 0 };
	int rc = read_query(&query, cli, opts);

	query.limit = opts->limit < 0 ? LIST_LIMIT : (size_t)opts->limit;
	if (cli->json)
		cli_puts(cli, "[");
	if (rc == PV_OK)
		rc = list_rows(&it, &query, opts);
	if (cli->json)
		cli_puts(cli, "]");
	if (rc == PV_OK && !cli->json && query.limit && it.count == query.limit)
		cli_hint(cli, "\"--after %s\" shows older ones", it.last);
	return rc;
}

static int export_rows(pv_cli *cli, const struct history_options *opts)
{
	struct listing it = { .cli = cli,
			      .format = opts->format ? opts->format
						     : FORMAT_JSONL };
	pv_executions_query query = { .oldest_first = 1 };
	int rc = read_query(&query, cli, opts);

	if (cli->json)
		it.format = FORMAT_JSON;
	query.limit = opts->limit < 0 ? 0 : (size_t)opts->limit;
	if (rc == PV_OK && it.format == FORMAT_CSV)
		history_print_csv_names(cli);
	if (it.format == FORMAT_JSON)
		cli_puts(cli, "[");
	if (rc == PV_OK)
		rc = list_rows(&it, &query, opts);
	if (it.format == FORMAT_JSON)
		cli_puts(cli, cli->json ? "]" : "]\n");
	return rc;
}

/* --- one row -------------------------------------------------------------- */

static int print_one(pv_cli *cli, pv_executions *index, const char *id)
{
	pv_execution *row = NULL;
	int rc = pv_executions_get(&row, index, id, &cli->err);

	if (rc == PV_OK)
		rc = cli->json ? history_print_json(cli, row)
			       : history_print_whole(cli, row);
	pv_execution_free(row);
	return rc;
}

static int show(pv_cli *cli, const char *id)
{
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK)
		rc = print_one(cli, index, id);
	pv_executions_free(index);
	return rc;
}

/* What is to be changed of a row. */
struct change {
	const struct history_options *opts;
	char **tags;
	int tag_count;
};

static int set_text(pv_execution *row, const char *field, const char *text,
		    pv_error *err)
{
	return text ? pv_execution_set(row, field, text, strlen(text), err)
		    : PV_OK;
}

struct scores {
	pv_buf json;
	const cli_list *given;
};

/* Members of the scores there are, without those that are given anew. */
static int keep_score(const char *key, const pv_json *member, void *payload)
{
	struct scores *scores = payload;
	const cli_list *given = scores->given;
	pv_buf *out = &scores->json;
	size_t len = strlen(key);
	pv_jsonw w;

	for (size_t i = 0; i < given->count; i++)
		if (!strncmp(given->items[i].value, key, len) &&
		    given->items[i].value[len] == '=')
			return 0;
	pv_buf_putc(out, out->len ? ',' : '{');
	pv_jsonw_init(&w, out);
	pv_jsonw_string(&w, key);
	pv_buf_putc(out, ':');
	return pv_json_dump(out, member, NULL);
}

static int set_scores(pv_execution *row, const cli_list *given, pv_error *err)
{
	const char *old = pv_execution_text(row, "scores");
	pv_json_doc *doc = NULL;
	struct scores scores = { .given = given };
	pv_buf *json = &scores.json;
	int rc = PV_OK;

	if (old)
		rc = pv_json_parse(&doc, old, strlen(old), err);
	if (doc)
		rc = pv_json_each(pv_json_root(doc), keep_score, &scores);
	for (size_t i = 0; i < given->count && rc == PV_OK; i++) {
		const char *equals = strchr(given->items[i].value, '=');
		pv_jsonw w;

		pv_buf_putc(json, json->len ? ',' : '{');
		pv_jsonw_init(&w, json);
		pv_jsonw_stringn(&w, given->items[i].value,
				 (size_t)(equals - given->items[i].value));
		pv_buf_printf(json, ":%s", equals + 1);
	}
	pv_buf_putc(json, '}');
	if (rc == PV_OK)
		rc = pv_buf_status(json, err);
	if (rc == PV_OK)
		rc = pv_execution_set_json(row, "scores", json->ptr, json->len,
					   err);
	pv_json_free(doc);
	pv_buf_dispose(json);
	return rc;
}

static int rate_row(pv_execution *row, void *payload, pv_error *err)
{
	const struct change *change = payload;
	int rc = set_text(row, "quality", change->opts->quality, err);

	if (rc == PV_OK)
		rc = set_text(row, "feedback", change->opts->feedback, err);
	if (rc == PV_OK && change->opts->scores.count)
		rc = set_scores(row, &change->opts->scores, err);
	return rc;
}

static int is_removed(const cli_list *removed, const char *tag)
{
	for (size_t i = 0; i < removed->count; i++)
		if (strcmp(removed->items[i].value, tag) == 0)
			return 1;
	return 0;
}

static int tag_row(pv_execution *row, void *payload, pv_error *err)
{
	const struct change *change = payload;
	const char *old = pv_execution_text(row, "tags");
	pv_json_doc *doc = NULL;
	pv_buf json = { 0 };
	int rc = PV_OK;
	pv_jsonw w;

	if (old)
		rc = pv_json_parse(&doc, old, strlen(old), err);
	pv_jsonw_init(&w, &json);
	pv_jsonw_array(&w);
	for (size_t i = 0; doc && i < pv_json_count(pv_json_root(doc)); i++) {
		const char *one =
			pv_json_text(pv_json_at(pv_json_root(doc), i), NULL);

		if (!is_removed(&change->opts->removed, one))
			pv_jsonw_string(&w, one);
	}
	for (int i = 0; i < change->tag_count; i++)
		pv_jsonw_string(&w, change->tags[i]);
	pv_jsonw_array_end(&w);
	if (rc == PV_OK)
		rc = pv_buf_status(&json, err);
	if (rc == PV_OK)
		rc = pv_execution_set_json(row, "tags", json.ptr, json.len, err);
	pv_json_free(doc);
	pv_buf_dispose(&json);
	return rc;
}

static int amend(pv_cli *cli, const char *id,
		 int (*fn)(pv_execution *row, void *payload, pv_error *err),
		 struct change *change)
{
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	pv_executions_free(index);
	index = NULL;
	/* Only where there is one: amending begins none. */
	if (rc == PV_OK)
		rc = tracking_open(&index, cli, 0);
	if (rc == PV_OK)
		rc = pv_executions_amend(index, id, fn, change, &cli->err);
	if (rc == PV_OK && cli->json)
		rc = print_one(cli, index, id);
	pv_executions_free(index);
	return rc;
}

/* --- the command ---------------------------------------------------------- */

static int check_scores(pv_cli *cli, const cli_list *scores)
{
	for (size_t i = 0; i < scores->count; i++)
		if (!strchr(scores->items[i].value, '='))
			return cli_usage_error(cli, "--score needs NAME=N");
	return PV_OK;
}

static int rate(pv_cli *cli, const struct history_options *opts, const char *id)
{
	struct change change = { .opts = opts };
	int rc = check_scores(cli, &opts->scores);

	if (rc == PV_OK && !opts->quality && !opts->feedback &&
	    !opts->scores.count)
		rc = cli_usage_error(cli, "rate needs --quality, --feedback or "
					  "--score");
	return rc == PV_OK ? amend(cli, id, rate_row, &change) : rc;
}

static int tag(pv_cli *cli, const struct history_options *opts, int count,
	       char **args)
{
	struct change change = { opts, args + 1, count - 1 };

	if (count < 2 && !opts->removed.count)
		return cli_usage_error(cli, "tag needs a tag");
	return amend(cli, args[0], tag_row, &change);
}

static int run(pv_cli *cli, const struct history_options *opts, int argc,
	       char **argv)
{
	const char *what = argv[0];
	int is_list = strcmp(what, "list") == 0 || strcmp(what, "export") == 0;

	if (is_list && argc > 1)
		return cli_usage_error(cli,
				       "%s takes no operands; --prompt ID "
				       "chooses a prompt",
				       what);
	if (strcmp(what, "list") == 0)
		return list(cli, opts);
	if (strcmp(what, "export") == 0)
		return export_rows(cli, opts);
	if (argc < 2 || (argc > 2 && strcmp(what, "tag") != 0))
		return cli_usage_error(cli, "%s needs one id", what);
	if (strcmp(what, "show") == 0)
		return show(cli, argv[1]);
	if (strcmp(what, "rate") == 0)
		return rate(cli, opts, argv[1]);
	if (strcmp(what, "tag") == 0)
		return tag(cli, opts, argc - 1, argv + 1);
	return cli_usage_error(cli,
			       "history has list, show, export, rate and "
			       "tag, not \"%s\"",
			       what);
}

int cmd_history(pv_cli *cli, int argc, char **argv)
{
	struct history_options opts = { .limit = -1 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(cli, &opts, argc, argv);
	cli_list_dispose(&opts.matches);
	cli_list_dispose(&opts.scores);
	cli_list_dispose(&opts.removed);
	return rc;
}
