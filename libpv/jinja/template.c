/* SPDX-License-Identifier: MIT
 *
 * A template's life: its text is parsed and bound, everything in one arena.
 */
#include "jinja/parse/ast.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "jinja/bind/bind.h"
#include "jinja/run/failure.h"
#include "jinja/run/machine.h"

/* --- blocks -------------------------------------------------------------- */

struct listing {
	pv_jinja_template *template;
	pv_jinja_parser *parser;
	pv_jinja_block **end;
	const pv_jinja_block *twice;
};

static void list_blocks(const pv_jinja_node *node, void *payload)
{
	struct listing *listing = payload;
	pv_jinja_interned *interned;

	if (node->kind < PV_JINJA_N_DATA)
		return; /* there are none in expressions */
	if (node->kind == PV_JINJA_N_EXTENDS)
		listing->template->has_extends = 1;
	if (node->kind == PV_JINJA_N_BLOCK) {
		interned = pv_jinja_interned_find(listing->parser,
						  node->u.block.name);
		if (interned->is_block && !listing->twice)
			listing->twice = node->u.block.code;
		interned->is_block = 1;
		node->u.block.code->template = listing->template;
		*listing->end = node->u.block.code;
		listing->end = &node->u.block.code->next;
	}
	pv_jinja_walk(node, list_blocks, payload);
}

static int find_blocks(pv_jinja_template *template, pv_jinja_parser *parser)
{
	struct listing listing = { template, parser, &template->blocks, NULL };
	pv_jinja_value quoted;
	pv_str name;

	for (const pv_jinja_node *node = template->root.body.first; node;
	     node = node->next)
		list_blocks(node, &listing);
	if (!listing.twice)
		return PV_OK;
	name.ptr = listing.twice->name->text.u.s;
	name.len = listing.twice->name->text.len;
	quoted = pv_jinja_quote(parser, name);
	parser->current.pos = listing.twice->node->pos;
	return pv_jinja_assertion_fail(parser, listing.twice->node->line,
				       "block %.*s defined twice",
				       (int)quoted.len, quoted.u.s);
}

/* --- compiling ----------------------------------------------------------- */

int pv_jinja_template_parse(pv_jinja_template *template,
			    pv_jinja_parser *parser, pv_str source)
{
	int rc = pv_jinja_lexer_init(&parser->lexer, parser->run, template->env,
				     source);

	template->source = parser->lexer.source;
	template->root.template = template;
	return rc < 0 ? rc : pv_jinja_parse(&template->root.body, parser);
}

int pv_jinja_template_bind(pv_jinja_template *template, pv_jinja_parser *parser)
{
	pv_jinja_binder binder = { .run = parser->run,
				   .parser = parser,
				   .template = template };
	int rc = find_blocks(template, parser);

	if (rc == PV_OK)
		rc = pv_jinja_bind(&binder);
	pv_jinja_fold_end(&binder);
	return rc;
}

/* The text in the template's own memory. */
static int copy_source(pv_str *out, pv_jinja_template *template, pv_str source,
		       pv_error *err)
{
	out->len = source.len;
	out->ptr = pv_arena_dup(&template->arena, source.ptr, source.len);
	if (!out->ptr)
		return pv_fail_nomem(err);
	if (pv_utf8_valid(source.ptr, source.len) < source.len)
		return pv_fail(err, PV_EINVALID, "the template is not UTF-8");
	return PV_OK;
}

static int build(pv_jinja_template *template, pv_str source,
		 pv_jinja_failure *failure, pv_error *err)
{
	pv_jinja_parser *parser = pv_calloc(1, sizeof(*parser));
	pv_jinja_place place = { 0 };
	pv_jinja_run run = { 0 };
	pv_error own = { 0 };
	int rc;

	if (!parser)
		return pv_fail_nomem(err);
	pv_jinja_run_init(&run, &template->arena, &template->env->settings, NULL);
	run.err = &own;
	parser->run = &run;
	parser->env = template->env;
	rc = copy_source(&source, template, source, &own);
	if (rc == PV_OK)
		rc = pv_jinja_template_parse(template, parser, source);
	if (rc == PV_OK)
		rc = pv_jinja_template_bind(template, parser);
	if (rc < 0) {
		place.template_name = template->name;
		place.source = template->source;
		place.line = parser->is_placed ? parser->fail_line : 0;
		place.pos = parser->fail_pos;
		rc = pv_jinja_failure_set(failure, &run, rc, &place, err);
	}
	pv_jinja_run_dispose(&run);
	pv_free(parser);
	return rc;
}

int pv_jinja_compile(pv_jinja_template **out, const pv_jinja_environment *env,
		     const char *name, pv_str source, pv_jinja_failure *failure,
		     pv_error *err)
{
	pv_jinja_template *template = pv_calloc(1, sizeof(*template));
	int rc;

	*out = NULL;
	if (!template)
		return pv_fail_nomem(err);
	template->env = env;
	if (name) {
		template->name =
			pv_arena_dup(&template->arena, name, strlen(name));
		if (!template->name) {
			pv_free(template);
			return pv_fail_nomem(err);
		}
	}
	rc = build(template, source, failure, err);
	if (rc < 0) {
		pv_jinja_template_free(template);
		return rc;
	}
	*out = template;
	return PV_OK;
}

void pv_jinja_template_free(pv_jinja_template *template)
{
	if (!template)
		return;
	pv_arena_dispose(&template->arena);
	pv_free(template);
}

/* --- variables ----------------------------------------------------------- */

static int is_global(const pv_jinja_template *template, pv_jinja_value name)
{
	const pv_jinja_environment *env = template->env;

	if (env->has_chat_globals && pv_jinja_chat_find(name))
		return 1;
	if ((env->extensions & PV_JINJA_EXT_I18N) &&
	    pv_jinja_i18n_find(name, env->extensions))
		return 1;
	return pv_jinja_global_find(name.u.s, name.len) != NULL;
}

int pv_jinja_template_variables(const pv_jinja_template *template,
				int (*fn)(pv_str name, void *payload),
				void *payload, pv_error *err)
{
	pv_strlist names = { 0 };
	int rc = PV_OK;

	for (const pv_jinja_wanted *wanted = template->wanted;
	     rc == PV_OK && wanted; wanted = wanted->next)
		if (!is_global(template, wanted->name->text))
			rc = pv_strlist_addn(&names, wanted->name->text.u.s,
					     wanted->name->text.len, err);
	pv_strlist_sort(&names);
	for (size_t i = 0; rc == PV_OK && i < names.count; i++)
		rc = fn(pv_str_of(names.items[i]), payload);
	pv_strlist_dispose(&names);
	return rc;
}
