/* SPDX-License-Identifier: MIT
 *
 * git pv version: which git-pv this is. It opens nothing, so that scripts can
 * ask often; `git pv doctor` tells about the libraries.
 */
#include "cli.h"

#include <pv/init.h>

const cli_usage cmd_version_usage = {
	.synopsis = { "git pv version [--json]" },
	.examples = { "git pv version", "git pv version --json" },
};

int cmd_version(pv_cli *cli, int argc, char **argv)
{
	pv_jsonw w;
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	if (!cli->json) {
		cli_printf(cli, "git-pv version %s\n", pv_version());
		return PV_OK;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "name", "git-pv");
	pv_jsonw_member(&w, "version", pv_version());
	pv_jsonw_object_end(&w);
	return PV_OK;
}
