/* SPDX-License-Identifier: MIT
 *
 * git pv schema compare: whether a change of a schema breaks who relies on it.
 */
#include "check/schema_files.h"

#include <string.h>

struct compare_options {
	const char *folder;
	int is_output;
	int notes_formats;
};

#define FIELD(name) offsetof(struct compare_options, name)

static const cli_option options[] = {
	{ 0, "output", CLI_FLAG, FIELD(is_output), NULL,
	  "for readers of what is produced, not for callers" },
	{ 0, "ref-dir", CLI_STRING, FIELD(folder), "DIR",
	  "where documents are that the schemas refer to" },
	{ 0, "format-notes", CLI_FLAG, FIELD(notes_formats), NULL,
	  "take \"format\" as a note, do not check it" },
	{ 0 },
};

#undef FIELD

const cli_usage schema_compare_usage = {
	.synopsis = { "git pv schema compare OLD NEW [--output] [--ref-dir DIR] "
		      "[--json]" },
	.examples = { "git pv schema compare HEAD:schemas/order.json "
		      "schemas/order.json",
		      "git pv schema compare --output old.json new.json" },
	.options = options,
	.args = "compare OLD NEW",
	.min_args = 3,
	.max_args = 3,
};

static void print_json(pv_cli *cli, const pv_schema_comparison *found,
		       int is_output)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "answer", pv_schema_answer_name(found->answer));
	pv_jsonw_member(&w, "side", is_output ? "output" : "input");
	if (found->answer != PV_SCHEMA_COMPATIBLE) {
		pv_jsonw_member(&w, "reason", pv_buf_text(&found->reason));
		pv_jsonw_member(&w, "schema_path",
				pv_buf_text(&found->schema_path));
	}
	if (found->answer == PV_SCHEMA_BREAKING) {
		pv_jsonw_member(&w, "instance_path",
				pv_buf_text(&found->instance_path));
		pv_jsonw_key(&w, "witness");
		pv_jsonw_raw(&w, pv_buf_text(&found->witness),
			     found->witness.len);
	}
	pv_jsonw_object_end(&w);
}

static void print_buf(pv_cli *cli, const pv_buf *text)
{
	cli_text(cli, pv_buf_text(text), text->len);
}

static void print_text(pv_cli *cli, const pv_schema_comparison *found,
		       int is_output)
{
	cli_puts(cli, pv_schema_answer_name(found->answer));
	if (found->answer != PV_SCHEMA_COMPATIBLE) {
		cli_puts(cli, ": ");
		print_buf(cli, &found->reason);
	}
	if (found->schema_path.len) {
		cli_puts(cli, "  (");
		print_buf(cli, &found->schema_path);
		cli_puts(cli, ")");
	}
	cli_puts(cli, "\n");
	if (found->answer != PV_SCHEMA_BREAKING)
		return;
	cli_puts(cli, is_output ? "only NEW allows: " : "only OLD allows: ");
	print_buf(cli, &found->witness);
	cli_puts(cli, "\n");
}

int schema_compare(pv_cli *cli, int argc, char **argv)
{
	struct compare_options opts = { 0 };
	pv_schema_comparison found = { 0 };
	pv_schema *schemas[2] = { NULL, NULL };
	int rc;

	cli_verb_usage(cli, &schema_compare_usage);
	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	for (int i = 0; rc == PV_OK && i < 2; i++)
		rc = schema_open(&schemas[i], cli, argv[i + 1], opts.folder,
				 opts.notes_formats);
	if (rc == PV_OK)
		rc = pv_schema_compare(&found, schemas[0], schemas[1],
				       opts.is_output ? PV_SCHEMA_OUTPUT
						      : PV_SCHEMA_INPUT,
				       &cli->err);
	if (rc == PV_OK && cli->json)
		print_json(cli, &found, opts.is_output);
	else if (rc == PV_OK)
		print_text(cli, &found, opts.is_output);
	if (rc == PV_OK)
		rc = found.answer != PV_SCHEMA_COMPATIBLE;
	pv_schema_comparison_dispose(&found);
	pv_schema_free(schemas[0]);
	pv_schema_free(schemas[1]);
	return rc;
}
