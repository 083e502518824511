/* SPDX-License-Identifier: MIT
 *
 * Macros, and tags that hand their body to something: call, filter, and the
 * generation tag of chat templates, which only marks what it encloses.
 */
#include "jinja/parse/parser.h"

static int new_code(pv_jinja_macro **out, pv_jinja_parser *p)
{
	int rc = pv_jinja_alloc(out, p->run, sizeof(**out));

	if (rc == PV_OK)
		memset(*out, 0, sizeof(**out));
	return rc;
}

/* name ["=" expression] */
static int parse_parameter(pv_jinja_macro *code, pv_jinja_parser *p)
{
	pv_jinja_node *value = NULL;
	pv_jinja_node *name = NULL;
	int rc = PV_OK;

	if (code->params.count > 0)
		rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_parse_name_target(&name, p, PV_JINJA_PARAM);
	if (rc == PV_OK)
		rc = pv_jinja_skip(p, PV_JINJA_T_ASSIGN);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		rc = pv_jinja_parse_expression(&value, p);
		if (rc < 0)
			return rc;
		pv_jinja_nodes_add(&code->defaults, value);
	} else if (code->defaults.count > 0) {
		return pv_jinja_parse_fail(p, 0,
					   "non-default argument follows "
					   "default argument");
	}
	pv_jinja_nodes_add(&code->params, name);
	return PV_OK;
}

/* signature = "(" [parameter ("," parameter)*] ")" */
static int parse_signature(pv_jinja_macro *code, pv_jinja_parser *p)
{
	int rc = pv_jinja_want(p, PV_JINJA_T_LPAREN, NULL);

	while (rc == PV_OK && p->current.type != PV_JINJA_T_RPAREN)
		rc = parse_parameter(code, p);
	return rc < 0 ? rc : pv_jinja_want(p, PV_JINJA_T_RPAREN, NULL);
}

static int begin_macro(pv_jinja_node **out, pv_jinja_parser *p, int kind)
{
	int rc = pv_jinja_node_new(out, p, kind, &p->current);

	if (rc == PV_OK)
		rc = new_code(&(*out)->u.macro.code, p);
	return rc < 0 ? rc : pv_jinja_advance(p);
}

/* macro = name signature body "endmacro" */
int pv_jinja_parse_macro(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	pv_jinja_macro *code;
	int rc = begin_macro(&node, p, PV_JINJA_N_MACRO);

	if (rc < 0)
		return rc;
	code = node->u.macro.code;
	rc = pv_jinja_parse_name_target(&node->u.macro.target, p, PV_JINJA_STORE);
	if (rc < 0)
		return rc;
	code->name = node->u.macro.target->u.name.name;
	rc = parse_signature(code, p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_until(&code->body, p, PV_JINJA_W_ENDMACRO);
	pv_jinja_nodes_add(out, node);
	return rc;
}

/* call = [signature] expression body "endcall" */
int pv_jinja_parse_call_block(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	pv_jinja_macro *code;
	int rc = begin_macro(&node, p, PV_JINJA_N_CALL_BLOCK);

	if (rc < 0)
		return rc;
	code = node->u.macro.code;
	if (p->current.type == PV_JINJA_T_LPAREN)
		rc = parse_signature(code, p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_expression(&node->u.macro.call, p);
	if (rc < 0)
		return rc;
	if (node->u.macro.call->kind != PV_JINJA_N_CALL)
		return pv_jinja_parse_fail(p, node->line, "expected call");
	pv_jinja_nodes_add(out, node);
	return pv_jinja_parse_until(&code->body, p, PV_JINJA_W_ENDCALL);
}

/* generation = body "endgeneration" */
int pv_jinja_parse_generation(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = begin_macro(&node, p, PV_JINJA_N_CALL_BLOCK);

	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(out, node);
	return pv_jinja_parse_until(&node->u.macro.code->body, p,
				    PV_JINJA_W_ENDGENERATION);
}

/* filter = filter ("|" filter)* body "endfilter" */
int pv_jinja_parse_filter_block(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	int rc = pv_jinja_node_new(&node, p, PV_JINJA_N_FILTER_BLOCK,
				   &p->current);

	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK)
		rc = pv_jinja_parse_filter(&node->u.set.value, p, 1);
	if (rc < 0)
		return rc;
	pv_jinja_nodes_add(out, node);
	return pv_jinja_parse_until(&node->u.set.body, p, PV_JINJA_W_ENDFILTER);
}
