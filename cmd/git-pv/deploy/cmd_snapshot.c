/* SPDX-License-Identifier: MIT
 *
 * `git pv snapshot`: what is live in an environment as one file that needs no
 * git; `verify` looks whether such a file is whole, and needs no repository.
 */
#include <pv/snapshot.h>

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/environments.h"
#include "repo/prompts.h"

struct snapshot_options {
	const char *output;
};

static const cli_option options[] = {
	{ 'o', "output", CLI_STRING, offsetof(struct snapshot_options, output),
	  "FILE", "write FILE, whole or not at all" },
	{ 0 },
};

const cli_usage cmd_snapshot_usage = {
	.synopsis = { "git pv snapshot [-o FILE] [--json] E",
		      "git pv snapshot verify [--json] FILE" },
	.examples = { "git pv snapshot production -o prompts.json",
		      "git pv snapshot verify prompts.json" },
	.options = options,
	.args = "an environment, or verify and a file",
	.min_args = 1,
	.max_args = 2,
};

static void info_members(pv_jsonw *w, const pv_snapshot_info *info)
{
	cli_text_json(w, "environment", info->environment);
	cli_oid_json(w, "deployment_id", &info->deployment);
	pv_jsonw_member(w, "hash", info->hash);
	pv_jsonw_key(w, "prompts");
	pv_jsonw_int(w, (int64_t)info->prompts);
	pv_jsonw_key(w, "files");
	pv_jsonw_int(w, (int64_t)info->files);
}

/* --- verify -------------------------------------------------------------------- */

static void print_verdict(pv_cli *cli, const char *file,
			  const pv_snapshot_info *info, const pv_report *report)
{
	size_t count = pv_report_count(report);
	pv_jsonw w;

	if (cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		pv_jsonw_key(&w, "ok");
		pv_jsonw_bool(&w, !count);
		pv_jsonw_member(&w, "file", file);
		info_members(&w, info);
		pv_jsonw_key(&w, "findings");
		cli_findings_json(&w, report);
		pv_jsonw_object_end(&w);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		pv_finding finding = *pv_report_at(report, i);

		finding.file = file;
		cli_finding_text(cli, &finding);
	}
	if (!count)
		cli_printf(cli, "%zu prompt%s of %s, as deployed by %.7s\n",
			   info->prompts, info->prompts == 1 ? "" : "s",
			   info->environment, info->deployment.hex);
}

static int verify(pv_cli *cli, const char *file)
{
	pv_snapshot_info info = { .prompts = 0 };
	pv_report *report = NULL;
	pv_buf text = { .max = PV_SNAPSHOT_MAX };
	int rc = pv_file_read(&text, file, &cli->err);

	if (rc == PV_OK)
		rc = pv_report_new(&report, &cli->err);
	if (rc == PV_OK)
		rc = pv_snapshot_verify(&info, report, pv_buf_text(&text),
					text.len, &cli->err);
	if (rc == PV_OK) {
		print_verdict(cli, file, &info, report);
		rc = pv_report_count(report) > 0;
	}
	pv_report_free(report);
	pv_buf_dispose(&text);
	return rc;
}

/* --- making one ----------------------------------------------------------------- */

static void print_made(pv_cli *cli, const char *file, const pv_snapshot_info *info)
{
	pv_jsonw w;

	if (!cli->json) {
		cli_note(cli, "%zu prompt%s of %s in %s", info->prompts,
			 info->prompts == 1 ? "" : "s", info->environment, file);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "file", file);
	info_members(&w, info);
	pv_jsonw_object_end(&w);
}

static int deliver(pv_cli *cli, const char *file, const pv_buf *text,
		   const pv_snapshot_info *info)
{
	int rc;

	if (!file || !strcmp(file, "-")) {
		cli_puts(cli, pv_buf_text(text));
		return PV_OK;
	}
	rc = pv_file_output(file, pv_buf_text(text), text->len, &cli->err);
	if (rc == PV_OK)
		print_made(cli, file, info);
	return rc;
}

static int make(pv_cli *cli, const struct snapshot_options *opts, const char *name)
{
	cli_environment environment = { 0 };
	pv_snapshot_info info;
	pv_buf text = { 0 };
	int rc = cli_open_store(cli);

	if (rc == PV_OK)
		rc = cli_settings_load(cli);
	if (rc == PV_OK)
		rc = environment_find(&environment, cli, name);
	if (rc == PV_OK)
		rc = environment_must_exist(&environment, cli);
	if (rc == PV_OK)
		rc = pv_snapshot_write(&text, &info, cli->store, &cli->settings,
				       name, &cli->err);
	if (rc == PV_OK)
		rc = deliver(cli, opts->output, &text, &info);
	environment_dispose(&environment);
	pv_buf_dispose(&text);
	return rc;
}

int cmd_snapshot(pv_cli *cli, int argc, char **argv)
{
	struct snapshot_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (argc == 1)
		return make(cli, &opts, argv[0]);
	if (strcmp(argv[0], "verify") != 0)
		return cli_usage_error(cli,
				       "one environment at a time, not "
				       "\"%s\" and \"%s\"",
				       argv[0], argv[1]);
	if (opts.output)
		return cli_usage_error(cli, "verify writes no file");
	return verify(cli, argv[1]);
}
