/* SPDX-License-Identifier: MIT
 *
 * See branch_name.h.
 */
#include "version/branch_name.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "review/policy_facts.h"

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

int branch_name_allowed(pv_cli *cli, const char *name)
{
	const pv_policy_facts facts = { .action = PV_POLICY_BRANCH,
					.branch = name };
	pv_policy_verdict verdict = { 0 };
	pv_policy *policy = NULL;
	pv_oid tip;
	int rc;

	if (pv_settings_tip(&tip, cli->store, &cli->settings, NULL) < 0)
		return PV_OK;
	rc = policy_load(&policy, cli, &tip);
	if (rc == PV_OK)
		rc = pv_policy_judge(&verdict, policy, &facts, &cli->err);
	if (rc == PV_OK && !verdict.is_allowed) {
		rc = pv_fail(&cli->err, PV_EPOLICY, "%s",
			     verdict.reasons[0].message);
		pv_error_hint(&cli->err, rc, "%s", verdict.reasons[0].hint);
	}
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(policy);
	return rc;
}

int branch_name_find(pv_cli *cli, const char *name)
{
	pv_error near = { 0 };
	pv_buf ref = { 0 };
	pv_oid oid;
	int rc = pv_branch_check(name, &cli->err);

	pv_buf_printf(&ref, "refs/heads/%s", name);
	if (rc == PV_OK && pv_store_ref(&oid, cli->store, pv_buf_text(&ref),
					NULL) == PV_ENOTFOUND) {
		rc = pv_fail_id(&cli->err, PV_ERR_VERSION_NOT_FOUND,
				"there is no branch \"%s\"", name);
		if (pv_store_resolve(&oid, cli->store, name, &near) < 0 &&
		    near.hint[0])
			pv_error_hint(&cli->err, rc, "%s", near.hint);
		else
			pv_error_hint(&cli->err, rc,
				      "\"git pv branch\" lists them");
	}
	pv_buf_dispose(&ref);
	return rc;
}
