/* SPDX-License-Identifier: MIT
 *
 * The tightest parts of expressions: literals, names, brackets, signs, and
 * what follows them: attributes, subscripts, calls, filters and tests.
 */
#include "jinja/parse/parser.h"

#include "jinja/value/ops.h"

/* --- literals ------------------------------------------------------------ */

static int parse_constant(pv_jinja_node **out, pv_jinja_parser *p,
			  pv_jinja_value value)
{
	int rc = pv_jinja_node_new(out, p, PV_JINJA_N_CONST, &p->current);

	if (rc < 0)
		return rc;
	(*out)->u.value = value;
	return pv_jinja_advance(p);
}

/* name | true | false | none | ns.attr */
static int parse_name(pv_jinja_node **out, pv_jinja_parser *p, unsigned flags)
{
	pv_jinja_token name = p->current;
	int rc;

	if (name.word == PV_JINJA_W_TRUE || name.word == PV_JINJA_W_TRUE_PYTHON)
		return parse_constant(out, p, pv_jinja_bool(1));
	if (name.word == PV_JINJA_W_FALSE || name.word == PV_JINJA_W_FALSE_PYTHON)
		return parse_constant(out, p, pv_jinja_bool(0));
	if (name.word == PV_JINJA_W_NONE || name.word == PV_JINJA_W_NONE_PYTHON)
		return parse_constant(out, p, pv_jinja_none());
	rc = pv_jinja_name_node(out, p, &name, PV_JINJA_LOAD);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc < 0 || !(flags & PV_JINJA_TUPLE_NAMESPACE))
		return rc;
	rc = pv_jinja_skip(p, PV_JINJA_T_DOT);
	if (rc <= 0)
		return rc;
	rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);
	if (rc < 0)
		return rc;
	(*out)->kind = PV_JINJA_N_NSREF;
	return pv_jinja_intern(&(*out)->u.name.attr, p, name.text);
}

/* string+ */
static int parse_string(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_token first = p->current;
	size_t mark = pv_jinja_begin(p->run);
	int rc = pv_jinja_advance(p);

	if (rc < 0 || p->current.type != PV_JINJA_T_STRING)
		return rc < 0 ? rc
			      : pv_jinja_text_node(out, p, &first, first.text);
	pv_buf_put(&p->run->scratch, first.text.ptr, first.text.len);
	while (rc == PV_OK && p->current.type == PV_JINJA_T_STRING) {
		pv_buf_put(&p->run->scratch, p->current.text.ptr,
			   p->current.text.len);
		rc = pv_jinja_advance(p);
	}
	if (rc == PV_OK)
		rc = pv_jinja_node_new(out, p, PV_JINJA_N_CONST, &first);
	if (rc == PV_OK)
		rc = pv_jinja_finish(&(*out)->u.value, p->run, mark, 0);
	return rc;
}

static int parse_number(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_str text = p->current.text;
	pv_jinja_value value;
	double real;
	int rc;

	if (p->current.type == PV_JINJA_T_INTEGER) {
		rc = pv_jinja_parse_int(&value, p->run, text.ptr, text.len);
	} else {
		rc = pv_jinja_parse_float(&real, text.ptr, text.len);
		value = pv_jinja_float(rc < 0 ? 0 : real);
	}
	return rc < 0 ? rc : parse_constant(out, p, value);
}

/* --- brackets ------------------------------------------------------------ */

/* key ":" value */
static int parse_pair(pv_jinja_node *dict, pv_jinja_parser *p)
{
	pv_jinja_node *key;
	pv_jinja_node *value;
	int rc = pv_jinja_parse_expression(&key, p);

	if (rc == PV_OK)
		rc = pv_jinja_want(p, PV_JINJA_T_COLON, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&value, p);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, dict, key);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, dict, value);
	if (rc != PV_OK)
		return rc;
	pv_jinja_nodes_add(&dict->u.items, key);
	pv_jinja_nodes_add(&dict->u.items, value);
	return PV_OK;
}

static int parse_item(pv_jinja_node *list, pv_jinja_parser *p)
{
	pv_jinja_node *item;
	int rc = pv_jinja_parse_expression(&item, p);

	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, list, item);
	if (rc == PV_OK)
		pv_jinja_nodes_add(&list->u.items, item);
	return rc;
}

/* "[" [item ("," item)* [","]] "]", and the same of pairs in braces */
static int parse_display(pv_jinja_node **out, pv_jinja_parser *p, int kind)
{
	int closing = kind == PV_JINJA_N_LIST ? PV_JINJA_T_RBRACKET
					      : PV_JINJA_T_RBRACE;
	int rc = pv_jinja_node_new(out, p, kind, &p->current);

	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	while (rc == PV_OK && p->current.type != closing) {
		if ((*out)->u.items.count > 0)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc < 0 || p->current.type == closing)
			break;
		rc = kind == PV_JINJA_N_LIST ? parse_item(*out, p)
					     : parse_pair(*out, p);
	}
	return rc < 0 ? rc : pv_jinja_want(p, closing, NULL);
}

static int parse_parentheses(pv_jinja_node **out, pv_jinja_parser *p)
{
	int rc = pv_jinja_advance(p);

	if (rc == PV_OK)
		rc = pv_jinja_parse_tuple(out, p, PV_JINJA_TUPLE_PARENTHESES);
	return rc < 0 ? rc : pv_jinja_want(p, PV_JINJA_T_RPAREN, NULL);
}

/* primary = name | literal | "(" tuple ")" | list | dict */
int pv_jinja_parse_primary(pv_jinja_node **out, pv_jinja_parser *p, unsigned flags)
{
	pv_jinja_value got;

	switch (p->current.type) {
	case PV_JINJA_T_NAME:
		return parse_name(out, p, flags);
	case PV_JINJA_T_STRING:
		return parse_string(out, p);
	case PV_JINJA_T_INTEGER:
	case PV_JINJA_T_FLOAT:
		return parse_number(out, p);
	case PV_JINJA_T_LPAREN:
		return parse_parentheses(out, p);
	case PV_JINJA_T_LBRACKET:
		return parse_display(out, p, PV_JINJA_N_LIST);
	case PV_JINJA_T_LBRACE:
		return parse_display(out, p, PV_JINJA_N_DICT);
	default:
		got = pv_jinja_describe(p, &p->current);
		return pv_jinja_parse_fail(p, 0, "unexpected %.*s",
					   (int)got.len, got.u.s);
	}
}

/* --- signs and what follows ---------------------------------------------- */

/* postfix = ("." name | "[" ... "]" | "(" ... ")")* */
int pv_jinja_parse_postfix(pv_jinja_node **node, pv_jinja_parser *p)
{
	int rc = PV_OK;

	while (rc == PV_OK) {
		int type = p->current.type;

		if (type == PV_JINJA_T_DOT || type == PV_JINJA_T_LBRACKET)
			rc = pv_jinja_parse_subscript(node, p);
		else if (type == PV_JINJA_T_LPAREN)
			rc = pv_jinja_parse_call(node, p);
		else
			break;
	}
	return rc;
}

/* filters = ("|" filter | "is" test | "(" ... ")")* */
int pv_jinja_parse_filters(pv_jinja_node **node, pv_jinja_parser *p)
{
	int rc = PV_OK;

	while (rc == PV_OK) {
		if (p->current.type == PV_JINJA_T_PIPE)
			rc = pv_jinja_parse_filter(node, p, 0);
		else if (pv_jinja_at_word(p, PV_JINJA_W_IS))
			rc = pv_jinja_parse_test(node, p);
		else if (p->current.type == PV_JINJA_T_LPAREN)
			rc = pv_jinja_parse_call(node, p);
		else
			break;
	}
	return rc;
}

static int parse_sign(pv_jinja_node **out, pv_jinja_parser *p)
{
	int kind = p->current.type == PV_JINJA_T_SUB ? PV_JINJA_N_NEG
						     : PV_JINJA_N_POS;
	pv_jinja_node *node;
	int rc = pv_jinja_node_new(out, p, kind, &p->current);

	node = *out;
	if (rc == PV_OK)
		rc = pv_jinja_nest(p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_unary(&node->u.binary.left, p, 0);
	if (rc < 0)
		return rc;
	p->nesting--;
	return pv_jinja_node_over(p, node, node->u.binary.left);
}

/* unary = ("-" | "+") unary | primary, then postfix and perhaps filters */
int pv_jinja_parse_unary(pv_jinja_node **out, pv_jinja_parser *p, int with_filter)
{
	int type = p->current.type;
	int rc;

	if (type == PV_JINJA_T_SUB || type == PV_JINJA_T_ADD)
		rc = parse_sign(out, p);
	else
		rc = pv_jinja_parse_primary(out, p, 0);
	if (rc == PV_OK)
		rc = pv_jinja_parse_postfix(out, p);
	if (rc == PV_OK && with_filter)
		rc = pv_jinja_parse_filters(out, p);
	return rc;
}
