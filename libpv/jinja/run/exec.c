/* SPDX-License-Identifier: MIT
 *
 * Statements: printing, assigning, choosing; what captures output or enters
 * other code is in files of its own.
 */
#include "jinja/run/machine.h"

/* --- failing -------------------------------------------------------------- */

int pv_jinja_failed(pv_jinja_machine *m, const pv_jinja_activation *act,
		    const pv_jinja_node *node, int rc)
{
	if (m->has_place)
		return rc;
	m->has_place = 1;
	m->place.template_name = act->unit->template->name;
	m->place.source = act->unit->template->source;
	m->place.line = node->line;
	m->place.pos = m->has_pos ? m->pos : node->pos;
	return rc;
}

void pv_jinja_forget(pv_jinja_machine *m)
{
	m->has_pos = 0;
	m->has_place = 0;
}

/* --- printing ------------------------------------------------------------- */

static int fail_output(pv_jinja_machine *m)
{
	if (m->out->status == PV_ELIMIT)
		return pv_jinja_limit(&m->run, m->out->max, "bytes of output");
	return pv_buf_status(m->out, m->run.err);
}

static inline int check_output(pv_jinja_machine *m)
{
	return m->out->status == PV_OK ? PV_OK : fail_output(m);
}

static int is_escaped(const pv_jinja_machine *m, const pv_jinja_node *node)
{
	return node->escape == PV_JINJA_ESCAPE_VOLATILE
		       ? m->run.is_escaping
		       : node->escape == PV_JINJA_ESCAPE_ON;
}

int pv_jinja_print(pv_jinja_machine *m, const pv_jinja_node *node,
		   pv_jinja_value value)
{
	int rc = pv_jinja_put_str(m->out, &m->run, value, is_escaped(m, node));

	return rc < 0 ? rc : check_output(m);
}

/* Whether a statement prints nothing, the template being a child. */
static inline int is_silent(const pv_jinja_activation *act, int when)
{
	return when != PV_JINJA_ALWAYS &&
	       (when == PV_JINJA_NEVER || act->unit->parent);
}

static int exec_print(pv_jinja_machine *m, pv_jinja_activation *act,
		      const pv_jinja_node *node)
{
	const pv_jinja_node *expr = node->u.expr;
	pv_jinja_value value;
	int rc = 0;

	if (is_silent(act, node->flag))
		return PV_OK;
	if (expr->kind == PV_JINJA_N_CALL &&
	    (node->escape == PV_JINJA_ESCAPE_OFF || m->run.is_escaping))
		rc = pv_jinja_print_call(m, act, expr);
	if (rc != 0)
		return rc < 0 ? rc : check_output(m);
	rc = pv_jinja_eval(&value, m, act, expr);
	if (rc < 0)
		return rc;
	if (value.type != PV_JINJA_STR || node->escape != PV_JINJA_ESCAPE_OFF)
		return pv_jinja_print(m, node, value);
	pv_buf_put(m->out, value.u.s, value.len);
	return check_output(m);
}

static int exec_data(pv_jinja_machine *m, pv_jinja_activation *act,
		     const pv_jinja_node *node)
{
	if (is_silent(act, node->flag))
		return PV_OK;
	pv_buf_put(m->out, node->u.value.u.s, node->u.value.len);
	return check_output(m);
}

void pv_jinja_capture_begin(pv_jinja_capture *capture, pv_jinja_machine *m)
{
	capture->out = m->out;
	capture->mark = pv_jinja_begin(&m->run);
	m->out = &m->run.scratch;
}

int pv_jinja_capture_end(pv_jinja_value *out, const pv_jinja_capture *capture,
			 pv_jinja_machine *m, int is_markup, int rc)
{
	m->out = capture->out;
	if (rc < 0) {
		pv_buf_truncate(&m->run.scratch, capture->mark);
		return rc;
	}
	return pv_jinja_finish(out, &m->run, capture->mark,
			       is_markup ? PV_JINJA_MARKUP : 0);
}

/* --- assigning ------------------------------------------------------------ */

static int fail_unpack(pv_jinja_machine *m, size_t expected, size_t got)
{
	if (got > expected)
		return pv_jinja_raise(&m->run, PV_JINJA_VALUE_ERROR,
				      "too many values to unpack (expected %zu)",
				      expected);
	return pv_jinja_raise(&m->run, PV_JINJA_VALUE_ERROR,
			      "not enough values to unpack (expected %zu, got "
			      "%zu)",
			      expected, got);
}

static int assign_items(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *target, const pv_jinja_value *items)
{
	int rc = PV_OK;

	for (const pv_jinja_node *item = target->u.items.first;
	     rc == PV_OK && item; item = item->next)
		rc = pv_jinja_assign(m, act, item, *items++);
	return rc;
}

/* Unpacks anything that can be iterated over. */
static int assign_iterated(pv_jinja_machine *m, pv_jinja_activation *act,
			   const pv_jinja_node *target, pv_jinja_value value)
{
	size_t expected = target->u.items.count;
	pv_jinja_cursor cursor;
	pv_jinja_value *items = NULL;
	pv_jinja_value extra;
	size_t got = 0;
	int rc = pv_jinja_iterate(&cursor, &m->run, value);

	if (pv_jinja_catch(&m->run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
				      "cannot unpack non-iterable %s object",
				      pv_jinja_type_name(value));
	if (rc == PV_OK)
		rc = pv_jinja_alloc_array(&items, &m->run, expected + 1,
					  sizeof(*items));
	if (rc != PV_OK)
		return rc;
	while (got <= expected) {
		rc = pv_jinja_next(got < expected ? &items[got] : &extra,
				   &m->run, &cursor);
		if (rc <= 0)
			break;
		got++;
	}
	if (rc < 0)
		return rc;
	if (got != expected)
		return fail_unpack(m, expected, got);
	return assign_items(m, act, target, items);
}

static int assign_tuple(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *target, pv_jinja_value value)
{
	if (value.type != PV_JINJA_LIST && value.type != PV_JINJA_TUPLE)
		return assign_iterated(m, act, target, value);
	if (value.u.list->count != target->u.items.count)
		return fail_unpack(m, target->u.items.count, value.u.list->count);
	return assign_items(m, act, target, value.u.list->items);
}

/* What the attribute of a target is set of. */
static pv_jinja_value object_of(pv_jinja_machine *m, pv_jinja_activation *act,
				const pv_jinja_node *target)
{
	pv_jinja_value *slot = pv_jinja_slot_of(act, target->u.name.slot);

	if (slot->type == PV_JINJA_MISSING && slot->flags == 0)
		*slot = pv_jinja_look_up(m, act->unit->context,
					 target->u.name.name);
	return *slot;
}

static int fail_attribute(pv_jinja_machine *m)
{
	return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
			      "cannot assign attribute on non-namespace object");
}

/* Of the block form Jinja2 does not check the target: the attribute becomes an
 * item. A sandbox keeps what it was given. */
static int assign_item(pv_jinja_machine *m, pv_jinja_value object,
		       pv_jinja_value name, pv_jinja_value value)
{
	if (m->run.settings->sandbox != PV_JINJA_OPEN)
		return fail_attribute(m);
	if (object.type == PV_JINJA_DICT)
		return pv_jinja_dict_set(&m->run, object.u.dict, name, value);
	if (object.type == PV_JINJA_LIST)
		return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
				      "list indices must be integers or slices, "
				      "not str");
	return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
			      "'%s' object does not support item assignment",
			      pv_jinja_is_missing(object)
				      ? "_MissingType"
				      : pv_jinja_type_name(object));
}

static int assign_attribute(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_node *target, pv_jinja_value value)
{
	pv_jinja_value object = object_of(m, act, target);
	pv_jinja_value name = target->u.name.attr->text;

	if (!pv_jinja_is_namespace(object))
		return assign_item(m, object, name, value);
	return pv_jinja_namespace_set(&m->run, object, name, value);
}

int pv_jinja_assign(pv_jinja_machine *m, pv_jinja_activation *act,
		    const pv_jinja_node *target, pv_jinja_value value)
{
	if (target->kind == PV_JINJA_N_TUPLE)
		return assign_tuple(m, act, target, value);
	if (target->kind == PV_JINJA_N_NSREF)
		return assign_attribute(m, act, target, value);
	*pv_jinja_slot_of(act, target->u.name.slot) = value;
	if (!target->flag)
		return PV_OK;
	return pv_jinja_context_set(m, act->unit->context, target->u.name.name,
				    value, 1);
}

/* That attributes are set of namespaces only is checked before all else. */
static int check_namespaces(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_node *target)
{
	int rc = PV_OK;

	if (target->kind == PV_JINJA_N_TUPLE)
		for (const pv_jinja_node *item = target->u.items.first;
		     rc == PV_OK && item; item = item->next)
			rc = check_namespaces(m, act, item);
	if (target->kind != PV_JINJA_N_NSREF)
		return rc;
	if (pv_jinja_is_namespace(object_of(m, act, target)))
		return PV_OK;
	return pv_jinja_failed(m, act, target, fail_attribute(m));
}

static int exec_set(pv_jinja_machine *m, pv_jinja_activation *act,
		    const pv_jinja_node *node)
{
	pv_jinja_value value = { 0 };
	int rc = PV_OK;

	if (node->u.set.target->kind != PV_JINJA_N_NAME)
		rc = check_namespaces(m, act, node->u.set.target);
	if (rc == PV_OK)
		rc = pv_jinja_eval(&value, m, act, node->u.set.value);
	return rc < 0 ? rc : pv_jinja_assign(m, act, node->u.set.target, value);
}

/* --- choosing ------------------------------------------------------------- */

static int exec_if(pv_jinja_machine *m, pv_jinja_activation *act,
		   const pv_jinja_node *node)
{
	int rc = pv_jinja_eval_truth(m, act, node->u.cases.test);

	if (rc > 0)
		return pv_jinja_exec(m, act, &node->u.cases.body);
	for (const pv_jinja_node *other = node->u.cases.elifs.first;
	     rc == 0 && other; other = other->next) {
		rc = pv_jinja_eval_truth(m, act, other->u.cases.test);
		if (rc < 0)
			return pv_jinja_failed(m, act, other, rc);
		if (rc > 0)
			return pv_jinja_exec(m, act, &other->u.cases.body);
	}
	return rc < 0 ? rc : pv_jinja_exec(m, act, &node->u.cases.orelse);
}

/* --- scopes --------------------------------------------------------------- */

static int exec_with(pv_jinja_machine *m, pv_jinja_activation *act,
		     const pv_jinja_node *node)
{
	const pv_jinja_node *value_node = node->u.set.value;
	pv_jinja_value value;
	int rc = PV_OK;

	pv_jinja_scope_enter(m, act, &node->u.set.scope);
	for (const pv_jinja_node *target = node->u.set.target;
	     rc == PV_OK && target; target = target->next) {
		rc = pv_jinja_eval(&value, m, act, value_node);
		if (rc == PV_OK)
			rc = pv_jinja_assign(m, act, target, value);
		value_node = value_node->next;
	}
	if (rc < 0)
		return rc;
	rc = pv_jinja_exec(m, act, &node->u.set.body);
	pv_jinja_scope_leave(act, &node->u.set.scope);
	return rc;
}

static int exec_autoescape(pv_jinja_machine *m, pv_jinja_activation *act,
			   const pv_jinja_node *node)
{
	int is_escaping = m->run.is_escaping;
	int rc;

	pv_jinja_scope_enter(m, act, &node->u.set.scope);
	rc = pv_jinja_eval_truth(m, act, node->u.set.value);
	if (rc < 0)
		return rc;
	m->run.is_escaping = rc;
	rc = pv_jinja_exec(m, act, &node->u.set.body);
	m->run.is_escaping = is_escaping;
	return rc;
}

/* --- all of them ---------------------------------------------------------- */

static int exec_expression(pv_jinja_machine *m, pv_jinja_activation *act,
			   const pv_jinja_node *node)
{
	pv_jinja_value value;

	return pv_jinja_eval(&value, m, act, node->u.expr);
}

static int exec_macro(pv_jinja_machine *m, pv_jinja_activation *act,
		      const pv_jinja_node *node)
{
	pv_jinja_value macro;
	int rc = pv_jinja_macro_new(&macro, m, act, node);

	return rc < 0 ? rc : pv_jinja_assign(m, act, node->u.macro.target, macro);
}

/* Statements with bodies that are functions or templates. */
static int exec_code(pv_jinja_machine *m, pv_jinja_activation *act,
		     const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_MACRO:
		return exec_macro(m, act, node);
	case PV_JINJA_N_CALL_BLOCK:
		return pv_jinja_exec_call_block(m, act, node);
	case PV_JINJA_N_FILTER_BLOCK:
		return pv_jinja_exec_filter_block(m, act, node);
	case PV_JINJA_N_SET_BLOCK:
		return pv_jinja_exec_set_block(m, act, node);
	case PV_JINJA_N_BLOCK:
		if (is_silent(act, node->op))
			return PV_OK;
		return pv_jinja_exec_block(m, act, node);
	case PV_JINJA_N_EXTENDS:
		return pv_jinja_exec_extends(m, act, node);
	case PV_JINJA_N_INCLUDE:
		return pv_jinja_exec_include(m, act, node);
	default:
		return pv_jinja_exec_import(m, act, node);
	}
}

/* --- going on -------------------------------------------------------------- */

typedef int exec_fn(pv_jinja_machine *m, pv_jinja_activation *act,
		    const pv_jinja_node *node);

/* What is undefined is told of, and what needed it left out as if it was not
 * there. */
static int exec_told(pv_jinja_machine *m, pv_jinja_activation *act,
		     const pv_jinja_node *node, exec_fn *exec)
{
	pv_jinja_run before = m->run;
	pv_buf *out = m->out;
	pv_jinja_value block_text = m->block_text;
	int include_depth = m->include_depth;
	int rc = exec(m, act, node);

	if (rc >= 0)
		return rc;
	(void)pv_jinja_failed(m, act, node, rc);
	rc = pv_jinja_tell_failed(m->options->misses, &m->run, rc, &m->place);
	if (rc < 0)
		return rc;
	pv_jinja_forget(m);
	m->out = out;
	m->block_text = block_text;
	m->include_depth = include_depth;
	m->run.is_escaping = before.is_escaping;
	m->run.depth = before.depth;
	m->run.nesting = before.nesting;
	m->run.visits = before.visits;
	m->run.settings = before.settings;
	pv_buf_truncate(&m->run.scratch, before.scratch.len);
	return rc;
}

static int may_leave_out(const pv_jinja_node *node);

/* Whether a statement may set names that are seen behind it. */
static int sets_names(const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_DATA:
	case PV_JINJA_N_PRINT:
	case PV_JINJA_N_FOR:
	case PV_JINJA_N_INCLUDE:
		return 0;
	case PV_JINJA_N_IF:
		return !may_leave_out(node);
	default:
		return 1;
	}
}

static int set_names(const pv_jinja_nodes *nodes)
{
	for (const pv_jinja_node *node = nodes->first; node; node = node->next)
		if (sets_names(node))
			return 1;
	return 0;
}

/* An `if`, unless an arm sets what is used behind, and would be missed there. */
static int may_leave_out(const pv_jinja_node *node)
{
	if (set_names(&node->u.cases.body) || set_names(&node->u.cases.orelse))
		return 0;
	for (const pv_jinja_node *other = node->u.cases.elifs.first; other;
	     other = other->next)
		if (set_names(&other->u.cases.body))
			return 0;
	return 1;
}

static int exec_one(pv_jinja_machine *m, pv_jinja_activation *act,
		    const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_DATA:
		return exec_data(m, act, node);
	case PV_JINJA_N_PRINT:
		return m->options->misses ? exec_told(m, act, node, exec_print)
					  : exec_print(m, act, node);
	case PV_JINJA_N_IF:
		return m->options->misses && may_leave_out(node)
			       ? exec_told(m, act, node, exec_if)
			       : exec_if(m, act, node);
	case PV_JINJA_N_FOR:
		return m->options->misses
			       ? exec_told(m, act, node, pv_jinja_exec_loop)
			       : pv_jinja_exec_loop(m, act, node);
	case PV_JINJA_N_SET:
		return exec_set(m, act, node);
	case PV_JINJA_N_WITH:
		return exec_with(m, act, node);
	case PV_JINJA_N_AUTOESCAPE:
		return exec_autoescape(m, act, node);
	case PV_JINJA_N_EXPR:
		return exec_expression(m, act, node);
	case PV_JINJA_N_BREAK:
		return PV_JINJA_BROKE;
	case PV_JINJA_N_CONTINUE:
		return PV_JINJA_CONTINUED;
	default:
		return exec_code(m, act, node);
	}
}

int pv_jinja_exec(pv_jinja_machine *m, pv_jinja_activation *act,
		  const pv_jinja_nodes *nodes)
{
	for (const pv_jinja_node *node = nodes->first; node; node = node->next) {
		int rc = pv_jinja_spend(&m->run, 1);

		if (rc == PV_OK)
			rc = exec_one(m, act, node);
		if (rc < 0)
			return pv_jinja_failed(m, act, node, rc);
		if (rc > 0)
			return rc;
	}
	return PV_OK;
}
