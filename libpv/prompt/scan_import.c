/* SPDX-License-Identifier: MIT
 *
 * The statements of Jinja that refer to other templates, and the names of
 * those as far as they can be known.
 */
#include <string.h>

#include "base/mem.h"
#include "prompt/scan_tree.h"

/* Notes the strings of `"name"`, `["a", "b"]` or `("a", "b")`. */
static int note_strings(pv_jinja *jinja, pv_lexer *ahead, int *is_literal_out)
{
	int is_list = 0;

	*is_literal_out = 0;
	while (ahead->token.kind == PV_LEX_OPERATOR &&
	       strchr("[(", ahead->token.op)) {
		is_list = 1;
		pv_lex_next(ahead);
	}
	while (ahead->token.kind == PV_LEX_STRING) {
		int rc = pv_scan_add_include(jinja->scan, ahead->token.text,
					     ahead->token.offset, jinja->err);

		if (rc < 0)
			return rc;
		*is_literal_out = 1;
		pv_lex_next(ahead);
		if (!is_list || ahead->token.op != ',')
			break;
		pv_lex_next(ahead);
	}
	while (ahead->token.kind == PV_LEX_OPERATOR &&
	       strchr("])", ahead->token.op))
		pv_lex_next(ahead);
	return PV_OK;
}

/* Scans the expression that names templates. */
static int scan_template_name(pv_jinja *jinja)
{
	pv_scan *scan = jinja->scan;
	pv_scan_include **mark = scan->last_include;
	pv_lexer ahead = jinja->lexer;
	int is_literal;
	int rc = note_strings(jinja, &ahead, &is_literal);

	if (rc == PV_OK)
		rc = pv_jinja_expr(jinja, PV_STOP_COMMA);
	/* Both ended at the same token unless more than strings was there. */
	if (rc == PV_OK &&
	    (!is_literal || ahead.token.offset != jinja->lexer.token.offset)) {
		*mark = NULL;
		scan->last_include = mark;
		scan->is_dynamic = 1;
	}
	return rc;
}

/* Goes behind "with context", if that is there. */
static int skip_context(pv_jinja *jinja)
{
	const pv_lexer start = jinja->lexer;

	if ((pv_jinja_skip_word(jinja, "with") ||
	     pv_jinja_skip_word(jinja, "without")) &&
	    pv_jinja_skip_word(jinja, "context"))
		return 1;
	jinja->lexer = start;
	return 0;
}

/* {% include expr [ignore missing] [with|without context] %} */
int pv_jinja_scan_include(pv_jinja *jinja)
{
	int rc = scan_template_name(jinja);

	if (rc < 0)
		return rc;
	if (pv_jinja_skip_word(jinja, "ignore") &&
	    !pv_jinja_skip_word(jinja, "missing"))
		return pv_jinja_expected(jinja, "\"missing\"");
	(void)skip_context(jinja);
	return PV_OK;
}

/* {% extends expr %} */
int pv_jinja_scan_extends(pv_jinja *jinja)
{
	jinja->is_child = 1;
	return scan_template_name(jinja);
}

/* {% import expr as name [with|without context] %} */
int pv_jinja_scan_import(pv_jinja *jinja)
{
	int rc = scan_template_name(jinja);

	if (rc < 0)
		return rc;
	if (!pv_jinja_skip_word(jinja, "as"))
		return pv_jinja_expected(jinja, "\"as\"");
	rc = pv_jinja_take_name(jinja, PV_OP_STORE);
	(void)skip_context(jinja);
	return rc;
}

/* name [as alias] */
static int scan_imported_name(pv_jinja *jinja)
{
	pv_lexer start = jinja->lexer;

	if (jinja->lexer.token.kind != PV_LEX_NAME ||
	    *jinja->lexer.token.text.ptr == '_')
		return pv_jinja_expected(jinja, "a public name");
	pv_lex_next(&jinja->lexer);
	if (!pv_jinja_skip_word(jinja, "as"))
		jinja->lexer = start;
	return pv_jinja_take_name(jinja, PV_OP_STORE);
}

/* {% from expr import name [as alias], ... [with|without context] %} */
int pv_jinja_scan_from(pv_jinja *jinja)
{
	int rc = scan_template_name(jinja);

	if (rc < 0)
		return rc;
	if (!pv_jinja_skip_word(jinja, "import"))
		return pv_jinja_expected(jinja, "\"import\"");
	while (rc == PV_OK && !skip_context(jinja)) {
		rc = scan_imported_name(jinja);
		if (rc == PV_OK && !skip_context(jinja) &&
		    pv_jinja_skip_operator(jinja, ','))
			continue;
		break;
	}
	return rc;
}
