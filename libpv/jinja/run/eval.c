/* SPDX-License-Identifier: MIT
 *
 * Expressions. One function per kind of node, called from one switch; a
 * failure keeps the place of the innermost node for the column.
 */
#include "jinja/run/machine.h"

#include <stdio.h>

enum {
	FEW = 8 /* operands kept on the stack */
};

int pv_jinja_stack_limit(pv_jinja_machine *m)
{
	return pv_jinja_limit(&m->run, m->run.limits.stack, "bytes of stack");
}

/* --- names and literals --------------------------------------------------- */

static int tell_absent(const pv_jinja_machine *m, const pv_jinja_name *name)
{
	const pv_jinja_misses *misses = m->options->misses;
	pv_str text = { name->text.u.s, name->text.len };

	return misses->absent(text, misses->payload);
}

static int eval_name(pv_jinja_value *out, pv_jinja_machine *m,
		     pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value *slot = pv_jinja_slot_of(act, node->u.name.slot);
	int rc = PV_OK;

	if (slot->type == PV_JINJA_MISSING && slot->flags == 0)
		*slot = pv_jinja_look_up(m, act->unit->context,
					 node->u.name.name);
	*out = *slot;
	if (slot->type != PV_JINJA_MISSING)
		return PV_OK;
	if (m->options->misses && m->options->misses->absent)
		rc = tell_absent(m, node->u.name.name);
	if (rc < 0)
		return rc;
	return pv_jinja_undefined_name(out, &m->run, node->u.name.name->text);
}

static int eval_items(pv_jinja_value *out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, &m->run, node->u.items.count);

	for (const pv_jinja_node *item = node->u.items.first;
	     rc == PV_OK && item; item = item->next) {
		pv_jinja_value value = { 0 };

		rc = pv_jinja_eval(&value, m, act, item);
		if (rc == PV_OK)
			rc = pv_jinja_list_add(&m->run, list, value);
	}
	if (rc < 0)
		return rc;
	*out = node->kind == PV_JINJA_N_TUPLE ? pv_jinja_tuple_value(list)
					      : pv_jinja_list_value(list);
	return PV_OK;
}

static int eval_dict(pv_jinja_value *out, pv_jinja_machine *m,
		     pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_dict *dict;
	int rc = pv_jinja_dict_new(&dict, &m->run, node->u.items.count / 2);

	for (const pv_jinja_node *item = node->u.items.first;
	     rc == PV_OK && item; item = item->next->next) {
		pv_jinja_value key = { 0 };
		pv_jinja_value value = { 0 };

		rc = pv_jinja_eval(&key, m, act, item);
		if (rc == PV_OK)
			rc = pv_jinja_eval(&value, m, act, item->next);
		if (rc == PV_OK)
			rc = pv_jinja_dict_set(&m->run, dict, key, value);
	}
	if (rc == PV_OK)
		*out = pv_jinja_dict_value(dict);
	return rc;
}

/* --- logic ---------------------------------------------------------------- */

int pv_jinja_eval_truth(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node)
{
	pv_jinja_value value = { 0 };
	int rc = pv_jinja_eval(&value, m, act, node);

	if (rc < 0)
		return rc;
	if (value.type == PV_JINJA_BOOL)
		return value.u.i != 0;
	return pv_jinja_truth(&m->run, value);
}

/* What x if y is when y is false and there is no else. */
static int eval_no_else(pv_jinja_value *out, pv_jinja_machine *m,
			const pv_jinja_activation *act, const pv_jinja_node *node)
{
	const char *name = act->unit->template->name;
	size_t mark = pv_jinja_begin(&m->run);
	pv_jinja_value hint;
	int kind = m->run.settings->undefined_kind;
	pv_jinja_settings plain = *m->run.settings;
	const pv_jinja_settings *settings = m->run.settings;
	int rc;

	pv_buf_printf(&m->run.scratch, "the inline if-expression on line %d",
		      node->line);
	if (name) {
		pv_buf_puts(&m->run.scratch, " in ");
		pv_jinja_put_quoted(&m->run.scratch, name, strlen(name));
	}
	pv_buf_puts(&m->run.scratch, " evaluated to false and no else section "
				     "was defined.");
	pv_buf_put(&m->run.scratch, "", 1);
	rc = pv_jinja_finish(&hint, &m->run, mark, 0);
	if (rc < 0)
		return rc;
	/* It is of the standard kind whatever the environment has. */
	plain.undefined_kind = PV_JINJA_UNDEFINED_DEFAULT;
	if (kind != PV_JINJA_UNDEFINED_DEFAULT)
		m->run.settings = &plain;
	rc = pv_jinja_undefined_hint(out, &m->run, PV_JINJA_UNDEFINED_ERROR,
				     pv_jinja_missing(), hint.u.s);
	m->run.settings = settings;
	return rc;
}

static int eval_condition(pv_jinja_value *out, pv_jinja_machine *m,
			  pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc = pv_jinja_eval_truth(m, act, node->u.cond.test);

	if (rc < 0)
		return rc;
	if (rc > 0)
		return pv_jinja_eval(out, m, act, node->u.cond.yes);
	if (node->u.cond.no)
		return pv_jinja_eval(out, m, act, node->u.cond.no);
	return eval_no_else(out, m, act, node);
}

/* The left value if it decides, else the right one. */
static int eval_logic(pv_jinja_value *out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc = pv_jinja_eval(out, m, act, node->u.binary.left);

	if (rc < 0)
		return rc;
	rc = pv_jinja_truth(&m->run, *out);
	if (rc < 0 || rc == (node->kind == PV_JINJA_N_OR))
		return rc < 0 ? rc : PV_OK;
	return pv_jinja_eval(out, m, act, node->u.binary.right);
}

/* As pv_jinja_compare, which need not see texts that differ in length. */
static inline int compare(pv_jinja_run *run, enum pv_jinja_comparison comparison,
			  pv_jinja_value a, pv_jinja_value b)
{
	if (a.type == PV_JINJA_STR && b.type == PV_JINJA_STR &&
	    a.len != b.len && comparison <= PV_JINJA_NE)
		return comparison == PV_JINJA_NE;
	return pv_jinja_compare(run, comparison, a, b);
}

static int eval_compare(pv_jinja_value *out, pv_jinja_machine *m,
			pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value left = { 0 };
	pv_jinja_value right = { 0 };
	int rc = pv_jinja_eval(&left, m, act, node->u.binary.left);

	if (rc < 0)
		return rc;
	for (const pv_jinja_node *operand = node->u.binary.operands.first;
	     operand; operand = operand->next) {
		rc = pv_jinja_eval(&right, m, act, operand->u.binary.left);
		if (rc == PV_OK)
			rc = compare(&m->run,
				     (enum pv_jinja_comparison)operand->op,
				     left, right);
		if (rc <= 0)
			break;
		left = right;
	}
	if (rc < 0)
		return rc;
	*out = pv_jinja_bool(rc);
	return PV_OK;
}

/* --- arithmetic ----------------------------------------------------------- */

/* -(left ** right): see fold.c. */
static int eval_negated(pv_jinja_value *out, pv_jinja_machine *m,
			const pv_jinja_node *node, pv_jinja_value left,
			pv_jinja_value right)
{
	pv_jinja_value power = { 0 };
	int rc = pv_jinja_arith(&power, &m->run,
				(enum pv_jinja_operator)node->op, left, right);

	return rc < 0 ? rc : pv_jinja_negate(out, &m->run, power);
}

static int eval_binary(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value left = { 0 };
	pv_jinja_value right = { 0 };
	int rc = pv_jinja_eval(&left, m, act, node->u.binary.left);

	if (rc == PV_OK)
		rc = pv_jinja_eval(&right, m, act, node->u.binary.right);
	if (rc == PV_OK && node->flag)
		rc = pv_jinja_negate(&left, &m->run, left);
	if (rc < 0)
		return rc;
	if (node->flag)
		return eval_negated(out, m, node, left, right);
	return pv_jinja_arith(out, &m->run, (enum pv_jinja_operator)node->op,
			      left, right);
}

static int eval_sign(pv_jinja_value *out, pv_jinja_machine *m,
		     pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value value = { 0 };
	int rc = pv_jinja_eval(&value, m, act, node->u.binary.left);

	if (rc < 0)
		return rc;
	if (node->kind == PV_JINJA_N_NEG)
		return pv_jinja_negate(out, &m->run, value);
	return pv_jinja_plus(out, &m->run, value);
}

static int eval_concat(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value few[FEW];
	pv_jinja_value *parts = few;
	size_t count = 0;
	int is_escaping = m->run.is_escaping;
	int rc = PV_OK;

	if (node->u.items.count > FEW)
		rc = pv_jinja_alloc_array(&parts, &m->run, node->u.items.count,
					  sizeof(*parts));
	for (const pv_jinja_node *part = node->u.items.first;
	     rc == PV_OK && part; part = part->next)
		rc = pv_jinja_eval(&parts[count++], m, act, part);
	if (rc < 0)
		return rc;
	m->run.is_escaping = node->escape == PV_JINJA_ESCAPE_ON;
	rc = pv_jinja_concat(out, &m->run, parts, count);
	m->run.is_escaping = is_escaping;
	return rc;
}

/* --- attributes and subscripts -------------------------------------------- */

static int eval_getattr(pv_jinja_value *out, pv_jinja_machine *m,
			pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc = pv_jinja_eval(out, m, act, node->u.access.object);

	if (rc < 0)
		return rc;
	return pv_jinja_getattr(out, &m->run, *out, node->u.access.name);
}

static int eval_slice(pv_jinja_value *out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value bounds[3] = { { 0 } };
	pv_jinja_value object = *out;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < 3; i++)
		if (node->u.slice.bounds[i])
			rc = pv_jinja_eval(&bounds[i], m, act,
					   node->u.slice.bounds[i]);
	return rc < 0 ? rc : pv_jinja_getslice(out, &m->run, object, bounds);
}

static int eval_getitem(pv_jinja_value *out, pv_jinja_machine *m,
			pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_value object = { 0 };
	pv_jinja_value key = { 0 };
	int rc = pv_jinja_eval(&object, m, act, node->u.access.object);

	if (rc < 0)
		return rc;
	if (node->u.access.key->kind == PV_JINJA_N_SLICE) {
		*out = object;
		return eval_slice(out, m, act, node->u.access.key);
	}
	rc = pv_jinja_eval(&key, m, act, node->u.access.key);
	return rc < 0 ? rc : pv_jinja_getitem(out, &m->run, object, key);
}

/* --- translations --------------------------------------------------------- */

static int choose_text(pv_jinja_value *out, pv_jinja_value *count_out,
		       pv_jinja_machine *m, pv_jinja_activation *act,
		       const pv_jinja_node *node)
{
	int rc;

	*out = node->u.translate.singular;
	*count_out = pv_jinja_missing();
	if (pv_jinja_is_missing(node->u.translate.plural))
		return PV_OK;
	rc = pv_jinja_eval(count_out, m, act, node->u.translate.count);
	if (rc == PV_OK)
		rc = pv_jinja_equal(&m->run, *count_out, pv_jinja_int(1));
	if (rc == 0)
		*out = node->u.translate.plural;
	return rc < 0 ? rc : PV_OK;
}

static int eval_translate(pv_jinja_value *out, pv_jinja_machine *m,
			  pv_jinja_activation *act, const pv_jinja_node *node)
{
	const pv_jinja_node *variable = node->u.translate.variables.first;
	pv_jinja_dict *dict;
	pv_jinja_value text;
	pv_jinja_value count;
	pv_jinja_value value = { 0 };
	int rc = choose_text(&text, &count, m, act, node);

	if (rc < 0)
		return rc;
	if (m->run.is_escaping)
		text.flags |= PV_JINJA_MARKUP;
	*out = text;
	if (!variable && !node->flag)
		return PV_OK;
	rc = pv_jinja_dict_new(&dict, &m->run,
			       node->u.translate.variables.count + 2);
	if (rc == PV_OK && node->flag)
		rc = pv_jinja_i18n_defaults(&m->run, dict, count,
					    node->u.translate.context);
	for (; rc == PV_OK && variable; variable = variable->next) {
		rc = pv_jinja_eval(&value, m, act, variable);
		if (rc == PV_OK)
			rc = pv_jinja_dict_set(&m->run, dict,
					       variable->key->text, value);
	}
	if (rc < 0)
		return rc;
	return pv_jinja_arith(out, &m->run, PV_JINJA_MOD, text,
			      pv_jinja_dict_value(dict));
}

/* --- all of them ---------------------------------------------------------- */

static int eval_not(pv_jinja_value *out, pv_jinja_machine *m,
		    pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc = pv_jinja_eval_truth(m, act, node->u.binary.left);

	if (rc < 0)
		return rc;
	*out = pv_jinja_bool(!rc);
	return PV_OK;
}

/* A slice among the items of a subscript. */
static int eval_stray_slice(pv_jinja_value *out, pv_jinja_machine *m,
			    pv_jinja_activation *act, const pv_jinja_node *node)
{
	(void)out;
	(void)act;
	(void)node;
	return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
			      "unhashable type: 'slice'");
}

static int eval_call(pv_jinja_value *out, pv_jinja_machine *m,
		     pv_jinja_activation *act, const pv_jinja_node *node)
{
	return pv_jinja_eval_call(out, m, act, node, pv_jinja_missing());
}

typedef int evaluator(pv_jinja_value *out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node);

/* A table, not a switch: no evaluator pays for the frame of another one. */
static evaluator *const evaluators[] = {
	[PV_JINJA_N_NAME] = eval_name,
	[PV_JINJA_N_TUPLE] = eval_items,
	[PV_JINJA_N_LIST] = eval_items,
	[PV_JINJA_N_DICT] = eval_dict,
	[PV_JINJA_N_CONDEXPR] = eval_condition,
	[PV_JINJA_N_OR] = eval_logic,
	[PV_JINJA_N_AND] = eval_logic,
	[PV_JINJA_N_NOT] = eval_not,
	[PV_JINJA_N_COMPARE] = eval_compare,
	[PV_JINJA_N_BINARY] = eval_binary,
	[PV_JINJA_N_CONCAT] = eval_concat,
	[PV_JINJA_N_NEG] = eval_sign,
	[PV_JINJA_N_POS] = eval_sign,
	[PV_JINJA_N_GETATTR] = eval_getattr,
	[PV_JINJA_N_GETITEM] = eval_getitem,
	[PV_JINJA_N_SLICE] = eval_stray_slice,
	[PV_JINJA_N_CALL] = eval_call,
	[PV_JINJA_N_FILTER] = pv_jinja_eval_native,
	[PV_JINJA_N_TEST] = pv_jinja_eval_native,
	[PV_JINJA_N_TRANSLATE] = eval_translate,
};

/* Keeps the place of the innermost node. */
static int fail_at(pv_jinja_machine *m, const pv_jinja_node *node, int rc)
{
	if (!m->has_pos) {
		m->has_pos = 1;
		m->pos = node->pos;
	}
	return rc;
}

int pv_jinja_eval_node(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node)
{
	int rc;

	if (pv_jinja_is_stack_full(m))
		return fail_at(m, node, pv_jinja_stack_limit(m));
	rc = evaluators[node->kind](out, m, act, node);
	return rc < 0 ? fail_at(m, node, rc) : rc;
}
