/* SPDX-License-Identifier: MIT
 *
 * git pv conflicts: the fields a merge (or revert, or cherry-pick) could not
 * decide, with the values of both sides and their common ancestor.
 */
#include <stddef.h>
#include <string.h>

#include "merge/conflict.h"

struct conflicts_options {
	int exit_code;
};

static const cli_option options[] = {
	{ 0, "exit-code", CLI_FLAG, offsetof(struct conflicts_options, exit_code),
	  NULL, "exit with 1 when there are conflicts" },
	{ 0 },
};

const cli_usage cmd_conflicts_usage = {
	.synopsis = { "git pv conflicts [--exit-code] [--json]" },
	.examples = { "git pv conflicts", "git pv conflicts --json" },
	.options = options,
};

struct printer {
	pv_cli *cli;
	pv_jsonw w;
	pv_buf last_path; /* of the row before */
	size_t rows;
};

static int json_row(const conflict_row *row, void *payload)
{
	struct printer *out = payload;

	out->rows++;
	conflict_row_json(&out->w, row);
	return PV_OK;
}

static void heading(struct printer *out, const conflict_row *row)
{
	pv_cli *cli = out->cli;

	if (out->rows && strcmp(pv_buf_text(&out->last_path), row->path) == 0)
		return;
	pv_buf_clear(&out->last_path);
	pv_buf_puts(&out->last_path, row->path);
	cli_puts(cli, out->rows ? "\n" : "");
	cli_puts(cli, cli_color(cli, CLI_COLOR_BOLD));
	cli_path(cli, row->id ? row->id : row->path);
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	if (row->id) {
		cli_puts(cli, "  ");
		cli_path(cli, row->path);
	}
	cli_puts(cli, "\n");
}

static int text_row(const conflict_row *row, void *payload)
{
	struct printer *out = payload;
	const char *reason = conflict_reason(row);
	pv_cli *cli = out->cli;

	heading(out, row);
	out->rows++;
	cli_puts(cli, "  ");
	cli_line(cli, reason ? reason : row->field);
	cli_puts(cli, reason ? "" : conflict_taken(row->values));
	cli_puts(cli, "\n");
	if (reason)
		return PV_OK;
	conflict_values_text(cli, row->values);
	return PV_OK;
}

static int print(struct printer *out)
{
	pv_cli *cli = out->cli;
	int rc;

	pv_jsonw_init(&out->w, &cli->out);
	if (!cli->json)
		return conflict_each(cli, text_row, out);
	pv_jsonw_array(&out->w);
	rc = conflict_each(cli, json_row, out);
	pv_jsonw_array_end(&out->w);
	return rc;
}

int cmd_conflicts(pv_cli *cli, int argc, char **argv)
{
	struct conflicts_options opts = { 0 };
	struct printer out = { .cli = cli };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	rc = print(&out);
	if (rc == PV_OK && !out.rows && !cli->json)
		cli_note(cli, "no conflicts");
	if (rc == PV_OK && opts.exit_code)
		rc = out.rows > 0;
	pv_buf_dispose(&out.last_path);
	return rc;
}
