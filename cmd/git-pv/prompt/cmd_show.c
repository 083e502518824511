/* SPDX-License-Identifier: MIT
 *
 * git pv show: one prompt, as people read it, as JSON, or byte for byte.
 */
#include "prompt/lifetime.h"
#include "prompt/list_filter.h"
#include "repo/git_rows.h"
#include "repo/prompts.h"

#include <stdio.h>
#include <string.h>

#include <pv/diff.h>

#include "base/clock.h"
#include "base/fail.h"
#include "ui/figures.h"
#include "ui/layout.h"

enum {
	NAME_WIDTH = 11
};

struct show_options {
	const char *version;
	int raw;
	int rendered;
	int last;
};

static const cli_option options[] = {
	{ 0, "raw", CLI_FLAG, offsetof(struct show_options, raw), NULL,
	  "print the file byte for byte" },
	{ 0, "rendered", CLI_FLAG, offsetof(struct show_options, rendered),
	  NULL, "show the texts as the Markdown they are" },
	{ 0, "version", CLI_STRING, offsetof(struct show_options, version),
	  "REV", "the same as ID@REV" },
	{ 0, "last", CLI_FLAG, offsetof(struct show_options, last), NULL,
	  "show the last output that was recorded, too" },
	{ 0 },
};

const cli_usage cmd_show_usage = {
	.synopsis = { "git pv show ID[@REV] [--last] [--raw | --rendered | --json]",
		      "git pv show --version REV [--last] [--raw | --rendered | --json] ID" },
	.examples = { "git pv show support/triage",
		      "git pv show support/triage@1.2 --json" },
	.options = options,
	.args = "ID[@REV]",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* What is shown, with the names of its state. */
struct view {
	pv_cli *cli;
	pv_spec spec;
	cli_prompt entry;
	pv_oid commit;
	pv_buf version;
	pv_usages *use; /* NULL: not known */
	lifetime life;
	int is_rendered;
	int wants_last;
	int has_last; /* an execution with an output: */
	char last_id[64];
	char last_ts[64];
	pv_buf last; /* its output as JSON */
	pv_buf last_text;
};

/* --- use ------------------------------------------------------------------ */

static int take_last(const pv_execution *row, void *payload)
{
	struct view *view = payload;
	const char *text = pv_execution_text(row, "output");
	pv_buf ts = { 0 };

	if (!pv_execution_has(row, "output"))
		return 0;
	view->has_last = 1;
	snprintf(view->last_id, sizeof(view->last_id), "%s",
		 pv_execution_text(row, "id"));
	if (pv_execution_value(&ts, row, "ts", NULL) == PV_OK)
		snprintf(view->last_ts, sizeof(view->last_ts), "%.*s",
			 (int)ts.len - 2, pv_buf_text(&ts) + 1);
	(void)pv_execution_value(&view->last, row, "output", NULL);
	if (text)
		pv_buf_puts(&view->last_text, text);
	pv_buf_dispose(&ts);
	return 1;
}

/* The newest of the last thousand that has an output. */
static int find_last(struct view *view)
{
	const pv_executions_match match = { "prompt_id", view->spec.id,
					    PV_EXECUTIONS_IS };
	const pv_executions_query query = { .matches = &match,
					    .match_count = 1,
					    .limit = 1000 };
	pv_cli *cli = view->cli;
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK)
		rc = pv_executions_list(index, &query, take_last, view,
					&cli->err);
	pv_executions_free(index);
	if (rc == PV_ENOTFOUND)
		pv_error_clear(&cli->err);
	else if (rc < 0)
		return rc;
	rc = pv_buf_status(&view->last, &cli->err);
	return rc == PV_OK ? pv_buf_status(&view->last_text, &cli->err) : rc;
}

static void put_last_json(pv_jsonw *w, const struct view *view)
{
	pv_jsonw_key(w, "last");
	if (!view->has_last) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", view->last_id);
	pv_jsonw_member(w, "ts", view->last_ts);
	pv_jsonw_key(w, "output");
	pv_jsonw_raw(w, pv_buf_text(&view->last), view->last.len);
	pv_jsonw_object_end(w);
}

static void print_last(const struct view *view)
{
	pv_cli *cli = view->cli;
	const pv_buf *text = view->last_text.len ? &view->last_text : &view->last;

	if (!view->has_last) {
		cli_note(cli, "no output is recorded of %s", view->spec.id);
		return;
	}
	cli_printf(cli, "\n%slast output%s (%s)\n",
		   cli_color(cli, CLI_COLOR_BOLD),
		   cli_color(cli, CLI_COLOR_RESET), view->last_ts);
	cli_text(cli, pv_buf_text(text), text->len);
	cli_puts(cli, "\n");
}

/* --- the prompt ----------------------------------------------------------- */

static int print_json(const struct view *view)
{
	pv_cli *cli = view->cli;
	const pv_prompt *prompt = view->entry.prompt;
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	rc = pv_prompt_json(&json, prompt, &cli->err);
	if (rc < 0)
		goto out;
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", view->spec.id);
	cli_text_json(&w, "version", pv_buf_text(&view->version));
	cli_oid_json(&w, "commit", &view->commit);
	cli_oid_json(&w, "blob", &view->entry.blob);
	cli_fallback_json(&w, &view->spec);
	pv_jsonw_member(&w, "path", view->spec.path);
	pv_jsonw_key(&w, "provider");
	list_provider_json(&w, pv_prompt_model(prompt));
	cli_text_json(&w, "owner", pv_prompt_owner(prompt));
	lifetime_members(&w, &view->life);
	pv_jsonw_key(&w, "prompt");
	pv_jsonw_raw(&w, pv_buf_text(&json), json.len);
	pv_jsonw_key(&w, "variables");
	cli_variables_json(&w, prompt);
	figures_use_members(&w, view->use, view->spec.id);
	if (view->wants_last)
		put_last_json(&w, view);
	pv_jsonw_object_end(&w);
out:
	pv_buf_dispose(&json);
	return rc;
}

static void field(pv_cli *cli, const char *name, const char *text)
{
	cli_layout line;

	if (!*text)
		return;
	layout_begin(&line, cli);
	layout_cell(&line, CLI_COLOR_META, name, NAME_WIDTH);
	layout_text(&line, text);
	layout_end(&line);
}

static void tags(pv_cli *cli, const pv_prompt *prompt)
{
	pv_buf text = { 0 };

	for (size_t i = 0; i < pv_prompt_tag_count(prompt); i++)
		pv_buf_printf(&text, "%s%s", i ? ", " : "",
			      pv_prompt_tag(prompt, i));
	field(cli, "tags", pv_buf_text(&text));
	pv_buf_dispose(&text);
}

/* "{a: 1}" instead of nested lines: parameters are few and short. */
static void json_field(pv_cli *cli, const pv_prompt *prompt, const char *name)
{
	pv_buf json = { 0 };

	if (pv_prompt_field_json(&json, prompt, name, NULL) == PV_OK)
		field(cli, name, pv_buf_text(&json));
	pv_buf_dispose(&json);
}

/* As Markdown, or as it stands. */
static void put_content(const struct view *view, const pv_message *message)
{
	pv_cli *cli = view->cli;
	pv_diff_print_options opts = { .color = cli->color };

	if (!view->is_rendered) {
		cli_text(cli, message->content, message->len);
		if (!message->len || message->content[message->len - 1] != '\n')
			cli_puts(cli, "\n");
		return;
	}
	opts.width = cli_width();
	(void)pv_markdown_show(&cli->out, message->content, message->len, &opts,
			       NULL);
}

static void message(const struct view *view, const pv_prompt *prompt, size_t idx)
{
	pv_cli *cli = view->cli;
	const pv_message *message = pv_prompt_message(prompt, idx);

	cli_printf(cli, "\n%s", cli_color(cli, CLI_COLOR_BOLD));
	cli_line(cli, *message->role ? message->role : "prompt");
	cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
	put_content(view, message);
}

/* "2026-11-20 by Ada" */
static void event(pv_cli *cli, const char *name, const char *at, const char *by)
{
	pv_buf line = { 0 };

	if (*at)
		pv_buf_printf(&line, "%.10s by %s", at, by);
	field(cli, name, pv_buf_text(&line));
	pv_buf_dispose(&line);
}

static void use(const struct view *view)
{
	const pv_usage *usage = figures_use_of(view->use, view->spec.id);
	char text[2][FIGURES_TEXT];
	char when[PV_TIME_TEXT];
	pv_buf line = { 0 };

	if (!usage)
		return;
	figures_count(text[0], usage->executions);
	pv_time_format(when, usage->last_used);
	pv_buf_printf(&line, "%s times, last %s", text[0], when);
	if (usage->judged) {
		figures_rate(text[1],
			     (double)usage->succeeded / (double)usage->judged, 1);
		pv_buf_printf(&line, ", %s went well", text[1]);
	}
	field(view->cli, "used", pv_buf_text(&line));
	pv_buf_dispose(&line);
}

static void print_text(const struct view *view)
{
	const pv_prompt *prompt = view->entry.prompt;
	pv_cli *cli = view->cli;

	field(cli, "id", view->spec.id);
	field(cli, "version", pv_buf_text(&view->version));
	field(cli, "commit",
	      view->commit.hex[0] ? view->commit.hex : "not committed");
	field(cli, "name", pv_prompt_name(prompt));
	field(cli, "description", pv_prompt_description(prompt));
	field(cli, "goal", pv_prompt_goal(prompt));
	field(cli, "category", pv_prompt_category(prompt));
	field(cli, "owner", pv_prompt_owner(prompt));
	tags(cli, prompt);
	field(cli, "active", pv_prompt_is_active(prompt) ? "" : "no");
	event(cli, "created", view->life.created_at, view->life.created_by);
	event(cli, "updated", view->life.updated_at, view->life.updated_by);
	json_field(cli, prompt, "model");
	json_field(cli, prompt, "output");
	use(view);
	if (pv_prompt_variable_count(prompt)) {
		cli_printf(cli, "\n%svariables%s\n",
			   cli_color(cli, CLI_COLOR_BOLD),
			   cli_color(cli, CLI_COLOR_RESET));
		cli_variables_text(cli, prompt);
	}
	for (size_t i = 0; i < pv_prompt_message_count(prompt); i++)
		message(view, prompt, i);
	if (view->wants_last)
		print_last(view);
}

static int load(struct view *view, const char *spec)
{
	pv_cli *cli = view->cli;
	int rc;

	rc = cli_spec_resolve(&view->spec, cli, spec, PV_SPEC_WORKTREE);
	if (rc < 0)
		return rc;
	return cli_prompt_read(&view->entry, cli, &view->spec.at, view->spec.id,
			       view->spec.path, NULL);
}

static int load_version(struct view *view, const char *id, const char *version)
{
	pv_cli *cli = view->cli;
	pv_buf spec = { 0 };
	int rc;

	if (strchr(id, '@'))
		return cli_usage_error(cli, "\"%.80s\" names a version already",
				       id);
	pv_buf_printf(&spec, "%s@%s", id, version + (*version == '@'));
	rc = pv_buf_status(&spec, &cli->err);
	if (rc == PV_OK)
		rc = load(view, spec.ptr);
	pv_buf_dispose(&spec);
	return rc;
}

static int find_lifetime(struct view *view)
{
	const char *path = view->spec.path;
	const lifetime_query query = { .at = &view->spec.at,
				       .paths = &path,
				       .count = 1,
				       .wants_origin = 1 };
	int rc = git_rows_use(view->cli);

	return rc == PV_OK ? lifetimes_find(&view->life, view->cli, &query) : rc;
}

static int print(struct view *view)
{
	pv_cli *cli = view->cli;
	int rc;

	if (!view->entry.prompt) {
		cli->err = view->entry.failure;
		return cli->err.code;
	}
	rc = cli_prompt_commit(&view->commit, cli, &view->spec.at,
			       view->spec.path, &view->entry.blob);
	if (rc == PV_OK)
		rc = cli_prompt_version(&view->version, cli, &view->spec);
	if (rc == PV_OK)
		rc = find_lifetime(view);
	if (rc == PV_OK)
		rc = figures_use(&view->use, cli, view->spec.id);
	if (rc == PV_OK && view->wants_last)
		rc = find_last(view);
	if (rc < 0)
		return rc;
	if (cli->json)
		return print_json(view);
	print_text(view);
	return PV_OK;
}

int cmd_show(pv_cli *cli, int argc, char **argv)
{
	struct show_options opts = { 0 };
	struct view view = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	if (opts.raw && cli->json)
		return cli_usage_error(cli,
				       "--raw and --json exclude one another");
	if (opts.rendered && (opts.raw || cli->json))
		return cli_usage_error(cli, "--rendered is for people");
	if (opts.raw && opts.last)
		return cli_usage_error(cli,
				       "--raw and --last exclude one another");
	view.cli = cli;
	view.wants_last = opts.last;
	view.is_rendered = opts.rendered;
	rc = opts.version ? load_version(&view, argv[0], opts.version)
			  : load(&view, argv[0]);
	if (rc < 0)
		goto out;
	if (opts.raw)
		cli_text(cli, pv_buf_text(&view.entry.text), view.entry.text.len);
	else
		rc = print(&view);
out:
	pv_usages_free(view.use);
	lifetime_dispose(&view.life);
	pv_buf_dispose(&view.last);
	pv_buf_dispose(&view.last_text);
	pv_buf_dispose(&view.version);
	cli_prompt_dispose(&view.entry);
	pv_spec_dispose(&view.spec);
	return rc;
}
