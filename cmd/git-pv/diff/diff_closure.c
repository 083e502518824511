/* SPDX-License-Identifier: MIT
 *
 * See diff_closure.h.
 */
#include "diff/diff_closure.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

int diff_closure_find(diff_closure *out, pv_dependencies *both,
		      const diff_pair *pair, pv_error *err)
{
	const pv_closure_change *items;
	size_t count;
	int rc;

	if (!both || !pair->before || !pair->after)
		return PV_OK;
	rc = pv_dependencies_compare(&items, &count, both, pair->before->id,
				     pair->after->id, err);
	if (rc < 0 || count == 0)
		return rc;
	out->items = pv_calloc(count, sizeof(*items));
	if (!out->items)
		return pv_fail_nomem(err);
	memcpy(out->items, items, count * sizeof(*items));
	out->count = count;
	return PV_OK;
}

void diff_closure_dispose(diff_closure *closure)
{
	pv_free(closure->items);
	closure->items = NULL;
	closure->count = 0;
}
