/* SPDX-License-Identifier: MIT
 *
 * git pv schema infer: a schema of the rows of a JSON lines file.
 */
#include "check/schema_files.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

enum {
	FILE_MAX = 256 << 20 /* bytes */
};

#define FIELD(name) offsetof(schema_history, name)

static const cli_option options[] = {
	{ 0, "from-history", CLI_FLAG, FIELD(is_from_history), NULL,
	  "infer: take the executions of the prompt ID" },
	{ 0, "input", CLI_FLAG, FIELD(is_input), NULL,
	  "with --from-history: what the prompt was given" },
	{ 0, "output", CLI_FLAG, FIELD(is_output), NULL,
	  "with --from-history: what was answered, the default" },
	{ 0, "write", CLI_FLAG, FIELD(is_writing), NULL,
	  "with --from-history: make the edit of the prompt" },
	{ 0 },
};

#undef FIELD

const cli_usage schema_infer_usage = {
	.synopsis = { "git pv schema infer FILE [--json]",
		      "git pv schema infer ID --from-history "
		      "[--input | --output] [--write] [--json]" },
	.examples = { "git pv schema infer rows.jsonl >schemas/row.json",
		      "jq -c .output runs.json | git pv schema infer -",
		      "git pv schema infer support/triage --from-history" },
	.options = options,
	.args = "infer FILE, or infer ID",
	.min_args = 2,
	.max_args = 2,
};

/* --- indented JSON ---------------------------------------------------------- */

static void new_line(pv_cli *cli, int depth)
{
	cli_printf(cli, "\n%*s", depth * 2, "");
}

/* The end of the string that begins at `at`. */
static size_t string_end(const char *json, size_t at)
{
	while (json[++at] != '"')
		at += json[at] == '\\';
	return at + 1;
}

/* Compact JSON with a line for each member and element. */
static void print_indented(pv_cli *cli, const char *json, size_t len)
{
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		size_t end = json[i] == '"' ? string_end(json, i) : i + 1;
		int is_open = json[i] == '{' || json[i] == '[';

		if (json[i] == '}' || json[i] == ']')
			new_line(cli, --depth);
		cli_text(cli, json + i, end - i);
		if (is_open && (json[end] == '}' || json[end] == ']'))
			cli_text(cli, json + end++, 1);
		else if (is_open)
			new_line(cli, ++depth);
		else if (json[i] == ',')
			new_line(cli, depth);
		else if (json[i] == ':')
			cli_puts(cli, " ");
		i = end - 1;
	}
	cli_puts(cli, "\n");
}

static void print_json(pv_cli *cli, const pv_buf *schema, size_t rows)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "rows");
	pv_jsonw_int(&w, (int64_t)rows);
	pv_jsonw_key(&w, "schema");
	pv_jsonw_raw(&w, pv_buf_text(schema), schema->len);
	pv_jsonw_object_end(&w);
}

/* --- rows ------------------------------------------------------------------ */

/* Each line that is not blank is a row. */
static int add_rows(size_t *rows, pv_schema_inference *inference, pv_cli *cli,
		    const pv_buf *text, const char *name)
{
	const char *at = pv_buf_text(text);
	const char *end = at + text->len;
	int rc = PV_OK;

	for (int line = 1; at < end && rc == PV_OK; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		pv_str row = { at, (size_t)((stop ? stop : end) - at) };

		at += row.len + 1;
		row = pv_str_trim(row);
		if (!row.len)
			continue;
		rc = pv_schema_infer_add(inference, row.ptr, row.len, &cli->err);
		if (rc == PV_ESYNTAX)
			rc = pv_error_at(&cli->err, rc, name, line,
					 cli->err.column);
		++*rows;
	}
	return rc;
}

static int infer(pv_buf *out, size_t *rows, pv_cli *cli, const char *name)
{
	pv_schema_inference *inference = NULL;
	pv_buf text = { .max = FILE_MAX };
	int is_stdin = !strcmp(name, "-");
	int rc = is_stdin ? cli_read_stdin(&text, cli)
			  : pv_file_read(&text, name, &cli->err);

	if (rc == PV_OK)
		rc = pv_schema_infer_new(&inference, &cli->err);
	if (rc == PV_OK)
		rc = add_rows(rows, inference, cli, &text,
			      is_stdin ? "standard input" : name);
	if (rc == PV_OK && !*rows)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%.200s\" has no rows",
			     is_stdin ? "standard input" : name);
	if (rc == PV_OK)
		rc = pv_schema_infer_json(out, inference, &cli->err);
	pv_schema_infer_free(inference);
	pv_buf_dispose(&text);
	return rc;
}

static int check(pv_cli *cli, const schema_history *opts)
{
	if (opts->is_input && opts->is_output)
		return cli_usage_error(cli, "--input and --output exclude "
					    "another");
	if (!opts->is_from_history &&
	    (opts->is_input || opts->is_output || opts->is_writing))
		return cli_usage_error(cli, "--%s goes with --from-history",
				       opts->is_writing ? "write"
				       : opts->is_input ? "input"
							: "output");
	return PV_OK;
}

int schema_infer(pv_cli *cli, int argc, char **argv)
{
	schema_history opts = { 0 };
	pv_buf schema = { 0 };
	size_t rows = 0;
	int rc;

	cli_verb_usage(cli, &schema_infer_usage);
	rc = cli_start(cli, &opts, &argc, argv);
	if (rc == 0)
		rc = check(cli, &opts);
	if (rc != 0)
		return rc;
	if (opts.is_from_history)
		return schema_from_history(cli, argv[1], &opts);
	rc = infer(&schema, &rows, cli, argv[1]);
	if (rc == PV_OK && cli->json)
		print_json(cli, &schema, rows);
	else if (rc == PV_OK)
		print_indented(cli, pv_buf_text(&schema), schema.len);
	pv_buf_dispose(&schema);
	return rc;
}
