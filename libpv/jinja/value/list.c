/* SPDX-License-Identifier: MIT
 *
 * Lists, pairs and ranges. A list that grows leaves its old items in the
 * arena; doubling keeps what is lost below what is used.
 */
#include "jinja/value/container.h"

int pv_jinja_list_new(pv_jinja_list **out, pv_jinja_run *run, size_t cap)
{
	pv_jinja_list *list;
	int rc = pv_jinja_alloc(&list, run, sizeof(*list));

	if (rc < 0)
		return rc;
	memset(list, 0, sizeof(*list));
	if (cap)
		rc = pv_jinja_alloc_array(&list->items, run, cap,
					  sizeof(*list->items));
	if (rc < 0)
		return rc;
	list->cap = cap;
	*out = list;
	return PV_OK;
}

static int grow(pv_jinja_run *run, pv_jinja_list *list)
{
	size_t cap = list->cap < 4 ? 4 : list->cap * 2;
	pv_jinja_value *items;
	int rc = pv_jinja_alloc_array(&items, run, cap, sizeof(*items));

	if (rc < 0)
		return rc;
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	list->items = items;
	list->cap = cap;
	return PV_OK;
}

int pv_jinja_list_add(pv_jinja_run *run, pv_jinja_list *list, pv_jinja_value value)
{
	int rc = list->count < list->cap ? 0 : grow(run, list);

	if (rc < 0)
		return rc;
	list->items[list->count++] = value;
	return PV_OK;
}

int pv_jinja_pair(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		  pv_jinja_value b)
{
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, run, 2);

	if (rc < 0)
		return rc;
	list->items[0] = a;
	list->items[1] = b;
	list->count = 2;
	*out = pv_jinja_tuple_value(list);
	return PV_OK;
}

/* Items between start and stop, without overflow: the span is unsigned. */
static uint64_t count_range(int64_t start, int64_t stop, int64_t step)
{
	uint64_t span;

	uint64_t stride = (uint64_t)step;

	if (!step || (step > 0 ? start >= stop : start <= stop))
		return 0;
	span = (uint64_t)stop - (uint64_t)start;
	if (step < 0) {
		span = 0 - span;
		stride = 0 - stride;
	}
	return (span - 1) / stride + 1;
}

int pv_jinja_range_new(pv_jinja_value *out, pv_jinja_run *run, int64_t start,
		       int64_t stop, int64_t step)
{
	pv_jinja_range *range;
	uint64_t count;
	int rc;

	if (!step)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "range() arg 3 must not be zero");
	count = count_range(start, stop, step);
	if (count > INT64_MAX)
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "Python int too large to convert to C ssize_t");
	rc = pv_jinja_alloc(&range, run, sizeof(*range));
	if (rc < 0)
		return rc;
	range->start = start;
	range->stop = stop;
	range->step = step;
	range->count = (int64_t)count;
	memset(out, 0, sizeof(*out));
	out->type = PV_JINJA_RANGE;
	out->u.range = range;
	return PV_OK;
}
