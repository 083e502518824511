/* SPDX-License-Identifier: MIT
 *
 * Variables as a template finds them: its own of the top level, then what the
 * including template handed on, what the render was given, and globals.
 */
#include "jinja/run/machine.h"

static int is_named(const pv_jinja_var *var, const pv_jinja_name *name)
{
	return var->hash == name->hash && var->name.len == name->text.len &&
	       (var->name.u.s == name->text.u.s ||
		!memcmp(var->name.u.s, name->text.u.s, name->text.len));
}

static pv_jinja_var *find_var(pv_jinja_var *vars, size_t count,
			      const pv_jinja_name *name)
{
	for (size_t i = 0; i < count; i++)
		if (is_named(&vars[i], name))
			return &vars[i];
	return NULL;
}

/* Variables looked through are paid for when the next step is. */
static void pay(pv_jinja_machine *m, size_t count)
{
	pv_jinja_owe(&m->run, count / 16);
}

/* The environment's globals. */
static const pv_jinja_value *find_global(const pv_jinja_machine *m,
					 const pv_jinja_name *name)
{
	pv_jinja_value text = name->text;
	const pv_jinja_value *found = NULL;

	if (m->options->globals)
		found = pv_jinja_dict_find_text(m->options->globals, text.u.s,
						text.len, name->hash);
	if (!found && m->env->has_chat_globals)
		found = pv_jinja_chat_find(text);
	if (!found && (m->env->extensions & PV_JINJA_EXT_I18N))
		found = pv_jinja_i18n_find(text, m->env->extensions);
	return found ? found : pv_jinja_global_find(text.u.s, text.len);
}

pv_jinja_value pv_jinja_look_up(pv_jinja_machine *m,
				const pv_jinja_context *context,
				const pv_jinja_name *name)
{
	pv_jinja_value absent = { .flags = PV_JINJA_ABSENT };
	const pv_jinja_value *found = NULL;
	const pv_jinja_var *var;

	pay(m, context->var_count);
	var = find_var(context->vars, context->var_count, name);
	for (const pv_jinja_layer *layer = context->outer; !var && layer;
	     layer = layer->outer) {
		pay(m, layer->count);
		var = find_var(layer->vars, layer->count, name);
	}
	if (var)
		return var->value;
	if (context->sees_user && m->user)
		found = pv_jinja_dict_find_text(m->user, name->text.u.s,
						name->text.len, name->hash);
	if (!found)
		found = find_global(m, name);
	return found ? *found : absent;
}

static int grow_vars(pv_jinja_machine *m, pv_jinja_context *context)
{
	size_t cap = context->var_cap ? context->var_cap * 2 : 8;
	pv_jinja_var *vars;
	int rc = pv_jinja_alloc_array(&vars, &m->run, cap, sizeof(*vars));

	if (rc < 0)
		return rc;
	if (context->var_count > 0)
		memcpy(vars, context->vars, context->var_count * sizeof(*vars));
	context->vars = vars;
	context->var_cap = cap;
	return PV_OK;
}

int pv_jinja_context_set(pv_jinja_machine *m, pv_jinja_context *context,
			 const pv_jinja_name *name, pv_jinja_value value,
			 int is_exported)
{
	pv_jinja_var *var = find_var(context->vars, context->var_count, name);
	int rc = PV_OK;

	pay(m, context->var_count);
	if (!var) {
		if (context->var_count == context->var_cap)
			rc = grow_vars(m, context);
		if (rc < 0)
			return rc;
		var = &context->vars[context->var_count++];
		var->name = name->text;
		var->hash = name->hash;
	}
	var->value = value;
	var->is_exported = is_exported && name->text.u.s[0] != '_';
	return PV_OK;
}

/* What a slot holds, looked up if nobody has yet. */
static pv_jinja_value look(pv_jinja_machine *m, pv_jinja_activation *act,
			   pv_jinja_slot slot, const pv_jinja_name *name)
{
	pv_jinja_value *place = pv_jinja_slot_of(act, slot);

	if (place->type == PV_JINJA_MISSING && place->flags == 0)
		*place = pv_jinja_look_up(m, act->unit->context, name);
	return *place;
}

int pv_jinja_context_share(const pv_jinja_layer **out, pv_jinja_machine *m,
			   pv_jinja_activation *act,
			   const pv_jinja_locals *locals)
{
	const pv_jinja_context *context = act->unit->context;
	size_t local_count = locals ? locals->count : 0;
	pv_jinja_layer *layer;
	int rc = pv_jinja_alloc(&layer, &m->run, sizeof(*layer));

	pay(m, local_count + context->var_count);
	if (rc == PV_OK)
		rc = pv_jinja_alloc_array(&layer->vars, &m->run,
					  local_count + context->var_count + 1,
					  sizeof(*layer->vars));
	if (rc < 0)
		return rc;
	layer->outer = context->outer;
	layer->count = 0;
	for (size_t i = 0; i < local_count; i++) {
		const pv_jinja_visible *item = &locals->items[i];
		pv_jinja_value value = look(m, act, item->slot, item->name);
		pv_jinja_var *var = &layer->vars[layer->count];

		if (pv_jinja_is_missing(value))
			continue;
		var->name = item->name->text;
		var->hash = item->name->hash;
		var->value = value;
		layer->count++;
	}
	if (context->var_count > 0)
		memcpy(layer->vars + layer->count, context->vars,
		       context->var_count * sizeof(*layer->vars));
	layer->count += context->var_count;
	*out = layer;
	return PV_OK;
}

int pv_jinja_context_new(pv_jinja_context **out, pv_jinja_machine *m,
			 const pv_jinja_template *template,
			 const pv_jinja_layer *outer, int sees_user)
{
	int rc = pv_jinja_alloc(out, &m->run, sizeof(**out));

	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	(*out)->template = template;
	(*out)->outer = outer;
	(*out)->sees_user = sees_user;
	return pv_jinja_add_blocks(m, *out, template);
}

/* --- activations ---------------------------------------------------------- */

int pv_jinja_activate(pv_jinja_activation **out, pv_jinja_machine *m,
		      pv_jinja_unit *unit, pv_jinja_activation *outer,
		      uint32_t slot_count)
{
	size_t slots = slot_count * sizeof(pv_jinja_value);
	int rc = pv_jinja_alloc(out, &m->run, sizeof(**out) + slots);

	if (rc < 0)
		return rc;
	(*out)->outer = outer;
	(*out)->unit = unit;
	if (slots > 0)
		memset((*out)->slots, 0, slots);
	return PV_OK;
}

void pv_jinja_scope_enter(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_scope *scope)
{
	pv_jinja_value absent = { .flags = PV_JINJA_ABSENT };

	for (uint32_t i = 0; i < scope->load_count; i++) {
		const pv_jinja_load *load = &scope->loads[i];
		pv_jinja_value *slot = &act->slots[load->index];

		if (load->action == PV_JINJA_LOAD_ALIAS)
			*slot = look(m, act, load->from, load->name);
		else if (load->action == PV_JINJA_LOAD_RESOLVE)
			*slot = pv_jinja_missing(); /* until it is used */
		else
			*slot = absent;
	}
}

void pv_jinja_scope_leave(pv_jinja_activation *act, const pv_jinja_scope *scope)
{
	pv_jinja_value absent = { .flags = PV_JINJA_ABSENT };

	for (uint32_t i = 0; i < scope->load_count; i++)
		act->slots[scope->loads[i].index] = absent;
}
