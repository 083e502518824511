/* SPDX-License-Identifier: MIT
 *
 * Items, slices and attributes. Indexes beyond int64_t are indexes like any
 * other that is not there; slices clamp. In the sandbox an attribute that
 * would reach into Python, or change its object, is undefined and raises
 * SecurityError when used.
 */
#include "jinja/method/methods.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

int pv_jinja_to_index(int64_t *out, pv_jinja_run *run, pv_jinja_value value)
{
	if (pv_jinja_is_small(value)) {
		*out = value.u.i;
		return PV_OK;
	}
	if (value.type == PV_JINJA_BIG)
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "Python int too large to convert to C ssize_t");
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "'%s' object cannot be interpreted as an integer",
			      pv_jinja_type_name(value));
}

/* --- items ------------------------------------------------------------------ */

/* The character at a code point index that is in the string. */
static pv_jinja_value char_at(pv_jinja_run *run, pv_jinja_value text, int64_t idx)
{
	size_t at = (size_t)idx;
	size_t size = 1;

	if (!(text.flags & PV_JINJA_ASCII)) {
		pv_jinja_owe(run, at / 8);
		at = pv_jinja_offset(text.u.s, text.len, at);
		size = pv_jinja_sequence((unsigned char)text.u.s[at]);
	}
	return pv_jinja_str(text.u.s + at, size,
			    (text.flags & PV_JINJA_MARKUP) |
				    (size == 1 ? PV_JINJA_ASCII : 0));
}

static int item_at(pv_jinja_value *out, pv_jinja_run *run,
		   pv_jinja_value object, int64_t idx)
{
	int64_t len = 0;
	int rc = pv_jinja_len(&len, run, object);

	if (rc < 0)
		return rc;
	if (idx < 0)
		idx += len;
	if (idx < 0 || idx >= len)
		return 0;
	if (object.type == PV_JINJA_STR)
		*out = char_at(run, object, idx);
	else if (object.type == PV_JINJA_RANGE)
		*out = pv_jinja_int(pv_jinja_range_at(object.u.range, idx));
	else
		*out = object.u.list->items[idx];
	return 1;
}

/* object[key] alone: 1, 0 when Python would raise LookupError or TypeError. */
static int find_item(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value object, pv_jinja_value key)
{
	int rc;

	switch ((enum pv_jinja_type)object.type) {
	case PV_JINJA_DICT:
		rc = pv_jinja_dict_find(out, run, object.u.dict, key);
		if (pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
			return 0;
		return rc;
	case PV_JINJA_STR:
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_RANGE:
		if (!pv_jinja_is_small(key))
			return 0;
		return item_at(out, run, object, key.u.i);
	case PV_JINJA_OBJECT:
		if (!object.u.object->kind->item)
			return 0;
		return object.u.object->kind->item(out, run, object.u.object,
						   key);
	default:
		return 0;
	}
}

static int fail_subscript(pv_jinja_run *run, pv_jinja_value object,
			  pv_jinja_value key)
{
	const char *name = pv_jinja_type_name(object);

	switch ((enum pv_jinja_type)object.type) {
	case PV_JINJA_STR:
		if (pv_jinja_is_small(key))
			return pv_jinja_raise(run, PV_JINJA_INDEX_ERROR,
					      "string index out of range");
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "string indices must be integers, not "
				      "'%s'",
				      pv_jinja_type_name(key));
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_RANGE:
		if (pv_jinja_is_small(key))
			return pv_jinja_raise(run, PV_JINJA_INDEX_ERROR,
					      "%s%s out of range", name,
					      object.type == PV_JINJA_RANGE
						      ? " object index"
						      : " index");
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "%s indices must be integers or slices, "
				      "not %s",
				      name, pv_jinja_type_name(key));
	case PV_JINJA_UNDEFINED:
		return pv_jinja_raise_undefined(run, object);
	default:
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "'%s' object is not subscriptable", name);
	}
}

int pv_jinja_subscript(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, pv_jinja_value key)
{
	int rc;

	if (object.type == PV_JINJA_DICT) {
		rc = pv_jinja_dict_find(out, run, object.u.dict, key);
		if (!rc)
			return pv_jinja_raise_key(run, key);
	} else {
		rc = find_item(out, run, object, key);
		if (!rc)
			return fail_subscript(run, object, key);
	}
	return rc < 0 ? rc : PV_OK;
}

static int undefined_item(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_value object)
{
	if (object.flags != PV_JINJA_UNDEFINED_CHAINABLE)
		return pv_jinja_raise_undefined(run, object);
	*out = object;
	return PV_OK;
}

int pv_jinja_getitem(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value object, pv_jinja_value key)
{
	pv_jinja_name name;
	int rc;

	if (object.type == PV_JINJA_UNDEFINED)
		return undefined_item(out, run, object);
	rc = find_item(out, run, object, key);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (pv_jinja_is_str(key)) {
		pv_jinja_name_init(&name, key.u.s, key.len, key.flags);
		rc = pv_jinja_find_safe(out, run, object, &name);
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	return pv_jinja_undefined_attr(out, run, object, key);
}

/* Any attribute, by the long way. */
static int find_attribute(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_value object, const pv_jinja_name *name)
{
	const pv_jinja_value *found;
	int rc;

	if (object.type == PV_JINJA_UNDEFINED && !name->is_guarded)
		return undefined_item(out, run, object);
	rc = pv_jinja_find_safe(out, run, object, name);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (object.type == PV_JINJA_DICT) {
		found = pv_jinja_dict_find_text(object.u.dict, name->text.u.s,
						name->text.len, name->hash);
		if (found) {
			*out = *found;
			return PV_OK;
		}
	} else if (object.type == PV_JINJA_OBJECT) {
		rc = find_item(out, run, object, name->text);
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	return pv_jinja_undefined_attr(out, run, object, name->text);
}

/* Of `loop`, namespaces and their like. */
static int get_of_object(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value object, const pv_jinja_name *name)
{
	int rc = object.u.object->kind->get
			 ? object.u.object->kind->get(out, run, object.u.object,
						      name)
			 : 0;

	if (rc)
		return rc < 0 ? rc : PV_OK;
	return find_attribute(out, run, object, name);
}

/* Of a dict whose methods have other names. */
static int get_of_dict(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, const pv_jinja_name *name)
{
	const pv_jinja_value *found =
		pv_jinja_dict_find_text(object.u.dict, name->text.u.s,
					name->text.len, name->hash);

	if (!found)
		return pv_jinja_undefined_attr(out, run, object, name->text);
	*out = *found;
	return PV_OK;
}

int pv_jinja_getattr(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value object, const pv_jinja_name *name)
{
	const pv_jinja_value *found;

	if (object.type == PV_JINJA_DICT && !name->is_guarded &&
	    !(name->owners & 1u << PV_JINJA_DICT)) {
		/* The usual way, kept free of calls. */
		found = pv_jinja_dict_find_small(object.u.dict, name->text.u.s,
						 name->text.len, name->hash);
		if (!found)
			return get_of_dict(out, run, object, name);
		*out = *found;
		return PV_OK;
	}
	if (object.type == PV_JINJA_OBJECT && !name->is_guarded)
		return get_of_object(out, run, object, name);
	return find_attribute(out, run, object, name);
}

/* --- slices ------------------------------------------------------------------ */

struct slice {
	int64_t start;
	int64_t stop;
	int64_t step;
	int64_t count;
};

/* A bound as an int64_t, clamped; raises TypeError for what is no index. */
static int read_bound(int64_t *out, pv_jinja_run *run, pv_jinja_value value)
{
	if (pv_jinja_is_small(value)) {
		*out = value.u.i;
		return PV_OK;
	}
	if (value.type == PV_JINJA_BIG) {
		*out = pv_jinja_int_sign(value) < 0 ? -INT64_MAX : INT64_MAX;
		return PV_OK;
	}
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "slice indices must be integers or None or have "
			      "an __index__ method");
}

static int is_absent(pv_jinja_value bound)
{
	return bound.type == PV_JINJA_MISSING || bound.type == PV_JINJA_NONE;
}

static int64_t clamp(int64_t bound, int64_t len, int is_backward)
{
	if (bound < 0) {
		bound = bound < -len ? -1 : bound + len;
		if (bound < 0)
			return is_backward ? -1 : 0;
	}
	if (bound >= len)
		return is_backward ? len - 1 : len;
	return bound;
}

static int read_slice(struct slice *out, pv_jinja_run *run,
		      const pv_jinja_value bounds[3], int64_t len)
{
	int64_t start = 0;
	int64_t stop = 0;
	int64_t step = 1;
	int rc = PV_OK;

	if (!is_absent(bounds[2]))
		rc = read_bound(&step, run, bounds[2]);
	if (rc >= 0 && !step)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "slice step cannot be zero");
	if (rc >= 0 && !is_absent(bounds[0]))
		rc = read_bound(&start, run, bounds[0]);
	if (rc >= 0 && !is_absent(bounds[1]))
		rc = read_bound(&stop, run, bounds[1]);
	if (rc < 0)
		return rc;
	if (step < -INT64_MAX)
		step = -INT64_MAX;
	start = is_absent(bounds[0]) ? (step < 0 ? len - 1 : 0)
				     : clamp(start, len, step < 0);
	stop = is_absent(bounds[1]) ? (step < 0 ? -1 : len)
				    : clamp(stop, len, step < 0);
	out->start = start;
	out->stop = stop;
	out->step = step;
	out->count = 0;
	if (step > 0 && start < stop)
		out->count = (stop - start - 1) / step + 1;
	if (step < 0 && start > stop)
		out->count = (start - stop - 1) / -step + 1;
	return PV_OK;
}

/* A contiguous part: borrowed. */
static pv_jinja_value part_of(pv_jinja_run *run, pv_jinja_value text,
			      int64_t start, int64_t count)
{
	/* What is empty may start before the text. */
	size_t from = count > 0 ? (size_t)start : 0;
	size_t size = (size_t)count;
	int flags = text.flags & (PV_JINJA_MARKUP | PV_JINJA_ASCII);

	if (!(flags & PV_JINJA_ASCII)) {
		pv_jinja_owe(run, (from + size) / 8);
		from = pv_jinja_offset(text.u.s, text.len, from);
		size = pv_jinja_offset(text.u.s + from, text.len - from, size);
	}
	return pv_jinja_str(text.u.s + from, size, flags);
}

static int slice_text(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value text, const struct slice *slice)
{
	size_t mark = pv_jinja_begin(run);
	const char **chars;
	size_t used = 0;
	int rc;

	if (!slice->count || slice->step == 1) {
		*out = part_of(run, text, slice->start, slice->count);
		return PV_OK;
	}
	rc = pv_jinja_spend(run, text.len / 8);
	if (rc >= 0)
		rc = pv_jinja_alloc_array(&chars, run, text.len, sizeof(*chars));
	if (rc < 0)
		return rc;
	for (size_t at = 0; at < text.len;
	     at += pv_jinja_sequence((unsigned char)text.u.s[at]))
		chars[used++] = text.u.s + at;
	for (int64_t i = 0; i < slice->count; i++) {
		const char *at = chars[slice->start + i * slice->step];

		pv_buf_put(&run->scratch, at,
			   pv_jinja_sequence((unsigned char)*at));
	}
	return pv_jinja_finish(out, run, mark, text.flags & PV_JINJA_MARKUP);
}

static int slice_list(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value object, const struct slice *slice)
{
	pv_jinja_list *list;
	int rc = pv_jinja_spend(run, (uint64_t)slice->count);

	if (rc >= 0)
		rc = pv_jinja_list_new(&list, run, (size_t)slice->count);
	if (rc < 0)
		return rc;
	for (int64_t i = 0; i < slice->count; i++)
		list->items[i] =
			object.u.list->items[slice->start + i * slice->step];
	list->count = (size_t)slice->count;
	*out = object.type == PV_JINJA_LIST ? pv_jinja_list_value(list)
					    : pv_jinja_tuple_value(list);
	return PV_OK;
}

static int slice_range(pv_jinja_value *out, pv_jinja_run *run,
		       const pv_jinja_range *range, const struct slice *slice)
{
	const uint64_t step = (uint64_t)range->step * (uint64_t)slice->step;
	const uint64_t start = (uint64_t)range->start +
			       (uint64_t)slice->start * (uint64_t)range->step;
	const uint64_t stop = (uint64_t)range->start +
			      (uint64_t)slice->stop * (uint64_t)range->step;

	return pv_jinja_range_new(out, run, (int64_t)start, (int64_t)stop,
				  (int64_t)step);
}

static int fail_slice(pv_jinja_run *run, pv_jinja_value object)
{
	if (object.type == PV_JINJA_DICT)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "unhashable type: 'slice'");
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "'%s' object is not subscriptable",
			      pv_jinja_type_name(object));
}

int pv_jinja_getslice(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value object, const pv_jinja_value bounds[3])
{
	struct slice slice = { 0 };
	int64_t len;
	int rc;

	if (object.type == PV_JINJA_UNDEFINED)
		return undefined_item(out, run, object);
	if (object.type != PV_JINJA_STR && object.type != PV_JINJA_LIST &&
	    object.type != PV_JINJA_TUPLE && object.type != PV_JINJA_RANGE)
		return fail_slice(run, object);
	rc = pv_jinja_len(&len, run, object);
	if (rc >= 0)
		rc = read_slice(&slice, run, bounds, len);
	if (rc < 0)
		return rc;
	if (object.type == PV_JINJA_STR)
		return slice_text(out, run, object, &slice);
	if (object.type == PV_JINJA_RANGE)
		return slice_range(out, run, object.u.range, &slice);
	return slice_list(out, run, object, &slice);
}
