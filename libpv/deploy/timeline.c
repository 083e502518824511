/* SPDX-License-Identifier: MIT
 *
 * What was the tip of pv/deployments at a time.
 */
#include <pv/deploy.h>

#include "base/fail.h"
#include "store/history/timeline.h"
#include "version/environment.h"

int pv_environment_at(pv_oid *out, pv_store *store, int64_t when, pv_error *err)
{
	pv_oid local;
	pv_oid tip;
	int rc = pv_environment_tip(&tip, &local, store, err);

	out->hex[0] = '\0';
	if (rc == PV_OK && tip.hex[0])
		rc = pv_timeline_find(out, store, &tip, when, "deployments", err);
	if (rc == PV_OK && !out->hex[0])
		rc = pv_fail_id(err, PV_ERR_ENVIRONMENT_NOT_FOUND,
				"nothing was deployed at that time");
	return rc;
}
