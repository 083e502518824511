/* SPDX-License-Identifier: MIT
 *
 * See routes.h. Line ends are not our business here: people write these files
 * with programs of their own, too.
 */
#include "setup/routes.h"

#include "base/mem.h"
#include "setup/wiring.h"

static const struct route {
	const char *line;
	const char *sample; /* a path it is for */
} routes[] = {
	{ "datasets/**/*.yaml merge=pv diff=pv", "datasets/a/b.yaml" },
	{ "experiments/**/*.yaml merge=pv diff=pv", "experiments/a/b.yaml" },
	{ "/pv.yaml merge=pv diff=pv", "pv.yaml" },
};

int cli_unrouted(pv_strlist *out, pv_cli *cli)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(routes) && rc == PV_OK; i++) {
		rc = cli_has_attribute(cli, routes[i].sample, "merge",
				       "unspecified");
		if (rc > 0)
			rc = pv_strlist_add(out, routes[i].line, &cli->err);
	}
	return rc;
}
