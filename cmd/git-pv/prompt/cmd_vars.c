/* SPDX-License-Identifier: MIT
 *
 * git pv vars: what a prompt, with all it includes, wants filled in.
 */
#include "repo/prompts.h"

#include <string.h>

#include "base/fail.h"

const cli_usage cmd_vars_usage = {
	.synopsis = { "git pv vars ID[@REV] [--json]" },
	.examples = { "git pv vars support/triage",
		      "git pv vars support/triage@1.2 --json" },
	.args = "ID[@REV]",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

static void print_json(pv_cli *cli, const pv_interface *all, const pv_spec *spec)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_interface_count(all); i++) {
		const pv_interface_variable *one = pv_interface_at(all, i);

		pv_jsonw_object(&w);
		cli_variable_members(&w, &one->variable);
		cli_text_json(&w, "prompt", one->prompt);
		cli_uses_json(&w, one->uses, one->use_count);
		cli_fallback_json(&w, spec);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

static void print_text(pv_cli *cli, const pv_interface *all)
{
	size_t width = 0;
	cli_layout line;

	for (size_t i = 0; i < pv_interface_count(all); i++)
		width = cli_variable_width(&pv_interface_at(all, i)->variable,
					   width);
	for (size_t i = 0; i < pv_interface_count(all); i++) {
		const pv_interface_variable *one = pv_interface_at(all, i);

		layout_begin(&line, cli);
		cli_variable_text(&line, &one->variable, width);
		if (*one->prompt) {
			layout_text(&line, "in");
			line.due--;
			layout_text(&line, one->prompt);
		}
		layout_end(&line);
	}
	if (!pv_interface_count(all))
		cli_note(cli, "no variables");
}

static void warn(pv_cli *cli, const pv_report *report)
{
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		cli_warn(cli, "%s%s%s", finding->message,
			 *finding->hint ? ": " : "", finding->hint);
	}
}

static int list(pv_cli *cli, const pv_spec *spec, const pv_prompt *prompt)
{
	pv_prompt_tree tree = { cli->store, &cli->settings, spec->at };
	const pv_render_loader loader = { .load = pv_prompt_tree_load,
					  .payload = &tree };
	pv_interface *all = NULL;
	int rc = pv_settings_at(&cli->settings, cli->store, &spec->at, &cli->err);

	if (rc == PV_OK)
		rc = pv_interface_new(&all, prompt, &loader, &cli->err);
	if (rc < 0)
		return rc;
	warn(cli, pv_interface_report(all));
	if (cli->json)
		print_json(cli, all, spec);
	else
		print_text(cli, all);
	pv_interface_free(all);
	return PV_OK;
}

/* Fails for a template that does not compile: what it needs nobody knows. */
static int check_templates(pv_cli *cli, const char *path, const pv_report *report)
{
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);
		int rc;

		if (strcmp(finding->rule, "template-syntax") != 0 &&
		    strcmp(finding->rule, "unknown-filter") != 0)
			continue;
		rc = pv_fail_id(&cli->err, PV_ERR_SYNTAX, "%s", finding->message);
		return pv_error_at(&cli->err, rc, path, finding->line,
				   finding->column);
	}
	return PV_OK;
}

int cmd_vars(pv_cli *cli, int argc, char **argv)
{
	pv_spec spec = { 0 };
	cli_prompt entry = { 0 };
	pv_report *report = NULL;
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	rc = pv_report_new(&report, &cli->err);
	if (rc < 0)
		return rc;
	rc = cli_spec_resolve(&spec, cli, argv[0], PV_SPEC_WORKTREE);
	if (rc < 0)
		goto out;
	rc = cli_prompt_read(&entry, cli, &spec.at, spec.id, spec.path, report);
	if (rc == PV_OK && entry.prompt)
		rc = check_templates(cli, spec.path, report);
	if (rc < 0)
		goto out;
	if (entry.prompt) {
		rc = list(cli, &spec, entry.prompt);
	} else {
		cli->err = entry.failure;
		rc = cli->err.code;
	}
out:
	pv_report_free(report);
	cli_prompt_dispose(&entry);
	pv_spec_dispose(&spec);
	return rc;
}
