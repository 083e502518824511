/* SPDX-License-Identifier: MIT
 *
 * `git pv record`: keeps an execution, or many, in the index. What it prints
 * is on disk.
 */
#include "history/record.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "history/retention.h"
#include "repo/named.h"

struct record_options {
	const char *prompt;
	const char *output_file;
	int is_stdin;
	int is_loose;
	int is_strict;
	int is_best_effort;
	cli_list fields; /* `which` is the place in `names` */
};

/* Fields that have an option of their own, by the option's `set`. */
static const char *const names[] = { "rendered",
				     "output",
				     "model",
				     "latency_ms",
				     "tokens_in",
				     "tokens_out",
				     "cost_usd",
				     "success",
				     "status",
				     "quality",
				     "feedback",
				     "tags",
				     "scores",
				     "environment",
				     "input",
				     "params",
				     "metadata",
				     "id",
				     "ts",
				     "version",
				     "commit",
				     "blob",
				     "experiment",
				     "epoch",
				     "variant",
				     "unit",
				     "session",
				     "parent",
				     "batch",
				     "dataset",
				     "case",
				     "framework",
				     "template",
				     "provider",
				     "response_model",
				     "output_chars",
				     "tokens",
				     "tokens_cached",
				     "tokens_reasoning",
				     "ttft_ms",
				     "error_type",
				     "error_message",
				     "finish_reason",
				     "source",
				     "request",
				     "response" };

enum {
	NAME_TAGS = 11,
	NAME_SCORES = 12
};

#define OFFSET(name) offsetof(struct record_options, name)
#define FIELD(long_name, arg, help, which)                       \
 {                                                               \
  0, long_name, CLI_LIST, OFFSET(fields), arg, help, NULL, which \
 }

static const cli_option options[] = {
	{ 0, "prompt", CLI_STRING, OFFSET(prompt), "SPEC",
	  "what was run: a prompt, or one at a version" },
	{ 0, "stdin", CLI_FLAG, OFFSET(is_stdin), NULL,
	  "read records from standard input, one JSON a line" },
	{ 0, "strict", CLI_FLAG, OFFSET(is_strict), NULL,
	  "with --stdin: every line, or nothing" },
	{ 0, "loose", CLI_FLAG, OFFSET(is_loose), NULL,
	  "the prompt need not be in the repository" },
	{ 0, "best-effort", CLI_FLAG, OFFSET(is_best_effort), NULL,
	  "never fail, never wait: what cannot be recorded now is later" },
	FIELD("rendered", "TEXT", "the text that went to the model", 0),
	FIELD("output", "TEXT", "what came back", 1),
	{ 0, "output-file", CLI_STRING, OFFSET(output_file), "FILE",
	  "the same from a file, - for standard input" },
	FIELD("model", "NAME", "the model that was asked for", 2),
	FIELD("latency-ms", "N", "how long it took", 3),
	FIELD("tokens-in", "N", "tokens of the prompt", 4),
	FIELD("tokens-out", "N", "tokens that came back", 5),
	FIELD("cost-usd", "N", "what it cost", 6),
	FIELD("success", "BOOL", "whether it went well", 7),
	FIELD("status", "S", "ok, error, timeout, cancelled, ...", 8),
	FIELD("quality", "N", "1 to 10", 9),
	FIELD("feedback", "TEXT", "what somebody said of it", 10),
	FIELD("tag", "TAG", "a tag; may be repeated", NAME_TAGS),
	FIELD("score", "NAME=N", "a number; may be repeated", NAME_SCORES),
	FIELD("environment", "E", "where it ran", 13),
	FIELD("env", "E", "the same", 13),
	FIELD("input", "JSON", "the variables", 14),
	FIELD("params", "JSON", "parameters of the model", 15),
	FIELD("request", "JSON", "what was sent to the provider, raw", 44),
	FIELD("response", "JSON", "what it answered, raw", 45),
	FIELD("metadata", "JSON", "an object of your own", 16),
	FIELD("id", "UUID", "its id, a UUID of version 7", 17),
	FIELD("ts", "TIME", "when it began", 18),
	FIELD("prompt-version", "V", "the version, with --loose", 19),
	FIELD("commit", "OID", "the commit, with --loose", 20),
	FIELD("blob", "OID", "the blob, with --loose", 21),
	FIELD("experiment", "ID", "the experiment it belongs to", 22),
	FIELD("epoch", "N", "the epoch of the experiment", 23),
	FIELD("variant", "NAME", "the variant of the experiment", 24),
	FIELD("unit", "ID", "who or what was assigned", 25),
	FIELD("session", "ID", "what it belongs together with", 26),
	FIELD("parent", "ID", "the execution it goes on from", 27),
	FIELD("batch", "ID", "the run of many it is one of", 28),
	FIELD("dataset", "NAME", "the data set", 29),
	FIELD("case", "ID", "the case of the data set", 30),
	FIELD("framework", "NAME", "what called the model", 31),
	FIELD("template", "NAME", "a template that is no prompt here", 32),
	FIELD("provider", "NAME", "who runs the model", 33),
	FIELD("response-model", "NAME", "the model that answered", 34),
	FIELD("output-chars", "N", "characters of the output", 35),
	FIELD("tokens", "N", "all tokens", 36),
	FIELD("tokens-cached", "N", "those from a cache", 37),
	FIELD("tokens-reasoning", "N", "those of reasoning", 38),
	FIELD("ttft-ms", "N", "until the first token", 39),
	FIELD("error-type", "NAME", "the kind of error", 40),
	FIELD("error-message", "TEXT", "its message", 41),
	FIELD("finish-reason", "NAME", "why the model stopped", 42),
	FIELD("source", "S", "generated, cache, replay or import", 43),
	{ 0 },
};

#undef FIELD
#undef OFFSET

const cli_usage cmd_record_usage = {
	.synopsis = { "git pv record --prompt SPEC [--output TEXT] [--FIELD "
		      "VALUE]... [--json]",
		      "git pv record --rendered TEXT [--FIELD VALUE]... "
		      "[--json]",
		      "git pv record --stdin [--strict|--best-effort] "
		      "[--loose] [--json]" },
	.examples = { "git pv record --prompt support/triage --output billing "
		      "--latency-ms 812",
		      "git pv record --stdin < executions.jsonl" },
	.options = options,
};

/* --- fields --------------------------------------------------------------- */

/* Those that gather: tags as an array, scores as an object. */
static int set_gathered(pv_cli *cli, pv_execution *row, const cli_list *fields,
			int which)
{
	pv_buf json = { 0 };
	int is_score = which == NAME_SCORES;
	int rc = PV_OK;
	pv_jsonw w;

	pv_jsonw_init(&w, &json);
	for (size_t i = 0; i < fields->count && rc == PV_OK; i++) {
		const char *value = fields->items[i].value;
		const char *equals = strchr(value, '=');

		if (fields->items[i].which != which)
			continue;
		pv_buf_puts(&json, json.len ? "," : is_score ? "{" : "[");
		w.used[0] = 0;
		if (is_score && !equals)
			rc = cli_usage_error(cli, "--score needs NAME=N");
		pv_jsonw_stringn(&w, value,
				 is_score && equals ? (size_t)(equals - value)
						    : strlen(value));
		if (is_score && equals)
			pv_buf_printf(&json, ":%s", equals + 1);
	}
	if (json.len)
		pv_buf_puts(&json, is_score ? "}" : "]");
	if (rc == PV_OK)
		rc = pv_buf_status(&json, &cli->err);
	if (rc == PV_OK && json.len)
		rc = pv_execution_set_json(row, names[which], json.ptr,
					   json.len, &cli->err);
	pv_buf_dispose(&json);
	return rc;
}

/* Fields that may be text have an option that takes JSON. */
static int is_json(const char *name)
{
	return strcmp(name, "input") == 0 || strcmp(name, "request") == 0 ||
	       strcmp(name, "response") == 0;
}

static int set_fields(pv_cli *cli, pv_execution *row, const cli_list *fields)
{
	int rc = set_gathered(cli, row, fields, NAME_TAGS);

	if (rc == PV_OK)
		rc = set_gathered(cli, row, fields, NAME_SCORES);
	for (size_t i = 0; i < fields->count && rc == PV_OK; i++) {
		const char *value = fields->items[i].value;
		const char *name = names[fields->items[i].which];

		if (fields->items[i].which == NAME_TAGS ||
		    fields->items[i].which == NAME_SCORES)
			continue;
		if (is_json(name))
			rc = pv_execution_set_json(row, name, value,
						   strlen(value), &cli->err);
		else
			rc = pv_execution_set(row, name, value, strlen(value),
					      &cli->err);
	}
	return rc;
}

static int set_output(pv_cli *cli, pv_execution *row, const char *file)
{
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (!file)
		return PV_OK;
	if (strcmp(file, "-") == 0)
		rc = cli_read_stdin(&text, cli);
	else
		rc = pv_file_read(&text, file, &cli->err);
	if (rc == PV_OK)
		rc = pv_execution_set(row, "output", pv_buf_text(&text),
				      text.len, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

/* --- one record ----------------------------------------------------------- */

static void print_id(const record_run *recorder, const char *id)
{
	pv_cli *cli = recorder->cli;
	pv_jsonw w;

	if (!cli->json) {
		if (id)
			cli_printf(cli, "%s\n", id);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	if (recorder->resolved_from)
		pv_jsonw_member(&w, "resolved_from", recorder->resolved_from);
	if (recorder->is_best_effort) {
		pv_jsonw_key(&w, "spooled");
		pv_jsonw_bool(&w, recorder->spooled > 0);
	}
	pv_jsonw_object_end(&w);
}

/* What names no version is, in an experiment, of the variant's commit. */
static int resolve_prompt(record_run *recorder, pv_execution *row,
			  const char *spec)
{
	pv_cli *cli = recorder->cli;
	int rc = named_spec(cli, &spec);

	if (rc == PV_OK && !strchr(spec, '@') &&
	    pv_execution_has(row, "experiment")) {
		rc = pv_execution_set(row, "prompt_id", spec, strlen(spec),
				      &cli->err);
		if (rc == PV_OK)
			rc = record_resolve_experiment(recorder, row);
		if (rc < 0 || pv_execution_has(row, "commit"))
			return rc;
	}
	return rc == PV_OK ? record_resolve(recorder, row, spec) : rc;
}

static int make(record_run *recorder, pv_execution *row,
		const struct record_options *opts)
{
	pv_cli *cli = recorder->cli;
	int rc = set_fields(cli, row, &opts->fields);

	if (rc == PV_OK)
		rc = set_output(cli, row, opts->output_file);
	if (rc == PV_OK && opts->prompt)
		rc = resolve_prompt(recorder, row, opts->prompt);
	else if (rc == PV_OK)
		rc = record_resolve_experiment(recorder, row);
	if (rc == PV_OK)
		rc = record_complete(recorder, row);
	return rc == PV_OK ? record_finish(recorder, row) : rc;
}

static int record_one(record_run *recorder, const struct record_options *opts)
{
	pv_cli *cli = recorder->cli;
	pv_execution *row = NULL;
	size_t added = 0;
	int rc = pv_execution_new(&row, &cli->err);

	if (rc == PV_OK)
		rc = make(recorder, row, opts);
	if (rc == PV_OK)
		rc = record_open(recorder);
	if (rc == PV_OK)
		rc = record_keep(recorder);
	if (rc == PV_OK)
		rc = record_rows(&added, recorder, &row, 1, &cli->err);
	if (rc == PV_OK) {
		cli_made(cli, "the execution is recorded all the same");
		print_id(recorder, pv_execution_text(row, "id"));
	}
	pv_execution_free(row);
	return rc;
}

static int record_many(record_run *recorder)
{
	int rc = record_open(recorder);

	return rc == PV_OK ? record_lines(recorder) : rc;
}

static int check_usage(pv_cli *cli, const struct record_options *opts)
{
	if (opts->is_stdin &&
	    (opts->prompt || opts->output_file || opts->fields.count))
		return cli_usage_error(cli, "--stdin takes no fields: they are "
					    "on the lines");
	if (opts->is_strict && opts->is_best_effort)
		return cli_usage_error(cli, "--strict and --best-effort exclude "
					    "each other");
	if (opts->is_strict && !opts->is_stdin)
		return cli_usage_error(cli, "--strict needs --stdin");
	return PV_OK;
}

static int record_any(record_run *recorder, const struct record_options *opts)
{
	int rc = tracking_load(&recorder->settings, recorder->cli);

	if (rc < 0)
		return rc;
	if (!recorder->settings.is_enabled) {
		print_id(recorder, NULL);
		return PV_OK;
	}
	rc = tracking_redaction(&recorder->redaction, recorder->cli);
	if (rc == PV_OK)
		rc = record_metadata_load(recorder);
	if (rc == PV_OK)
		rc = score_rules_load(&recorder->scores, recorder->cli);
	if (rc < 0)
		return rc;
	rc = opts->is_stdin ? record_many(recorder) : record_one(recorder, opts);
	if (rc >= 0) {
		score_rules_tell(recorder->cli, &recorder->undeclared);
		record_tell_unpriced(recorder);
		record_keep_prices(recorder);
	}
	if (rc >= 0 && recorder->index)
		retention_run(recorder->cli, recorder->index,
			      &recorder->settings);
	return rc;
}

/* Whoever asks for no more than an effort gets no failure. */
static int excuse(record_run *recorder, int rc)
{
	pv_cli *cli = recorder->cli;

	if (rc == PV_OK || !recorder->is_best_effort || rc == PV_ECANCELED)
		return rc;
	cli_warn(cli, "not recorded: %s", cli->err.message);
	pv_error_clear(&cli->err);
	print_id(recorder, NULL);
	return PV_OK;
}

static int run(pv_cli *cli, const struct record_options *opts)
{
	record_run recorder = { .cli = cli,
				.is_loose = opts->is_loose || opts->is_best_effort,
				.is_strict = opts->is_strict,
				.is_best_effort = opts->is_best_effort };
	int rc = check_usage(cli, opts);

	if (rc == PV_OK)
		rc = excuse(&recorder, record_any(&recorder, opts));
	record_dispose(&recorder);
	return rc;
}

int cmd_record(pv_cli *cli, int argc, char **argv)
{
	struct record_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(cli, &opts);
	cli_list_dispose(&opts.fields);
	return rc;
}
