/* SPDX-License-Identifier: MIT
 *
 * The statements of Jinja, one function each, in a table: which names they
 * read and set, and the blocks they open and close.
 */
#include <string.h>

#include "base/mem.h"
#include "prompt/scan_tree.h"

struct tag {
	const char *name;
	int (*scan)(pv_jinja *jinja);
};

/* --- blocks --------------------------------------------------------------- */

/* Opens a block whose ops go into `op`, which is in the current list. */
static int push_block(pv_jinja *jinja, const char *tag, pv_op *op)
{
	pv_block *block = &jinja->blocks[jinja->block_count];

	if (jinja->block_count == PV_PROMPT_MAX_BLOCKS) {
		pv_scan_fault_at(jinja->scan, jinja->lexer.token.offset,
				 "blocks are nested deeper than %d",
				 PV_PROMPT_MAX_BLOCKS);
		return PV_ESYNTAX;
	}
	jinja->block_count++;
	block->tag = tag;
	block->outer = jinja->list;
	block->op = op;
	block->in_else = 0;
	block->offset = jinja->lexer.token.offset;
	jinja->list = &op->children;
	return PV_OK;
}

static int push_scope(pv_jinja *jinja, const char *tag)
{
	pv_op *scope;
	int rc = pv_jinja_add_to(&scope, jinja, jinja->list, PV_OP_SCOPE, NULL);

	return rc < 0 ? rc : push_block(jinja, tag, scope);
}

static pv_block *innermost(pv_jinja *jinja)
{
	return jinja->block_count ? &jinja->blocks[jinja->block_count - 1] : NULL;
}

/* endif, endfor, ...: `name` is the whole word. */
static int close_block(pv_jinja *jinja, pv_str name)
{
	pv_block *block = innermost(jinja);
	size_t offset = (size_t)(name.ptr - jinja->lexer.text.ptr);
	pv_str tag = { name.ptr + 3, name.len - 3 };

	if (!block || !pv_str_is(tag, block->tag)) {
		pv_scan_fault_at(jinja->scan, offset,
				 block ? "unexpected \"%.*s\": a \"%s\" is open"
				       : "unexpected \"%.*s\"",
				 name.len > 40 ? 40 : (int)name.len, name.ptr,
				 block ? block->tag : "");
		return PV_ESYNTAX;
	}
	if (pv_str_is(name, "endblock") &&
	    jinja->lexer.token.kind == PV_LEX_NAME &&
	    pv_str_eq(jinja->lexer.token.text, block->name))
		pv_lex_next(&jinja->lexer);
	jinja->list = block->outer;
	jinja->block_count--;
	return PV_OK;
}

static int unexpected_tag(pv_jinja *jinja, const char *tag)
{
	pv_scan_fault_at(jinja->scan, jinja->lexer.token.offset,
			 "unexpected \"%s\"", tag);
	return PV_ESYNTAX;
}

/* --- if, for -------------------------------------------------------------- */

/* Opens the next arm of an `if`; what follows belongs to it. */
static int open_branch(pv_jinja *jinja, pv_op *op)
{
	pv_op *branch;
	int rc = pv_jinja_add_to(&branch, jinja, &op->children, PV_OP_BRANCH,
				 NULL);

	if (rc == PV_OK)
		jinja->list = &branch->children;
	return rc;
}

/* {% if expr %} */
static int scan_if(pv_jinja *jinja)
{
	pv_op *op;
	int rc = pv_jinja_expr(jinja, PV_STOP_NONE);

	if (rc < 0)
		return rc;
	rc = pv_jinja_add_to(&op, jinja, jinja->list, PV_OP_IF, NULL);
	if (rc == PV_OK)
		rc = push_block(jinja, "if", op);
	if (rc < 0)
		return rc;
	op->children = jinja->tested;
	return open_branch(jinja, op);
}

/* {% elif expr %}: its condition is read only when the first one failed. */
static int scan_elif(pv_jinja *jinja)
{
	pv_block *block = innermost(jinja);
	pv_op *branch;
	pv_op *moved;
	int rc;

	if (!block || strcmp(block->tag, "if") != 0 || block->in_else)
		return unexpected_tag(jinja, "elif");
	rc = open_branch(jinja, block->op);
	if (rc == PV_OK)
		rc = pv_jinja_expr(jinja, PV_STOP_NONE);
	if (rc < 0)
		return rc;
	branch = block->op->children.last;
	for (pv_op *test = jinja->tested.first; test; test = test->next) {
		rc = pv_jinja_add_to(&moved, jinja, &block->op->children,
				     PV_OP_TEST, test->name);
		if (rc < 0)
			return rc;
	}
	jinja->list = &branch->children;
	return PV_OK;
}

static int scan_else(pv_jinja *jinja)
{
	pv_block *block = innermost(jinja);
	pv_op *scope;
	int rc;

	if (!block || block->in_else)
		return unexpected_tag(jinja, "else");
	block->in_else = 1;
	if (!strcmp(block->tag, "if"))
		return open_branch(jinja, block->op);
	if (strcmp(block->tag, "for") != 0)
		return unexpected_tag(jinja, "else");
	rc = pv_jinja_add_to(&scope, jinja, block->outer, PV_OP_SCOPE, NULL);
	if (rc == PV_OK)
		jinja->list = &scope->children;
	return rc;
}

/*
 * Targets of `for` and `set`: names, commas and brackets. `a.b` sets an
 * attribute of `a`, which therefore is read.
 */
static int scan_targets(pv_jinja *jinja, enum pv_op_kind kind)
{
	int depth = 0;

	for (;;) {
		int rc;

		while (pv_jinja_skip_operator(jinja, '('))
			depth++;
		rc = pv_jinja_take_name(jinja, kind);
		if (rc < 0)
			return rc;
		if (kind == PV_OP_STORE && pv_jinja_skip_operator(jinja, '.')) {
			jinja->list->last->kind = PV_OP_LOAD;
			if (jinja->lexer.token.kind != PV_LEX_NAME)
				return pv_jinja_expected(jinja, "a name");
			pv_lex_next(&jinja->lexer);
		}
		while (depth && pv_jinja_skip_operator(jinja, ')'))
			depth--;
		if (!pv_jinja_skip_operator(jinja, ','))
			break;
		while (depth && pv_jinja_skip_operator(jinja, ')'))
			depth--;
	}
	return depth ? pv_jinja_expected(jinja, ")") : PV_OK;
}

static void append_list(pv_op_list *to, const pv_op_list *from)
{
	if (!from->first)
		return;
	if (to->last)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
}

/* {% for targets in expr [if expr] [recursive] %} */
static int scan_for(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list targets = { NULL, NULL };
	const pv_op *op;
	int rc;

	jinja->list = &targets;
	rc = scan_targets(jinja, PV_OP_BIND);
	jinja->list = outer;
	for (op = targets.first; op && rc == PV_OK; op = op->next)
		if (pv_str_is(op->name->text, "loop"))
			rc = pv_jinja_fault(jinja, op->offset,
					    "\"loop\" belongs to the loop itself");
	if (rc < 0)
		return rc;
	if (!pv_jinja_skip_word(jinja, "in"))
		return pv_jinja_expected(jinja, "\"in\"");
	rc = pv_jinja_expr(jinja, PV_STOP_IF);
	if (rc == PV_OK)
		rc = push_scope(jinja, "for");
	if (rc < 0)
		return rc;
	append_list(jinja->list, &targets);
	rc = pv_jinja_bind_word(jinja, "loop");
	if (rc == PV_OK && pv_jinja_skip_word(jinja, "if"))
		rc = pv_jinja_expr(jinja, PV_STOP_NONE);
	(void)pv_jinja_skip_word(jinja, "recursive");
	return rc;
}

/* --- set, with, macro, call, filter, block -------------------------------- */

/* {% set targets = expr %} or {% set name [| filters] %} */
static int scan_set(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list targets = { NULL, NULL };
	int rc;

	jinja->list = &targets;
	rc = scan_targets(jinja, PV_OP_STORE);
	jinja->list = outer;
	if (rc < 0)
		return rc;
	if (pv_jinja_skip_operator(jinja, '=')) {
		rc = pv_jinja_expr(jinja, PV_STOP_NONE);
		append_list(jinja->list, &targets);
		return rc;
	}
	if (pv_jinja_at_operator(jinja, '|'))
		rc = pv_jinja_expr_rest(jinja, PV_STOP_NONE);
	append_list(jinja->list, &targets);
	return rc < 0 ? rc : push_scope(jinja, "set");
}

/* {% with a = expr, b = expr %}: the values belong to the scope outside. */
static int scan_with(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list targets = { NULL, NULL };
	int rc = PV_OK;

	while (rc == PV_OK && jinja->lexer.token.kind != PV_LEX_END) {
		if (targets.first && !pv_jinja_skip_operator(jinja, ','))
			return pv_jinja_expected(jinja, "\",\"");
		jinja->list = &targets;
		rc = scan_targets(jinja, PV_OP_BIND);
		jinja->list = outer;
		if (rc == PV_OK && !pv_jinja_skip_operator(jinja, '='))
			rc = pv_jinja_expected(jinja, "\"=\"");
		if (rc == PV_OK)
			rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
	}
	if (rc == PV_OK)
		rc = push_scope(jinja, "with");
	if (rc == PV_OK)
		append_list(jinja->list, &targets);
	return rc;
}

/* Parameters behind the opening bracket: a, b=expr; defaults come last. */
static int scan_parameters(pv_jinja *jinja)
{
	int has_default = 0;
	int rc = PV_OK;

	jinja->lexer.brackets[jinja->lexer.depth++] = '(';
	pv_lex_next(&jinja->lexer);
	while (rc == PV_OK && !pv_jinja_at_operator(jinja, ')')) {
		rc = pv_jinja_take_name(jinja, PV_OP_BIND);
		if (rc < 0)
			break;
		if (pv_jinja_skip_operator(jinja, '=')) {
			has_default = 1;
			rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
		} else if (has_default) {
			rc = pv_jinja_expected(jinja, "\"=\" and a default");
		}
		if (rc < 0 || !pv_jinja_skip_operator(jinja, ','))
			break;
		if (pv_jinja_at_operator(jinja, ')'))
			rc = pv_jinja_expected(jinja, "a name");
	}
	if (rc < 0)
		return rc;
	if (!pv_jinja_at_operator(jinja, ')'))
		return pv_jinja_expected(jinja, "\")\"");
	jinja->lexer.depth--;
	pv_lex_next(&jinja->lexer);
	return PV_OK;
}

/* What every macro may read although no parameter says so. */
static int bind_macro_words(pv_jinja *jinja)
{
	static const char *const words[] = { "caller", "kwargs", "varargs" };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_array_len(words); i++)
		rc = pv_jinja_bind_word(jinja, words[i]);
	return rc;
}

/* {% macro name(parameters) %} */
static int scan_macro(pv_jinja *jinja)
{
	int rc = pv_jinja_take_name(jinja, PV_OP_STORE);

	if (rc < 0)
		return rc;
	if (!pv_jinja_at_operator(jinja, '('))
		return pv_jinja_expected(jinja, "\"(\"");
	rc = push_scope(jinja, "macro");
	if (rc == PV_OK)
		rc = bind_macro_words(jinja);
	return rc < 0 ? rc : scan_parameters(jinja);
}

/* {% call[(parameters)] expr %} */
static int scan_call(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list inner = { NULL, NULL };
	size_t offset;
	int rc = PV_OK;

	jinja->list = &inner;
	if (pv_jinja_at_operator(jinja, '('))
		rc = scan_parameters(jinja);
	if (rc == PV_OK)
		rc = bind_macro_words(jinja);
	jinja->list = outer;
	offset = jinja->lexer.token.offset;
	if (rc == PV_OK)
		rc = pv_jinja_expr(jinja, PV_STOP_NONE);
	if (rc == PV_OK && jinja->lexer.token.kind == PV_LEX_END &&
	    !jinja->is_call)
		rc = pv_jinja_fault(jinja, offset,
				    "\"call\" needs a call: name(...)");
	if (rc == PV_OK)
		rc = push_scope(jinja, "call");
	if (rc == PV_OK)
		append_list(jinja->list, &inner);
	return rc;
}

/* {% filter name[(arguments)][| more] %} */
static int scan_filter(pv_jinja *jinja)
{
	int rc;

	if (jinja->lexer.token.kind != PV_LEX_NAME)
		return pv_jinja_expected(jinja, "the name of a filter");
	pv_lex_next(&jinja->lexer);
	rc = pv_jinja_expr_rest(jinja, PV_STOP_NONE);
	return rc < 0 ? rc : push_scope(jinja, "filter");
}

/* {% block name [scoped] [required] %}: a name is given to one block only. */
static int scan_block(pv_jinja *jinja)
{
	const pv_lex_token token = jinja->lexer.token;
	pv_scan_name *name;
	pv_op *block;
	int rc;

	if (token.kind != PV_LEX_NAME)
		return pv_jinja_expected(jinja, "the name of a block");
	rc = pv_scan_intern(&name, jinja->scan, token.text, jinja->err);
	if (rc == PV_OK && name->block == jinja->scan->message + 1)
		rc = pv_jinja_fault(jinja, token.offset,
				    "there is another block of that name");
	if (rc < 0)
		return rc;
	name->block = jinja->scan->message + 1;
	pv_lex_next(&jinja->lexer);
	rc = pv_jinja_add_to(&block, jinja, jinja->list, PV_OP_BLOCK, NULL);
	if (rc < 0)
		return rc;
	block->is_scoped = pv_jinja_skip_word(jinja, "scoped");
	(void)pv_jinja_skip_word(jinja, "required");
	rc = push_block(jinja, "block", block);
	if (rc == PV_OK)
		innermost(jinja)->name = token.text;
	return rc;
}

static int scan_autoescape(pv_jinja *jinja)
{
	int rc = pv_jinja_expr(jinja, PV_STOP_NONE);

	return rc < 0 ? rc : push_scope(jinja, "autoescape");
}

static int scan_generation(pv_jinja *jinja)
{
	return push_scope(jinja, "generation");
}

/* --- tags ----------------------------------------------------------------- */

/* {% do expr %} */
static int scan_do(pv_jinja *jinja)
{
	return pv_jinja_expr(jinja, PV_STOP_NONE);
}

/* {% print expr, ... %}, of nothing, too */
static int scan_print(pv_jinja *jinja)
{
	return jinja->lexer.token.kind == PV_LEX_END ? PV_OK : scan_do(jinja);
}

/* {% break %}, {% continue %} */
static int scan_jump(pv_jinja *jinja)
{
	for (int i = 0; i < jinja->block_count; i++)
		if (!strcmp(jinja->blocks[i].tag, "for"))
			return PV_OK;
	return pv_jinja_fault(jinja, jinja->scan->place,
			      "there is no loop around it");
}

static const struct tag tags[] = {
	{ "autoescape", scan_autoescape },
	{ "block", scan_block },
	{ "break", scan_jump },
	{ "call", scan_call },
	{ "continue", scan_jump },
	{ "do", scan_do },
	{ "elif", scan_elif },
	{ "else", scan_else },
	{ "extends", pv_jinja_scan_extends },
	{ "filter", scan_filter },
	{ "for", scan_for },
	{ "from", pv_jinja_scan_from },
	{ "generation", scan_generation },
	{ "if", scan_if },
	{ "import", pv_jinja_scan_import },
	{ "include", pv_jinja_scan_include },
	{ "macro", scan_macro },
	{ "print", scan_print },
	{ "set", scan_set },
	{ "with", scan_with },
};

static const struct tag *find_tag(pv_str name)
{
	for (size_t i = 0; i < pv_array_len(tags); i++)
		if (tags[i].name[0] == name.ptr[0] &&
		    pv_str_is(name, tags[i].name))
			return &tags[i];
	return NULL;
}

int pv_jinja_statement(pv_jinja *jinja)
{
	pv_str name = jinja->lexer.token.text;
	const struct tag *tag;

	if (jinja->lexer.token.kind != PV_LEX_NAME)
		return pv_jinja_expected(jinja, "the name of a tag");
	tag = find_tag(name);
	if (!tag && !(name.len > 3 && !memcmp(name.ptr, "end", 3)))
		return pv_jinja_expected(jinja, "a known tag");
	pv_lex_next(&jinja->lexer);
	return tag ? tag->scan(jinja) : close_block(jinja, name);
}
