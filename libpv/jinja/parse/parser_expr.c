/* SPDX-License-Identifier: MIT
 *
 * Expressions from the conditional down to the power, and tuples of them.
 * A binary operator's line is the line where its last operand but one began;
 * Jinja2 does it so, and lines of errors depend on it.
 */
#include "jinja/parse/parser.h"

#include "base/mem.h"

/* Makes *left into a node of two operands, at the place of `at`. */
static int join(pv_jinja_node **left, pv_jinja_parser *p, int kind,
		const pv_jinja_token *at, pv_jinja_node *right)
{
	pv_jinja_node *node;
	int rc = pv_jinja_node_new(&node, p, kind, at);

	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, *left);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, right);
	if (rc < 0)
		return rc;
	node->u.binary.left = *left;
	node->u.binary.right = right;
	*left = node;
	return PV_OK;
}

/* --- arithmetic ---------------------------------------------------------- */

struct operator_row {
	uint8_t token;
	uint8_t op; /* enum pv_jinja_operator */
};

static const struct operator_row sums[] = { { PV_JINJA_T_ADD, PV_JINJA_ADD },
					    { PV_JINJA_T_SUB, PV_JINJA_SUB },
					    { 0, 0 } };
static const struct operator_row products[] = { { PV_JINJA_T_MUL, PV_JINJA_MUL },
						{ PV_JINJA_T_DIV, PV_JINJA_DIV },
						{ PV_JINJA_T_FLOORDIV,
						  PV_JINJA_FLOORDIV },
						{ PV_JINJA_T_MOD, PV_JINJA_MOD },
						{ 0, 0 } };
static const struct operator_row powers[] = { { PV_JINJA_T_POW, PV_JINJA_POW },
					      { 0, 0 } };

static const struct operator_row *find_row(const struct operator_row *rows,
					   int token)
{
	for (; rows->token; rows++)
		if (rows->token == token)
			return rows;
	return NULL;
}

typedef int operand_fn(pv_jinja_node **out, pv_jinja_parser *p);

/* operand (operator operand)*, grouped from the left. */
static int parse_left(pv_jinja_node **out, pv_jinja_parser *p,
		      const struct operator_row *rows, operand_fn *parse)
{
	pv_jinja_token at = p->current;
	const struct operator_row *row;
	int rc = parse(out, p);

	while (rc == PV_OK) {
		pv_jinja_node *right;

		row = find_row(rows, p->current.type);
		if (!row)
			break;
		rc = pv_jinja_advance(p);
		if (rc == PV_OK)
			rc = parse(&right, p);
		if (rc == PV_OK)
			rc = join(out, p, PV_JINJA_N_BINARY, &at, right);
		if (rc == PV_OK)
			(*out)->op = row->op;
		at = p->current;
	}
	return rc;
}

static int parse_filtered(pv_jinja_node **out, pv_jinja_parser *p)
{
	return pv_jinja_parse_unary(out, p, 1);
}

/* pow = unary ("**" unary)* */
static int parse_pow(pv_jinja_node **out, pv_jinja_parser *p)
{
	return parse_left(out, p, powers, parse_filtered);
}

/* product = pow (("*" | "/" | "//" | "%") pow)* */
static int parse_product(pv_jinja_node **out, pv_jinja_parser *p)
{
	return parse_left(out, p, products, parse_pow);
}

/* concat = product ("~" product)* */
static int parse_concat(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	pv_jinja_node *concat = NULL;
	pv_jinja_node *part;
	int rc = parse_product(out, p);

	if (rc < 0 || p->current.type != PV_JINJA_T_TILDE)
		return rc;
	rc = pv_jinja_node_new(&concat, p, PV_JINJA_N_CONCAT, &at);
	for (part = *out; rc == PV_OK;) {
		rc = pv_jinja_node_over(p, concat, part);
		if (rc < 0)
			break;
		pv_jinja_nodes_add(&concat->u.items, part);
		rc = pv_jinja_skip(p, PV_JINJA_T_TILDE);
		if (rc <= 0)
			break;
		rc = parse_product(&part, p);
	}
	*out = concat;
	return rc;
}

/* sum = concat (("+" | "-") concat)* */
static int parse_sum(pv_jinja_node **out, pv_jinja_parser *p)
{
	return parse_left(out, p, sums, parse_concat);
}

/* --- comparisons and logic ----------------------------------------------- */

/* Takes a comparison operator; 1 when there was one. */
static int take_comparison(uint8_t *out, pv_jinja_parser *p)
{
	int type = p->current.type;
	int rc;

	if (type >= PV_JINJA_T_EQ && type <= PV_JINJA_T_GTEQ) {
		*out = (uint8_t)(PV_JINJA_EQ + (type - PV_JINJA_T_EQ));
		rc = pv_jinja_advance(p);
		return rc < 0 ? rc : 1;
	}
	*out = PV_JINJA_IN;
	rc = pv_jinja_skip_name(p, PV_JINJA_W_IN);
	if (rc != 0)
		return rc;
	if (!pv_jinja_at_word(p, PV_JINJA_W_NOT))
		return 0;
	*out = PV_JINJA_NOT_IN;
	rc = pv_jinja_look(p);
	if (rc < 0 || !pv_jinja_is_word_token(&p->pushed, PV_JINJA_W_IN))
		return rc;
	rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	return rc < 0 ? rc : 1;
}

/* The operand of a comparison, which knows its operator. */
static int add_operand(pv_jinja_node *compare, pv_jinja_parser *p, uint8_t op)
{
	pv_jinja_node *operand;
	pv_jinja_node *value;
	int rc = parse_sum(&value, p);

	if (rc == PV_OK)
		rc = pv_jinja_node_new(&operand, p, PV_JINJA_N_COMPARE,
				       &p->current);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, compare, value);
	if (rc != PV_OK)
		return rc;
	operand->op = op;
	operand->u.binary.left = value;
	compare->line = p->current.line;
	pv_jinja_nodes_add(&compare->u.binary.operands, operand);
	return PV_OK;
}

/* compare = sum (("==" | ... | "in" | "not" "in") sum)* */
static int parse_compare(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	pv_jinja_node *compare = NULL;
	uint8_t op;
	int rc = parse_sum(out, p);

	while (rc == PV_OK) {
		rc = take_comparison(&op, p);
		if (rc <= 0)
			break;
		rc = PV_OK;
		if (!compare) {
			rc = join(out, p, PV_JINJA_N_COMPARE, &at, NULL);
			compare = *out;
		}
		if (rc == PV_OK)
			rc = add_operand(compare, p, op);
	}
	return rc;
}

/* not = "not" not | compare */
static int parse_not(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc;

	if (!pv_jinja_at_word(p, PV_JINJA_W_NOT))
		return parse_compare(out, p);
	rc = pv_jinja_node_new(&node, p, PV_JINJA_N_NOT, &p->current);
	if (rc == PV_OK)
		rc = pv_jinja_nest(p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = parse_not(&node->u.binary.left, p);
	if (rc < 0)
		return rc;
	p->nesting--;
	*out = node;
	return pv_jinja_node_over(p, node, node->u.binary.left);
}

/* operand (word operand)* */
static int parse_logic(pv_jinja_node **out, pv_jinja_parser *p, int word,
		       operand_fn *parse)
{
	int kind = word == PV_JINJA_W_AND ? PV_JINJA_N_AND : PV_JINJA_N_OR;
	pv_jinja_token at = p->current;
	int rc = parse(out, p);

	while (rc == PV_OK) {
		pv_jinja_node *right;

		rc = pv_jinja_skip_name(p, word);
		if (rc <= 0)
			break;
		rc = parse(&right, p);
		if (rc == PV_OK)
			rc = join(out, p, kind, &at, right);
		at = p->current;
	}
	return rc;
}

/* and = not ("and" not)* */
static int parse_and(pv_jinja_node **out, pv_jinja_parser *p)
{
	return parse_logic(out, p, PV_JINJA_W_AND, parse_not);
}

/* or = and ("or" and)* */
int pv_jinja_parse_or(pv_jinja_node **out, pv_jinja_parser *p)
{
	return parse_logic(out, p, PV_JINJA_W_OR, parse_and);
}

/* --- the conditional ------------------------------------------------------ */

/* "if" or ["else" expression], its value before it being parsed. */
static int parse_condition(pv_jinja_node **out, pv_jinja_parser *p,
			   const pv_jinja_token *at)
{
	pv_jinja_node *node;
	int rc = pv_jinja_node_new(&node, p, PV_JINJA_N_CONDEXPR, at);

	if (rc < 0)
		return rc;
	node->u.cond.yes = *out;
	rc = pv_jinja_parse_or(&node->u.cond.test, p);
	if (rc == PV_OK)
		rc = pv_jinja_skip_name(p, PV_JINJA_W_ELSE);
	if (rc > 0)
		rc = pv_jinja_parse_expression(&node->u.cond.no, p);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, node->u.cond.yes);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, node->u.cond.test);
	if (rc == PV_OK)
		rc = pv_jinja_node_over(p, node, node->u.cond.no);
	*out = node;
	return rc;
}

/* expression = or ("if" or ["else" expression])* */
int pv_jinja_parse_expression(pv_jinja_node **out, pv_jinja_parser *p)
{
	pv_jinja_token at = p->current;
	int rc = pv_jinja_nest(p);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_jinja_parse_or(out, p);
	while (rc == PV_OK) {
		rc = pv_jinja_skip_name(p, PV_JINJA_W_IF);
		if (rc <= 0)
			break;
		rc = parse_condition(out, p, &at);
		at = p->current;
	}
	p->nesting--;
	return rc;
}

/* --- tuples -------------------------------------------------------------- */

static int is_tuple_end(const pv_jinja_parser *p)
{
	int type = p->current.type;

	return type == PV_JINJA_T_VARIABLE_END ||
	       type == PV_JINJA_T_BLOCK_END || type == PV_JINJA_T_RPAREN;
}

static int parse_item(pv_jinja_node **out, pv_jinja_parser *p, unsigned flags)
{
	if (flags & PV_JINJA_TUPLE_SIMPLE)
		return pv_jinja_parse_primary(out, p, flags);
	if (flags & PV_JINJA_TUPLE_NO_COND)
		return pv_jinja_parse_or(out, p);
	return pv_jinja_parse_expression(out, p);
}

/* The items; 1 when a comma makes them a tuple. */
static int parse_items(pv_jinja_node *tuple, pv_jinja_parser *p, unsigned flags)
{
	pv_jinja_nodes *items = &tuple->u.items;
	pv_jinja_node *item;
	int is_tuple = 0;
	int rc = PV_OK;

	while (rc == PV_OK) {
		if (items->count > 0)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc < 0 || is_tuple_end(p))
			break;
		rc = parse_item(&item, p, flags);
		if (rc == PV_OK)
			rc = pv_jinja_node_over(p, tuple, item);
		if (rc < 0)
			break;
		pv_jinja_nodes_add(items, item);
		if (p->current.type != PV_JINJA_T_COMMA)
			break;
		is_tuple = 1;
		tuple->line = p->current.line;
	}
	return rc < 0 ? rc : is_tuple;
}

/* tuple = [item ("," item)* [","]]; one item without a comma is itself */
int pv_jinja_parse_tuple(pv_jinja_node **out, pv_jinja_parser *p, unsigned flags)
{
	pv_jinja_value got;
	int rc = pv_jinja_node_new(out, p, PV_JINJA_N_TUPLE, &p->current);

	if (rc == PV_OK)
		rc = parse_items(*out, p, flags);
	if (rc < 0 || rc == 1)
		return rc < 0 ? rc : PV_OK;
	if ((*out)->u.items.count > 0) {
		*out = (*out)->u.items.first;
		return PV_OK;
	}
	if (flags & PV_JINJA_TUPLE_PARENTHESES)
		return PV_OK;
	got = pv_jinja_describe(p, &p->current);
	return pv_jinja_parse_fail(p, 0, "Expected an expression, got %.*s",
				   (int)got.len, got.u.s);
}
