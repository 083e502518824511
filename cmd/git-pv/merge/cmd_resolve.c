/* SPDX-License-Identifier: MIT
 *
 * git pv resolve: settles what a merge could not decide, a field or a file at
 * a time, and stages the file once nothing is left to decide in it.
 */
#include <stddef.h>
#include <string.h>

#include <pv/prompt.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "merge/resolve.h"
#include "merge/settled.h"
#include "repo/broken.h"
#include "repo/hold.h"
#include "repo/prompts.h"
#include "ui/value.h"

enum action {
	ACT_NONE,
	ACT_OURS,
	ACT_THEIRS,
	ACT_UNION,
	ACT_EDIT,
	ACT_REMERGE
};

struct resolve_options {
	const char *field;
	const char *value;
	const char *value_file;
	int action;
};

static const cli_option options[] = {
	{ 'f', "field", CLI_STRING, offsetof(struct resolve_options, field),
	  "FIELD", "settle only this field; the others stay in conflict" },
	{ 0, "ours", CLI_MODE, offsetof(struct resolve_options, action), NULL,
	  "take our side", NULL, ACT_OURS },
	{ 0, "theirs", CLI_MODE, offsetof(struct resolve_options, action), NULL,
	  "take their side", NULL, ACT_THEIRS },
	{ 0, "union", CLI_MODE, offsetof(struct resolve_options, action), NULL,
	  "keep both, ours first: lines of texts, elements of lists", NULL,
	  ACT_UNION },
	{ 0, "value", CLI_STRING, offsetof(struct resolve_options, value),
	  "VALUE", "set the field; numbers, true, null, [..] as in YAML" },
	{ 0, "value-file", CLI_STRING,
	  offsetof(struct resolve_options, value_file), "FILE",
	  "set the field to the text of a file, - for stdin" },
	{ 'e', "edit", CLI_MODE, offsetof(struct resolve_options, action), NULL,
	  "settle the field in the editor", NULL, ACT_EDIT },
	{ 0, "remerge", CLI_MODE, offsetof(struct resolve_options, action),
	  NULL, "put the conflicts back, dropping edits of the file", NULL,
	  ACT_REMERGE },
	{ 0 },
};

const cli_usage cmd_resolve_usage = {
	.synopsis = { "git pv resolve [--field FIELD] (--ours | --theirs | "
		      "--union) [--json] (PATH | ID)",
		      "git pv resolve --field FIELD (--value VALUE | "
		      "--value-file FILE | --edit) (PATH | ID)",
		      "git pv resolve --remerge (PATH | ID)" },
	.examples = { "git pv resolve support/triage --field "
		      "model.temperature --ours",
		      "git pv resolve support/triage --theirs" },
	.options = options,
	.args = "PATH or ID",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* One run. */
struct resolution {
	pv_cli *cli;
	const struct resolve_options *opts;
	resolve_file file;
	pv_strlist settled;
	pv_strlist left;
	int is_staged;
	size_t unmerged; /* files, afterwards */
};

/* --- settling ------------------------------------------------------------ */

static int list_left(pv_strlist *out, const struct resolution *run)
{
	const pv_unmerged *text = run->file.text;
	int rc = PV_OK;

	for (size_t i = 0; text && i < pv_unmerged_count(text) && !rc; i++) {
		const char *name = pv_unmerged_at(text, i)->path;

		if (pv_unmerged_is_left(text, i) && pv_strlist_find(out, name) < 0)
			rc = pv_strlist_add(out, name, &run->cli->err);
	}
	return rc;
}

/* As many names as fit. */
static int hint_names(const pv_strlist *names, pv_error *err, int code)
{
	enum {
		NAMES_MAX = 160
	};
	pv_buf text = { 0 };
	size_t count = 0;

	for (; count < names->count && text.len < NAMES_MAX; count++)
		pv_buf_printf(&text, "%s\"%.60s\"", count ? ", " : "",
			      names->items[count]);
	if (count < names->count)
		pv_buf_printf(&text, " and %zu more", names->count - count);
	pv_error_hint(err, code, "in conflict: %s", pv_buf_text(&text));
	pv_buf_dispose(&text);
	return code;
}

/* Names the fields there are, the nearest one first. */
static int hint_fields(const struct resolution *run, int code)
{
	const pv_strlist *left = &run->left;
	enum {
		FEW = 3 /* are all shown */
	};
	const char *names[64] = { NULL };
	pv_error *err = &run->cli->err;

	for (size_t i = 0; i < left->count && i < 63; i++)
		names[i] = left->items[i];
	if (left->count > FEW && left->count < pv_array_len(names))
		return cli_hint_near(run->cli, code, run->opts->field, names,
				     "git pv conflicts");
	if (left->count > 0 && *left->items[0])
		return hint_names(left, err, code);
	return pv_error_hint(err, code,
			     "only lines are in conflict here: take --ours or "
			     "--theirs without --field, or edit the file");
}

/* An earlier run settled it and could not stage it, or a person did. */
static int refuse_settled(struct resolution *run, int code)
{
	pv_error *err = &run->cli->err;
	int line = settled_stray(run->cli, pv_buf_text(&run->file.path));

	if (!line)
		return pv_error_hint(err, code,
				     "\"git add\" the file if it is as you "
				     "want it, or take a side by \"git "
				     "checkout --ours\" or \"--theirs\"");
	pv_fail(err, PV_ECONFLICT, "line %d is left of the markers", line);
	return pv_error_hint(err, PV_ECONFLICT,
			     "take it out, then \"git add\" the file; or put "
			     "the conflict back: --remerge");
}

static int settle(struct resolution *run, enum pv_settle_how how,
		  const char *value, size_t len)
{
	pv_settle call = { how, run->opts->field, value, len };
	int rc = pv_unmerged_settle(run->file.text, &call, &run->cli->err);

	if (rc < 0 && rc != PV_ENOMEM && pv_unmerged_markers(run->file.text) == 0)
		return refuse_settled(run, rc);
	return rc == PV_ENOTFOUND ? hint_fields(run, rc) : rc;
}

/* The text with ours wherever else it has conflicts. */
static int settle_rest(pv_unmerged **out, const struct resolution *run)
{
	pv_settle call = { .how = PV_SETTLE_OURS };
	const resolve_file *file = &run->file;
	pv_error *err = &run->cli->err;
	size_t len;
	const char *text = pv_unmerged_text(file->text, &len);
	int rc = pv_unmerged_new(out, &file->input, text, len, err);

	return rc == PV_OK ? pv_unmerged_settle(*out, &call, err) : rc;
}

static int loads(const pv_buf *text)
{
	pv_prompt *prompt = NULL;
	int rc = pv_prompt_parse(&prompt, pv_buf_text(text), text->len, NULL,
				 NULL, NULL);

	pv_prompt_free(prompt);
	return rc == PV_OK;
}

/*
 * Whether a prompt would load with the value. Once nothing is left in conflict
 * that is looked at in any case, and it says nothing where ours loads neither.
 */
static int check_value(struct resolution *run)
{
	resolve_file *file = &run->file;
	pv_unmerged *whole = NULL;
	const char *text;
	size_t len;
	int rc;

	if (file->id.len == 0 || pv_unmerged_markers(file->text) == 0 ||
	    !loads(&file->texts[1]))
		return PV_OK;
	rc = settle_rest(&whole, run);
	if (rc == PV_OK) {
		text = pv_unmerged_text(whole, &len);
		rc = broken_check_text(run->cli, pv_buf_text(&file->path), text,
				       len,
				       "nothing is changed: take another "
				       "value");
	} else if (rc != PV_ENOMEM) {
		pv_error_clear(&run->cli->err);
		rc = PV_OK;
	}
	pv_unmerged_free(whole);
	return rc;
}

static int settle_value(struct resolution *run)
{
	const struct resolve_options *opts = run->opts;
	pv_cli *cli = run->cli;
	pv_buf text = { 0 };
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	if (opts->value) {
		rc = cli_check_utf8(cli, "the value", opts->value,
				    strlen(opts->value));
		if (rc == PV_OK)
			rc = value_json(&json, opts->value, &cli->err);
	} else {
		rc = strcmp(opts->value_file, "-") == 0
			     ? cli_read_stdin(&text, cli)
			     : pv_file_read(&text, opts->value_file, &cli->err);
		value_from_file(&text);
		if (rc == PV_OK)
			rc = cli_check_utf8(cli, "the value",
					    pv_buf_text(&text), text.len);
		pv_jsonw_init(&w, &json);
		pv_jsonw_stringn(&w, pv_buf_text(&text), text.len);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&json, &cli->err);
	if (rc == PV_OK)
		rc = settle(run, PV_SETTLE_VALUE, pv_buf_text(&json), json.len);
	if (rc == PV_OK)
		rc = check_value(run);
	pv_buf_dispose(&text);
	pv_buf_dispose(&json);
	return rc;
}

static int settle_in_editor(struct resolution *run)
{
	pv_cli *cli = run->cli;
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/PV_RESOLVE.yaml", pv_store_git_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = resolve_edit(cli, run->file.text, run->opts->field,
				  pv_buf_text(&path));
	pv_buf_dispose(&path);
	return rc == PV_ENOTFOUND ? hint_fields(run, rc) : rc;
}

/* Git left markers where no field is in conflict: there is no side to take. */
static int take_both(struct resolution *run)
{
	const struct resolve_options *opts = run->opts;
	pv_cli *cli = run->cli;
	int rc;

	if (!opts->field) {
		cli_note(cli, "no field is in conflict, only lines are: both "
			      "sides are kept");
		return PV_OK;
	}
	rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND,
			"no field \"%.80s\" is in conflict", opts->field);
	return pv_error_hint(&cli->err, rc,
			     "only lines are, and both sides go together: "
			     "git pv resolve --remerge %.80s",
			     pv_buf_text(&run->file.path));
}

static int settle_text(struct resolution *run)
{
	const struct resolve_options *opts = run->opts;

	if (resolve_is_merged(&run->file))
		return take_both(run);
	if (opts->value || opts->value_file)
		return settle_value(run);
	switch ((enum action)opts->action) {
	case ACT_OURS:
		return settle(run, PV_SETTLE_OURS, NULL, 0);
	case ACT_THEIRS:
		return settle(run, PV_SETTLE_THEIRS, NULL, 0);
	case ACT_UNION:
		return settle(run, PV_SETTLE_UNION, NULL, 0);
	case ACT_EDIT:
		return settle_in_editor(run);
	case ACT_REMERGE:
	case ACT_NONE:
		break;
	}
	return resolve_remerge(&run->file);
}

/* --- whole sides --------------------------------------------------------- */

static int refuse_fields(const struct resolution *run)
{
	pv_cli *cli = run->cli;
	const char *path = pv_buf_text(&run->file.path);

	pv_fail(&cli->err, PV_EUNSUPPORTED,
		"\"%.100s\" has no fields to settle: a side lacks it, or it is "
		"no text",
		path);
	return pv_error_hint(&cli->err, PV_EUNSUPPORTED,
			     "take one side with --ours or --theirs");
}

static int take_side(struct resolution *run)
{
	const struct resolve_options *opts = run->opts;
	int rc;

	if (opts->action == ACT_REMERGE && run->file.ours.hex[0] &&
	    run->file.theirs.hex[0])
		return resolve_remerge(&run->file);
	if (opts->field ||
	    (opts->action != ACT_OURS && opts->action != ACT_THEIRS))
		return refuse_fields(run);
	rc = resolve_take(&run->file, opts->action == ACT_OURS
					      ? PV_SETTLE_OURS
					      : PV_SETTLE_THEIRS);
	run->is_staged = rc == PV_OK;
	return rc;
}

/* --- telling ------------------------------------------------------------- */

static int count_path(const pv_conflict *conflict, void *payload)
{
	size_t *count = payload;

	(void)conflict;
	++*count;
	return 0;
}

/* The command that goes on once all is settled; NULL when none has to. */
static const char *next_command(pv_cli *cli)
{
	switch (pv_store_state(cli->store)) {
	case PV_STATE_MERGE:
		return "git pv merge --continue";
	case PV_STATE_REVERT:
		return "git pv revert --continue";
	case PV_STATE_CHERRY_PICK:
		return "git pv cherry-pick --continue";
	case PV_STATE_REBASE:
		return "git rebase --continue";
	case PV_STATE_NONE:
	case PV_STATE_OTHER:
		break;
	}
	return NULL;
}

static size_t markers(const struct resolution *run)
{
	return run->file.text && !run->is_staged
		       ? pv_unmerged_markers(run->file.text)
		       : 0;
}

static void print_json(const struct resolution *run)
{
	pv_cli *cli = run->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	cli_text_json(&w, "id", pv_buf_text(&run->file.id));
	pv_jsonw_member(&w, "path", pv_buf_text(&run->file.path));
	pv_jsonw_list(&w, "settled", &run->settled);
	pv_jsonw_list(&w, "left", &run->left);
	pv_jsonw_list(&w, "removed", &run->file.removed);
	pv_jsonw_key(&w, "markers");
	pv_jsonw_int(&w, (int64_t)markers(run));
	pv_jsonw_key(&w, "staged");
	pv_jsonw_bool(&w, run->is_staged);
	pv_jsonw_key(&w, "unmerged");
	pv_jsonw_int(&w, (int64_t)run->unmerged);
	pv_jsonw_key(&w, "next");
	pv_jsonw_string(&w, run->unmerged ? NULL : next_command(cli));
	pv_jsonw_object_end(&w);
}

static const char *name_of(const char *field)
{
	return *field ? field : "the text as a whole";
}

static void print_text(const struct resolution *run)
{
	const char *path = pv_buf_text(&run->file.path);
	const char *next = next_command(run->cli);
	pv_cli *cli = run->cli;

	for (size_t i = 0; i < run->settled.count; i++)
		cli_note(cli, "settled %s", name_of(run->settled.items[i]));
	for (size_t i = 0; i < run->left.count; i++)
		cli_note(cli, "left: %s", name_of(run->left.items[i]));
	for (size_t i = 0; i < run->file.removed.count; i++)
		cli_note(cli, "removed %s", run->file.removed.items[i]);
	if (!run->is_staged)
		cli_note(cli, "%s: %zu conflict%s left", path, markers(run),
			 markers(run) == 1 ? "" : "s");
	else
		cli_note(cli, "%s: settled and staged", path);
	if (run->is_staged && run->unmerged)
		cli_hint(cli,
			 "\"git pv conflicts\" lists what is left in %zu "
			 "other file%s",
			 run->unmerged, run->unmerged == 1 ? "" : "s");
	else if (run->is_staged && next)
		cli_hint(cli, "nothing is left to settle: \"%s\"", next);
	else if (run->is_staged)
		cli_hint(cli, "nothing is left to settle: \"git pv commit\", "
			      "and \"git stash drop\" after a stash pop");
}

static int report(struct resolution *run)
{
	pv_cli *cli = run->cli;
	int rc = pv_store_conflict_each(cli->store, count_path, &run->unmerged,
					&cli->err);

	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(run);
	else
		print_text(run);
	return PV_OK;
}

/* --- the whole ----------------------------------------------------------- */

/* What was left and is not any more. */
static int note_settled(struct resolution *run)
{
	pv_strlist before = run->left;
	int rc;

	memset(&run->left, 0, sizeof(run->left));
	rc = list_left(&run->left, run);
	for (size_t i = 0; i < before.count && rc == PV_OK; i++)
		if (run->is_staged ||
		    pv_strlist_find(&run->left, before.items[i]) < 0)
			rc = pv_strlist_add(&run->settled, before.items[i],
					    &run->cli->err);
	pv_strlist_dispose(&before);
	return rc;
}

static int resolve(struct resolution *run, const char *arg)
{
	resolve_file *file = &run->file;
	int rc = resolve_find(file, run->cli, arg);

	if (rc == PV_OK)
		rc = resolve_read(file);
	if (rc == PV_OK)
		rc = list_left(&run->left, run);
	if (rc == PV_OK)
		rc = file->text ? settle_text(run) : take_side(run);
	if (rc == PV_OK && !run->is_staged)
		rc = resolve_write(file);
	if (rc == PV_OK && !run->is_staged &&
	    pv_unmerged_markers(file->text) == 0) {
		rc = resolve_stage(file);
		run->is_staged = rc == PV_OK;
	}
	if (rc == PV_OK)
		rc = note_settled(run);
	return rc == PV_OK ? report(run) : rc;
}

static int check_options(pv_cli *cli, const struct resolve_options *opts)
{
	int values = (opts->value != NULL) + (opts->value_file != NULL);
	int count = values + (opts->action != ACT_NONE);

	if (count != 1)
		return cli_usage_error(cli, "resolve needs one of --ours, "
					    "--theirs, --union, --value, "
					    "--value-file, --edit and "
					    "--remerge");
	if (!opts->field && (values || opts->action == ACT_EDIT))
		return cli_usage_error(cli, "a value goes with --field");
	if (opts->field && opts->action == ACT_REMERGE)
		return cli_usage_error(cli, "--remerge is for the whole file");
	if (cli->json && opts->action == ACT_EDIT)
		return cli_usage_error(cli, "--json does not go with --edit");
	return PV_OK;
}

int cmd_resolve(pv_cli *cli, int argc, char **argv)
{
	struct resolve_options opts = { 0 };
	struct resolution run = { .cli = cli, .opts = &opts };
	int held = 0;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	rc = check_options(cli, &opts);
	/* Fields of one file may be settled at once; an editor is open long. */
	if (rc == PV_OK && opts.action != ACT_EDIT)
		rc = hold_repository(&held, cli, "another edit is being made");
	if (rc == PV_OK)
		rc = resolve(&run, argv[0]);
	hold_release(held);
	pv_strlist_dispose(&run.settled);
	pv_strlist_dispose(&run.left);
	resolve_dispose(&run.file);
	return rc;
}
