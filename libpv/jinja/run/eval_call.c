/* SPDX-License-Identifier: MIT
 *
 * Calls of values, methods, filters and tests: arguments are gathered on the
 * stack where they are few, in arrays of the render's otherwise.
 */
#include "jinja/run/machine.h"

enum {
	FEW_ARGS = 8
};

/* Arguments as they were given. */
struct arguments {
	pv_jinja_value few[FEW_ARGS];
	pv_jinja_keyword few_keywords[FEW_ARGS];
	pv_jinja_value *values;
	pv_jinja_keyword *keywords;
	size_t count;
	size_t cap;
	size_t keyword_count;
	size_t keyword_cap;
};

static int add_value(struct arguments *a, pv_jinja_machine *m,
		     pv_jinja_value value)
{
	pv_jinja_value *more;
	int rc;

	if (a->count == a->cap) {
		rc = pv_jinja_alloc_array(&more, &m->run, a->cap * 2,
					  sizeof(*more));
		if (rc < 0)
			return rc;
		memcpy(more, a->values, a->count * sizeof(*more));
		a->values = more;
		a->cap *= 2;
	}
	a->values[a->count++] = value;
	return PV_OK;
}

static int add_keyword(struct arguments *a, pv_jinja_machine *m,
		       pv_jinja_value name, pv_jinja_value value)
{
	pv_jinja_keyword *more;
	int rc;

	if (a->keyword_count == a->keyword_cap) {
		rc = pv_jinja_alloc_array(&more, &m->run, a->keyword_cap * 2,
					  sizeof(*more));
		if (rc < 0)
			return rc;
		memcpy(more, a->keywords, a->keyword_count * sizeof(*more));
		a->keywords = more;
		a->keyword_cap *= 2;
	}
	a->keywords[a->keyword_count].name = name;
	a->keywords[a->keyword_count++].value = value;
	return PV_OK;
}

/* *values */
static int add_rest(struct arguments *a, pv_jinja_machine *m,
		    pv_jinja_value values)
{
	pv_jinja_cursor cursor;
	pv_jinja_value value;
	int rc;

	if (pv_jinja_is_undefined(values) || values.type == PV_JINJA_LIST ||
	    values.type == PV_JINJA_TUPLE || values.type == PV_JINJA_STR ||
	    values.type >= PV_JINJA_DICT)
		rc = pv_jinja_iterate(&cursor, &m->run, values);
	else
		rc = pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
				    "Value after * must be an iterable, not %s",
				    pv_jinja_type_name(values));
	while (rc == PV_OK) {
		rc = pv_jinja_next(&value, &m->run, &cursor);
		if (rc <= 0)
			break;
		rc = add_value(a, m, value);
	}
	return rc;
}

/* Among the first `count`. */
static int has_keyword(const struct arguments *a, size_t count,
		       pv_jinja_value name)
{
	for (size_t i = 0; i < count; i++)
		if (a->keywords[i].name.len == name.len &&
		    !memcmp(a->keywords[i].name.u.s, name.u.s, name.len))
			return 1;
	return 0;
}

/* **values */
static int add_keyword_rest(struct arguments *a, pv_jinja_machine *m,
			    pv_jinja_value values)
{
	const pv_jinja_dict *dict = values.u.dict;
	const size_t named = a->keyword_count; /* the others differ */
	int rc = PV_OK;

	if (values.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(&m->run, values);
	if (values.type != PV_JINJA_DICT)
		return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
				      "argument after ** must be a mapping, "
				      "not %s",
				      pv_jinja_type_name(values));
	for (size_t i = 0; rc == PV_OK && i < dict->used; i++) {
		const pv_jinja_entry *entry = &dict->entries[i];

		if (pv_jinja_is_missing(entry->key))
			continue;
		if (!pv_jinja_is_str(entry->key))
			return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
					      "keywords must be strings");
		if (has_keyword(a, named, entry->key))
			return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
					      "got multiple values for keyword argument "
					      "'%.*s'",
					      (int)entry->key.len,
					      entry->key.u.s);
		rc = pv_jinja_spend(&m->run, 1 + named / 16);
		if (rc == PV_OK)
			rc = add_keyword(a, m, entry->key, entry->value);
	}
	return rc;
}

static int gather(struct arguments *a, pv_jinja_machine *m,
		  pv_jinja_activation *act, const pv_jinja_args *args)
{
	pv_jinja_value value;
	int rc = PV_OK;

	for (const pv_jinja_node *arg = args->positional.first;
	     rc == PV_OK && arg; arg = arg->next) {
		rc = pv_jinja_eval(&value, m, act, arg);
		if (rc == PV_OK)
			rc = add_value(a, m, value);
	}
	for (const pv_jinja_node *arg = args->keywords.first;
	     rc == PV_OK && arg; arg = arg->next) {
		rc = pv_jinja_eval(&value, m, act, arg);
		if (rc == PV_OK)
			rc = add_keyword(a, m, arg->key->text, value);
	}
	if (rc == PV_OK && args->rest) {
		rc = pv_jinja_eval(&value, m, act, args->rest);
		if (rc == PV_OK)
			rc = add_rest(a, m, value);
	}
	if (rc == PV_OK && args->keyword_rest) {
		rc = pv_jinja_eval(&value, m, act, args->keyword_rest);
		if (rc == PV_OK)
			rc = add_keyword_rest(a, m, value);
	}
	return rc;
}

static void arguments_init(struct arguments *a)
{
	a->values = a->few;
	a->keywords = a->few_keywords;
	a->count = 0;
	a->keyword_count = 0;
	a->cap = FEW_ARGS;
	a->keyword_cap = FEW_ARGS;
}

static void fill_call(pv_jinja_call *call, pv_jinja_machine *m,
		      const struct arguments *a)
{
	memset(call, 0, sizeof(*call));
	call->run = &m->run;
	call->args = a->values;
	call->count = a->count;
	call->keywords = a->keywords;
	call->keyword_count = a->keyword_count;
}

/* --- calls ---------------------------------------------------------------- */

static int gather_call(struct arguments *a, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node,
		       pv_jinja_value caller)
{
	int rc;

	arguments_init(a);
	rc = gather(a, m, act, node->u.call.args);
	if (rc < 0 || pv_jinja_is_missing(caller))
		return rc;
	if (has_keyword(a, a->keyword_count, pv_jinja_text("caller")))
		return pv_jinja_raise(
			&m->run, PV_JINJA_TYPE_ERROR,
			"got multiple values for keyword argument 'caller'");
	return add_keyword(a, m, pv_jinja_text("caller"), caller);
}

/*
 * object.name(...), the attribute looked up before the arguments are. 1 when
 * the type's own method was called; else `*callee` is the attribute.
 */
static int call_method(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node,
		       pv_jinja_value *callee)
{
	const pv_jinja_node *access = node->u.call.object;
	const pv_jinja_name *name = access->u.access.name;
	struct arguments a;
	pv_jinja_value object;
	pv_jinja_call call;
	int is_method = 0;
	int rc = pv_jinja_eval(&object, m, act, access->u.access.object);

	if (rc == PV_OK && (name->owners & 1U << object.type)) {
		rc = gather_call(&a, m, act, node, pv_jinja_missing());
		fill_call(&call, m, &a);
		if (rc == PV_OK)
			rc = pv_jinja_call_method(out, &is_method, object, name,
						  &call);
		if (rc < 0 || is_method)
			return rc < 0 ? rc : 1;
	}
	if (rc == PV_OK)
		rc = pv_jinja_getattr(callee, &m->run, object, name);
	if (rc < 0 && !m->has_pos) {
		m->has_pos = 1;
		m->pos = access->pos;
	}
	return rc;
}

/* What is to be called; 1 when it was called already. */
static int find_callee(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node,
		       pv_jinja_value *callee, int may_call)
{
	const pv_jinja_node *object = node->u.call.object;
	int rc = pv_jinja_spend(&m->run, 1);

	if (rc < 0)
		return rc;
	if (object->kind == PV_JINJA_N_GETATTR && may_call)
		return call_method(out, m, act, node, callee);
	return pv_jinja_eval(callee, m, act, object);
}

int pv_jinja_eval_call(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node,
		       pv_jinja_value caller)
{
	struct arguments a;
	pv_jinja_value callee;
	pv_jinja_call call;
	int rc = find_callee(out, m, act, node, &callee,
			     pv_jinja_is_missing(caller));

	if (rc != PV_OK)
		return rc < 0 ? rc : PV_OK;
	rc = gather_call(&a, m, act, node, caller);
	if (rc < 0)
		return rc;
	fill_call(&call, m, &a);
	return pv_jinja_call_value(out, callee, &call);
}

int pv_jinja_print_call(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node)
{
	struct arguments a;
	pv_jinja_value callee;
	pv_jinja_call call;
	int rc;

	if (node->u.call.object->kind != PV_JINJA_N_NAME)
		return 0;
	rc = find_callee(NULL, m, act, node, &callee, 0);
	if (rc < 0 || callee.type != PV_JINJA_OBJECT ||
	    callee.u.object->kind != &pv_jinja_macro_class)
		return rc;
	rc = gather_call(&a, m, act, node, pv_jinja_missing());
	if (rc < 0)
		return rc;
	fill_call(&call, m, &a);
	rc = pv_jinja_macro_run(m, (const pv_jinja_macro_object *)callee.u.object,
				&call);
	return rc < 0 ? rc : 1;
}

/* --- filters and tests ---------------------------------------------------- */

static int fail_unknown(pv_jinja_machine *m, const pv_jinja_node *node)
{
	pv_jinja_value name = node->u.call.name->text;

	return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
			      "No %s named '%.*s' found.",
			      node->kind == PV_JINJA_N_FILTER ? "filter" : "test",
			      (int)name.len, name.u.s);
}

/* Arguments that are known to fit: one value per parameter. */
static int eval_plain(pv_jinja_value *out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node)
{
	const pv_jinja_native *native = node->u.call.native;
	const pv_jinja_args *args = node->u.call.args;
	const pv_jinja_node *arg = args ? args->positional.first : NULL;
	pv_jinja_value values[PV_JINJA_MAX_PARAMS];
	pv_jinja_call call = { .run = &m->run,
			       .args = values,
			       .count = native->most,
			       .data = native };
	size_t count = 1;
	int rc = PV_OK;

	values[0] = m->block_text;
	if (node->u.call.object)
		rc = pv_jinja_eval(&values[0], m, act, node->u.call.object);
	for (; rc == PV_OK && arg; arg = arg->next)
		rc = pv_jinja_eval(&values[count++], m, act, arg);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		pv_jinja_owe_text(&m->run, values[i]);
	while (count < native->most)
		values[count++] = pv_jinja_missing();
	return native->fn(out, &call);
}

static int eval_gathered(pv_jinja_value *out, pv_jinja_machine *m,
			 pv_jinja_activation *act, const pv_jinja_node *node)
{
	struct arguments a;
	pv_jinja_call call;
	int rc = PV_OK;

	arguments_init(&a);
	a.values[0] = m->block_text;
	a.count = 1;
	if (node->u.call.object)
		rc = pv_jinja_eval(&a.values[0], m, act, node->u.call.object);
	if (rc == PV_OK && node->u.call.args)
		rc = gather(&a, m, act, node->u.call.args);
	if (rc < 0)
		return rc;
	if (!node->u.call.native)
		return fail_unknown(m, node);
	fill_call(&call, m, &a);
	return pv_jinja_native_call(out, node->u.call.native, &call);
}

int pv_jinja_eval_native(pv_jinja_value *out, pv_jinja_machine *m,
			 pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc = pv_jinja_spend(&m->run, 1);

	if (rc < 0)
		return rc;
	if (node->flag)
		return eval_plain(out, m, act, node);
	return eval_gathered(out, m, act, node);
}
