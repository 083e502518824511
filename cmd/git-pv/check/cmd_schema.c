/* SPDX-License-Identifier: MIT
 *
 * git pv schema: JSON Schemas by themselves, without a repository.
 */
#include "check/schema_files.h"

#include <string.h>

#include "base/fail.h"

struct schema_cli_options {
	const char *schema;
	const char *data;
	const char *folder;
	int notes_formats;
	int output;
	int of_infer; /* an option that only infer has */
};

enum output {
	OUTPUT_FINDINGS = 1,
	OUTPUT_BASIC
};

#define FIELD(name) offsetof(struct schema_cli_options, name)

static const char *const outputs[] = { "findings", "basic", NULL };

static const cli_option options[] = {
	{ 0, "schema", CLI_STRING, FIELD(schema), "FILE",
	  "the schema: JSON, or YAML" },
	{ 0, "data", CLI_STRING, FIELD(data), "FILE",
	  "what to validate, - for standard input" },
	{ 0, "ref-dir", CLI_STRING, FIELD(folder), "DIR",
	  "where documents are that the schema refers to" },
	{ 0, "format-notes", CLI_FLAG, FIELD(notes_formats), NULL,
	  "take \"format\" as a note, do not check it" },
	{ 0, "output", CLI_ENUM, FIELD(output), "SHAPE",
	  "validate: shape of --json; others: alone", outputs },
	{ 0, "from-history", CLI_FLAG, FIELD(of_infer), NULL,
	  "infer: take the executions of the prompt ID" },
	{ 0, "input", CLI_FLAG, FIELD(of_infer), NULL,
	  "infer: what the prompt was given, not what was answered" },
	{ 0, "write", CLI_FLAG, FIELD(of_infer), NULL,
	  "infer: make the edit of the prompt" },
	{ 0 },
};

#undef FIELD

static const cli_verb verbs[] = {
	{ "validate", NULL, NULL, 0 },
	{ "compare", &schema_compare_usage, schema_compare, 0 },
	{ "infer", &schema_infer_usage, schema_infer, 0 },
	{ 0 },
};

const cli_usage cmd_schema_usage = {
	.synopsis = { "git pv schema validate --schema FILE [--data FILE] "
		      "[--ref-dir DIR] [--json]",
		      "git pv schema compare OLD NEW [--output] [--ref-dir DIR] "
		      "[--json]",
		      "git pv schema infer FILE [--json]",
		      "git pv schema infer ID --from-history "
		      "[--input | --output] [--write] [--json]" },
	.examples = { "git pv schema validate --schema order.json --data o.json",
		      "jq .output run.json | git pv schema validate --schema "
		      "schemas/answer.yaml" },
	.options = options,
	.args = "a verb: validate, compare or infer",
	.min_args = 1,
	.max_args = 3,
	.verbs = verbs,
};

/* --- printing -------------------------------------------------------------- */

static void print_text(pv_cli *cli, const pv_schema_result *result)
{
	for (size_t i = 0; i < pv_schema_result_count(result); i++) {
		const pv_schema_finding *finding = pv_schema_result_at(result, i);

		cli_text(cli, finding->message, strlen(finding->message));
		cli_puts(cli, "  (");
		cli_text(cli, finding->schema_path, strlen(finding->schema_path));
		cli_puts(cli, ")\n");
	}
	if (!pv_schema_result_count(result))
		cli_note(cli, "valid");
}

/* JSON Schema 2020-12, 12.4.2. */
static void print_unit(pv_jsonw *w, const pv_schema_finding *finding)
{
	pv_jsonw_object(w);
	pv_jsonw_key(w, "valid");
	pv_jsonw_bool(w, 0);
	pv_jsonw_member(w, "keywordLocation", finding->schema_path);
	pv_jsonw_member(w, "instanceLocation", finding->instance_path);
	pv_jsonw_member(w, "error", finding->message);
	pv_jsonw_object_end(w);
}

static void print_json(pv_cli *cli, const pv_schema_result *result, int output)
{
	int is_basic = output == OUTPUT_BASIC;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "valid");
	pv_jsonw_bool(&w, !pv_schema_result_count(result));
	pv_jsonw_key(&w, is_basic ? "errors" : "findings");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_schema_result_count(result); i++)
		(is_basic ? print_unit
			  : schema_finding_json)(&w,
						 pv_schema_result_at(result, i));
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

/* --- validating ------------------------------------------------------------ */

static int read_data(pv_schema_data **out, pv_cli *cli, const char *name)
{
	pv_buf json = { 0 };
	int rc = schema_read(&json, cli, name);

	if (rc == PV_OK)
		rc = schema_at_file(cli,
				    pv_schema_data_new(out, pv_buf_text(&json),
						       json.len, &cli->err),
				    name);
	pv_buf_dispose(&json);
	return rc;
}

static int validate(pv_cli *cli, const struct schema_cli_options *opts)
{
	pv_schema *schema = NULL;
	pv_schema_data *data = NULL;
	pv_schema_result *result = NULL;
	int valid = 0;
	int rc = schema_open(&schema, cli, opts->schema, opts->folder,
			     opts->notes_formats);

	if (rc == PV_OK)
		rc = read_data(&data, cli, opts->data ? opts->data : "-");
	if (rc == PV_OK)
		rc = pv_schema_result_new(&result, &cli->err);
	if (rc == PV_OK)
		rc = schema_at_file(cli,
				    pv_schema_validate(&valid, schema, data,
						       result, &cli->err),
				    opts->schema);
	if (rc == PV_OK && cli->json)
		print_json(cli, result, opts->output);
	else if (rc == PV_OK)
		print_text(cli, result);
	pv_schema_result_free(result);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	return rc == PV_OK ? !valid : rc;
}

/* Whether the first operand is `verb`, whose options are others. */
static int is_verb(const char *verb, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (argv[i][0] != '-')
			return !strcmp(argv[i], verb);
	return 0;
}

int cmd_schema(pv_cli *cli, int argc, char **argv)
{
	struct schema_cli_options opts = { 0 };
	int rc;

	if (is_verb("compare", argc, argv))
		return schema_compare(cli, argc, argv);
	if (is_verb("infer", argc, argv))
		return schema_infer(cli, argc, argv);
	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	if (strcmp(argv[0], "validate") != 0)
		return pv_error_hint(&cli->err,
				     cli_usage_error(cli,
						     "there is no \"schema %.60s\"",
						     argv[0]),
				     "there is validate, compare and infer");
	if (argc > 1)
		return cli_usage_error(cli, "too many arguments: \"%.60s\"",
				       argv[1]);
	if (opts.of_infer)
		return cli_usage_error(cli, "--from-history, --input and "
					    "--write go with infer");
	if (!opts.schema)
		return cli_usage_error(cli, "--schema is missing");
	return validate(cli, &opts);
}
