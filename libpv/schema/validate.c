/* SPDX-License-Identifier: MIT
 *
 * One schema and one value: limits, the type, then the rules of its parts.
 */
#include "schema/validate.h"

#include "base/fail.h"

int pv_out_of_steps(pv_run *run)
{
	if (run->rc == PV_OK)
		run->rc = pv_fail(run->err, PV_ELIMIT,
				  "validating takes more than %d steps",
				  PV_SCHEMA_MAX_STEPS);
	return 0;
}

/* --- types --------------------------------------------------------------------- */

/* Kinds as people say them, a number before what it consists of. */
static const struct {
	unsigned bits;
	const char *name;
} type_names[] = {
	{ PV_TYPE_NUMBER, "a number" },   { PV_TYPE_INTEGER, "an integer" },
	{ PV_TYPE_FRACTION, "a number" }, { PV_TYPE_STRING, "a string" },
	{ PV_TYPE_OBJECT, "an object" },  { PV_TYPE_ARRAY, "an array" },
	{ PV_TYPE_BOOLEAN, "a boolean" }, { PV_TYPE_NULL, "null" },
};

/* "an integer, a string or null" */
static void show_types(pv_buf *out, unsigned bits)
{
	int is_first = 1;

	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if ((bits & type_names[i].bits) != type_names[i].bits)
			continue;
		bits &= ~type_names[i].bits;
		if (!is_first)
			pv_buf_puts(out, bits ? ", " : " or ");
		is_first = 0;
		pv_buf_puts(out, type_names[i].name);
	}
}

static int wrong_type(pv_run *run, const pv_node *node, const pv_value *value,
		      const pv_at *at)
{
	pv_buf text = { 0 };

	show_types(&text, node->types);
	pv_buf_puts(&text, ", not ");
	show_types(&text, pv_type_of(value));
	return pv_wrong_with(run, node, "type", at, "must be ", &text);
}

/* --- one node ------------------------------------------------------------------ */

/* What the keywords say, those of unevaluated parts aside. */
static int ask_rules(pv_run *run, const pv_node *node, const pv_value *value,
		     const pv_at *at, pv_marks *marks)
{
	int is_valid = (node->types & pv_type_of(value)) ||
		       wrong_type(run, node, value, at);

	if (node->constant || node->choices)
		is_valid &= pv_ask_choice(run, node, value, at);
	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_INTEGER:
	case PV_VALUE_NUMBER:
	case PV_VALUE_STRING:
		is_valid &= pv_ask_scalar(run, node, value, at);
		break;
	case PV_VALUE_ARRAY:
		is_valid &= !node->array ||
			    pv_ask_array(run, node, value, at, marks);
		break;
	case PV_VALUE_OBJECT:
		is_valid &= !node->object ||
			    pv_ask_object(run, node, value, at, marks);
		break;
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		break;
	}
	if (node->logic)
		is_valid &= pv_ask_logic(run, node, value, at, marks);
	return is_valid && run->rc == PV_OK;
}

/* The schema of what nothing else looked at; NULL: there is none. */
static const pv_node *unevaluated(const pv_node *node, const pv_value *value)
{
	if (value->kind == PV_VALUE_ARRAY && node->array)
		return node->array->unevaluated;
	if (value->kind == PV_VALUE_OBJECT && node->object)
		return node->object->unevaluated;
	return NULL;
}

/* Asks `rest` about each part that is not marked. */
static int ask_rest(pv_run *run, const pv_node *rest, const pv_value *value,
		    const pv_at *at, const pv_marks *marks)
{
	int is_valid = 1;

	for (size_t i = 0; i < value->count; i++) {
		int is_item = value->kind == PV_VALUE_ARRAY;
		pv_at part = { at, { NULL, 0 }, i, 0 };

		if (pv_marks_has(marks, i))
			continue;
		if (!is_item)
			part.key = value->as.members[i].key;
		is_valid &= pv_ask(run, rest,
				   is_item ? &value->as.items[i]
					   : &value->as.members[i].value,
				   &part, NULL);
	}
	return is_valid;
}

/* Marks of its own: what others looked at does not count for this node. */
static int ask_with_rest(pv_run *run, const pv_node *node, const pv_node *rest,
			 const pv_value *value, const pv_at *at)
{
	pv_marks marks;
	int is_valid;

	run->rc = pv_marks_init(&marks, value, run->err);
	if (run->rc < 0)
		return 0;
	is_valid = ask_rules(run, node, value, at, &marks) &&
		   ask_rest(run, rest, value, at, &marks);
	pv_marks_dispose(&marks);
	return is_valid;
}

static int ask_node(pv_run *run, const pv_node *node, const pv_value *value,
		    const pv_at *at, pv_marks *marks)
{
	const pv_node *rest = unevaluated(node, value);

	if (!rest)
		return ask_rules(run, node, value, at, marks);
	if (!ask_with_rest(run, node, rest, value, at))
		return 0;
	pv_marks_set_all(marks);
	return 1;
}

/* Named by the keyword that has `false` for a schema. */
static int wrong_presence(pv_run *run, const pv_node *node, const pv_at *at)
{
	const pv_node *parent = node->parent;

	return pv_wrong(run, parent ? parent : node,
			parent ? node->keyword.ptr : NULL, at,
			"must not be there");
}

int pv_too_deep(pv_run *run)
{
	run->rc = pv_fail(run->err, PV_ELIMIT,
			  "schemas refer to each other without end");
	(void)pv_error_hint(run->err, run->rc,
			    "look for a \"$ref\" that leads back to "
			    "where it stands");
	return 0;
}

int pv_ask(pv_run *run, const pv_node *node, const pv_value *value,
	   const pv_at *at, pv_marks *marks)
{
	const pv_scope *outer = run->scope;
	pv_scope scope = { outer, NULL };
	int is_valid;

	node = node->alias ? node->alias : node;
	scope.in = node->in;
	if (node->is_false)
		return wrong_presence(run, node, at);
	if (!pv_enter(run, &scope))
		return 0;
	is_valid = ask_node(run, node, value, at, marks);
	pv_leave(run, outer);
	return is_valid;
}
