/* SPDX-License-Identifier: MIT
 *
 * See the header.
 */
#include "stats/domain.h"

#include <inttypes.h>
#include <math.h>

#include "base/fail.h"

/* Counts are added, and become doubles: both exactly, up to here. */
static const int64_t count_max = (int64_t)1 << 53;
/* Beyond these, terms of gamma and beta leave the range of doubles. */
/* Chances of which a part, as one side's, is still known to all digits. */
static const double chance_least = 1e-300;
static const double shape_least = 1e-12;
static const double shape_most = 1e15;

int pv_domain_finite(const char *name, double value, pv_error *err)
{
	if (isfinite(value))
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "%s is not a finite number", name);
}

int pv_domain_positive(const char *name, double value, pv_error *err)
{
	if (isfinite(value) && value > 0)
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "%s is not above 0", name);
}

int pv_domain_shape(const char *name, double value, pv_error *err)
{
	int rc = pv_domain_positive(name, value, err);

	if (rc < 0 || (value >= shape_least && value <= shape_most))
		return rc;
	return pv_fail(err, PV_EINVALID, "%s is not from %g to %g", name,
		       shape_least, shape_most);
}

int pv_domain_not_negative(const char *name, double value, pv_error *err)
{
	if (isfinite(value) && value >= 0)
		return PV_OK;
	if (value > 0)
		return pv_fail(err, PV_EINVALID, "%s is too large", name);
	return pv_fail(err, PV_EINVALID, "%s is below 0", name);
}

int pv_domain_chance(const char *name, double value, pv_error *err)
{
	if (value >= chance_least && value < 1)
		return PV_OK;
	if (value > 0 && value < 1)
		return pv_fail(err, PV_EINVALID, "%s is below %g", name,
			       chance_least);
	return pv_fail(err, PV_EINVALID, "%s is not between 0 and 1", name);
}

int pv_domain_count(const char *name, int64_t value, int64_t least, pv_error *err)
{
	if (value < least)
		return pv_fail(err, PV_EINVALID, "%s is below %" PRId64, name,
			       least);
	if (value > count_max)
		return pv_fail(err, PV_EINVALID, "%s is above 2^53", name);
	return PV_OK;
}
