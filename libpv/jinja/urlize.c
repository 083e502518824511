/* SPDX-License-Identifier: MIT
 *
 * The urlize filter.
 */
#include "jinja/filters.h"

int pv_jinja_filter_urlize(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_none();
	return pv_jinja_raise(call->run, PV_JINJA_NOT_IMPLEMENTED_ERROR,
			      "urlize");
}
