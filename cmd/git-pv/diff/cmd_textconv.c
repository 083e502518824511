/* SPDX-License-Identifier: MIT
 *
 * git pv textconv: a prompt as plain lines, for `git diff` and friends
 * (gitattributes(5), "Performing text diffs of binary files"). It never
 * fails on contents: what is no YAML is printed as it is.
 */
#include "cli.h"

#include <pv/diff.h>

#include "base/file.h"

const cli_usage cmd_textconv_usage = {
	.synopsis = { "git pv textconv FILE" },
	.examples = { "git pv textconv prompts/support/triage.yaml",
		      "git config diff.pv.textconv \"git-pv textconv\"" },
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
};

int cmd_textconv(pv_cli *cli, int argc, char **argv)
{
	pv_buf text = { 0 };
	size_t before;
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	rc = pv_file_read(&text, argv[0], &cli->err);
	if (rc < 0)
		goto out;
	before = cli->out.len;
	rc = pv_diff_flatten(&cli->out, pv_buf_text(&text), text.len, &cli->err);
	if (rc == PV_ENOMEM)
		goto out;
	if (rc < 0) {
		pv_buf_truncate(&cli->out, before);
		pv_error_clear(&cli->err);
		cli_text(cli, pv_buf_text(&text), text.len);
	}
	rc = PV_OK;
out:
	pv_buf_dispose(&text);
	return rc;
}
