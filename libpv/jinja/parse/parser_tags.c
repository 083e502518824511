/* SPDX-License-Identifier: MIT
 *
 * Tags with plain bodies: loops, conditions, assignments, with, autoescape,
 * print, do, break, continue; and what can be assigned to.
 */
#include "jinja/parse/parser.h"

#include "base/mem.h"

static int begin(pv_jinja_node **out, pv_jinja_parser *p, int kind)
{
	int rc = pv_jinja_node_new(out, p, kind, &p->current);

	return rc < 0 ? rc : pv_jinja_advance(p);
}

/* --- targets ------------------------------------------------------------- */

static void set_use(pv_jinja_node *node, int use)
{
	if (node->kind == PV_JINJA_N_NAME)
		node->op = (uint8_t)use;
	if (node->kind == PV_JINJA_N_TUPLE || node->kind == PV_JINJA_N_LIST)
		for (pv_jinja_node *item = node->u.items.first; item;
		     item = item->next)
			set_use(item, use);
}

static int is_assignable(const pv_jinja_node *node)
{
	if (node->kind == PV_JINJA_N_TUPLE)
		for (const pv_jinja_node *item = node->u.items.first; item;
		     item = item->next)
			if (!is_assignable(item))
				return 0;
	return node->kind == PV_JINJA_N_NAME ||
	       node->kind == PV_JINJA_N_TUPLE || node->kind == PV_JINJA_N_NSREF;
}

/* The name of the node's class in Jinja2, in lower case. */
static const char *class_name(const pv_jinja_node *node)
{
	static const char *const names[] = {
		"const",  "name", "tuple",   "list",    "dict",  "condexpr",
		"or",     "and",  "not",     "compare", "",      "concat",
		"neg",    "pos",  "getattr", "getitem", "slice", "call",
		"filter", "test", "nsref"
	};
	static const char *const operators[] = { "add", "sub",      "mul",
						 "div", "floordiv", "mod",
						 "pow" };

	if (node->kind == PV_JINJA_N_BINARY)
		return operators[node->op];
	return node->kind < pv_array_len(names) ? names[node->kind] : "";
}

int pv_jinja_parse_target(pv_jinja_node **out, pv_jinja_parser *p,
			  unsigned flags, int use)
{
	int rc = pv_jinja_parse_tuple(out, p, flags | PV_JINJA_TUPLE_SIMPLE);

	if (rc < 0)
		return rc;
	set_use(*out, use);
	if (is_assignable(*out))
		return PV_OK;
	return pv_jinja_parse_fail(p, (*out)->line, "can't assign to '%s'",
				   class_name(*out));
}

static int is_constant_word(int word)
{
	return word == PV_JINJA_W_TRUE || word == PV_JINJA_W_TRUE_PYTHON ||
	       word == PV_JINJA_W_FALSE || word == PV_JINJA_W_FALSE_PYTHON ||
	       word == PV_JINJA_W_NONE || word == PV_JINJA_W_NONE_PYTHON;
}

int pv_jinja_parse_name_target(pv_jinja_node **out, pv_jinja_parser *p, int use)
{
	pv_jinja_token name;
	int rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);

	if (rc < 0)
		return rc;
	if (is_constant_word(name.word))
		return pv_jinja_parse_fail(p, name.line,
					   "can't assign to 'name'");
	return pv_jinja_name_node(out, p, &name, use);
}

/* --- loops --------------------------------------------------------------- */

/* "for" target "in" tuple ["if" expression] ["recursive"] */
static int parse_loop_head(pv_jinja_node *loop, pv_jinja_parser *p)
{
	/* Jinja2 means a comma before `in` to end the tuple; it does not. */
	int rc = pv_jinja_parse_target(&loop->u.loop.target, p, 0,
				       PV_JINJA_STORE);

	if (rc == PV_OK)
		rc = pv_jinja_want_word(p, PV_JINJA_W_IN);
	if (rc == PV_OK)
		rc = pv_jinja_parse_tuple(&loop->u.loop.iter, p,
					  PV_JINJA_TUPLE_NO_COND);
	if (rc == PV_OK)
		rc = pv_jinja_skip_name(p, PV_JINJA_W_IF);
	if (rc > 0)
		rc = pv_jinja_parse_expression(&loop->u.loop.filter, p);
	if (rc == PV_OK)
		rc = pv_jinja_skip_name(p, PV_JINJA_W_RECURSIVE);
	if (rc > 0)
		loop->flag = 1;
	return rc < 0 ? rc : PV_OK;
}

/* for = head body ["else" body] "endfor" */
int pv_jinja_parse_for(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	static const pv_jinja_ends ends = { { PV_JINJA_W_ENDFOR,
					      PV_JINJA_W_ELSE } };
	pv_jinja_node *loop;
	int is_end;
	int rc = begin(&loop, p, PV_JINJA_N_FOR);

	if (rc == PV_OK)
		rc = parse_loop_head(loop, p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_statements(&loop->u.loop.body, p, ends);
	if (rc < 0)
		return rc;
	is_end = pv_jinja_at_word(p, PV_JINJA_W_ENDFOR);
	rc = pv_jinja_advance(p);
	if (rc == PV_OK && !is_end)
		rc = pv_jinja_parse_until(&loop->u.loop.orelse, p,
					  PV_JINJA_W_ENDFOR);
	pv_jinja_nodes_add(out, loop);
	return rc;
}

int pv_jinja_parse_loop_control(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int kind = pv_jinja_at_word(p, PV_JINJA_W_BREAK) ? PV_JINJA_N_BREAK
							 : PV_JINJA_N_CONTINUE;
	int rc = begin(&node, p, kind);

	if (rc == PV_OK)
		pv_jinja_nodes_add(out, node);
	return rc;
}

/* --- conditions ---------------------------------------------------------- */

/* tuple body, up to the tag that follows, which is taken: its word. */
static int parse_case(pv_jinja_node *node, pv_jinja_parser *p)
{
	static const pv_jinja_ends ends = { { PV_JINJA_W_ELIF, PV_JINJA_W_ELSE,
					      PV_JINJA_W_ENDIF } };
	int word;
	int rc = pv_jinja_parse_tuple(&node->u.cases.test, p,
				      PV_JINJA_TUPLE_NO_COND);

	if (rc == PV_OK)
		rc = pv_jinja_parse_statements(&node->u.cases.body, p, ends);
	if (rc < 0)
		return rc;
	word = p->current.word;
	rc = pv_jinja_advance(p);
	return rc < 0 ? rc : word;
}

/* if = case ("elif" case)* ["else" body] "endif" */
int pv_jinja_parse_if(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *first;
	pv_jinja_node *node;
	int rc = begin(&first, p, PV_JINJA_N_IF);

	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(out, first);
	rc = parse_case(first, p);
	while (rc == PV_JINJA_W_ELIF) {
		rc = pv_jinja_node_new(&node, p, PV_JINJA_N_IF, &p->current);
		if (rc < 0)
			return rc;
		pv_jinja_nodes_add(&first->u.cases.elifs, node);
		rc = parse_case(node, p);
	}
	if (rc == PV_JINJA_W_ELSE)
		rc = pv_jinja_parse_until(&first->u.cases.orelse, p,
					  PV_JINJA_W_ENDIF);
	return rc < 0 ? rc : PV_OK;
}

/* --- assignments --------------------------------------------------------- */

/* set = target "=" tuple | target filter* body "endset" */
int pv_jinja_parse_set(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_SET);

	if (rc == PV_OK)
		rc = pv_jinja_parse_target(&node->u.set.target, p,
					   PV_JINJA_TUPLE_NAMESPACE,
					   PV_JINJA_STORE);
	if (rc == PV_OK)
		rc = pv_jinja_skip(p, PV_JINJA_T_ASSIGN);
	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(out, node);
	if (rc > 0)
		return pv_jinja_parse_tuple(&node->u.set.value, p, 0);
	node->kind = PV_JINJA_N_SET_BLOCK;
	rc = pv_jinja_parse_filter(&node->u.set.value, p, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_parse_until(&node->u.set.body, p, PV_JINJA_W_ENDSET);
}

/* target "=" expression */
static int parse_binding(pv_jinja_nodes *targets, pv_jinja_nodes *values,
			 pv_jinja_parser *p)
{
	pv_jinja_node *target;
	pv_jinja_node *value;
	int rc = PV_OK;

	if (targets->count > 0)
		rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_parse_target(&target, p, 0, PV_JINJA_PARAM);
	if (rc == PV_OK)
		rc = pv_jinja_want(p, PV_JINJA_T_ASSIGN, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&value, p);
	if (rc != PV_OK)
		return rc;
	pv_jinja_nodes_add(targets, target);
	pv_jinja_nodes_add(values, value);
	return PV_OK;
}

/* with = [binding ("," binding)*] body "endwith" */
int pv_jinja_parse_with(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_nodes targets = { 0 };
	pv_jinja_nodes values = { 0 };
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_WITH);

	while (rc == PV_OK && p->current.type != PV_JINJA_T_BLOCK_END)
		rc = parse_binding(&targets, &values, p);
	if (rc < 0)
		return rc;
	node->u.set.target = targets.first;
	node->u.set.value = values.first;
	pv_jinja_nodes_add(out, node);
	return pv_jinja_parse_until(&node->u.set.body, p, PV_JINJA_W_ENDWITH);
}

/* autoescape = expression body "endautoescape" */
int pv_jinja_parse_autoescape(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_AUTOESCAPE);

	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.set.value, p);
	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(out, node);
	return pv_jinja_parse_until(&node->u.set.body, p,
				    PV_JINJA_W_ENDAUTOESCAPE);
}

/* --- expressions as statements ------------------------------------------- */

/* print = [expression ("," expression)*] */
int pv_jinja_parse_print(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	size_t before = out->count;
	int rc = pv_jinja_advance(p);

	while (rc == PV_OK && p->current.type != PV_JINJA_T_BLOCK_END) {
		if (out->count > before)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc == PV_OK)
			rc = pv_jinja_node_new(&node, p, PV_JINJA_N_PRINT,
					       &p->current);
		if (rc == PV_OK)
			rc = pv_jinja_parse_expression(&node->u.expr, p);
		if (rc < 0)
			return rc;
		node->line = node->u.expr->line;
		pv_jinja_nodes_add(out, node);
	}
	return rc;
}

/* do = tuple */
int pv_jinja_parse_do(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin(&node, p, PV_JINJA_N_EXPR);

	if (rc == PV_OK)
		rc = pv_jinja_parse_tuple(&node->u.expr, p, 0);
	if (rc == PV_OK)
		pv_jinja_nodes_add(out, node);
	return rc;
}
