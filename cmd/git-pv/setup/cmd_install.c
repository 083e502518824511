/* SPDX-License-Identifier: MIT
 *
 * git pv install and uninstall: the wiring between git and git-pv, as
 * commands. What they do is in wiring.c.
 */
#include "cli.h"

#include <unistd.h>

#include "base/fail.h"
#include "setup/wiring.h"

struct install_options {
	cli_list patterns;
	int is_global;
};

static const cli_option install_table[] = {
	{ 0, "pattern", CLI_LIST, offsetof(struct install_options, patterns),
	  "PATTERN", "diff and merge these paths, too; may be repeated" },
	{ 0, "global", CLI_FLAG, offsetof(struct install_options, is_global),
	  NULL, "set the drivers for all repositories of the user" },
	{ 0 },
};

static const cli_option uninstall_table[] = {
	{ 0, "global", CLI_FLAG, offsetof(struct install_options, is_global),
	  NULL, "take back what install --global has set" },
	{ 0 },
};

const cli_usage cmd_install_usage = {
	.synopsis = { "git pv install [--pattern PATTERN]... [--json]",
		      "git pv install --global" },
	.examples = { "git pv install", "git pv install --pattern '*.yaml'" },
	.options = install_table,
};

const cli_usage cmd_uninstall_usage = {
	.synopsis = { "git pv uninstall [--global] [--json]" },
	.examples = { "git pv uninstall", "git pv uninstall --global" },
	.options = uninstall_table,
};

static void print(pv_cli *cli, const pv_strlist *done)
{
	pv_jsonw w;

	if (cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		pv_jsonw_list(&w, "changed", done);
		pv_jsonw_object_end(&w);
		return;
	}
	for (size_t i = 0; i < done->count; i++) {
		cli_line(cli, done->items[i]);
		cli_puts(cli, "\n");
	}
	if (!done->count)
		cli_note(cli, "nothing to do");
}

/* Without a repository only the user's own configuration is there. */
static int need_repository(pv_cli *cli, int is_global)
{
	int rc;

	if (cli->store || is_global)
		return PV_OK;
	rc = pv_fail_id(&cli->err, PV_ERR_NOT_A_REPOSITORY,
			"this is not a git repository");
	return pv_error_hint(&cli->err, rc,
			     "\"git pv init\" makes one, --global needs none");
}

int cmd_install(pv_cli *cli, int argc, char **argv)
{
	struct install_options opts = { 0 };
	cli_install_options install = { 0 };
	pv_strlist done = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		goto out;
	rc = need_repository(cli, opts.is_global);
	if (rc == PV_OK && opts.is_global && opts.patterns.count)
		rc = cli_usage_error(cli,
				     "--global and --pattern exclude one another");
	install.is_global = opts.is_global;
	install.patterns = &opts.patterns;
	if (rc == PV_OK)
		rc = cli_install(&done, cli, &install);
	if (rc == PV_OK)
		print(cli, &done);
out:
	pv_strlist_dispose(&done);
	cli_list_dispose(&opts.patterns);
	return rc;
}

/* What is committed is everybody's, so it stays; where there is such a file. */
static void tell_what_stays(pv_cli *cli)
{
	const char *top = pv_store_work_dir(cli->store);
	pv_buf path = { 0 };

	pv_buf_printf(&path, "%s/.gitattributes", top ? top : "");
	if (top && path.status == PV_OK && access(path.ptr, F_OK) == 0)
		cli_note(cli, "lines in .gitattributes stay: without a driver "
			      "git merges by lines");
	pv_buf_dispose(&path);
}

int cmd_uninstall(pv_cli *cli, int argc, char **argv)
{
	struct install_options opts = { 0 };
	pv_strlist done = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	rc = need_repository(cli, opts.is_global);
	if (rc == PV_OK)
		rc = cli_uninstall(&done, cli, opts.is_global);
	if (rc == PV_OK)
		print(cli, &done);
	if (rc == PV_OK && !cli->json && !opts.is_global)
		tell_what_stays(cli);
	pv_strlist_dispose(&done);
	return rc;
}
