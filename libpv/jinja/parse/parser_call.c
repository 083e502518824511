/* SPDX-License-Identifier: MIT
 *
 * What follows a value: attributes, subscripts and slices, arguments of
 * calls, filters and tests.
 */
#include "jinja/parse/parser.h"

#include "base/mem.h"
#include "jinja/value/build.h"

/* A node around *node, at a token's place. */
static int wrap(pv_jinja_node **out, pv_jinja_parser *p, int kind,
		const pv_jinja_token *at, const pv_jinja_node *inner)
{
	int rc = pv_jinja_node_new(out, p, kind, at);

	return rc < 0 ? rc : pv_jinja_node_over(p, *out, inner);
}

/* --- subscripts ---------------------------------------------------------- */

static int at_slice_end(const pv_jinja_parser *p)
{
	return p->current.type == PV_JINJA_T_RBRACKET ||
	       p->current.type == PV_JINJA_T_COMMA;
}

/* The rest of a slice behind its first bound. */
static int parse_slice(pv_jinja_node *slice, pv_jinja_parser *p)
{
	pv_jinja_node **bounds = slice->u.slice.bounds;
	int rc = PV_OK;

	if (p->current.type != PV_JINJA_T_COLON && !at_slice_end(p))
		rc = pv_jinja_parse_expression(&bounds[1], p);
	if (rc == PV_OK)
		rc = pv_jinja_skip(p, PV_JINJA_T_COLON);
	if (rc > 0)
		rc = at_slice_end(p) ? PV_OK
				     : pv_jinja_parse_expression(&bounds[2], p);
	for (size_t i = 0; rc == PV_OK && i < 3; i++)
		rc = pv_jinja_node_over(p, slice, bounds[i]);
	return rc;
}

/* subscribed = expression | [expression] ":" [expression] [":" [expression]] */
static int parse_subscribed(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	pv_jinja_node *start = NULL;
	int rc = PV_OK;

	if (p->current.type != PV_JINJA_T_COLON) {
		rc = pv_jinja_parse_expression(&start, p);
		*out = start;
		if (rc < 0 || p->current.type != PV_JINJA_T_COLON)
			return rc;
	}
	rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_node_new(out, p, PV_JINJA_N_SLICE, &at);
	if (rc != PV_OK)
		return rc;
	(*out)->u.slice.bounds[0] = start;
	return parse_slice(*out, p);
}

/* "." (name | integer) */
static int parse_attribute(pv_jinja_node *node, pv_jinja_parser *p)
{
	pv_jinja_token attr = p->current;
	int rc = pv_jinja_advance(p);

	if (rc < 0)
		return rc;
	if (attr.type == PV_JINJA_T_NAME) {
		node->kind = PV_JINJA_N_GETATTR;
		return pv_jinja_intern(&node->u.access.name, p, attr.text);
	}
	if (attr.type != PV_JINJA_T_INTEGER)
		return pv_jinja_parse_fail(p, attr.line,
					   "expected name or number");
	rc = pv_jinja_node_new(&node->u.access.key, p, PV_JINJA_N_CONST, &attr);
	if (rc < 0)
		return rc;
	return pv_jinja_parse_int(&node->u.access.key->u.value, p->run,
				  attr.text.ptr, attr.text.len);
}

/* "[" [subscribed ("," subscribed)*] "]" */
static int parse_key(pv_jinja_node *node, pv_jinja_parser *p,
		     const pv_jinja_token *at)
{
	pv_jinja_node *tuple;
	pv_jinja_node *item;
	int rc = pv_jinja_node_new(&tuple, p, PV_JINJA_N_TUPLE, at);

	while (rc == PV_OK && p->current.type != PV_JINJA_T_RBRACKET) {
		if (tuple->u.items.count > 0)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc == PV_OK)
			rc = parse_subscribed(&item, p);
		if (rc == PV_OK)
			rc = pv_jinja_node_over(p, tuple, item);
		if (rc == PV_OK)
			pv_jinja_nodes_add(&tuple->u.items, item);
	}
	if (rc == PV_OK)
		rc = pv_jinja_want(p, PV_JINJA_T_RBRACKET, NULL);
	if (rc < 0)
		return rc;
	node->u.access.key =
		tuple->u.items.count == 1 ? tuple->u.items.first : tuple;
	return pv_jinja_node_over(p, node, node->u.access.key);
}

int pv_jinja_parse_subscript(pv_jinja_node **node, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	pv_jinja_node *access;
	int rc = wrap(&access, p, PV_JINJA_N_GETITEM, &at, *node);

	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc < 0)
		return rc;
	access->u.access.object = *node;
	*node = access;
	if (at.type == PV_JINJA_T_DOT)
		return parse_attribute(access, p);
	return parse_key(access, p, &at);
}

/* --- arguments ----------------------------------------------------------- */

static int ensure(pv_jinja_parser *p, int holds, const pv_jinja_token *at)
{
	if (holds)
		return PV_OK;
	return pv_jinja_parse_fail(p, at->line,
				   "invalid syntax for function call expression");
}

/* name "=" expression */
static int parse_keyword(pv_jinja_args *args, pv_jinja_parser *p)
{
	const pv_jinja_name *key;
	pv_jinja_node *value;
	int rc = pv_jinja_intern(&key, p, p->current.text);

	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&value, p);
	if (rc != PV_OK)
		return rc;
	value->key = key;
	pv_jinja_nodes_add(&args->keywords, value);
	return PV_OK;
}

static int parse_positional(pv_jinja_args *args, pv_jinja_parser *p)
{
	pv_jinja_node *value;
	int rc = pv_jinja_parse_expression(&value, p);

	if (rc == PV_OK)
		pv_jinja_nodes_add(&args->positional, value);
	return rc;
}

/* "*" expression | "**" expression | name "=" expression | expression */
static int parse_argument(pv_jinja_args *args, pv_jinja_parser *p,
			  const pv_jinja_token *at)
{
	int is_plain = !args->rest && !args->keyword_rest;
	int rc = PV_OK;

	if (p->current.type == PV_JINJA_T_MUL) {
		rc = ensure(p, is_plain, at);
		if (rc == PV_OK)
			rc = pv_jinja_advance(p);
		return rc < 0 ? rc : pv_jinja_parse_expression(&args->rest, p);
	}
	if (p->current.type == PV_JINJA_T_POW) {
		rc = ensure(p, !args->keyword_rest, at);
		if (rc == PV_OK)
			rc = pv_jinja_advance(p);
		return rc < 0 ? rc
			      : pv_jinja_parse_expression(&args->keyword_rest, p);
	}
	if (p->current.type == PV_JINJA_T_NAME) {
		rc = pv_jinja_look(p);
		if (rc < 0)
			return rc;
		if (p->pushed.type == PV_JINJA_T_ASSIGN) {
			rc = ensure(p, !args->keyword_rest, at);
			return rc < 0 ? rc : parse_keyword(args, p);
		}
	}
	rc = ensure(p, is_plain && args->keywords.count == 0, at);
	return rc < 0 ? rc : parse_positional(args, p);
}

/* args = "(" [argument ("," argument)* [","]] ")" */
int pv_jinja_parse_args(pv_jinja_args **out, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	int needs_comma = 0;
	int rc = pv_jinja_alloc(out, p->run, sizeof(**out));

	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	rc = pv_jinja_want(p, PV_JINJA_T_LPAREN, NULL);
	while (rc == PV_OK && p->current.type != PV_JINJA_T_RPAREN) {
		if (needs_comma)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc < 0 || p->current.type == PV_JINJA_T_RPAREN)
			break;
		rc = parse_argument(*out, p, &at);
		needs_comma = 1;
	}
	return rc < 0 ? rc : pv_jinja_want(p, PV_JINJA_T_RPAREN, NULL);
}

/* A call's tree is deeper than its arguments'. */
static int cover_args(pv_jinja_node *node, pv_jinja_parser *p,
		      const pv_jinja_args *args)
{
	int rc = PV_OK;

	for (pv_jinja_node *arg = args->positional.first; rc == PV_OK && arg;
	     arg = arg->next)
		rc = pv_jinja_node_over(p, node, arg);
	for (pv_jinja_node *arg = args->keywords.first; rc == PV_OK && arg;
	     arg = arg->next)
		rc = pv_jinja_node_over(p, node, arg);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, args->rest);
	return rc < 0 ? rc : pv_jinja_node_over(p, node, args->keyword_rest);
}

static int take_args(pv_jinja_node *node, pv_jinja_parser *p)
{
	int rc = pv_jinja_parse_args(&node->u.call.args, p);

	return rc < 0 ? rc : cover_args(node, p, node->u.call.args);
}

/* call = args */
int pv_jinja_parse_call(pv_jinja_node **node, pv_jinja_parser *p)
{
	pv_jinja_node *call;
	int rc = wrap(&call, p, PV_JINJA_N_CALL, &p->current, *node);

	if (rc < 0)
		return rc;
	call->u.call.object = *node;
	*node = call;
	return take_args(call, p);
}

/* --- filters and tests --------------------------------------------------- */

/* name ("." name)* */
static int parse_dotted(const pv_jinja_name **out, pv_jinja_parser *p,
			pv_jinja_token *first)
{
	size_t mark = pv_jinja_begin(p->run);
	pv_jinja_value joined;
	pv_jinja_token part;
	pv_str name;
	int rc = pv_jinja_want(p, PV_JINJA_T_NAME, first);

	if (rc < 0 || p->current.type != PV_JINJA_T_DOT)
		return rc < 0 ? rc : pv_jinja_intern(out, p, first->text);
	pv_buf_put(&p->run->scratch, first->text.ptr, first->text.len);
	while (rc == PV_OK && p->current.type == PV_JINJA_T_DOT) {
		rc = pv_jinja_advance(p);
		if (rc == PV_OK)
			rc = pv_jinja_want(p, PV_JINJA_T_NAME, &part);
		if (rc != PV_OK)
			return rc;
		pv_buf_putc(&p->run->scratch, '.');
		pv_buf_put(&p->run->scratch, part.text.ptr, part.text.len);
	}
	rc = pv_jinja_finish(&joined, p->run, mark, 0);
	if (rc < 0)
		return rc;
	name.ptr = joined.u.s;
	name.len = joined.len;
	return pv_jinja_intern(out, p, name);
}

/* filter = name ("." name)* [args] */
int pv_jinja_parse_filter(pv_jinja_node **node, pv_jinja_parser *p, int is_inline)
{
	int rc = PV_OK;

	while (rc == PV_OK && (p->current.type == PV_JINJA_T_PIPE || is_inline)) {
		const pv_jinja_name *name;
		pv_jinja_token at = p->current;
		pv_jinja_node *filter;

		if (!is_inline)
			rc = pv_jinja_advance(p);
		if (rc == PV_OK)
			rc = parse_dotted(&name, p, &at);
		if (rc == PV_OK)
			rc = wrap(&filter, p, PV_JINJA_N_FILTER, &at, *node);
		if (rc != PV_OK)
			return rc;
		filter->u.call.object = *node;
		filter->u.call.name = name;
		*node = filter;
		if (p->current.type == PV_JINJA_T_LPAREN)
			rc = take_args(filter, p);
		is_inline = 0;
	}
	return rc;
}

static int begins_argument(const pv_jinja_parser *p)
{
	switch (p->current.type) {
	case PV_JINJA_T_NAME:
		return p->current.word != PV_JINJA_W_ELSE &&
		       p->current.word != PV_JINJA_W_OR &&
		       p->current.word != PV_JINJA_W_AND;
	case PV_JINJA_T_STRING:
	case PV_JINJA_T_INTEGER:
	case PV_JINJA_T_FLOAT:
	case PV_JINJA_T_LBRACKET:
	case PV_JINJA_T_LBRACE:
		return 1;
	default:
		return 0;
	}
}

/* The one argument of a test without parentheses. */
static int parse_test_argument(pv_jinja_node *test, pv_jinja_parser *p)
{
	pv_jinja_node *value;
	int rc;

	if (pv_jinja_at_word(p, PV_JINJA_W_IS))
		return pv_jinja_parse_fail(p, 0,
					   "You cannot chain multiple tests with is");
	rc = pv_jinja_alloc(&test->u.call.args, p->run,
			    sizeof(*test->u.call.args));
	if (rc < 0)
		return rc;
	memset(test->u.call.args, 0, sizeof(*test->u.call.args));
	rc = pv_jinja_parse_primary(&value, p, 0);
	if (rc == PV_OK)
		rc = pv_jinja_parse_postfix(&value, p);
	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(&test->u.call.args->positional, value);
	return cover_args(test, p, test->u.call.args);
}

/* test = "is" ["not"] name ("." name)* [args | primary postfix] */
int pv_jinja_parse_test(pv_jinja_node **node, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	pv_jinja_token name;
	pv_jinja_node *test;
	pv_jinja_node *negated = NULL;
	int is_negated;
	int rc = wrap(&test, p, PV_JINJA_N_TEST, &at, *node);

	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	is_negated = rc == PV_OK ? pv_jinja_skip_name(p, PV_JINJA_W_NOT) : rc;
	if (is_negated < 0)
		return is_negated;
	test->u.call.object = *node;
	*node = test;
	rc = parse_dotted(&test->u.call.name, p, &name);
	if (rc == PV_OK && p->current.type == PV_JINJA_T_LPAREN)
		rc = take_args(test, p);
	else if (rc == PV_OK && begins_argument(p))
		rc = parse_test_argument(test, p);
	if (rc < 0 || !is_negated)
		return rc;
	rc = wrap(&negated, p, PV_JINJA_N_NOT, &at, test);
	if (rc < 0)
		return rc;
	negated->u.binary.left = test;
	*node = negated;
	return PV_OK;
}
