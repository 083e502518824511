/* SPDX-License-Identifier: MIT
 *
 * The small steps of scanning statements: looking at the current token and
 * going behind it. The words of the language are here, too.
 */
#include <string.h>

#include "base/mem.h"
#include "prompt/scan_tree.h"

struct keyword {
	unsigned char len;
	char text[6];
	enum pv_word word;
};

static const struct keyword keywords[] = {
	{ 2, "if", PV_WORD_IF },         { 2, "in", PV_WORD_AND_OR_IN },
	{ 2, "is", PV_WORD_IS },         { 2, "or", PV_WORD_AND_OR_IN },
	{ 3, "and", PV_WORD_AND_OR_IN }, { 3, "not", PV_WORD_NOT },
	{ 4, "None", PV_WORD_LITERAL },  { 4, "True", PV_WORD_LITERAL },
	{ 4, "else", PV_WORD_ELSE },     { 4, "none", PV_WORD_LITERAL },
	{ 4, "true", PV_WORD_LITERAL },  { 5, "False", PV_WORD_LITERAL },
	{ 5, "false", PV_WORD_LITERAL },
};

enum pv_word pv_jinja_find_word(pv_str text)
{
	if (text.len < 2 || text.len > 5)
		return PV_WORD_NONE;
	for (size_t i = 0; i < pv_array_len(keywords); i++) {
		const struct keyword *row = &keywords[i];

		if (row->len == text.len && row->text[0] == text.ptr[0] &&
		    !memcmp(row->text, text.ptr, text.len))
			return row->word;
	}
	return PV_WORD_NONE;
}

int pv_jinja_is_word(pv_str name)
{
	return pv_jinja_find_word(name) != PV_WORD_NONE;
}

int pv_jinja_at_word(const pv_jinja *jinja, const char *word)
{
	const pv_lex_token *token = &jinja->lexer.token;

	return token->kind == PV_LEX_NAME && pv_str_is(token->text, word);
}

int pv_jinja_at_operator(const pv_jinja *jinja, int op)
{
	const pv_lex_token *token = &jinja->lexer.token;

	return token->kind == PV_LEX_OPERATOR && token->op == op;
}

int pv_jinja_skip_word(pv_jinja *jinja, const char *word)
{
	if (!pv_jinja_at_word(jinja, word))
		return 0;
	pv_lex_next(&jinja->lexer);
	return 1;
}

int pv_jinja_skip_operator(pv_jinja *jinja, int op)
{
	if (!pv_jinja_at_operator(jinja, op))
		return 0;
	pv_lex_next(&jinja->lexer);
	return 1;
}

int pv_jinja_take_name(pv_jinja *jinja, enum pv_op_kind kind)
{
	pv_op *op;
	int rc;

	if (jinja->lexer.token.kind != PV_LEX_NAME ||
	    pv_jinja_find_word(jinja->lexer.token.text) == PV_WORD_LITERAL)
		return pv_jinja_expected(jinja, "a name");
	rc = pv_jinja_add(&op, jinja, kind);
	pv_lex_next(&jinja->lexer);
	return rc;
}

int pv_jinja_bind_word(pv_jinja *jinja, const char *word)
{
	pv_scan_name *name;
	pv_op *op;
	int rc = pv_scan_intern(&name, jinja->scan, pv_str_of(word), jinja->err);

	if (rc < 0)
		return rc;
	return pv_jinja_add_to(&op, jinja, jinja->list, PV_OP_BIND, name);
}

int pv_jinja_fault(pv_jinja *jinja, size_t offset, const char *what)
{
	pv_scan_fault_at(jinja->scan, offset, "%s", what);
	return PV_ESYNTAX;
}
