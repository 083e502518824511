/* SPDX-License-Identifier: MIT
 *
 * git pv check-output: what a model answered, held against what the prompt
 * says of its output. An answer that is no JSON is a negative answer as well,
 * not a failure: it is the commonest of all that models get wrong.
 */
#include "repo/prompts.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "check/schema_files.h"

enum {
	TEXT_MAX = 64 << 20 /* bytes of an answer */
};

struct check_output_options {
	const char *schema;
	int is_extract;
};

#define FIELD(name) offsetof(struct check_output_options, name)

static const cli_option options[] = {
	{ 0, "schema", CLI_STRING, FIELD(schema), "FILE",
	  "a schema to use in place of the prompt's: JSON, or YAML" },
	{ 0, "extract", CLI_FLAG, FIELD(is_extract), NULL,
	  "find the JSON in a fence or between sentences" },
	{ 0 },
};

#undef FIELD

const cli_usage cmd_check_output_usage = {
	.synopsis = { "git pv check-output ID[@REV] FILE [--schema FILE] "
		      "[--extract] [--json]" },
	.examples = { "git pv check-output support/triage answer.json",
		      "ollama run llama3 <prompt.txt | git pv check-output "
		      "support/triage@1.2 - --extract" },
	.options = options,
	.args = "ID[@REV] and FILE",
	.min_args = 2,
	.max_args = 2,
	.ids = CLI_IDS_FIRST,
};

struct check_call {
	pv_cli *cli;
	const struct check_output_options *opts;
	const char *file;
	pv_spec spec;
	cli_prompt entry;
	pv_buf version;
	pv_oid commit;
	pv_schema *schema; /* NULL: any JSON will do */
	pv_buf text;
	pv_schema_data *data; /* NULL: there is no JSON, and `why` says so */
	pv_schema_spot spot;
	pv_error why;
	pv_schema_result *result;
};

/* --- what is asked for --------------------------------------------------------- */

static int read_prompt(struct check_call *call, const char *spec)
{
	pv_cli *cli = call->cli;
	int rc = cli_spec_resolve(&call->spec, cli, spec, PV_SPEC_WORKTREE);

	if (rc == PV_OK)
		rc = cli_prompt_read(&call->entry, cli, &call->spec.at,
				     call->spec.id, call->spec.path, NULL);
	if (rc == PV_OK && !call->entry.prompt) {
		cli->err = call->entry.failure;
		rc = cli->err.code;
	}
	if (rc == PV_OK)
		rc = cli_prompt_commit(&call->commit, cli, &call->spec.at,
				       call->spec.path, &call->entry.blob);
	/* What no document shows need not be found out. */
	if (rc == PV_OK && cli->json)
		rc = cli_prompt_version(&call->version, cli, &call->spec);
	return rc;
}

/* Whether the prompt says that its output is JSON, of whatever shape. */
static int is_json(const pv_prompt *prompt)
{
	pv_json_doc *doc = NULL;
	pv_buf json = { 0 };
	const char *format = NULL;
	int is_it = 0;

	if (pv_prompt_field_json(&json, prompt, "output", NULL) == PV_OK &&
	    pv_json_parse(&doc, pv_buf_text(&json), json.len, NULL) == PV_OK) {
		format = pv_json_text(pv_json_get(pv_json_root(doc), "format"),
				      NULL);
		is_it = format && strncmp(format, "json", 4) == 0;
	}
	pv_json_free(doc);
	pv_buf_dispose(&json);
	return is_it;
}

static int read_schema(struct check_call *call)
{
	pv_cli *cli = call->cli;
	pv_prompt_tree tree = { cli->store, &cli->settings, call->spec.at };
	int rc;

	if (call->opts->schema)
		return schema_open(&call->schema, cli, call->opts->schema, NULL,
				   0);
	rc = pv_prompt_tree_schema(&call->schema, &tree, call->entry.prompt,
				   "output", &cli->err);
	if (rc < 0 && rc != PV_ENOTFOUND && !cli->err.source[0])
		pv_error_at(&cli->err, rc, call->spec.path, cli->err.line,
			    cli->err.column);
	if (rc != PV_ENOTFOUND)
		return rc;
	if (is_json(call->entry.prompt)) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	rc = pv_fail(&cli->err, PV_EINVALID,
		     "prompt \"%.120s\" does not say what its output is",
		     call->spec.id);
	return pv_error_hint(&cli->err, rc,
			     "give it output: {format: json, schema: {...}}, or "
			     "name a schema by --schema FILE");
}

/* --- the answer ---------------------------------------------------------------- */

static int read_text(struct check_call *call)
{
	pv_cli *cli = call->cli;

	call->text.max = TEXT_MAX;
	if (strcmp(call->file, "-") == 0)
		return cli_read_stdin(&call->text, cli);
	return pv_file_read(&call->text, call->file, &cli->err);
}

/* All of the text, or what is in it. */
static int read_answer(struct check_call *call)
{
	pv_error *err = &call->cli->err;
	const char *text = pv_buf_text(&call->text);
	int rc;

	if (call->opts->is_extract)
		rc = pv_schema_extract(&call->data, &call->spot, call->schema,
				       text, call->text.len, err);
	else
		rc = pv_schema_data_new(&call->data, text, call->text.len, err);
	if (rc != PV_ENOTFOUND && rc != PV_ESYNTAX)
		return rc < 0 ? schema_at_file(call->cli, rc, call->file) : rc;
	call->why = *err;
	pv_error_clear(err);
	return PV_OK;
}

/* 1 when it is as it has to be. */
static int validate(struct check_call *call)
{
	pv_error *err = &call->cli->err;
	int valid = call->data != NULL;
	int rc = pv_schema_result_new(&call->result, err);

	if (rc == PV_OK && call->data && call->schema)
		rc = pv_schema_validate(&valid, call->schema, call->data,
					call->result, err);
	/* What the validator gives up on is the schema's. */
	return rc < 0 ? schema_at_file(call->cli, rc,
				       call->opts->schema ? call->opts->schema
							  : call->spec.path)
		      : valid;
}

/* --- printing ------------------------------------------------------------------- */

/* The one thing wrong with what is no JSON. */
static pv_schema_finding no_json(const struct check_call *call, pv_buf *message)
{
	pv_schema_finding finding = { "", "", "json", "" };

	pv_buf_printf(message, "the output is not JSON: %s", call->why.message);
	if (call->why.line)
		pv_buf_printf(message, " (line %d, column %d)", call->why.line,
			      call->why.column);
	finding.message = pv_buf_text(message);
	return finding;
}

static void each_finding(const struct check_call *call,
			 void (*fn)(const struct check_call *call,
				    const pv_schema_finding *finding,
				    void *payload),
			 void *payload)
{
	pv_buf message = { 0 };
	pv_schema_finding finding;

	if (!call->data) {
		finding = no_json(call, &message);
		fn(call, &finding, payload);
	}
	for (size_t i = 0; i < pv_schema_result_count(call->result); i++)
		fn(call, pv_schema_result_at(call->result, i), payload);
	pv_buf_dispose(&message);
}

static void put_json(const struct check_call *call,
		     const pv_schema_finding *finding, void *payload)
{
	(void)call;
	schema_finding_json(payload, finding);
}

/* "support/triage: /queue: `queue` must be ...  (#/properties/queue/enum)" */
static void put_text(const struct check_call *call,
		     const pv_schema_finding *finding, void *payload)
{
	pv_cli *cli = payload;

	cli_line(cli, call->spec.id);
	cli_puts(cli, ": ");
	if (*finding->instance_path) {
		cli_line(cli, finding->instance_path);
		cli_puts(cli, ": ");
	}
	cli_line(cli, finding->message);
	if (*finding->schema_path) {
		cli_puts(cli, "  (");
		cli_line(cli, finding->schema_path);
		cli_puts(cli, ")");
	}
	cli_puts(cli, "\n");
}

static void spot_json(pv_jsonw *w, const pv_schema_spot *spot)
{
	pv_jsonw_object(w);
	pv_jsonw_key(w, "line");
	pv_jsonw_int(w, spot->line);
	pv_jsonw_key(w, "column");
	pv_jsonw_int(w, spot->column);
	pv_jsonw_key(w, "offset");
	pv_jsonw_int(w, (int64_t)spot->offset);
	pv_jsonw_key(w, "bytes");
	pv_jsonw_int(w, (int64_t)spot->len);
	pv_jsonw_object_end(w);
}

static void print_json(const struct check_call *call, int valid)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &call->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "valid");
	pv_jsonw_bool(&w, valid);
	pv_jsonw_member(&w, "id", call->spec.id);
	cli_text_json(&w, "version", pv_buf_text(&call->version));
	cli_oid_json(&w, "commit", &call->commit);
	cli_fallback_json(&w, &call->spec);
	pv_jsonw_key(&w, "found_at");
	if (call->opts->is_extract && call->data)
		spot_json(&w, &call->spot);
	else
		pv_jsonw_null(&w);
	pv_jsonw_key(&w, "findings");
	pv_jsonw_array(&w);
	each_finding(call, put_json, &w);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void print_text(const struct check_call *call, int valid)
{
	pv_cli *cli = call->cli;

	if (call->opts->is_extract && call->data)
		cli_note(cli, "JSON at line %d, column %d, %zu bytes",
			 call->spot.line, call->spot.column, call->spot.len);
	each_finding(call, put_text, cli);
	if (valid)
		cli_note(cli, "valid");
}

/* --- the command ------------------------------------------------------------------ */

static int run(struct check_call *call, const char *spec)
{
	pv_cli *cli = call->cli;
	int rc = read_prompt(call, spec);

	if (rc == PV_OK)
		rc = pv_settings_at(&cli->settings, cli->store, &call->spec.at,
				    &cli->err);
	if (rc == PV_OK)
		rc = read_schema(call);
	if (rc == PV_OK)
		rc = read_text(call);
	if (rc == PV_OK)
		rc = read_answer(call);
	if (rc == PV_OK)
		rc = validate(call);
	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(call, rc);
	else
		print_text(call, rc);
	return !rc;
}

int cmd_check_output(pv_cli *cli, int argc, char **argv)
{
	struct check_output_options opts = { 0 };
	struct check_call call = { .cli = cli, .opts = &opts };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	call.file = argv[1];
	rc = run(&call, argv[0]);
	pv_schema_result_free(call.result);
	pv_schema_data_free(call.data);
	pv_schema_free(call.schema);
	pv_buf_dispose(&call.text);
	pv_buf_dispose(&call.version);
	cli_prompt_dispose(&call.entry);
	pv_spec_dispose(&call.spec);
	return rc;
}
