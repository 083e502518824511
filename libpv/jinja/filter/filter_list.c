/* SPDX-License-Identifier: MIT
 *
 * Filters that turn a sequence into one value.
 */
#include "jinja/filter/filters.h"
#include "jinja/method/methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"

int pv_jinja_filter_length(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t len = 0;
	int rc = pv_jinja_len(&len, call->run, call->args[0]);

	*out = pv_jinja_int(len);
	return rc;
}

int pv_jinja_filter_list(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list;
	int rc = pv_jinja_to_list(&list, call->run, call->args[0]);

	if (rc >= 0)
		*out = pv_jinja_list_value(list);
	return rc;
}

static int undefined_of(pv_jinja_value *out, pv_jinja_run *run, const char *hint)
{
	return pv_jinja_undefined_hint(out, run, PV_JINJA_UNDEFINED_ERROR,
				       pv_jinja_none(), hint);
}

/* What is rendered here must render the same again: each render chooses by the
 * same numbers (splitmix64, from 0). */
static uint64_t next_random(pv_jinja_run *run)
{
	uint64_t mixed = run->random += 0x9E3779B97F4A7C15;

	mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
	return mixed ^ (mixed >> 31);
}

int pv_jinja_filter_random(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];
	int64_t len;
	int64_t at;
	int rc = pv_jinja_len(&len, call->run, value);

	if (rc < 0)
		return rc;
	if (!len)
		return undefined_of(out, call->run,
				    "No random item, sequence was empty.");
	at = (int64_t)(next_random(call->run) % (uint64_t)len);
	return pv_jinja_subscript(out, call->run, value, pv_jinja_int(at));
}

int pv_jinja_filter_first(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_cursor cursor;
	int rc = pv_jinja_iterate(&cursor, call->run, call->args[0]);

	if (rc >= 0)
		rc = pv_jinja_next(out, call->run, &cursor);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return undefined_of(out, call->run, "No first item, sequence was empty.");
}

/* --- reversed ------------------------------------------------------------------------- */

static int is_reversible(pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_STR:
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
	case PV_JINJA_RANGE:
	case PV_JINJA_UNDEFINED:
		return 1;
	default:
		return 0;
	}
}

/* Goes through a list or range from the end. */
struct backward {
	pv_jinja_iter head;
	pv_jinja_value over;
	int64_t left;
};

static int next_backward(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_iter *iter)
{
	struct backward *self = (struct backward *)iter;
	const pv_jinja_value over = self->over;

	(void)run;
	if (self->left <= 0)
		return 0;
	self->left--;
	if (over.type == PV_JINJA_RANGE) {
		*out = pv_jinja_int(pv_jinja_range_at(over.u.range, self->left));
		return 1;
	}
	if (self->left >= (int64_t)over.u.list->count)
		return 0;
	*out = over.u.list->items[self->left];
	return 1;
}

static const char *backward_name(pv_jinja_value value)
{
	static const char *const views[] = { "dict_reversekeyiterator",
					     "dict_reversevalueiterator",
					     "dict_reverseitemiterator" };

	if (value.type == PV_JINJA_LIST)
		return "list_reverseiterator";
	if (value.type == PV_JINJA_RANGE)
		return "range_iterator";
	if (value.type == PV_JINJA_DICT)
		return views[0];
	return value.type == PV_JINJA_VIEW ? views[value.flags] : "reversed";
}

/* reversed(value) of what is reversible. */
static int make_backward(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value value)
{
	const char *name = backward_name(value);
	struct backward *self;
	pv_jinja_list *list;
	int rc = pv_jinja_alloc(&self, run, sizeof(*self));

	if (rc < 0)
		return rc;
	if (value.type != PV_JINJA_LIST && value.type != PV_JINJA_TUPLE &&
	    value.type != PV_JINJA_RANGE) {
		rc = pv_jinja_to_list(&list, run, value);
		if (rc < 0)
			return rc;
		/* Backwards Python asks Markup for its items, which are Markup. */
		for (size_t i = 0; i < list->count && pv_jinja_is_markup(value);
		     i++)
			list->items[i].flags |= PV_JINJA_MARKUP;
		value = pv_jinja_list_value(list);
	}
	memset(self, 0, sizeof(*self));
	self->head.next = next_backward;
	self->head.name = name;
	self->over = value;
	*out = pv_jinja_iter_value(&self->head);
	return pv_jinja_len(&self->left, run, value);
}

int pv_jinja_filter_reverse(pv_jinja_value *out, pv_jinja_call *call)
{
	static const pv_jinja_value bounds[3] = {
		{ 0 }, { 0 }, { .type = PV_JINJA_INT, .u.i = -1 }
	};
	const pv_jinja_value value = call->args[0];
	pv_jinja_list *list;
	int rc;

	if (pv_jinja_is_str(value))
		return pv_jinja_getslice(out, call->run, value, bounds);
	if (is_reversible(value))
		return make_backward(out, call->run, value);
	rc = pv_jinja_to_list(&list, call->run, value);
	if (pv_jinja_catch(call->run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(call->run, PV_JINJA_FILTER_ARGUMENT_ERROR,
				      "argument must be iterable");
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < list->count / 2; i++) {
		pv_jinja_value first = list->items[i];

		list->items[i] = list->items[list->count - 1 - i];
		list->items[list->count - 1 - i] = first;
	}
	*out = pv_jinja_list_value(list);
	return PV_OK;
}

int pv_jinja_filter_last(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];
	pv_jinja_value backward;
	int rc;

	if (!is_reversible(value))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "'%s' object is not reversible",
				      pv_jinja_type_name(value));
	rc = make_backward(&backward, call->run, value);
	if (rc >= 0)
		rc = next_backward(out, call->run, backward.u.iter);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return undefined_of(out, call->run, "No last item, sequence was empty.");
}

/* --- join ---------------------------------------------------------------------------------- */

static int has_html(pv_jinja_value value)
{
	return pv_jinja_is_markup(value) ||
	       (value.type == PV_JINJA_OBJECT && value.u.object->kind->is_html);
}

/* The items, followed along the attribute. */
static int read_items(pv_jinja_list **out, const pv_jinja_call *call,
		      pv_jinja_value attribute)
{
	pv_jinja_path path;
	int rc = pv_jinja_path_init(&path, call->run, attribute);

	if (rc >= 0)
		rc = pv_jinja_to_list(out, call->run, call->args[0]);
	for (size_t i = 0; rc >= 0 && path.count && i < (*out)->count; i++)
		rc = pv_jinja_path_get(&(*out)->items[i], call->run, &path,
				       (*out)->items[i]);
	return rc;
}

static int put_joined(pv_jinja_run *run, const pv_jinja_list *items,
		      pv_jinja_value separator, int is_escaped)
{
	size_t mark = pv_jinja_begin(run);
	int rc = PV_OK;

	for (size_t i = 0; i < items->count && rc >= 0; i++) {
		if (i) {
			rc = pv_jinja_expect(run, mark, separator.len);
			pv_buf_put(&run->scratch, separator.u.s, separator.len);
		}
		if (rc >= 0)
			rc = pv_jinja_put_str(&run->scratch, run,
					      items->items[i], is_escaped);
	}
	return rc;
}

int pv_jinja_filter_join(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value separator = pv_jinja_text("");
	pv_jinja_list *items;
	int is_markup = 0;
	size_t mark;
	int rc = read_items(&items, call, call->args[2]);

	if (rc < 0)
		return rc;
	if (!pv_jinja_is_missing(call->args[1]))
		separator = call->args[1];
	if (run->is_escaping) {
		is_markup = has_html(separator);
		for (size_t i = 0; i < items->count; i++)
			is_markup |= has_html(items->items[i]);
	}
	rc = is_markup ? pv_jinja_escape(&separator, run, separator)
		       : pv_jinja_to_str(&separator, run, separator);
	mark = pv_jinja_begin(run);
	if (rc >= 0)
		rc = put_joined(run, items, separator, is_markup);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					is_markup ? PV_JINJA_MARKUP : 0);
}

/* --- sum, min, max ------------------------------------------------------------------------- */

int pv_jinja_filter_sum(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_cursor cursor;
	pv_jinja_path path;
	pv_jinja_value item;
	int rc = pv_jinja_path_init(&path, call->run, call->args[1]);

	*out = pv_jinja_is_missing(call->args[2]) ? pv_jinja_int(0)
						  : call->args[2];
	if (rc >= 0)
		rc = pv_jinja_iterate(&cursor, call->run, call->args[0]);
	if (rc >= 0 && pv_jinja_is_str(*out))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "sum() can't sum strings [use "
				      "''.join(seq) instead]");
	while (rc >= 0) {
		rc = pv_jinja_next(&item, call->run, &cursor);
		if (rc <= 0)
			break;
		rc = pv_jinja_path_get(&item, call->run, &path, item);
		if (rc >= 0)
			rc = pv_jinja_arith(out, call->run, PV_JINJA_ADD, *out,
					    item);
	}
	return rc;
}

static int pick(pv_jinja_value *out, pv_jinja_call *call,
		enum pv_jinja_comparison better)
{
	pv_jinja_run *run = call->run;
	pv_jinja_cursor cursor;
	pv_jinja_path path;
	pv_jinja_value item;
	pv_jinja_value key;
	pv_jinja_value best;
	int is_first = 1;
	int rc = pv_jinja_path_init(&path, run, call->args[2]);

	if (rc >= 0)
		rc = pv_jinja_bool_arg(call, 1, 0);
	path.ignores_case = !rc;
	if (rc >= 0)
		rc = pv_jinja_iterate(&cursor, run, call->args[0]);
	for (; rc >= 0; is_first = 0) {
		rc = pv_jinja_next(&item, run, &cursor);
		if (rc <= 0)
			break;
		rc = pv_jinja_path_get(&key, run, &path, item);
		if (rc >= 0)
			rc = is_first ? 1
				      : pv_jinja_compare(run, better, key, best);
		if (rc == 1) {
			best = key;
			*out = item;
		}
	}
	if (rc < 0 || !is_first)
		return rc;
	return undefined_of(out, run, "No aggregated item, sequence was empty.");
}

int pv_jinja_filter_min(pv_jinja_value *out, pv_jinja_call *call)
{
	return pick(out, call, PV_JINJA_LT);
}

int pv_jinja_filter_max(pv_jinja_value *out, pv_jinja_call *call)
{
	return pick(out, call, PV_JINJA_GT);
}
