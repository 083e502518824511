/* SPDX-License-Identifier: MIT
 *
 * Macros: objects that can be called, with the scope they were made in. What
 * {% call %}, {% filter %} and {% set %} capture of the output is here, too.
 */
#include "jinja/run/machine.h"

/* --- arguments ------------------------------------------------------------- */

struct binding {
	pv_jinja_machine *m;
	const pv_jinja_macro *code;
	const pv_jinja_call *call;
	pv_jinja_activation *act;
	uint64_t used; /* keywords that named a parameter: bits */
};

enum {
	MAX_KEYWORDS = 64,
	MACRO_STEPS = 4 /* what a call costs besides its body */
};

static pv_jinja_value *param_slot(struct binding *b, const pv_jinja_node *param)
{
	return &b->act->slots[param->u.name.slot.index];
}

static int is_same(pv_jinja_value a, pv_jinja_value b)
{
	return a.len == b.len && !memcmp(a.u.s, b.u.s, a.len);
}

/* The value of a keyword argument that nothing has used; MISSING when none. */
static pv_jinja_value take_keyword(struct binding *b, pv_jinja_value name)
{
	for (size_t i = 0; i < b->call->keyword_count; i++) {
		if ((b->used & (uint64_t)1 << i) ||
		    !is_same(b->call->keywords[i].name, name))
			continue;
		b->used |= (uint64_t)1 << i;
		return b->call->keywords[i].value;
	}
	return pv_jinja_missing();
}

/* Parameters from positional arguments, then from keywords. */
static void bind_params(struct binding *b)
{
	pv_jinja_value absent = { .flags = PV_JINJA_ABSENT };
	size_t at = 0;

	for (const pv_jinja_node *param = b->code->params.first; param;
	     param = param->next, at++) {
		pv_jinja_value value;

		if (at < b->call->count)
			value = b->call->args[at];
		else
			value = take_keyword(b, param->u.name.name->text);
		*param_slot(b, param) =
			pv_jinja_is_missing(value) ? absent : value;
	}
}

static int bind_caller(struct binding *b)
{
	pv_jinja_value caller = take_keyword(b, pv_jinja_text("caller"));
	int rc = PV_OK;

	if (pv_jinja_is_missing(caller) || pv_jinja_is_none(caller))
		rc = pv_jinja_undefined_hint(&caller, &b->m->run,
					     PV_JINJA_UNDEFINED_ERROR,
					     pv_jinja_text("caller"),
					     "No caller defined");
	b->act->slots[b->code->caller_slot] = caller;
	return rc;
}

static int bind_kwargs(struct binding *b)
{
	pv_jinja_dict *dict;
	int rc = pv_jinja_dict_new(&dict, &b->m->run, b->call->keyword_count);

	for (size_t i = 0; rc == PV_OK && i < b->call->keyword_count; i++)
		if (!(b->used & (uint64_t)1 << i))
			rc = pv_jinja_dict_set(&b->m->run, dict,
					       b->call->keywords[i].name,
					       b->call->keywords[i].value);
	if (rc == PV_OK)
		b->act->slots[b->code->kwargs_slot] = pv_jinja_dict_value(dict);
	return rc;
}

static int bind_varargs(struct binding *b)
{
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, &b->m->run, 0);

	for (size_t i = b->code->params.count;
	     rc == PV_OK && i < b->call->count; i++)
		rc = pv_jinja_list_add(&b->m->run, list, b->call->args[i]);
	if (rc == PV_OK)
		b->act->slots[b->code->varargs_slot] = pv_jinja_tuple_value(list);
	return rc;
}

/* 'name' as in Python, or None for the body of a call block. */
static pv_jinja_value quoted_name(const struct binding *b)
{
	size_t mark = pv_jinja_begin(&b->m->run);
	const pv_jinja_name *name = b->code->name;
	pv_jinja_value quoted = pv_jinja_text("None");

	if (!name)
		return quoted;
	pv_jinja_put_quoted(&b->m->run.scratch, name->text.u.s, name->text.len);
	(void)pv_jinja_finish(&quoted, &b->m->run, mark, 0);
	return quoted;
}

static int fail_keyword(const struct binding *b)
{
	pv_jinja_value name = quoted_name(b);
	pv_jinja_value first = pv_jinja_missing();
	int has_caller = 0;

	for (size_t i = 0; i < b->call->keyword_count; i++) {
		if (b->used & (uint64_t)1 << i)
			continue;
		if (pv_jinja_is_missing(first))
			first = b->call->keywords[i].name;
		has_caller |=
			pv_jinja_str_is(b->call->keywords[i].name, "caller");
	}
	if (has_caller)
		return pv_jinja_raise(&b->m->run, PV_JINJA_TYPE_ERROR,
				      "macro %.*s was invoked with two values "
				      "for the special caller argument. This "
				      "is most likely a bug.",
				      (int)name.len, name.u.s);
	return pv_jinja_raise(&b->m->run, PV_JINJA_TYPE_ERROR,
			      "macro %.*s takes no keyword argument '%.*s'",
			      (int)name.len, name.u.s, (int)first.len, first.u.s);
}

static int bind_rest(struct binding *b)
{
	uint64_t all = b->call->keyword_count >= MAX_KEYWORDS
			       ? UINT64_MAX
			       : ((uint64_t)1 << b->call->keyword_count) - 1;
	pv_jinja_value name;
	int rc = PV_OK;

	if (b->code->takes_kwargs)
		rc = bind_kwargs(b);
	else if (b->used != all)
		rc = fail_keyword(b);
	if (rc < 0)
		return rc;
	if (b->code->takes_varargs)
		return bind_varargs(b);
	if (b->call->count <= b->code->params.count)
		return PV_OK;
	name = quoted_name(b);
	return pv_jinja_raise(&b->m->run, PV_JINJA_TYPE_ERROR,
			      "macro %.*s takes not more than %zu argument(s)",
			      (int)name.len, name.u.s, b->code->params.count);
}

static int bind_value(struct binding *b, const pv_jinja_node *param,
		      const pv_jinja_node *value)
{
	pv_jinja_value given;
	int rc = pv_jinja_eval(&given, b->m, b->act, value);

	if (rc == PV_OK)
		*param_slot(b, param) = given;
	return rc;
}

/* A parameter that was given nothing: its default, or undefined. */
static int bind_default(struct binding *b, const pv_jinja_node *param,
			const pv_jinja_node *value)
{
	pv_jinja_value name = param->u.name.name->text;
	size_t mark = pv_jinja_begin(&b->m->run);
	pv_jinja_value hint;
	int rc;

	if (value)
		return bind_value(b, param, value);
	pv_buf_puts(&b->m->run.scratch, "parameter ");
	pv_jinja_put_quoted(&b->m->run.scratch, name.u.s, name.len);
	pv_buf_puts(&b->m->run.scratch, " was not provided");
	pv_buf_put(&b->m->run.scratch, "", 1);
	rc = pv_jinja_finish(&hint, &b->m->run, mark, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_undefined_hint(param_slot(b, param), &b->m->run,
				       PV_JINJA_UNDEFINED_ERROR, name, hint.u.s);
}

/* Defaults belong to the last parameters, and may use the ones before. */
static int bind_defaults(struct binding *b)
{
	const pv_jinja_node *value = NULL;
	size_t left = b->code->params.count;
	int rc = PV_OK;

	for (const pv_jinja_node *param = b->code->params.first;
	     rc == PV_OK && param; param = param->next, left--) {
		if (left == b->code->defaults.count)
			value = b->code->defaults.first;
		if (pv_jinja_is_missing(*param_slot(b, param)))
			rc = bind_default(b, param, value);
		if (value)
			value = value->next;
	}
	return rc;
}

/* --- running --------------------------------------------------------------- */

static int run_body(struct binding *b, const pv_jinja_macro_object *macro)
{
	int rc;

	pv_jinja_scope_enter(b->m, b->act, &b->code->scope);
	rc = bind_defaults(b);
	if (rc < 0)
		return pv_jinja_failed(b->m, b->act, macro->node, rc);
	return pv_jinja_exec(b->m, b->act, &b->code->body);
}

int pv_jinja_macro_run(pv_jinja_machine *m, const pv_jinja_macro_object *macro,
		       const pv_jinja_call *call)
{
	struct binding b = { .m = m, .code = macro->code, .call = call };
	int rc = pv_jinja_enter(&m->run);

	if (rc < 0)
		return rc;
	rc = pv_jinja_spend(&m->run, MACRO_STEPS);
	if (rc == PV_OK && call->keyword_count > MAX_KEYWORDS)
		rc = pv_jinja_limit(&m->run, MAX_KEYWORDS,
				    "keyword arguments of a macro");
	if (rc == PV_OK)
		rc = pv_jinja_check_stack(m);
	if (rc == PV_OK)
		rc = pv_jinja_activate(&b.act, m, macro->outer->unit,
				       macro->outer, macro->code->slot_count);
	if (rc == PV_OK) {
		bind_params(&b);
		if (b.code->takes_caller && !b.code->has_caller_param)
			rc = bind_caller(&b);
	}
	if (rc == PV_OK)
		rc = bind_rest(&b);
	if (rc == PV_OK)
		rc = run_body(&b, macro);
	pv_jinja_leave(&m->run);
	return rc;
}

static int macro_call(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_machine *m = pv_jinja_machine_of(call->run);
	pv_jinja_capture capture;
	int rc;

	pv_jinja_capture_begin(&capture, m);
	rc = pv_jinja_macro_run(m,
				(const pv_jinja_macro_object *)call->self.u.object,
				call);
	return pv_jinja_capture_end(out, &capture, m, call->run->is_escaping, rc);
}

/* --- as an object ---------------------------------------------------------- */

static int get_arguments(pv_jinja_value *out, pv_jinja_run *run,
			 const pv_jinja_macro *code)
{
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, run, code->params.count);

	for (const pv_jinja_node *param = code->params.first;
	     rc == PV_OK && param; param = param->next)
		rc = pv_jinja_list_add(run, list, param->u.name.name->text);
	if (rc == PV_OK)
		*out = pv_jinja_tuple_value(list);
	return rc < 0 ? rc : 1;
}

static int macro_get(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_object *object, const pv_jinja_name *name)
{
	const pv_jinja_macro *code = ((pv_jinja_macro_object *)object)->code;

	if (pv_jinja_str_is(name->text, "name"))
		*out = code->name ? code->name->text : pv_jinja_none();
	else if (pv_jinja_str_is(name->text, "arguments"))
		return get_arguments(out, run, code);
	else if (pv_jinja_str_is(name->text, "catch_kwargs"))
		*out = pv_jinja_bool(code->takes_kwargs);
	else if (pv_jinja_str_is(name->text, "catch_varargs"))
		*out = pv_jinja_bool(code->takes_varargs);
	else if (pv_jinja_str_is(name->text, "caller"))
		*out = pv_jinja_bool(code->takes_caller);
	else
		return 0;
	return 1;
}

static int macro_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	const pv_jinja_name *name = ((pv_jinja_macro_object *)object)->code->name;

	(void)run;
	pv_buf_puts(out, "<Macro ");
	if (name)
		pv_jinja_put_quoted(out, name->text.u.s, name->text.len);
	else
		pv_buf_puts(out, "anonymous");
	pv_buf_putc(out, '>');
	return PV_OK;
}

const pv_jinja_class pv_jinja_macro_class = {
	.name = "Macro",
	.object_name = "jinja2.runtime.Macro object",
	.get = macro_get,
	.put_repr = macro_put_repr,
	.call = macro_call,
};

int pv_jinja_macro_new(pv_jinja_value *out, pv_jinja_machine *m,
		       pv_jinja_activation *act, const pv_jinja_node *node)
{
	pv_jinja_macro_object *macro;
	int rc = pv_jinja_alloc(&macro, &m->run, sizeof(*macro));

	if (rc < 0)
		return rc;
	macro->head.kind = &pv_jinja_macro_class;
	macro->code = node->u.macro.code;
	macro->node = node;
	macro->outer = act;
	*out = pv_jinja_object_value(&macro->head);
	return PV_OK;
}

/* --- blocks that capture --------------------------------------------------- */

/* What comes out is printed as it is, not as str() has it: Jinja2 joins it with
 * the rest, and fails there. */
static int put_text(pv_jinja_machine *m, pv_jinja_value value)
{
	if (value.type != PV_JINJA_STR)
		return pv_jinja_raise(&m->run, PV_JINJA_TYPE_ERROR,
				      "sequence item 0: expected str instance, "
				      "%s found",
				      pv_jinja_type_name(value));
	pv_buf_put(m->out, value.u.s, value.len);
	return PV_OK;
}

int pv_jinja_exec_call_block(pv_jinja_machine *m, pv_jinja_activation *act,
			     const pv_jinja_node *node)
{
	pv_jinja_call call = { .run = &m->run };
	pv_jinja_value caller;
	pv_jinja_value value;
	int rc = pv_jinja_macro_new(&caller, m, act, node);

	if (rc < 0)
		return rc;
	if (!node->u.macro.call)
		return pv_jinja_macro_run(m,
					  (const pv_jinja_macro_object *)
						  caller.u.object,
					  &call);
	rc = pv_jinja_eval_call(&value, m, act, node->u.macro.call, caller);
	if (rc < 0)
		return rc;
	return put_text(m, value);
}

/* The output of a body, in a scope of its own. */
static int capture_body(pv_jinja_value *out, pv_jinja_machine *m,
			pv_jinja_activation *act, const pv_jinja_node *node,
			int is_markup)
{
	pv_jinja_capture capture;
	int rc;

	pv_jinja_scope_enter(m, act, &node->u.set.scope);
	pv_jinja_capture_begin(&capture, m);
	rc = pv_jinja_exec(m, act, &node->u.set.body);
	if (rc > 0) {
		/* break and continue leave what was captured behind. */
		(void)pv_jinja_capture_end(out, &capture, m, 0, PV_OK);
		return rc;
	}
	return pv_jinja_capture_end(out, &capture, m, is_markup, rc);
}

static int is_escaping(const pv_jinja_machine *m, const pv_jinja_node *node)
{
	return node->escape == PV_JINJA_ESCAPE_VOLATILE
		       ? m->run.is_escaping
		       : node->escape == PV_JINJA_ESCAPE_ON;
}

/* The filters of a block, applied to a text. */
static int apply(pv_jinja_value *out, pv_jinja_machine *m,
		 pv_jinja_activation *act, const pv_jinja_node *filter,
		 pv_jinja_value text)
{
	pv_jinja_value outer = m->block_text;
	int rc;

	m->block_text = text;
	rc = pv_jinja_eval(out, m, act, filter);
	m->block_text = outer;
	return rc;
}

int pv_jinja_exec_filter_block(pv_jinja_machine *m, pv_jinja_activation *act,
			       const pv_jinja_node *node)
{
	pv_jinja_value text;
	pv_jinja_value value;
	int rc = capture_body(&text, m, act, node, is_escaping(m, node));

	if (rc != PV_OK)
		return rc;
	rc = apply(&value, m, act, node->u.set.value, text);
	if (rc == PV_OK)
		rc = put_text(m, value);
	pv_jinja_scope_leave(act, &node->u.set.scope);
	return rc;
}

int pv_jinja_exec_set_block(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_node *node)
{
	pv_jinja_value value;
	int rc = capture_body(&value, m, act, node, is_escaping(m, node));

	if (rc != PV_OK)
		return rc;
	if (node->u.set.value)
		rc = apply(&value, m, act, node->u.set.value, value);
	if (rc == PV_OK && m->run.is_escaping && value.type != PV_JINJA_STR)
		rc = pv_jinja_to_str(&value, &m->run, value);
	if (rc < 0)
		return rc;
	if (m->run.is_escaping)
		value.flags |= PV_JINJA_MARKUP;
	return pv_jinja_assign(m, act, node->u.set.target, value);
}
