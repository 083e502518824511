/* SPDX-License-Identifier: MIT
 *
 * `git pv stats`: the statistics of experiments as calculators, for scripts:
 * one JSON object in, one out.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "experiment/stats_kinds.h"

const cli_usage cmd_stats_usage = {
	.synopsis = { "git pv stats KIND [FILE] [--json]" },
	.examples = { "echo '{\"weights\": [1, 1], \"observed\": [9463, "
		      "7681]}' | git pv stats srm",
		      "git pv stats welch samples.json" },
	.args = "KIND: welch, student, proportions, fisher, mann-whitney, "
		"cuped, ratio, sequence, msprt, group, bayes, srm, power, size, mde, "
		"adjust, quantile, trend or change; FILE: a JSON object, - or "
		"none: standard input",
	.min_args = 1,
	.max_args = 2,
};

enum {
	KINDS_MAX = 60
};

/* The help of one kind. */
struct kind_usage {
	cli_usage usage;
	char synopsis[80];
	char with_pipe[300];
	char with_file[80];
};

/* Every kind has an input of its own, so -h behind it shows one. */
static void use_kind(struct kind_usage *out, pv_cli *cli, const stats_kind *kind)
{
	out->usage = cmd_stats_usage;
	snprintf(out->synopsis, sizeof(out->synopsis),
		 "git pv stats %s [FILE] [--json]", kind->name);
	snprintf(out->with_pipe, sizeof(out->with_pipe),
		 "echo '%s' | git pv stats %s", kind->example, kind->name);
	snprintf(out->with_file, sizeof(out->with_file),
		 "git pv stats %s samples.json --json", kind->name);
	out->usage.synopsis[0] = out->synopsis;
	out->usage.examples[0] = out->with_pipe;
	out->usage.examples[1] = out->with_file;
	cli_verb_usage(cli, &out->usage);
}

static const stats_kind *find_kind(const char *name)
{
	for (const stats_kind *kind = stats_kinds; kind->name; kind++)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

static int unknown_kind(pv_cli *cli, const char *name)
{
	const char *names[KINDS_MAX + 1];
	size_t count = 0;

	for (; count < KINDS_MAX && stats_kinds[count].name; count++)
		names[count] = stats_kinds[count].name;
	names[count] = NULL;
	return cli_fail_verb(cli, name, names);
}

static int compute(pv_buf *out, const stats_kind *kind, const pv_json *in,
		   pv_error *err)
{
	pv_jsonw w;
	stats_call call = { in, &w, err };
	int rc;

	if (pv_json_type_of(in) != PV_JSON_OBJECT)
		return pv_fail(err, PV_EINVALID, "the input is no JSON object");
	/* A member that is misspelt must not be taken for one that is missing. */
	rc = stats_members(&call, kind->name, in, kind->keys);
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	if (rc == PV_OK)
		rc = kind->run(&call);
	pv_jsonw_object_end(&w);
	return rc < 0 ? rc : pv_buf_status(out, err);
}

/* One line for each member. */
static int print_member(const char *key, const pv_json *member, void *payload)
{
	pv_cli *cli = payload;
	const char *text = pv_json_text(member, NULL);
	pv_buf json = { 0 };
	int rc = text ? PV_OK : pv_json_dump(&json, member, &cli->err);

	if (rc == PV_OK)
		cli_printf(cli, "%-14s %s\n", key,
			   text ? text : pv_buf_text(&json));
	pv_buf_dispose(&json);
	return rc;
}

static int print(pv_cli *cli, const pv_buf *json)
{
	pv_json_doc *doc = NULL;
	int rc;

	if (cli->json) {
		cli_puts(cli, pv_buf_text(json));
		return PV_OK;
	}
	rc = pv_json_parse(&doc, pv_buf_text(json), json->len, &cli->err);
	if (rc == PV_OK)
		rc = pv_json_each(pv_json_root(doc), print_member, cli);
	pv_json_free(doc);
	return rc;
}

/* The kind that the first operand names, or NULL. */
static const stats_kind *named_kind(int argc, char **argv)
{
	int first = 0;

	while (first < argc && argv[first][0] == '-')
		first++;
	return first < argc ? find_kind(argv[first]) : NULL;
}

static int answer(pv_buf *out, pv_cli *cli, const stats_kind *kind,
		  const pv_buf *text)
{
	pv_json_doc *doc = NULL;
	int rc = pv_json_parse(&doc, pv_buf_text(text), text->len, &cli->err);

	if (rc == PV_OK)
		rc = compute(out, kind, pv_json_root(doc), &cli->err);
	pv_json_free(doc);
	return rc == PV_EINVALID
		       ? pv_error_hint(&cli->err, rc,
				       "\"git pv stats %s -h\" shows an input",
				       kind->name)
		       : rc;
}

int cmd_stats(pv_cli *cli, int argc, char **argv)
{
	const stats_kind *kind = named_kind(argc, argv);
	struct kind_usage usage;
	pv_buf text = { 0 };
	pv_buf out = { 0 };
	int rc;

	if (kind)
		use_kind(&usage, cli, kind);
	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	if (!kind)
		return unknown_kind(cli, argv[0]);
	if (argc < 2 || !strcmp(argv[1], "-"))
		rc = cli_read_stdin(&text, cli);
	else
		rc = pv_file_read(&text, argv[1], &cli->err);
	if (rc == PV_OK)
		rc = answer(&out, cli, kind, &text);
	if (rc == PV_OK)
		rc = print(cli, &out);
	pv_buf_dispose(&text);
	pv_buf_dispose(&out);
	return rc;
}
