/* SPDX-License-Identifier: MIT
 *
 * The statements of Jinja that define macros and call them with a body: both
 * have parameters, which are names of the scope inside.
 */
#include "base/mem.h"
#include "prompt/scan_tree.h"

/* A name that no other parameter has. */
static int take_parameter(pv_jinja *jinja, pv_op_list *binds, unsigned list)
{
	size_t offset = jinja->lexer.token.offset;
	pv_op_list *outer = jinja->list;
	pv_scan_name *name;
	int rc;

	jinja->list = binds;
	rc = pv_jinja_take_name(jinja, PV_OP_BIND);
	jinja->list = outer;
	if (rc < 0)
		return rc;
	name = binds->last->name;
	if (name->list == list)
		return pv_jinja_fault(jinja, offset,
				      "there is another parameter of that name");
	name->list = list;
	return PV_OK;
}

/* Up to the closing bracket: a, b=expr; defaults come last. */
static int read_parameters(pv_jinja *jinja, pv_op_list *binds)
{
	unsigned list = ++jinja->scan->lists;
	int has_default = 0;
	int rc = PV_OK;

	while (rc == PV_OK && !pv_jinja_at_operator(jinja, ')')) {
		rc = take_parameter(jinja, binds, list);
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
	if (rc == PV_OK && !pv_jinja_at_operator(jinja, ')'))
		rc = pv_jinja_expected(jinja, "\")\"");
	return rc;
}

/* Behind the opening bracket. A default may read any of the parameters. */
static int scan_parameters(pv_jinja *jinja)
{
	pv_op_list binds = { NULL, NULL };
	int rc;

	jinja->lexer.brackets[jinja->lexer.depth++] = '(';
	pv_lex_next(&jinja->lexer);
	rc = read_parameters(jinja, &binds);
	pv_jinja_append(&binds, jinja->list);
	*jinja->list = binds;
	if (rc < 0)
		return rc;
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
int pv_jinja_scan_macro(pv_jinja *jinja)
{
	int rc = pv_jinja_take_name(jinja, PV_OP_STORE);

	if (rc < 0)
		return rc;
	if (!pv_jinja_at_operator(jinja, '('))
		return pv_jinja_expected(jinja, "\"(\"");
	rc = pv_jinja_push_scope(jinja, "macro");
	if (rc == PV_OK)
		rc = scan_parameters(jinja);
	return rc < 0 ? rc : bind_macro_words(jinja);
}

/* {% call[(parameters)] expr %} */
int pv_jinja_scan_call(pv_jinja *jinja)
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
		rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
	if (rc == PV_OK && jinja->lexer.token.kind == PV_LEX_END &&
	    !jinja->is_call)
		rc = pv_jinja_fault(jinja, offset,
				    "\"call\" needs a call: name(...)");
	if (rc == PV_OK && jinja->has_caller)
		rc = pv_jinja_fault(jinja, offset,
				    "\"caller\" is what \"call\" gives itself");
	if (rc == PV_OK)
		rc = pv_jinja_push_scope(jinja, "call");
	if (rc == PV_OK)
		pv_jinja_append(jinja->list, &inner);
	return rc;
}
