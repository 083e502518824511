/* SPDX-License-Identifier: MIT
 *
 * Filters that are generators in Jinja2: items, unique, batch, slice. Nothing
 * happens before the first item is asked for, errors included.
 */
#include "jinja/filter/filters.h"
#include "jinja/run/argument.h"

struct lazy {
	pv_jinja_iter head;
	pv_jinja_value args[3];
	int has_begun;
	pv_jinja_cursor cursor;
	pv_jinja_path path;  /* unique */
	pv_jinja_dict *seen; /* unique */
	pv_jinja_list *list; /* slice: all items; batch: the next row */
	int64_t number;      /* slice: of the column */
};

typedef int next_fn(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter);

static int make_lazy(pv_jinja_value *out, pv_jinja_call *call, next_fn *next)
{
	struct lazy *self;
	int rc = pv_jinja_alloc(&self, call->run, sizeof(*self));

	if (rc < 0)
		return rc;
	memset(self, 0, sizeof(*self));
	self->head.next = next;
	self->head.name = "generator";
	memcpy(self->args, call->args,
	       (call->count < 3 ? call->count : 3) * sizeof(*self->args));
	*out = pv_jinja_iter_value(&self->head);
	return PV_OK;
}

/* --- items ------------------------------------------------------------------------------ */

static int next_item(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	struct lazy *self = (struct lazy *)iter;
	pv_jinja_value value = self->args[0];
	int rc = PV_OK;

	if (!self->has_begun) {
		if (value.type == PV_JINJA_UNDEFINED)
			return 0;
		if (value.type != PV_JINJA_DICT)
			return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
					      "Can only get item pairs from a "
					      "mapping.");
		value.type = PV_JINJA_VIEW;
		value.flags = PV_JINJA_VIEW_ITEMS;
		rc = pv_jinja_iterate(&self->cursor, run, value);
		self->has_begun = 1;
	}
	return rc < 0 ? rc : pv_jinja_next(out, run, &self->cursor);
}

int pv_jinja_filter_items(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_lazy(out, call, next_item);
}

/* --- unique ------------------------------------------------------------------------------- */

static int begin_unique(struct lazy *self, pv_jinja_run *run)
{
	int is_exact = 0;
	int rc = pv_jinja_path_init(&self->path, run, self->args[2]);

	if (rc >= 0 && !pv_jinja_is_missing(self->args[1]))
		rc = is_exact = pv_jinja_truth(run, self->args[1]);
	self->path.ignores_case = !is_exact;
	if (rc >= 0)
		rc = pv_jinja_dict_new(&self->seen, run, 0);
	if (rc >= 0)
		rc = pv_jinja_iterate(&self->cursor, run, self->args[0]);
	self->has_begun = 1;
	return rc;
}

static int next_unique(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	struct lazy *self = (struct lazy *)iter;
	pv_jinja_value key;
	pv_jinja_value found;
	int rc = self->has_begun ? PV_OK : begin_unique(self, run);

	while (rc >= 0) {
		rc = pv_jinja_next(out, run, &self->cursor);
		if (rc <= 0)
			return rc;
		rc = pv_jinja_path_get(&key, run, &self->path, *out);
		if (rc >= 0)
			rc = pv_jinja_dict_find(&found, run, self->seen, key);
		if (rc)
			continue;
		rc = pv_jinja_dict_set(run, self->seen, key, pv_jinja_none());
		return rc < 0 ? rc : 1;
	}
	return rc;
}

int pv_jinja_filter_unique(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_lazy(out, call, next_unique);
}

/* --- batch ---------------------------------------------------------------------------------- */

/* Whether the row has as many items as args[1] says. */
static int is_full(const struct lazy *self, pv_jinja_run *run)
{
	return pv_jinja_equal(run, pv_jinja_int((int64_t)self->list->count),
			      self->args[1]);
}

static int fill_row(const struct lazy *self, pv_jinja_run *run)
{
	pv_jinja_value missing;
	int64_t count;
	int rc;

	if (pv_jinja_is_absent(self->args[2]))
		return PV_OK;
	rc = pv_jinja_compare(run, PV_JINJA_LT,
			      pv_jinja_int((int64_t)self->list->count),
			      self->args[1]);
	if (rc <= 0)
		return rc;
	rc = pv_jinja_arith(&missing, run, PV_JINJA_SUB, self->args[1],
			    pv_jinja_int((int64_t)self->list->count));
	if (rc >= 0)
		rc = pv_jinja_to_index(&count, run, missing);
	if (rc >= 0)
		rc = pv_jinja_spend(run, (uint64_t)count);
	for (; rc >= 0 && count > 0; count--)
		rc = pv_jinja_list_add(run, self->list, self->args[2]);
	return rc;
}

static int next_row(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	struct lazy *self = (struct lazy *)iter;
	pv_jinja_value item;
	int rc = PV_OK;

	if (!self->has_begun) {
		self->has_begun = 1;
		rc = pv_jinja_iterate(&self->cursor, run, self->args[0]);
		if (rc >= 0)
			rc = pv_jinja_list_new(&self->list, run, 0);
	}
	while (rc >= 0) {
		rc = pv_jinja_next(&item, run, &self->cursor);
		if (rc <= 0)
			break;
		rc = is_full(self, run);
		if (rc == 1) {
			*out = pv_jinja_list_value(self->list);
			rc = pv_jinja_list_new(&self->list, run, 0);
			if (rc >= 0)
				rc = pv_jinja_list_add(run, self->list, item);
			return rc < 0 ? rc : 1;
		}
		if (rc >= 0)
			rc = pv_jinja_list_add(run, self->list, item);
	}
	if (rc < 0 || !self->list->count)
		return rc;
	rc = fill_row(self, run);
	*out = pv_jinja_list_value(self->list);
	self->head.is_done = 1;
	return rc < 0 ? rc : 1;
}

int pv_jinja_filter_batch(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_lazy(out, call, next_row);
}

/* --- slice ------------------------------------------------------------------------------------ */

struct columns {
	int64_t count;
	int64_t size;  /* of each */
	int64_t extra; /* how many have one more */
};

static int read_columns(struct columns *out, const struct lazy *self,
			pv_jinja_run *run)
{
	const pv_jinja_value len = pv_jinja_int((int64_t)self->list->count);
	pv_jinja_value each = pv_jinja_missing();
	pv_jinja_value extra = pv_jinja_missing();
	int rc = pv_jinja_arith(&each, run, PV_JINJA_FLOORDIV, len,
				self->args[1]);

	if (rc >= 0)
		rc = pv_jinja_arith(&extra, run, PV_JINJA_MOD, len,
				    self->args[1]);
	if (rc >= 0)
		rc = pv_jinja_to_index(&out->count, run, self->args[1]);
	if (rc >= 0)
		rc = pv_jinja_to_index(&out->size, run, each);
	if (rc >= 0)
		rc = pv_jinja_to_index(&out->extra, run, extra);
	return rc;
}

static int next_column(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	struct lazy *self = (struct lazy *)iter;
	struct columns columns = { 0 };
	pv_jinja_list *column;
	int64_t from;
	int64_t count;
	int rc = PV_OK;

	if (!self->has_begun) {
		self->has_begun = 1;
		rc = pv_jinja_to_list(&self->list, run, self->args[0]);
	}
	if (rc >= 0)
		rc = read_columns(&columns, self, run);
	if (rc < 0 || self->number >= columns.count)
		return rc;
	count = columns.size + (self->number < columns.extra);
	from = self->number * columns.size +
	       (self->number < columns.extra ? self->number : columns.extra);
	rc = pv_jinja_list_new(&column, run, (size_t)count + 1);
	for (int64_t i = 0; i < count && rc >= 0; i++)
		rc = pv_jinja_list_add(run, column, self->list->items[from + i]);
	if (rc >= 0 && self->number >= columns.extra &&
	    !pv_jinja_is_absent(self->args[2]))
		rc = pv_jinja_list_add(run, column, self->args[2]);
	if (rc < 0)
		return rc;
	self->number++;
	*out = pv_jinja_list_value(column);
	return 1;
}

int pv_jinja_filter_slice(pv_jinja_value *out, pv_jinja_call *call)
{
	return make_lazy(out, call, next_column);
}
