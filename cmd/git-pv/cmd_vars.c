/* SPDX-License-Identifier: MIT
 *
 * git pv vars: what a prompt wants filled in.
 */
#include "prompts.h"

#include "base/fail.h"

const cli_usage cmd_vars_usage = {
	.synopsis = { "git pv vars ID[@REV] [--json]" },
	.examples = { "git pv vars support/triage",
		      "git pv vars support/triage@1.2 --json" },
	.args = "ID[@REV]",
	.min_args = 1,
	.max_args = 1,
};

static void print(pv_cli *cli, const pv_prompt *prompt)
{
	pv_jsonw w;

	if (!cli->json) {
		cli_variables_text(cli, prompt);
		if (!pv_prompt_variable_count(prompt))
			cli_note(cli, "no variables");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	cli_variables_json(&w, prompt);
}

int cmd_vars(pv_cli *cli, int argc, char **argv)
{
	pv_spec spec = { 0 };
	cli_prompt entry = { 0 };
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	rc = pv_spec_resolve(&spec, cli->store, &cli->settings, argv[0],
			     PV_SPEC_WORKTREE, &cli->err);
	if (rc < 0)
		goto out;
	rc = cli_prompt_read(&entry, cli, &spec.at, spec.id, spec.path, NULL);
	if (rc < 0)
		goto out;
	if (entry.prompt) {
		print(cli, entry.prompt);
	} else {
		cli->err = entry.failure;
		rc = cli->err.code;
	}
out:
	cli_prompt_dispose(&entry);
	pv_spec_dispose(&spec);
	return rc;
}
