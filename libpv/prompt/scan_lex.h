/* SPDX-License-Identifier: MIT
 *
 * Tokens inside Jinja tags. The lexer knows the brackets that are open,
 * because "}}" inside a dict literal does not end a tag.
 */
#ifndef PV_PROMPT_SCAN_LEX_H
#define PV_PROMPT_SCAN_LEX_H

#include "base/str.h"
#include "prompt/scan.h"

enum pv_lex_kind {
	PV_LEX_EOF, /* the template ends inside a tag */
	PV_LEX_END, /* "}}" or "%}", consumed */
	PV_LEX_NAME,
	PV_LEX_STRING, /* text without the quotes, escapes as written */
	PV_LEX_NUMBER,
	PV_LEX_OPERATOR,
	PV_LEX_BAD
};

/* Operators are their characters: '+', or PV_OP('*', '*'). */
#define PV_OP(first, second) ((first) | (second) << 8)

typedef struct pv_lex_token {
	enum pv_lex_kind kind;
	int op;
	pv_str text;
	size_t offset;
} pv_lex_token;

typedef struct pv_lexer {
	pv_str text; /* the whole template */
	size_t at;   /* behind the token */
	pv_lex_token token;
	char closer;   /* first character of the tag's end: '}' or '%' */
	int after_dot; /* "0.1" behind a dot is two numbers */
	int depth;     /* open brackets */
	char brackets[PV_PROMPT_MAX_NESTING];
} pv_lexer;

/* Starts in the tag whose "{{" or "{%" is at `offset`; reads one token. */
void pv_lex_start(pv_lexer *lexer, size_t offset);
/* Reads the next token. */
void pv_lex_next(pv_lexer *lexer);
/*
 * Bytes of the character at `at`, which there is, when it is beyond ASCII and can be in no
 * name, else 0. Of letters and digits, the renderer has the exact table.
 */
size_t pv_lex_symbol(pv_str text, size_t at);
/*
 * What whitespace control and blanks take at `at`: the number of bytes.
 */
size_t pv_lex_blanks(pv_str text, size_t at);

#endif
