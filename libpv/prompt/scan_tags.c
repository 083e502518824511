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
	block->body = 0;
	jinja->list = &op->children;
	return PV_OK;
}

int pv_jinja_push_scope(pv_jinja *jinja, const char *tag)
{
	pv_op *scope;
	int rc = pv_jinja_add_to(&scope, jinja, jinja->list, PV_OP_SCOPE, NULL);

	return rc < 0 ? rc : push_block(jinja, tag, scope);
}

static pv_block *innermost(pv_jinja *jinja)
{
	return jinja->block_count ? &jinja->blocks[jinja->block_count - 1] : NULL;
}

/* A required block holds a place: blanks and comments, up to `end`. */
static int check_required(pv_jinja *jinja, const pv_block *block, size_t end)
{
	pv_str text = jinja->lexer.text;
	size_t at = block->body;

	while (at < end) {
		size_t len = pv_lex_blanks(text, at);

		if (!len && at + 2 < end && !memcmp(text.ptr + at, "{#", 2))
			len = pv_jinja_comment(text, at) - at;
		if (!len)
			return pv_jinja_fault(jinja, block->offset,
					      "a required block has text in it");
		at += len;
	}
	return PV_OK;
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
	if (block->body && check_required(jinja, block, jinja->scan->place) < 0)
		return PV_ESYNTAX;
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
	int rc = pv_jinja_expr(jinja, PV_STOP_IF);

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
		rc = pv_jinja_expr(jinja, PV_STOP_IF);
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

/* A name, or in `set` `a.b`: an attribute of `a`, which therefore is read. */
static int take_target(pv_jinja *jinja, enum pv_op_kind kind)
{
	int rc = pv_jinja_take_name(jinja, kind);

	if (rc < 0 || kind != PV_OP_STORE || !pv_jinja_skip_operator(jinja, '.'))
		return rc;
	jinja->list->last->kind = PV_OP_LOAD;
	if (jinja->lexer.token.kind != PV_LEX_NAME)
		return pv_jinja_expected(jinja, "a name");
	pv_lex_next(&jinja->lexer);
	return PV_OK;
}

/* Targets of `for` and `set`: names, commas and brackets. */
static int scan_targets(pv_jinja *jinja, enum pv_op_kind kind)
{
	int depth = 0;

	for (;;) {
		int rc;

		while (pv_jinja_skip_operator(jinja, '('))
			depth++;
		rc = take_target(jinja, kind);
		if (rc < 0)
			return rc;
		while (depth && pv_jinja_skip_operator(jinja, ')'))
			depth--;
		if (!pv_jinja_skip_operator(jinja, ',') ||
		    jinja->lexer.token.kind == PV_LEX_END)
			break; /* a comma may come last */
		if (!depth || !pv_jinja_at_operator(jinja, ')'))
			continue;
		while (depth && pv_jinja_skip_operator(jinja, ')'))
			depth--;
		if (!pv_jinja_skip_operator(jinja, ','))
			break;
	}
	return depth ? pv_jinja_expected(jinja, ")") : PV_OK;
}

/* Nothing in a loop, nor its own targets, may set `loop`. */
static int check_loop(pv_jinja *jinja, const pv_op_list *targets)
{
	for (const pv_op *op = targets->first; op; op = op->next)
		if (op->kind != PV_OP_LOAD && pv_str_is(op->name->text, "loop"))
			return pv_jinja_fault(jinja, op->offset,
					      "\"loop\" belongs to the loop itself");
	return PV_OK;
}

static int is_in_loop(const pv_jinja *jinja)
{
	for (int i = 0; i < jinja->block_count; i++)
		if (!strcmp(jinja->blocks[i].tag, "for"))
			return 1;
	return 0;
}

/* {% for targets in expr [if expr] [recursive] %} */
static int scan_for(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list targets = { NULL, NULL };
	int rc;

	jinja->list = &targets;
	rc = scan_targets(jinja, PV_OP_BIND);
	jinja->list = outer;
	if (rc == PV_OK)
		rc = check_loop(jinja, &targets);
	if (rc < 0)
		return rc;
	if (!pv_jinja_skip_word(jinja, "in"))
		return pv_jinja_expected(jinja, "\"in\"");
	rc = pv_jinja_expr(jinja, PV_STOP_IF);
	if (rc == PV_OK)
		rc = pv_jinja_push_scope(jinja, "for");
	if (rc < 0)
		return rc;
	pv_jinja_append(jinja->list, &targets);
	if (pv_jinja_skip_word(jinja, "if"))
		rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
	/* The condition chooses what is looped over, so it sees no `loop`. */
	if (rc == PV_OK)
		rc = pv_jinja_bind_word(jinja, "loop");
	(void)pv_jinja_skip_word(jinja, "recursive");
	return rc;
}

/* --- set, with, filter, block -------------------------------- */

/* {% set targets = expr %} or {% set name [| filters] %} */
static int scan_set(pv_jinja *jinja)
{
	pv_op_list *outer = jinja->list;
	pv_op_list targets = { NULL, NULL };
	int rc;

	jinja->list = &targets;
	rc = scan_targets(jinja, PV_OP_STORE);
	jinja->list = outer;
	if (rc == PV_OK && is_in_loop(jinja))
		rc = check_loop(jinja, &targets);
	if (rc < 0)
		return rc;
	if (pv_jinja_skip_operator(jinja, '=')) {
		rc = pv_jinja_expr(jinja, PV_STOP_NONE);
		pv_jinja_append(jinja->list, &targets);
		return rc;
	}
	if (pv_jinja_at_operator(jinja, '|'))
		rc = pv_jinja_expr_rest(jinja, PV_STOP_NONE);
	pv_jinja_append(jinja->list, &targets);
	return rc < 0 ? rc : pv_jinja_push_scope(jinja, "set");
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
		rc = pv_jinja_push_scope(jinja, "with");
	if (rc == PV_OK)
		pv_jinja_append(jinja->list, &targets);
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
	return rc < 0 ? rc : pv_jinja_push_scope(jinja, "filter");
}

/* {% block name [scoped] [required] %}: a name is given to one block only. */
static int scan_block(pv_jinja *jinja)
{
	const pv_lex_token token = jinja->lexer.token;
	pv_scan_name *name;
	pv_op *block;
	int is_required;
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
	is_required = pv_jinja_skip_word(jinja, "required");
	rc = push_block(jinja, "block", block);
	if (rc < 0)
		return rc;
	innermost(jinja)->name = token.text;
	innermost(jinja)->body = is_required ? jinja->lexer.at : 0;
	return pv_jinja_bind_word(jinja, "super");
}

static int scan_autoescape(pv_jinja *jinja)
{
	int rc = pv_jinja_expr(jinja, PV_STOP_COMMA);

	return rc < 0 ? rc : pv_jinja_push_scope(jinja, "autoescape");
}

static int scan_generation(pv_jinja *jinja)
{
	return pv_jinja_push_scope(jinja, "generation");
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
	int rc = PV_OK;

	if (jinja->lexer.token.kind == PV_LEX_END)
		return PV_OK;
	do
		rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
	while (rc == PV_OK && pv_jinja_skip_operator(jinja, ','));
	return rc;
}

/* What runs on its own, and cannot leave a loop around it. */
static int is_function(const pv_block *block)
{
	return !strcmp(block->tag, "macro") || !strcmp(block->tag, "call") ||
	       !strcmp(block->tag, "block") || !strcmp(block->tag, "generation");
}

/* {% break %}, {% continue %} */
static int scan_jump(pv_jinja *jinja)
{
	for (int i = jinja->block_count; i > 0; i--) {
		const pv_block *block = &jinja->blocks[i - 1];

		if (is_function(block))
			break;
		if (!strcmp(block->tag, "for") && !block->in_else)
			return PV_OK;
	}
	return pv_jinja_fault(jinja, jinja->scan->place,
			      "there is no loop around it");
}

static const struct tag tags[] = {
	{ "autoescape", scan_autoescape },
	{ "block", scan_block },
	{ "break", scan_jump },
	{ "call", pv_jinja_scan_call },
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
	{ "macro", pv_jinja_scan_macro },
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

/* Python's colon may end what is followed by a body. */
static void skip_colon(pv_jinja *jinja, const struct tag *tag, int blocks)
{
	if (jinja->block_count > blocks || tag->scan == scan_elif ||
	    tag->scan == scan_else)
		(void)pv_jinja_skip_operator(jinja, ':');
}

int pv_jinja_statement(pv_jinja *jinja)
{
	pv_str name = jinja->lexer.token.text;
	int blocks = jinja->block_count;
	const struct tag *tag;
	int rc;

	if (jinja->lexer.token.kind != PV_LEX_NAME)
		return pv_jinja_expected(jinja, "the name of a tag");
	tag = find_tag(name);
	if (!tag && !(name.len > 3 && !memcmp(name.ptr, "end", 3)))
		return pv_jinja_expected(jinja, "a known tag");
	pv_lex_next(&jinja->lexer);
	if (!tag)
		return close_block(jinja, name);
	rc = tag->scan(jinja);
	if (rc == PV_OK)
		skip_colon(jinja, tag, blocks);
	return rc;
}
