/* SPDX-License-Identifier: MIT
 *
 * Blocks. A context has for each name the versions of the templates that
 * extend each other, the most derived one first; super() is the next one.
 */
#include "jinja/run/argument.h"
#include "jinja/run/machine.h"

static pv_jinja_chain *find_chain(pv_jinja_run *run,
				  const pv_jinja_context *context,
				  const pv_jinja_name *name)
{
	pv_jinja_chain *chain = context->chains;
	size_t count = 0;

	while (chain &&
	       (chain->hash != name->hash || chain->name.len != name->text.len ||
		memcmp(chain->name.u.s, name->text.u.s, name->text.len) != 0)) {
		chain = chain->next;
		count++;
	}
	pv_jinja_owe(run, count / 16);
	return chain;
}

static int add_block(pv_jinja_machine *m, pv_jinja_context *context,
		     const pv_jinja_block *block)
{
	pv_jinja_chain *chain = find_chain(&m->run, context, block->name);
	pv_jinja_version *version;
	pv_jinja_version **end;
	int rc = PV_OK;

	if (!chain) {
		rc = pv_jinja_alloc(&chain, &m->run, sizeof(*chain));
		if (rc < 0)
			return rc;
		memset(chain, 0, sizeof(*chain));
		chain->name = block->name->text;
		chain->hash = block->name->hash;
		chain->next = context->chains;
		context->chains = chain;
	}
	rc = pv_jinja_alloc(&version, &m->run, sizeof(*version));
	if (rc < 0)
		return rc;
	version->block = block;
	version->next = NULL;
	for (end = &chain->versions; *end; end = &(*end)->next)
		;
	*end = version;
	return PV_OK;
}

int pv_jinja_add_blocks(pv_jinja_machine *m, pv_jinja_context *context,
			const pv_jinja_template *template)
{
	int rc = PV_OK;

	for (const pv_jinja_block *block = template->blocks;
	     rc == PV_OK && block; block = block->next) {
		rc = pv_jinja_spend(&m->run, 1);
		if (rc == PV_OK)
			rc = add_block(m, context, block);
	}
	return rc;
}

/* --- running --------------------------------------------------------------- */

static int run_block(pv_jinja_machine *m, pv_jinja_context *context,
		     const pv_jinja_block *code)
{
	pv_jinja_activation *act;
	pv_jinja_unit *unit;
	int rc = pv_jinja_enter(&m->run);

	if (rc < 0)
		return rc;
	rc = pv_jinja_check_stack(m);
	if (rc == PV_OK)
		rc = pv_jinja_alloc(&unit, &m->run, sizeof(*unit));
	if (rc == PV_OK) {
		unit->parent = NULL;
		unit->context = context;
		unit->template = code->template;
		rc = pv_jinja_activate(&act, m, unit, NULL, code->slot_count);
	}
	if (rc == PV_OK)
		rc = pv_jinja_set_references(m, act, code);
	if (rc == PV_OK) {
		pv_jinja_scope_enter(m, act, &code->scope);
		rc = pv_jinja_exec(m, act, &code->body);
	}
	pv_jinja_leave(&m->run);
	return rc;
}

/* The context of a scoped block, which sees the variables around it. */
static int derive(pv_jinja_context **out, pv_jinja_machine *m,
		  pv_jinja_activation *act, const pv_jinja_node *node)
{
	const pv_jinja_context *context = act->unit->context;
	const pv_jinja_layer *layer;
	int rc = pv_jinja_context_share(&layer, m, act, node->u.block.locals);

	if (rc == PV_OK)
		rc = pv_jinja_alloc(out, &m->run, sizeof(**out));
	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	(*out)->template = context->template;
	(*out)->outer = layer;
	(*out)->sees_user = context->sees_user;
	(*out)->chains = context->chains;
	return PV_OK;
}

int pv_jinja_exec_block(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *node)
{
	pv_jinja_context *context = act->unit->context;
	const pv_jinja_chain *chain =
		find_chain(&m->run, context, node->u.block.name);
	pv_jinja_value name = node->u.block.name->text;
	int rc = PV_OK;

	if (!chain)
		return PV_OK;
	if (node->flag & PV_JINJA_BLOCK_SCOPED)
		rc = derive(&context, m, act, node);
	if (rc < 0)
		return rc;
	if ((node->flag & PV_JINJA_BLOCK_REQUIRED) && !chain->versions->next)
		return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
				      "Required block '%.*s' not found",
				      (int)name.len, name.u.s);
	return run_block(m, context, chain->versions->block);
}

/* --- super and self --------------------------------------------------------- */

/* A block as a value. */
struct reference {
	pv_jinja_object head;
	pv_jinja_context *context;
	const pv_jinja_chain *chain;
	const pv_jinja_version *version;
};

static const pv_jinja_class reference_class;

static int new_reference(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_context *context, const pv_jinja_chain *chain,
			 const pv_jinja_version *version)
{
	struct reference *reference;
	pv_jinja_value hint;
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (!version) {
		pv_buf_puts(&run->scratch, "there is no parent block called ");
		pv_jinja_put_quoted(&run->scratch, chain ? chain->name.u.s : "",
				    chain ? chain->name.len : 0);
		pv_buf_put(&run->scratch, ".", 2);
		rc = pv_jinja_finish(&hint, run, mark, 0);
		if (rc < 0)
			return rc;
		return pv_jinja_undefined_hint(out, run, PV_JINJA_UNDEFINED_ERROR,
					       pv_jinja_text("super"), hint.u.s);
	}
	rc = pv_jinja_alloc(&reference, run, sizeof(*reference));
	if (rc < 0)
		return rc;
	reference->head.kind = &reference_class;
	reference->context = context;
	reference->chain = chain;
	reference->version = version;
	*out = pv_jinja_object_value(&reference->head);
	return PV_OK;
}

static int reference_get(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_object *object, const pv_jinja_name *name)
{
	const struct reference *r = (const struct reference *)object;
	int rc;

	if (pv_jinja_str_is(name->text, "name")) {
		*out = r->chain->name;
		return 1;
	}
	if (!pv_jinja_str_is(name->text, "super"))
		return 0;
	rc = new_reference(out, run, r->context, r->chain, r->version->next);
	return rc < 0 ? rc : 1;
}

static int reference_call(pv_jinja_value *out, pv_jinja_call *call)
{
	const struct reference *r = (const struct reference *)call->self.u.object;
	pv_jinja_machine *m = pv_jinja_machine_of(call->run);
	pv_jinja_capture capture;
	int rc = pv_jinja_refuse_arguments(call, "BlockReference.__call__");

	if (rc < 0)
		return rc;
	pv_jinja_capture_begin(&capture, m);
	rc = run_block(m, r->context, r->version->block);
	return pv_jinja_capture_end(out, &capture, m, call->run->is_escaping, rc);
}

static const pv_jinja_class reference_class = {
	.name = "BlockReference",
	.object_name = "jinja2.runtime.BlockReference object",
	.get = reference_get,
	.call = reference_call,
};

struct self {
	pv_jinja_object head;
	pv_jinja_context *context;
};

static int self_get(pv_jinja_value *out, pv_jinja_run *run,
		    pv_jinja_object *object, const pv_jinja_name *name)
{
	pv_jinja_context *context = ((struct self *)object)->context;
	const pv_jinja_chain *chain = find_chain(run, context, name);
	int rc;

	if (!chain)
		return 0;
	rc = new_reference(out, run, context, chain, chain->versions);
	return rc < 0 ? rc : 1;
}

static int self_item(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_object *object, pv_jinja_value key)
{
	pv_jinja_name name;

	if (!pv_jinja_is_str(key))
		return 0;
	pv_jinja_name_init(&name, key.u.s, key.len, key.flags);
	return self_get(out, run, object, &name);
}

static int self_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	const char *name = ((struct self *)object)->context->template->name;

	(void)run;
	pv_buf_puts(out, "<TemplateReference ");
	if (name)
		pv_jinja_put_quoted(out, name, strlen(name));
	else
		pv_buf_puts(out, "None");
	pv_buf_putc(out, '>');
	return PV_OK;
}

static const pv_jinja_class self_class = {
	.name = "TemplateReference",
	.object_name = "jinja2.runtime.TemplateReference object",
	.get = self_get,
	.item = self_item,
	.put_repr = self_put_repr,
};

int pv_jinja_set_references(pv_jinja_machine *m, pv_jinja_activation *act,
			    const pv_jinja_block *code)
{
	pv_jinja_context *context = act->unit->context;
	const pv_jinja_chain *chain;
	struct self *self;
	const pv_jinja_version *version;
	int rc;

	if (code->takes_self) {
		rc = pv_jinja_alloc(&self, &m->run, sizeof(*self));
		if (rc < 0)
			return rc;
		self->head.kind = &self_class;
		self->context = context;
		act->slots[code->self_slot] = pv_jinja_object_value(&self->head);
	}
	if (!code->takes_super)
		return PV_OK;
	chain = find_chain(&m->run, context, code->name);
	version = chain ? chain->versions : NULL;
	while (version && version->block != code)
		version = version->next;
	return new_reference(&act->slots[code->super_slot], &m->run, context,
			     chain, version ? version->next : NULL);
}
