/* SPDX-License-Identifier: MIT
 *
 * Tags that name other templates, and the blocks by which templates inherit.
 */
#include "jinja/parse/parser.h"

#include "jinja/parse/letters.h"
#include "jinja/value/unicode.h"

static int begin(pv_jinja_node **out, pv_jinja_parser *p, int kind)
{
	int rc = pv_jinja_node_new(out, p, kind, &p->current);

	return rc < 0 ? rc : pv_jinja_advance(p);
}

/* --- blocks -------------------------------------------------------------- */

static int is_blank(pv_jinja_value text)
{
	for (size_t i = 0, len; i < text.len; i += len)
		if (!pv_jinja_is_space(
			    pv_jinja_decode(text.u.s + i, text.len - i, &len)))
			return 0;
	return 1;
}

static int has_content(const pv_jinja_nodes *body)
{
	for (const pv_jinja_node *node = body->first; node; node = node->next)
		if (node->kind != PV_JINJA_N_DATA || !is_blank(node->u.value))
			return 1;
	return 0;
}

static int parse_block_flag(pv_jinja_node *block, pv_jinja_parser *p, int word,
			    int flag)
{
	int rc = pv_jinja_skip_name(p, word);

	if (rc > 0)
		block->flag |= (uint8_t)flag;
	return rc < 0 ? rc : PV_OK;
}

/* The name may be repeated behind "endblock". */
static int parse_block_end(pv_jinja_parser *p, pv_str name)
{
	int rc = PV_OK;

	if (p->current.type == PV_JINJA_T_NAME && pv_str_eq(p->current.text, name))
		rc = pv_jinja_advance(p);
	return rc;
}

/* block = name ["scoped"] ["required"] body "endblock" [name] */
int pv_jinja_parse_block(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	pv_jinja_block *code;
	pv_jinja_token name;
	int rc = begin(&node, p, PV_JINJA_N_BLOCK);

	if (rc == PV_OK)
		rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);
	if (rc == PV_OK)
		rc = pv_jinja_intern(&node->u.block.name, p, name.text);
	if (rc == PV_OK)
		rc = pv_jinja_alloc(&code, p->run, sizeof(*code));
	if (rc != PV_OK)
		return rc;
	memset(code, 0, sizeof(*code));
	node->u.block.code = code;
	code->name = node->u.block.name;
	code->node = node;
	rc = parse_block_flag(node, p, PV_JINJA_W_SCOPED, PV_JINJA_BLOCK_SCOPED);
	if (rc == PV_OK)
		rc = parse_block_flag(node, p, PV_JINJA_W_REQUIRED,
				      PV_JINJA_BLOCK_REQUIRED);
	if (rc == PV_OK && p->current.type == PV_JINJA_T_SUB)
		return pv_jinja_parse_fail(p, 0,
					   "Block names in Jinja have to be valid Python "
					   "identifiers and may not contain hyphens, use an "
					   "underscore instead.");
	if (rc == PV_OK)
		rc = pv_jinja_parse_until(&code->body, p, PV_JINJA_W_ENDBLOCK);
	if (rc < 0)
		return rc;
	if ((node->flag & PV_JINJA_BLOCK_REQUIRED) && has_content(&code->body))
		return pv_jinja_parse_fail(p, 0,
					   "Required blocks can only contain "
					   "comments or whitespace");
	pv_jinja_nodes_add(out, node);
	return parse_block_end(p, name.text);
}

/* extends = expression */
int pv_jinja_parse_extends(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_EXTENDS);

	p->has_extends = 1;
	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.expr, p);
	if (rc == PV_OK)
		pv_jinja_nodes_add(out, node);
	return rc;
}

/* --- include and import -------------------------------------------------- */

/* Takes two words if they are there: 1. */
static int skip_words(pv_jinja_parser *p, int first, int second)
{
	int rc;

	if (!pv_jinja_at_word(p, first))
		return 0;
	rc = pv_jinja_look(p);
	if (rc < 0 || !pv_jinja_is_word_token(&p->pushed, second))
		return rc;
	rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	return rc < 0 ? rc : 1;
}

/* context = ("with" | "without") "context"; 1 when it is there */
static int parse_context(pv_jinja_node *node, pv_jinja_parser *p)
{
	int rc = skip_words(p, PV_JINJA_W_WITH, PV_JINJA_W_CONTEXT);

	if (rc > 0)
		node->u.import.with_context = 1;
	if (rc != 0)
		return rc;
	rc = skip_words(p, PV_JINJA_W_WITHOUT, PV_JINJA_W_CONTEXT);
	if (rc > 0)
		node->u.import.with_context = 0;
	return rc;
}

/* include = expression ["ignore" "missing"] [context] */
int pv_jinja_parse_include(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_INCLUDE);

	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.import.name, p);
	if (rc == PV_OK)
		rc = skip_words(p, PV_JINJA_W_IGNORE, PV_JINJA_W_MISSING);
	if (rc < 0)
		return rc;
	node->u.import.ignores_missing = rc > 0;
	node->u.import.with_context = 1;
	rc = parse_context(node, p);
	pv_jinja_nodes_add(out, node);
	return rc < 0 ? rc : PV_OK;
}

/* import = expression "as" name [context] */
int pv_jinja_parse_import(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	pv_jinja_node *target;
	int rc = begin(&node, p, PV_JINJA_N_IMPORT);

	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.import.name, p);
	if (rc == PV_OK)
		rc = pv_jinja_want_word(p, PV_JINJA_W_AS);
	if (rc == PV_OK)
		rc = pv_jinja_parse_name_target(&target, p, PV_JINJA_STORE);
	if (rc != PV_OK)
		return rc;
	pv_jinja_nodes_add(&node->u.import.targets, target);
	rc = parse_context(node, p);
	pv_jinja_nodes_add(out, node);
	return rc < 0 ? rc : PV_OK;
}

/* name ["as" name] */
static int parse_imported(pv_jinja_node *node, pv_jinja_parser *p)
{
	const pv_jinja_name *there;
	pv_jinja_node *target;
	int rc = pv_jinja_parse_name_target(&target, p, PV_JINJA_STORE);

	if (rc < 0)
		return rc;
	there = target->u.name.name;
	if (there->text.u.s[0] == '_')
		return pv_jinja_assertion_fail(
			p, target->line,
			"names starting with an underline can not be imported");
	rc = pv_jinja_skip_name(p, PV_JINJA_W_AS);
	if (rc > 0)
		rc = pv_jinja_parse_name_target(&target, p, PV_JINJA_STORE);
	if (rc < 0)
		return rc;
	target->key = there;
	pv_jinja_nodes_add(&node->u.import.targets, target);
	return PV_OK;
}

/* imported ("," imported)* [context]; a comma may end it */
static int parse_imports(pv_jinja_node *node, pv_jinja_parser *p)
{
	int rc = PV_OK;

	while (rc == PV_OK) {
		if (node->u.import.targets.count > 0)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc < 0)
			break;
		if (p->current.type != PV_JINJA_T_NAME)
			return pv_jinja_want(p, PV_JINJA_T_NAME, NULL);
		rc = parse_context(node, p);
		if (rc == PV_OK)
			rc = parse_imported(node, p);
		if (rc == PV_OK)
			rc = parse_context(node, p);
		if (rc == PV_OK && p->current.type != PV_JINJA_T_COMMA)
			break;
	}
	return rc < 0 ? rc : PV_OK;
}

/* from = expression "import" imports */
int pv_jinja_parse_from(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_FROM);

	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.import.name, p);
	if (rc == PV_OK)
		rc = pv_jinja_want_word(p, PV_JINJA_W_IMPORT);
	if (rc == PV_OK)
		rc = parse_imports(node, p);
	if (rc == PV_OK)
		pv_jinja_nodes_add(out, node);
	return rc;
}
