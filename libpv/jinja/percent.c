/* SPDX-License-Identifier: MIT
 *
 * `%` formatting of strings.
 */
#include "jinja/percent.h"

int pv_jinja_percent(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value text, pv_jinja_value args)
{
	(void)args;
	*out = text;
	return pv_jinja_raise(run, PV_JINJA_NOT_IMPLEMENTED_ERROR, "%%");
}
