/* SPDX-License-Identifier: MIT
 *
 * git pv edit: changes fields of a prompt and nothing else of its file, all
 * of them or none; or opens the file in the user's editor and checks it.
 */
#include "repo/prompt_file.h"
#include "repo/prompts.h"

#include <string.h>

#include <pv/diff.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/field_names.h"
#include "repo/hold.h"
#include "ui/editor.h"
#include "ui/interrupt.h"
#include "ui/value.h"

enum operation {
	OP_SET = 1,
	OP_SET_FILE,
	OP_UNSET,
	OP_APPEND
};

struct edit_options {
	cli_list edits; /* in the order given: they build on each other */
};

static const cli_option options[] = {
	{ 0, "set", CLI_LIST, offsetof(struct edit_options, edits), "PATH=VALUE",
	  "set a field; numbers, true, null, [..] as in YAML", NULL, OP_SET },
	{ 0, "set-file", CLI_LIST, offsetof(struct edit_options, edits),
	  "PATH=FILE", "set a field to the text of a file, - for stdin", NULL,
	  OP_SET_FILE },
	{ 0, "append", CLI_LIST, offsetof(struct edit_options, edits),
	  "PATH=VALUE", "add a value to the end of a list", NULL, OP_APPEND },
	{ 0, "unset", CLI_LIST, offsetof(struct edit_options, edits), "PATH",
	  "delete a field or an element", NULL, OP_UNSET },
	{ 0 },
};

const cli_usage cmd_edit_usage = {
	.synopsis = { "git pv edit ID [--set PATH=VALUE | "
		      "--set-file PATH=FILE | --append PATH=VALUE | "
		      "--unset PATH]... [--json]",
		      "git pv edit ID" },
	.examples = { "git pv edit support/triage --set model.temperature=0.1",
		      "git pv edit support/triage --set-file "
		      "'messages[0].content=new.txt'" },
	.options = options,
	.args = "ID",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* The prompt before and while it is edited. */
struct edit {
	pv_cli *cli;
	const char *id;
	prompt_file file;
	pv_yaml *doc;
};

/* The "=" that ends the path; one inside quotes belongs to a key. */
static const char *find_equals(const char *text)
{
	int quoted = 0;

	for (; *text; text++) {
		if (*text == '\\' && quoted && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (*text == '=' && !quoted)
			return text;
	}
	return NULL;
}

static int set_from_file(struct edit *edit, const char *path, const char *file)
{
	pv_cli *cli = edit->cli;
	pv_buf text = { 0 };
	int rc;

	text.max = PV_YAML_MAX_SIZE;
	rc = strcmp(file, "-") == 0 ? cli_read_stdin(&text, cli)
				    : pv_file_read(&text, file, &cli->err);
	if (rc == PV_ENOTFOUND)
		pv_error_hint(&cli->err, rc,
			      "--set-file takes the value from a file; --set "
			      "takes it from the command line");
	value_from_file(&text);
	if (rc == PV_OK)
		rc = pv_yaml_set_text(edit->doc, path, pv_buf_text(&text),
				      text.len, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

static int append(struct edit *edit, const char *path, const pv_buf *json)
{
	const pv_yaml_node *node;
	pv_error *err = &edit->cli->err;
	pv_buf list = { 0 };
	int rc;

	if (pv_yaml_find(&node, edit->doc, path, NULL) == PV_OK)
		return pv_yaml_append(edit->doc, path, pv_buf_text(json), err);
	pv_buf_printf(&list, "[%s]", pv_buf_text(json));
	rc = pv_yaml_set(edit->doc, path, pv_buf_text(&list), err);
	pv_buf_dispose(&list);
	return rc;
}

static int apply_value(struct edit *edit, int operation, const char *path,
		       const char *value)
{
	pv_error *err = &edit->cli->err;
	pv_buf json = { 0 };
	int rc;

	if (operation == OP_SET_FILE)
		return set_from_file(edit, path, value);
	rc = cli_check_utf8(edit->cli, "the value", value, strlen(value));
	if (rc == PV_OK)
		rc = value_json(&json, value, err);
	if (rc == PV_OK && operation == OP_APPEND)
		rc = append(edit, path, &json);
	else if (rc == PV_OK)
		rc = pv_yaml_set(edit->doc, path, pv_buf_text(&json), err);
	pv_buf_dispose(&json);
	return rc;
}

static int apply_one(struct edit *edit, const cli_list_item *item)
{
	static const char *const names[] = {
		[OP_SET] = "set", [OP_SET_FILE] = "set-file", [OP_APPEND] = "append"
	};
	const char *equals = find_equals(item->value);
	pv_cli *cli = edit->cli;
	pv_buf path = { 0 };
	int rc;

	if (item->which == OP_UNSET)
		return pv_yaml_delete(edit->doc, item->value, &cli->err);
	if (!equals)
		return cli_usage_error(cli, "--%s needs PATH=%s, not \"%s\"",
				       names[item->which],
				       item->which == OP_SET_FILE ? "FILE"
								  : "VALUE",
				       item->value);
	pv_buf_put(&path, item->value, (size_t)(equals - item->value));
	rc = apply_value(edit, item->which, pv_buf_text(&path), equals + 1);
	pv_buf_dispose(&path);
	return rc;
}

/*
 * A prompt that loads must still load; one that did not may be mended in
 * steps.
 */
static int validate(struct edit *edit, const char *text, size_t len)
{
	pv_cli *cli = edit->cli;
	int rc;

	rc = pv_report_new(&cli->report, &cli->err);
	if (rc < 0)
		return rc;
	rc = prompt_file_loads(&edit->file, text, len, cli->report);
	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	if (prompt_file_loads(&edit->file, edit->file.before.ptr,
			      edit->file.before.len, NULL) < 0) {
		cli_warn(cli, "\"%s\" still does not load: %s", edit->id,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	return prompt_file_loads(&edit->file, text, len, NULL);
}

static int has_finding(const pv_report *report, const pv_finding *finding)
{
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *other = pv_report_at(report, i);

		if (!strcmp(other->rule, finding->rule) &&
		    !strcmp(other->message, finding->message))
			return 1;
	}
	return 0;
}

/* A key that is not known is kept; one that is new may be a typing error. */
static int warn_of_keys(const struct edit *edit)
{
	const prompt_file *file = &edit->file;
	pv_cli *cli = edit->cli;
	pv_report *before = NULL;
	int rc = pv_report_new(&before, &cli->err);

	if (rc == PV_OK)
		rc = prompt_file_loads(file, file->before.ptr, file->before.len,
				       before);
	if (rc < 0 && rc != PV_ENOMEM) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	for (size_t i = 0; rc == PV_OK && i < pv_report_count(cli->report); i++) {
		const pv_finding *finding = pv_report_at(cli->report, i);

		if (strcmp(finding->rule, "unknown-key") != 0 ||
		    has_finding(before, finding))
			continue;
		cli_warn(cli, "%s", finding->message);
		cli_hint(cli, "%s", finding->hint);
	}
	pv_report_free(before);
	return rc;
}

static void put_value(pv_cli *cli, const char *json)
{
	enum {
		SHOWN = 60
	};
	size_t len = json ? strlen(json) : 0;

	if (!json) {
		cli_puts(cli, "(none)");
		return;
	}
	cli_text(cli, json, len > SHOWN ? SHOWN : len);
	if (len > SHOWN)
		cli_puts(cli, "...");
}

static void print_text(pv_cli *cli, const struct edit *edit, const pv_diff *diff)
{
	for (size_t i = 0; i < pv_diff_count(diff); i++) {
		const pv_field_change *change = pv_diff_at(diff, i);

		cli_line(cli, change->path);
		cli_puts(cli, ": ");
		put_value(cli, change->old_json);
		cli_puts(cli, " -> ");
		put_value(cli, change->new_json);
		cli_puts(cli, "\n");
	}
	cli_note(cli, "changed %s: a %s change", edit->id,
		 pv_bump_name(pv_diff_bump(diff)));
}

static void print_json(pv_cli *cli, const struct edit *edit, const pv_diff *diff)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", edit->id);
	pv_jsonw_member(&w, "path", pv_buf_text(&edit->file.path));
	pv_jsonw_member(&w, "bump", pv_bump_name(pv_diff_bump(diff)));
	pv_jsonw_key(&w, "changes");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_diff_count(diff); i++) {
		const pv_field_change *change = pv_diff_at(diff, i);

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "path", change->path);
		pv_jsonw_member(&w, "kind", pv_change_kind_name(change->kind));
		cli_raw_json(&w, "old", change->old_json);
		cli_raw_json(&w, "new", change->new_json);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

/* Says what is different now from what was read. */
static int print(struct edit *edit, const char *text, size_t len)
{
	pv_cli *cli = edit->cli;
	pv_diff *diff = NULL;
	int rc;

	rc = pv_diff_texts(&diff, pv_buf_text(&edit->file.before),
			   edit->file.before.len, text, len, &cli->err);
	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(cli, edit, diff);
	else if (edit->file.before.len == len &&
		 memcmp(pv_buf_text(&edit->file.before), text, len) == 0)
		cli_note(cli, "nothing to change in %s", edit->id);
	else
		print_text(cli, edit, diff);
	pv_diff_free(diff);
	return PV_OK;
}

/* The fields that are near the one an edit asked for. */
static void hint_field(struct edit *edit, const cli_list_item *item)
{
	pv_buf path = { 0 };

	pv_buf_put(&path, item->value, strcspn(item->value, "="));
	if (path.len && path.status == PV_OK)
		(void)field_names_hint(edit->cli, PV_ENOTFOUND, edit->id,
				       path.ptr);
	pv_buf_dispose(&path);
}

static int apply_all(struct edit *edit, const cli_list *edits)
{
	const cli_list_item *item = NULL;
	pv_cli *cli = edit->cli;
	pv_change change = { 0 };
	int rc = prompt_file_take_raw(&edit->file);

	if (rc < 0)
		return rc;
	rc = pv_yaml_parse(&edit->doc, pv_buf_text(&edit->file.before),
			   edit->file.before.len, NULL, &cli->err);
	if (rc < 0)
		return pv_error_at(&cli->err, rc, pv_buf_text(&edit->file.path),
				   cli->err.line, cli->err.column);
	for (size_t i = 0; i < edits->count && rc == PV_OK; i++) {
		item = &edits->items[i];
		rc = apply_one(edit, item);
	}
	if (rc == PV_ENOTFOUND && !cli->err.hint[0])
		hint_field(edit, item);
	if (rc < 0)
		return rc;
	change.path = pv_buf_text(&edit->file.path);
	change.data = pv_yaml_text(edit->doc, &change.len);
	interrupt_hold();
	rc = validate(edit, change.data, change.len);
	if (rc == PV_OK && (change.len != edit->file.before.len ||
			    memcmp(change.data, pv_buf_text(&edit->file.before),
				   change.len) != 0))
		rc = prompt_file_write(&edit->file, &change);
	if (rc == PV_OK)
		rc = print(edit, change.data, change.len);
	return rc == PV_OK ? warn_of_keys(edit) : rc;
}

static int edit_by_hand(struct edit *edit)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_cli *cli = edit->cli;
	pv_buf file = { 0 };
	pv_buf after = { 0 };
	int rc;

	if (cli->json)
		return cli_usage_error(cli, "--json needs --set or the like");
	pv_buf_printf(&file, "%s/%s", pv_store_work_dir(cli->store),
		      pv_buf_text(&edit->file.path));
	rc = pv_buf_status(&file, &cli->err);
	if (rc == PV_OK)
		rc = editor_open(cli, pv_buf_text(&file));
	if (rc == PV_OK)
		rc = pv_store_read(&after, NULL, cli->store, &here,
				   pv_buf_text(&edit->file.path), &cli->err);
	if (rc == PV_OK)
		rc = print(edit, pv_buf_text(&after), after.len);
	if (rc == PV_OK) {
		rc = prompt_file_loads(&edit->file, pv_buf_text(&after),
				       after.len, NULL);
		pv_error_hint(&cli->err, rc, "your text is kept: edit it again");
	}
	pv_buf_dispose(&file);
	pv_buf_dispose(&after);
	return rc;
}

int cmd_edit(pv_cli *cli, int argc, char **argv)
{
	struct edit_options opts = { 0 };
	struct edit edit = { 0 };
	int held = 0;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		goto out;
	edit.cli = cli;
	edit.id = argv[0];
	/* An editor may be open for long; edits by options wait for each other. */
	if (opts.edits.count)
		rc = hold_repository(&held, cli, "another edit is being made");
	if (rc == PV_OK)
		rc = prompt_file_read(&edit.file, cli, edit.id);
	if (rc == PV_OK)
		rc = opts.edits.count ? apply_all(&edit, &opts.edits)
				      : edit_by_hand(&edit);
out:
	hold_release(held);
	pv_yaml_free(edit.doc);
	prompt_file_dispose(&edit.file);
	cli_list_dispose(&opts.edits);
	return rc;
}
