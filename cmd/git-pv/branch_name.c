/* SPDX-License-Identifier: MIT
 *
 * See branch_name.h.
 */
#include "branch_name.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

struct wanted {
	pv_cli *cli;
	const char *name;
};

static int compare(const char *refname, const pv_oid *oid, void *payload)
{
	const struct wanted *it = payload;
	const char *other = refname + strlen("refs/heads/");
	int rc;

	(void)oid;
	if (strcmp(other, it->name) == 0 || pv_str_casecmp(other, it->name) != 0)
		return PV_OK;
	rc = pv_fail(&it->cli->err, PV_EEXISTS,
		     "\"%s\" differs from the branch \"%s\" in case only",
		     it->name, other);
	return pv_error_hint(&it->cli->err, rc,
			     "some file systems cannot tell them apart: choose "
			     "another name");
}

int branch_name_check(pv_cli *cli, const char *name)
{
	struct wanted it = { cli, name };
	int rc = pv_branch_check(name, &cli->err);

	if (rc < 0)
		return rc;
	return pv_store_ref_each(cli->store, "refs/heads/", compare, &it,
				 &cli->err);
}
