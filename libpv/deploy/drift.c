/* SPDX-License-Identifier: MIT
 *
 * What has become of a deployment since: its bytes, its tag, its prompt.
 */
#include <pv/deploy.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "version/fallback.h"
#include "version/index.h"

const char *pv_drift_name(unsigned flag)
{
	static const struct {
		unsigned flag;
		const char *name;
	} rows[] = { { PV_DRIFT_MISSING, "missing" },
		     { PV_DRIFT_MOVED, "tag-moved" },
		     { PV_DRIFT_INACTIVE, "inactive" },
		     { PV_DRIFT_SUPERSEDED, "superseded" } };

	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (rows[i].flag == flag)
			return rows[i].name;
	return NULL;
}

/* Its bytes; and whether it may be used, there and where it is worked on. */
static int add_state(unsigned *out, const pv_version_index *index,
		     const pv_deployment *live, pv_error *err)
{
	enum pv_live_state state;
	int rc = pv_live_state(&state, index->store, index->settings, live->id,
			       &live->commit, err);

	if (rc == PV_OK && state == PV_LIVE_LOST)
		*out |= PV_DRIFT_MISSING;
	if (rc == PV_OK && state == PV_LIVE_OK && index->tip.hex[0])
		rc = pv_live_state(&state, index->store, index->settings,
				   live->id, &index->tip, err);
	if (rc == PV_OK && state == PV_LIVE_INACTIVE)
		*out |= PV_DRIFT_INACTIVE;
	return rc;
}

static int is_same_state(const pv_version_info *info, const pv_deployment *live)
{
	return info && !strcmp(info->commit.hex, live->commit.hex) &&
	       (!live->blob.hex[0] || !strcmp(info->blob.hex, live->blob.hex));
}

/* Rows are the highest first. A tag that is malformed is no version. */
static int add_version(unsigned *out, pv_version_index *index,
		       const pv_deployment *live, const pv_semver *number,
		       pv_error *err)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, index, live->id);

	*out |= PV_DRIFT_MOVED;
	for (size_t i = 0; i < count; i++) {
		int order = pv_semver_cmp(&rows[i].number, number);
		const pv_version_info *info = NULL;
		int rc;

		if (order < 0)
			break;
		if (order > 0 && rows[i].number.pre[0] && !number->pre[0])
			continue;
		rc = pv_version_row_info(&info, index, &rows[i], err);
		if (rc < 0)
			return rc;
		if (order > 0 && info)
			*out |= PV_DRIFT_SUPERSEDED;
		if (order == 0 && is_same_state(info, live))
			*out &= ~(unsigned)PV_DRIFT_MOVED;
	}
	return PV_OK;
}

int pv_deployment_drift(unsigned *out, pv_version_index *index,
			const pv_deployment *live, pv_error *err)
{
	pv_semver number;
	int rc;

	*out = 0;
	rc = add_state(out, index, live, err);
	if (rc < 0 || !live->version)
		return rc;
	if (pv_semver_parse(&number, live->version, NULL) < 0) {
		*out |= PV_DRIFT_MOVED;
		return PV_OK;
	}
	return add_version(out, index, live, &number, err);
}
