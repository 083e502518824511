/* SPDX-License-Identifier: MIT
 *
 * Other templates: extends, include, import. Each is compiled once per
 * render; a module imported without context is run once, too.
 */
#include "jinja/run/machine.h"

#include "base/fail.h"
#include "base/mem.h"

enum {
	STEPS_PER_BYTE = 1 /* of compiling a template while rendering */
};

/* What importing a template gives. */
typedef struct pv_jinja_module {
	pv_jinja_object head;
	const pv_jinja_template *template;
	pv_jinja_context *context; /* of its exported variables */
	pv_jinja_value text;       /* what it printed */
} pv_jinja_module;

/* --- loading --------------------------------------------------------------- */

/* Raises what compiling it raised, where that happened. */
static int fail_compile(pv_jinja_machine *m, const char *name, pv_str source,
			const pv_jinja_failure *failure, int rc)
{
	char *copy;

	if (rc != PV_ESYNTAX)
		return rc;
	copy = pv_arena_dup(m->run.arena, source.ptr, source.len);
	if (!copy)
		return pv_fail_nomem(m->run.err);
	m->has_place = 1;
	m->place.template_name = name;
	m->place.source.ptr = copy;
	m->place.source.len = source.len;
	m->place.line = failure->line;
	m->place.column = failure->column;
	return pv_jinja_raise(&m->run, pv_jinja_error_find(failure->error),
			      "%s", failure->message);
}

static int load(pv_jinja_loaded **out, pv_jinja_machine *m, const char *name,
		pv_str source)
{
	pv_jinja_failure failure = { 0 };
	pv_jinja_loaded *loaded = pv_calloc(1, sizeof(*loaded));
	int rc;

	if (!loaded)
		return pv_fail_nomem(m->run.err);
	rc = pv_jinja_compile(&loaded->template, m->env, name, source, &failure,
			      m->run.err);
	if (rc < 0) {
		rc = fail_compile(m, name, source, &failure, rc);
		pv_jinja_failure_dispose(&failure);
		pv_free(loaded);
		return rc;
	}
	loaded->name = loaded->template->name;
	loaded->next = m->loaded;
	m->loaded = loaded;
	*out = loaded;
	m->loaded_bytes += loaded->template->arena.total;
	if (m->loaded_bytes > m->run.limits.memory)
		return pv_jinja_limit(&m->run, m->run.limits.memory,
				      "bytes of templates");
	if (!loaded->next)
		return PV_OK; /* what the render is for */
	return pv_jinja_spend(&m->run, source.len * STEPS_PER_BYTE);
}

static int fail_missing(pv_jinja_machine *m, pv_jinja_value name)
{
	return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATE_NOT_FOUND, "%.*s",
			      (int)name.len, name.u.s);
}

/* The template of a name: raises TemplateNotFound. */
static int get_template(pv_jinja_loaded **out, pv_jinja_machine *m,
			pv_jinja_value name)
{
	const pv_jinja_loader *loader = m->options->loader;
	pv_str text;
	pv_str source;
	uint64_t hash;
	char *copy;
	size_t looked = 0;
	int rc;

	*out = NULL;
	if (pv_jinja_is_undefined(name))
		return pv_jinja_raise_undefined(&m->run, name);
	/* Jinja2 looks into its cache first, whose keys are hashed. */
	if (!pv_jinja_is_str(name))
		rc = pv_jinja_hash(&hash, &m->run, name);
	else
		rc = PV_OK;
	if (rc == PV_OK && !pv_jinja_is_str(name))
		rc = pv_jinja_to_str(&name, &m->run, name);
	if (rc < 0)
		return rc;
	text.ptr = name.u.s;
	text.len = name.len;
	if (!loader || memchr(name.u.s, '\0', name.len))
		return fail_missing(m, name);
	for (*out = m->loaded; *out; *out = (*out)->next, looked++)
		if (!strncmp((*out)->name, name.u.s, name.len) &&
		    !(*out)->name[name.len])
			return PV_OK;
	rc = pv_jinja_spend(&m->run, 1 + looked / 8);
	if (rc < 0)
		return rc;
	copy = pv_arena_dup(m->run.arena, name.u.s, name.len);
	if (!copy)
		return pv_fail_nomem(m->run.err);
	rc = loader->load(&source, loader->payload, text, m->run.err);
	if (rc == PV_ENOTFOUND)
		return fail_missing(m, name);
	return rc < 0 ? rc : load(out, m, copy, source);
}

int pv_jinja_load_main(const pv_jinja_template **out, pv_jinja_machine *m,
		       const char *name)
{
	pv_jinja_loaded *loaded = NULL;
	int rc = get_template(&loaded, m, pv_jinja_str(name, strlen(name), 0));

	if (rc == PV_OK)
		*out = loaded->template;
	return rc;
}

static int fail_no_name(pv_jinja_machine *m)
{
	return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATES_NOT_FOUND,
			      "Tried to select from an empty list of "
			      "templates.");
}

/* A name in the message: what is undefined is told as its use would be. */
static int put_name(pv_jinja_machine *m, pv_jinja_value name)
{
	int rc;

	if (!pv_jinja_is_undefined(name))
		return pv_jinja_put_str(&m->run.scratch, &m->run, name, 0);
	rc = pv_jinja_raise_undefined(&m->run, name);
	if (rc != PV_ERENDER)
		return rc;
	pv_buf_puts(&m->run.scratch, m->run.raised.message);
	(void)pv_jinja_catch(&m->run, rc, m->run.raised.error);
	return PV_OK;
}

/* none of the templates given were found: a, b */
static int fail_all_missing(pv_jinja_machine *m, pv_jinja_value names)
{
	size_t mark = pv_jinja_begin(&m->run);
	pv_jinja_cursor cursor;
	pv_jinja_value name;
	pv_jinja_value list;
	const char *comma = "";
	int rc = pv_jinja_iterate(&cursor, &m->run, names);

	while (rc >= 0) {
		rc = pv_jinja_next(&name, &m->run, &cursor);
		if (rc <= 0)
			break;
		pv_buf_puts(&m->run.scratch, comma);
		comma = ", ";
		rc = put_name(m, name);
	}
	if (rc == PV_OK)
		rc = pv_jinja_finish(&list, &m->run, mark, 0);
	if (rc < 0)
		return rc;
	if (!*comma)
		return fail_no_name(m);
	return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATES_NOT_FOUND,
			      "none of the templates given were found: %.*s",
			      (int)list.len, list.u.s);
}

/* The first of several names that there is. */
static int select_template(pv_jinja_loaded **out, pv_jinja_machine *m,
			   pv_jinja_value names)
{
	pv_jinja_cursor cursor;
	pv_jinja_value name;
	int rc = pv_jinja_truth(&m->run, names);

	if (rc == 0)
		return fail_no_name(m);
	if (rc > 0)
		rc = pv_jinja_iterate(&cursor, &m->run, names);
	while (rc >= 0) {
		rc = pv_jinja_next(&name, &m->run, &cursor);
		if (rc <= 0)
			break;
		rc = get_template(out, m, name);
		if (rc == PV_OK)
			return PV_OK;
		if (pv_jinja_catch(&m->run, rc, PV_JINJA_TEMPLATE_NOT_FOUND) ||
		    pv_jinja_catch(&m->run, rc, PV_JINJA_UNDEFINED_ERROR))
			rc = PV_OK;
	}
	return rc < 0 ? rc : fail_all_missing(m, names);
}

static int find_template(pv_jinja_loaded **out, pv_jinja_machine *m,
			 pv_jinja_activation *act, const pv_jinja_node *node,
			 int may_select)
{
	pv_jinja_value name;
	int rc = pv_jinja_eval(&name, m, act, node);

	if (rc < 0)
		return rc;
	if (may_select && !pv_jinja_is_str(name) && !pv_jinja_is_undefined(name))
		return select_template(out, m, name);
	return get_template(out, m, name);
}

/* --- running --------------------------------------------------------------- */

static int enter_template(pv_jinja_machine *m)
{
	int most = m->options->max_includes ? m->options->max_includes
					    : PV_JINJA_MAX_INCLUDES;
	int rc = pv_jinja_check_stack(m);

	if (rc == PV_OK && m->include_depth >= most)
		rc = pv_jinja_limit(&m->run, (uint64_t)most,
				    "templates in templates");
	if (rc == PV_OK)
		m->include_depth++;
	return rc;
}

static int run_one(pv_jinja_machine *m, const pv_jinja_template *template,
		   pv_jinja_context *context, const pv_jinja_template **parent)
{
	pv_jinja_activation *act;
	pv_jinja_unit *unit;
	int rc = pv_jinja_alloc(&unit, &m->run, sizeof(*unit));

	if (rc < 0)
		return rc;
	unit->parent = NULL;
	unit->context = context;
	unit->template = template;
	rc = pv_jinja_activate(&act, m, unit, NULL, template->root.slot_count);
	if (rc == PV_OK)
		rc = pv_jinja_set_references(m, act, &template->root);
	if (rc < 0)
		return rc;
	pv_jinja_scope_enter(m, act, &template->root.scope);
	rc = pv_jinja_exec(m, act, &template->root.body);
	*parent = unit->parent;
	return rc;
}

int pv_jinja_run_root(pv_jinja_machine *m, const pv_jinja_template *template,
		      pv_jinja_context *context)
{
	int depth = m->include_depth;
	int rc = PV_OK;

	/* Each template extended counts as one inside of the other. */
	while (rc == PV_OK && template) {
		rc = enter_template(m);
		if (rc == PV_OK)
			rc = run_one(m, template, context, &template);
	}
	m->include_depth = depth;
	return rc < 0 ? rc : PV_OK;
}

/* Runs it with an autoescape setting of its own. */
static int run_apart(pv_jinja_machine *m, const pv_jinja_template *template,
		     pv_jinja_context *context)
{
	int is_escaping = m->run.is_escaping;
	int rc;

	m->run.is_escaping = m->env->is_escaping;
	rc = pv_jinja_run_root(m, template, context);
	m->run.is_escaping = is_escaping;
	return rc;
}

int pv_jinja_exec_extends(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_node *node)
{
	pv_jinja_loaded *loaded = NULL;
	int rc;

	if (node->flag == PV_JINJA_EXTENDS_NEVER ||
	    (node->flag == PV_JINJA_EXTENDS_ONCE && act->unit->parent))
		return pv_jinja_raise(&m->run, PV_JINJA_TEMPLATE_RUNTIME_ERROR,
				      "extended multiple times");
	rc = find_template(&loaded, m, act, node->u.expr, 0);
	if (rc < 0)
		return rc;
	act->unit->parent = loaded->template;
	return pv_jinja_add_blocks(m, act->unit->context, loaded->template);
}

/* --- modules ---------------------------------------------------------------- */

static int module_get(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_object *object, const pv_jinja_name *name)
{
	const pv_jinja_module *module = (const pv_jinja_module *)object;
	const pv_jinja_context *context = module->context;

	(void)run;
	for (size_t i = 0; i < context->var_count; i++) {
		const pv_jinja_var *var = &context->vars[i];

		if (!var->is_exported || var->hash != name->hash ||
		    var->name.len != name->text.len ||
		    memcmp(var->name.u.s, name->text.u.s, var->name.len) != 0)
			continue;
		*out = var->value;
		return 1;
	}
	return 0;
}

static int module_put_str(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	pv_jinja_value text = ((const pv_jinja_module *)object)->text;

	(void)run;
	pv_buf_put(out, text.u.s, text.len);
	return PV_OK;
}

static int module_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_object *object)
{
	const char *name = ((const pv_jinja_module *)object)->template->name;

	(void)run;
	pv_buf_puts(out, "<TemplateModule ");
	pv_jinja_put_quoted(out, name ? name : "", name ? strlen(name) : 0);
	pv_buf_putc(out, '>');
	return PV_OK;
}

static const pv_jinja_class module_class = {
	.name = "TemplateModule",
	.object_name = "jinja2.environment.TemplateModule object",
	.get = module_get,
	.put_repr = module_put_repr,
	.put_str = module_put_str,
	.is_html = 1,
};

static int make_module(pv_jinja_module **out, pv_jinja_machine *m,
		       const pv_jinja_template *template,
		       const pv_jinja_layer *layer, int sees_user)
{
	pv_jinja_module *module;
	pv_jinja_capture capture;
	int rc = pv_jinja_alloc(&module, &m->run, sizeof(*module));

	if (rc < 0)
		return rc;
	module->head.kind = &module_class;
	module->template = template;
	rc = pv_jinja_context_new(&module->context, m, template, layer,
				  sees_user);
	if (rc < 0)
		return rc;
	pv_jinja_capture_begin(&capture, m);
	rc = run_apart(m, template, module->context);
	rc = pv_jinja_capture_end(&module->text, &capture, m, 0, rc);
	if (rc == PV_OK)
		*out = module;
	return rc;
}

/* The one module of a template that sees only globals. */
static int plain_module(pv_jinja_module **out, pv_jinja_machine *m,
			pv_jinja_loaded *loaded)
{
	int rc = PV_OK;

	if (!loaded->module)
		rc = make_module(&loaded->module, m, loaded->template, NULL, 0);
	*out = loaded->module;
	return rc;
}

static int get_module(pv_jinja_module **out, pv_jinja_machine *m,
		      pv_jinja_activation *act, const pv_jinja_node *node)
{
	const pv_jinja_layer *layer;
	pv_jinja_loaded *loaded = NULL;
	int rc = find_template(&loaded, m, act, node->u.import.name, 0);

	if (rc != PV_OK || !loaded)
		return rc;
	if (!node->u.import.with_context)
		return plain_module(out, m, loaded);
	rc = pv_jinja_context_share(&layer, m, act, node->u.import.locals);
	if (rc < 0)
		return rc;
	return make_module(out, m, loaded->template, layer,
			   act->unit->context->sees_user);
}

/* --- include and import ----------------------------------------------------- */

static int is_missing_error(pv_jinja_machine *m, int rc)
{
	return pv_jinja_catch(&m->run, rc, PV_JINJA_TEMPLATE_NOT_FOUND) ||
	       pv_jinja_catch(&m->run, rc, PV_JINJA_TEMPLATES_NOT_FOUND);
}

static int include_shared(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_node *node,
			  const pv_jinja_loaded *loaded)
{
	const pv_jinja_layer *layer;
	pv_jinja_context *context = NULL;
	int rc = pv_jinja_context_share(&layer, m, act, node->u.import.locals);

	if (rc == PV_OK)
		rc = pv_jinja_context_new(&context, m, loaded->template, layer,
					  act->unit->context->sees_user);
	if (rc == PV_OK)
		rc = run_apart(m, loaded->template, context);
	return rc;
}

int pv_jinja_exec_include(pv_jinja_machine *m, pv_jinja_activation *act,
			  const pv_jinja_node *node)
{
	pv_jinja_loaded *loaded = NULL;
	pv_jinja_module *module;
	int rc = find_template(&loaded, m, act, node->u.import.name, 1);

	if (rc != PV_OK || !loaded) {
		if (!node->u.import.ignores_missing || !is_missing_error(m, rc))
			return rc;
		pv_jinja_forget(m);
		return PV_OK;
	}
	if (node->u.import.with_context)
		return include_shared(m, act, node, loaded);
	rc = plain_module(&module, m, loaded);
	if (rc == PV_OK)
		pv_buf_put(m->out, module->text.u.s, module->text.len);
	return rc;
}

/* Imported names are variables, but not exported again. */
static int set_imported(pv_jinja_machine *m, pv_jinja_activation *act,
			const pv_jinja_node *target, pv_jinja_value value)
{
	*pv_jinja_slot_of(act, target->u.name.slot) = value;
	if (!target->flag)
		return PV_OK;
	return pv_jinja_context_set(m, act->unit->context, target->u.name.name,
				    value, 0);
}

static int undefined_import(pv_jinja_value *out, pv_jinja_machine *m,
			    const pv_jinja_activation *act,
			    const pv_jinja_module *module,
			    const pv_jinja_node *target, int line)
{
	const char *here = act->unit->template->name;
	const char *there = module->template->name;
	pv_buf *buf = &m->run.scratch;
	size_t mark = pv_jinja_begin(&m->run);
	pv_jinja_value hint;
	int rc;

	pv_buf_puts(buf, "the template ");
	pv_jinja_put_quoted(buf, there ? there : "", there ? strlen(there) : 0);
	pv_buf_printf(buf, " (imported on line %d", line);
	if (here) {
		pv_buf_puts(buf, " in ");
		pv_jinja_put_quoted(buf, here, strlen(here));
	}
	pv_buf_puts(buf, ") does not export the requested name ");
	pv_jinja_put_quoted(buf, target->key->text.u.s, target->key->text.len);
	pv_buf_put(buf, "", 1);
	rc = pv_jinja_finish(&hint, &m->run, mark, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_undefined_hint(out, &m->run, PV_JINJA_UNDEFINED_ERROR,
				       target->key->text, hint.u.s);
}

static int import_name(pv_jinja_machine *m, pv_jinja_activation *act,
		       pv_jinja_module *module, const pv_jinja_node *target,
		       int line)
{
	pv_jinja_value value;
	int rc = module_get(&value, &m->run, &module->head, target->key);

	if (rc == 0)
		rc = undefined_import(&value, m, act, module, target, line);
	return rc < 0 ? rc : set_imported(m, act, target, value);
}

int pv_jinja_exec_import(pv_jinja_machine *m, pv_jinja_activation *act,
			 const pv_jinja_node *node)
{
	const pv_jinja_node *target = node->u.import.targets.first;
	pv_jinja_module *module = NULL;
	int rc = get_module(&module, m, act, node);

	if (rc != PV_OK || !module)
		return rc;
	if (node->kind == PV_JINJA_N_IMPORT)
		return set_imported(m, act, target,
				    pv_jinja_object_value(&module->head));
	for (; rc == PV_OK && target; target = target->next)
		rc = import_name(m, act, module, target, node->line);
	return rc;
}
