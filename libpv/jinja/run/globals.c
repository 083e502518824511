/* SPDX-License-Identifier: MIT
 *
 * The global functions: range, dict, namespace, cycler, joiner, lipsum; and
 * filling a dict from arguments, which dict() shares with dict.update().
 */
#include "jinja/method/methods.h"
#include "jinja/run/global_objects.h"
#include "jinja/value/build.h"

#include "base/mem.h"

/* --- dicts ------------------------------------------------------------------------ */

static int fill_from_dict(pv_jinja_run *run, pv_jinja_dict *dict,
			  const pv_jinja_dict *from)
{
	int rc = pv_jinja_spend(run, from->used);

	for (size_t i = 0; i < from->used && rc >= 0; i++)
		if (!pv_jinja_is_missing(from->entries[i].key))
			rc = pv_jinja_dict_set(run, dict, from->entries[i].key,
					       from->entries[i].value);
	return rc;
}

static int fill_from_pair(pv_jinja_run *run, pv_jinja_dict *dict,
			  pv_jinja_value pair, size_t number)
{
	pv_jinja_list *parts;
	int rc = pv_jinja_to_list(&parts, run, pair);

	if (pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "cannot convert dictionary update sequence "
				      "element #%zu to a sequence",
				      number);
	if (rc < 0)
		return rc;
	if (parts->count != 2)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "dictionary update sequence element #%zu "
				      "has length %zu; 2 is required",
				      number, parts->count);
	return pv_jinja_dict_set(run, dict, parts->items[0], parts->items[1]);
}

static int fill_from_pairs(pv_jinja_run *run, pv_jinja_dict *dict,
			   pv_jinja_value pairs)
{
	pv_jinja_cursor cursor;
	pv_jinja_value pair;
	int rc = pv_jinja_iterate(&cursor, run, pairs);

	for (size_t number = 0; rc >= 0; number++) {
		rc = pv_jinja_next(&pair, run, &cursor);
		if (rc <= 0)
			break;
		rc = fill_from_pair(run, dict, pair, number);
	}
	return rc;
}

int pv_jinja_dict_fill(pv_jinja_call *call, pv_jinja_dict *dict)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value other = call->count ? call->args[0] : pv_jinja_missing();
	int rc = PV_OK;

	if (other.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, other);
	if (other.type == PV_JINJA_DICT)
		rc = fill_from_dict(run, dict, other.u.dict);
	else if (other.type != PV_JINJA_MISSING)
		rc = fill_from_pairs(run, dict, other);
	for (size_t i = 0; i < call->keyword_count && rc >= 0; i++)
		rc = pv_jinja_dict_set(run, dict, call->keywords[i].name,
				       call->keywords[i].value);
	return rc;
}

static int make_dict(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_dict *dict;
	int rc;

	if (call->count > 1)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "dict expected at most 1 argument, got %zu",
				      call->count);
	rc = pv_jinja_dict_new(&dict, call->run, call->keyword_count);
	if (rc >= 0)
		rc = pv_jinja_dict_fill(call, dict);
	*out = pv_jinja_dict_value(dict);
	return rc;
}

/* --- range ------------------------------------------------------------------------- */

enum {
	SANDBOX_RANGE = 100000
};

static int make_range(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t bounds[3] = { 0, 0, 1 };
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc >= 0; i++)
		if (!pv_jinja_is_missing(call->args[i]))
			rc = pv_jinja_to_index(&bounds[i], call->run,
					       call->args[i]);
	if (rc < 0)
		return rc;
	if (pv_jinja_is_missing(call->args[1])) {
		bounds[1] = bounds[0];
		bounds[0] = 0;
	}
	rc = pv_jinja_range_new(out, call->run, bounds[0], bounds[1], bounds[2]);
	if (rc < 0)
		return rc;
	if (call->run->settings->sandbox != PV_JINJA_OPEN &&
	    out->u.range->count > SANDBOX_RANGE)
		return pv_jinja_raise(call->run, PV_JINJA_OVERFLOW_ERROR,
				      "Range too big. The sandbox blocks ranges "
				      "larger than MAX_RANGE (%d).",
				      SANDBOX_RANGE);
	return PV_OK;
}

static int make_lipsum(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_none();
	return pv_jinja_raise(call->run, PV_JINJA_NOT_IMPLEMENTED_ERROR,
			      "lipsum() is random: what is rendered here must "
			      "render the same again");
}

/* --- namespace ----------------------------------------------------------------------- */

struct namespace
{
	pv_jinja_object head;
	pv_jinja_dict *attributes;
};

static int namespace_get(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_object *object, const pv_jinja_name *name)
{
	const struct namespace *self = (const struct namespace *)object;
	const pv_jinja_value *found =
		pv_jinja_dict_find_text(self->attributes, name->text.u.s,
					name->text.len, name->hash);

	(void)run;
	if (!found)
		return 0;
	*out = *found;
	return 1;
}

static int namespace_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	const struct namespace *self = (const struct namespace *)object;
	int rc;

	pv_buf_puts(out, "<Namespace ");
	rc = pv_jinja_put_repr(out, run, pv_jinja_dict_value(self->attributes));
	pv_buf_putc(out, '>');
	return rc;
}

static const pv_jinja_class namespace_class = {
	.name = "Namespace",
	.object_name = "jinja2.utils.Namespace object",
	.get = namespace_get,
	.put_repr = namespace_repr,
};

static int make_namespace(pv_jinja_value *out, pv_jinja_call *call)
{
	struct namespace *self;
	pv_jinja_value attributes = { 0 };
	int rc = pv_jinja_alloc(&self, call->run, sizeof(*self));

	if (rc >= 0)
		rc = make_dict(&attributes, call);
	if (rc < 0)
		return rc;
	self->head.kind = &namespace_class;
	self->attributes = attributes.u.dict;
	*out = pv_jinja_object_value(&self->head);
	return PV_OK;
}

int pv_jinja_is_namespace(pv_jinja_value value)
{
	return value.type == PV_JINJA_OBJECT &&
	       value.u.object->kind == &namespace_class;
}

int pv_jinja_namespace_set(pv_jinja_run *run, pv_jinja_value namespace_value,
			   pv_jinja_value name, pv_jinja_value value)
{
	struct namespace *self = (struct namespace *)namespace_value.u.object;

	return pv_jinja_dict_set(run, self->attributes, name, value);
}

/* --- the table ----------------------------------------------------------------------- */

static const pv_jinja_native rows[] = {
	{ "cycler", "Cycler", "", 0, 0, PV_JINJA_REST, PV_JINJA_PYTHON,
	  pv_jinja_make_cycler },
	{ "joiner", "Joiner.__init__", "sep", 0, 1, PV_JINJA_HIDDEN,
	  PV_JINJA_PYTHON, pv_jinja_make_joiner },
	{ "dict", "dict", "", 0, 1, PV_JINJA_REST | PV_JINJA_KEYWORDS,
	  PV_JINJA_EXPECTED, make_dict },
	{ "lipsum", "generate_lorem_ipsum", "n html min max", 0, 4, 0,
	  PV_JINJA_PYTHON, make_lipsum },
	{ "namespace", "namespace", "", 0, 1, PV_JINJA_REST | PV_JINJA_KEYWORDS,
	  PV_JINJA_EXPECTED, make_namespace },
	{ "range", "range", "start stop step", 1, 3, PV_JINJA_POSITIONAL,
	  PV_JINJA_EXPECTED, make_range },
};

static int call_row(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

static const pv_jinja_func funcs[] = {
	{ call_row, { 0 }, &rows[0], "jinja2.utils.Cycler", "type" },
	{ call_row, { 0 }, &rows[1], "jinja2.utils.Joiner", "type" },
	{ call_row, { 0 }, &rows[2], "dict", "type" },
	{ call_row, { 0 }, &rows[3], "lipsum", "function" },
	{ call_row, { 0 }, &rows[4], "jinja2.utils.Namespace", "type" },
	{ call_row, { 0 }, &rows[5], "range", "type" },
};

static const pv_jinja_value values[] = {
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[0] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[1] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[2] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[3] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[4] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[5] },
};

const pv_jinja_value *pv_jinja_global_find(const char *name, size_t len)
{
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (strlen(rows[i].name) == len &&
		    !memcmp(rows[i].name, name, len))
			return &values[i];
	return NULL;
}
