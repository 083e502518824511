/* SPDX-License-Identifier: MIT
 *
 * git pv schema infer ID --from-history: a schema of what a prompt was given,
 * or of what models answered, as an edit of its file: shown, or made. Answers
 * that failed, or are no JSON, are counted and left out.
 */
#include "check/schema_files.h"

#include <string.h>

#include <pv/diff.h>

#include "base/fail.h"
#include "repo/named.h"
#include "repo/prompts.h"
#include "repo/tracking.h"

struct proposal {
	pv_cli *cli;
	const schema_history *opts;
	pv_spec spec;
	pv_buf before; /* the text of the file */
	pv_yaml *doc;  /* the same, then edited */
	pv_schema_inference *inference;
	size_t rows;
	size_t failed; /* executions that did not go well */
	size_t other;  /* answers that are no JSON */
	pv_buf schema;
	pv_error err; /* of a row */
};

/* --- rows ------------------------------------------------------------------ */

static int add(struct proposal *it, const char *json, size_t len)
{
	int rc = pv_schema_infer_add(it->inference, json, len, &it->err);

	it->rows += rc == PV_OK;
	return rc;
}

static int add_output(struct proposal *it, const pv_execution *row)
{
	const char *text = pv_execution_text(row, "output");
	pv_schema_data *data = NULL;
	pv_schema_spot spot;
	int rc;

	if (!text)
		return PV_OK;
	rc = pv_schema_extract(&data, &spot, NULL, text, strlen(text), &it->err);
	pv_schema_data_free(data);
	if (rc == PV_OK)
		return add(it, text + spot.offset, spot.len);
	it->other++;
	return rc == PV_ENOMEM ? rc : PV_OK;
}

static int add_input(struct proposal *it, const pv_execution *row)
{
	pv_buf json = { 0 };
	int rc = PV_OK;

	if (pv_execution_has(row, "input"))
		rc = pv_execution_value(&json, row, "input", &it->err);
	if (rc == PV_OK && json.len)
		rc = add(it, json.ptr, json.len);
	pv_buf_dispose(&json);
	return rc;
}

static int is_failure(const pv_execution *row)
{
	pv_buf json = { 0 };
	int is_it = pv_execution_value(&json, row, "success", NULL) == PV_OK &&
		    strcmp(pv_buf_text(&json), "false") == 0;

	pv_buf_dispose(&json);
	return is_it;
}

static int each_row(const pv_execution *row, void *payload)
{
	struct proposal *it = payload;

	if (is_failure(row)) {
		it->failed++;
		return PV_OK;
	}
	return it->opts->is_input ? add_input(it, row) : add_output(it, row);
}

static int fail_empty(struct proposal *it)
{
	const char *what = it->opts->is_input ? "input" : "output in JSON";
	int rc = pv_fail(&it->cli->err, PV_EINVALID,
			 "no execution of \"%.120s\" has an %s", it->spec.id,
			 what);

	return pv_error_hint(&it->cli->err, rc,
			     "\"git pv record\" keeps executions, \"git pv "
			     "history list\" shows them");
}

static int read_rows(struct proposal *it)
{
	const pv_executions_match match = { "prompt_id", it->spec.id,
					    PV_EXECUTIONS_IS };
	const pv_executions_query query = { .matches = &match, .match_count = 1 };
	pv_executions *index = NULL;
	pv_cli *cli = it->cli;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return fail_empty(it);
	}
	if (rc == PV_OK)
		rc = pv_schema_infer_new(&it->inference, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_list(index, &query, each_row, it, &cli->err);
	if (rc < 0 && !cli->err.code)
		cli->err = it->err;
	if (rc == PV_OK && !it->rows)
		rc = fail_empty(it);
	if (rc == PV_OK)
		rc = pv_schema_infer_json(&it->schema, it->inference, &cli->err);
	pv_executions_free(index);
	return rc;
}

/* --- the edit --------------------------------------------------------------- */

/* A member of a mapping that may be none. */
static const pv_yaml_node *get(const pv_yaml_node *node, const char *key)
{
	node = node ? pv_yaml_resolve(node) : NULL;
	return node && node->kind == PV_YAML_MAPPING ? pv_yaml_get(node, key)
						     : NULL;
}

/* Where the schema stands, or is to stand; `*node_out` is NULL for the latter. */
static const char *find_place(const pv_yaml_node **node_out,
			      const struct proposal *it)
{
	const pv_yaml_node *root = pv_yaml_root(it->doc);
	const pv_yaml_node *input = get(root, "input");

	*node_out = get(get(root, "output"), "schema");
	if (!it->opts->is_input)
		return "output.schema";
	*node_out = get(input, "schema");
	if (*node_out && pv_yaml_resolve(input)->count == 1)
		return "input.schema";
	*node_out = input;
	return "input";
}

/* A schema in a file of its own is others' as well. */
static int refuse_file(struct proposal *it, const pv_yaml_node *ref)
{
	int rc = pv_fail(&it->cli->err, PV_EINVALID,
			 "the schema of \"%.100s\" is in a file: %.100s",
			 it->spec.id, pv_yaml_resolve(ref)->text);

	return pv_error_hint(&it->cli->err, rc,
			     "see the member \"schema\" of --json, and change "
			     "that file");
}

/* The draft is ours by default, and need not stand in each prompt. */
static const char *without_draft(const pv_buf *schema)
{
	static const char draft[] =
		"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";
	const char *text = pv_buf_text(schema);
	size_t len = sizeof(draft) - 1;

	return strncmp(text, draft, len) == 0 ? text + len : text;
}

static int set_schema(struct proposal *it, const char *path)
{
	const char *text = without_draft(&it->schema);
	pv_error *err = &it->cli->err;
	pv_buf json = { 0 };
	int rc;

	pv_buf_puts(&json, *text == '{' ? "" : "{");
	pv_buf_puts(&json, text + (*text == ','));
	rc = pv_buf_status(&json, err);
	if (rc == PV_OK && !it->opts->is_input &&
	    !get(get(pv_yaml_root(it->doc), "output"), "format"))
		rc = pv_yaml_set(it->doc, "output.format", "\"json\"", err);
	if (rc == PV_OK)
		rc = pv_yaml_set(it->doc, path, pv_buf_text(&json), err);
	pv_buf_dispose(&json);
	return rc;
}

static int edit(struct proposal *it)
{
	pv_prompt_options opts = { it->spec.path };
	const pv_yaml_node *node;
	pv_prompt *prompt = NULL;
	pv_cli *cli = it->cli;
	const char *path;
	size_t len;
	int rc = pv_yaml_parse(&it->doc, pv_buf_text(&it->before),
			       it->before.len, NULL, &cli->err);

	if (rc < 0)
		return pv_error_at(&cli->err, rc, it->spec.path, cli->err.line,
				   cli->err.column);
	path = find_place(&node, it);
	if (get(node, "$ref") && (it->opts->is_writing || !cli->json))
		return refuse_file(it, get(node, "$ref"));
	if (!get(node, "$ref"))
		rc = set_schema(it, path);
	if (rc == PV_OK) {
		const char *text = pv_yaml_text(it->doc, &len);

		rc = pv_prompt_parse(&prompt, text, len, &opts, NULL, &cli->err);
	}
	pv_prompt_free(prompt);
	return rc;
}

static int write_file(struct proposal *it)
{
	pv_change change = { .path = it->spec.path };
	int rc;

	change.data = pv_yaml_text(it->doc, &change.len);
	rc = pv_store_write_files(it->cli->store, &change, 1, &it->cli->err);
	if (rc == PV_OK)
		cli_made(it->cli, "the file is written all the same");
	return rc;
}

/* --- printing --------------------------------------------------------------- */

static void print_json(struct proposal *it)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", it->spec.id);
	pv_jsonw_member(&w, "path", it->spec.path);
	pv_jsonw_member(&w, "side", it->opts->is_input ? "input" : "output");
	pv_jsonw_key(&w, "rows");
	pv_jsonw_int(&w, (int64_t)it->rows);
	pv_jsonw_key(&w, "failed");
	pv_jsonw_int(&w, (int64_t)it->failed);
	pv_jsonw_key(&w, "not_json");
	pv_jsonw_int(&w, (int64_t)it->other);
	pv_jsonw_key(&w, "written");
	pv_jsonw_bool(&w, it->opts->is_writing);
	pv_jsonw_key(&w, "schema");
	pv_jsonw_raw(&w, pv_buf_text(&it->schema), it->schema.len);
	pv_jsonw_object_end(&w);
}

/* The edit as git pv diff would show it. */
static int print_text(struct proposal *it)
{
	pv_cli *cli = it->cli;
	pv_diff *diff = NULL;
	size_t len;
	const char *text = pv_yaml_text(it->doc, &len);
	int rc = pv_diff_texts(&diff, pv_buf_text(&it->before), it->before.len,
			       text, len, &cli->err);

	if (rc == PV_OK)
		rc = pv_diff_print_text(&cli->out, diff, it->spec.id, NULL,
					&cli->err);
	pv_diff_free(diff);
	if (rc < 0)
		return rc;
	cli_note(cli, "from %zu execution%s%s", it->rows,
		 it->rows == 1 ? "" : "s",
		 it->opts->is_writing ? "" : "; --write makes the edit");
	if (it->failed)
		cli_note(cli, "%zu that failed are left out", it->failed);
	if (it->other)
		cli_note(cli, "%zu whose output is no JSON are left out",
			 it->other);
	return PV_OK;
}

/* --- the whole --------------------------------------------------------------- */

static int read_prompt(struct proposal *it, const char *id)
{
	pv_cli *cli = it->cli;
	int rc = cli->store ? PV_OK : cli_open_store(cli);

	if (rc == PV_OK)
		rc = cli_settings_load(cli);
	if (rc == PV_OK)
		rc = named_spec(cli, &id);
	if (rc == PV_OK && strchr(id, '@')) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" names a version, and only the working "
			     "tree can be edited",
			     id);
		return rc;
	}
	if (rc == PV_OK)
		rc = cli_spec_resolve(&it->spec, cli, id, PV_SPEC_WORKTREE);
	it->before.max = PV_YAML_MAX_SIZE;
	if (rc == PV_OK)
		rc = pv_store_read(&it->before, NULL, cli->store, &it->spec.at,
				   it->spec.path, &cli->err);
	return rc;
}

int schema_from_history(pv_cli *cli, const char *id, const schema_history *opts)
{
	struct proposal it = { .cli = cli, .opts = opts };
	int rc = read_prompt(&it, id);

	if (rc == PV_OK)
		rc = read_rows(&it);
	if (rc == PV_OK)
		rc = edit(&it);
	if (rc == PV_OK && opts->is_writing)
		rc = write_file(&it);
	if (rc == PV_OK && cli->json)
		print_json(&it);
	else if (rc == PV_OK)
		rc = print_text(&it);
	pv_schema_infer_free(it.inference);
	pv_yaml_free(it.doc);
	pv_buf_dispose(&it.before);
	pv_buf_dispose(&it.schema);
	pv_spec_dispose(&it.spec);
	return rc;
}
