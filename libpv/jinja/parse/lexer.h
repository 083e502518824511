/* SPDX-License-Identifier: MIT
 *
 * Template text to tokens, one at a time: a syntax error is found only when
 * the parser comes to it, so of two errors the one is reported that Jinja2
 * reports. Tokens are slices of the text; only string literals with escapes,
 * and data when newlines are to be changed, are copied.
 *
 * Line breaks are \n in what is lexed: pv_jinja_lexer_init replaces the
 * others. Offsets and lines refer to that text.
 */
#ifndef PV_JINJA_LEXER_H
#define PV_JINJA_LEXER_H

#include "base/str.h"
#include "jinja/environment.h"
#include "jinja/value/build.h"

enum pv_jinja_token_type {
	PV_JINJA_T_EOF,
	PV_JINJA_T_DATA,
	PV_JINJA_T_VARIABLE_BEGIN,
	PV_JINJA_T_VARIABLE_END,
	PV_JINJA_T_BLOCK_BEGIN,
	PV_JINJA_T_BLOCK_END,
	PV_JINJA_T_NAME,
	PV_JINJA_T_STRING,
	PV_JINJA_T_INTEGER,
	PV_JINJA_T_FLOAT,
	PV_JINJA_T_ADD,
	PV_JINJA_T_SUB,
	PV_JINJA_T_MUL,
	PV_JINJA_T_DIV,
	PV_JINJA_T_FLOORDIV,
	PV_JINJA_T_MOD,
	PV_JINJA_T_POW,
	PV_JINJA_T_EQ,
	PV_JINJA_T_NE,
	PV_JINJA_T_LT,
	PV_JINJA_T_LTEQ,
	PV_JINJA_T_GT,
	PV_JINJA_T_GTEQ,
	PV_JINJA_T_TILDE,
	PV_JINJA_T_LBRACKET,
	PV_JINJA_T_RBRACKET,
	PV_JINJA_T_LPAREN,
	PV_JINJA_T_RPAREN,
	PV_JINJA_T_LBRACE,
	PV_JINJA_T_RBRACE,
	PV_JINJA_T_ASSIGN,
	PV_JINJA_T_DOT,
	PV_JINJA_T_COLON,
	PV_JINJA_T_PIPE,
	PV_JINJA_T_COMMA,
	PV_JINJA_T_SEMICOLON,
	PV_JINJA_T_COUNT
};

/* Names the grammar knows, in byte order. A NAME carries one or NO_WORD. */
#define PV_JINJA_WORDS(X)          \
 X(FALSE_PYTHON, "False")          \
 X(NONE_PYTHON, "None")            \
 X(TRUE_PYTHON, "True")            \
 X(AND, "and")                     \
 X(AS, "as")                       \
 X(AUTOESCAPE, "autoescape")       \
 X(BLOCK, "block")                 \
 X(BREAK, "break")                 \
 X(CALL, "call")                   \
 X(CONTEXT, "context")             \
 X(CONTINUE, "continue")           \
 X(DO, "do")                       \
 X(ELIF, "elif")                   \
 X(ELSE, "else")                   \
 X(ENDAUTOESCAPE, "endautoescape") \
 X(ENDBLOCK, "endblock")           \
 X(ENDCALL, "endcall")             \
 X(ENDFILTER, "endfilter")         \
 X(ENDFOR, "endfor")               \
 X(ENDGENERATION, "endgeneration") \
 X(ENDIF, "endif")                 \
 X(ENDMACRO, "endmacro")           \
 X(ENDSET, "endset")               \
 X(ENDTRANS, "endtrans")           \
 X(ENDWITH, "endwith")             \
 X(EXTENDS, "extends")             \
 X(FALSE, "false")                 \
 X(FILTER, "filter")               \
 X(FOR, "for")                     \
 X(FROM, "from")                   \
 X(GENERATION, "generation")       \
 X(IF, "if")                       \
 X(IGNORE, "ignore")               \
 X(IMPORT, "import")               \
 X(IN, "in")                       \
 X(INCLUDE, "include")             \
 X(IS, "is")                       \
 X(MACRO, "macro")                 \
 X(MISSING, "missing")             \
 X(NONE, "none")                   \
 X(NOT, "not")                     \
 X(NOTRIMMED, "notrimmed")         \
 X(OR, "or")                       \
 X(PLURALIZE, "pluralize")         \
 X(PRINT, "print")                 \
 X(RECURSIVE, "recursive")         \
 X(REQUIRED, "required")           \
 X(SCOPED, "scoped")               \
 X(SET, "set")                     \
 X(TRANS, "trans")                 \
 X(TRIMMED, "trimmed")             \
 X(TRUE, "true")                   \
 X(WITH, "with")                   \
 X(WITHOUT, "without")

enum pv_jinja_word {
	PV_JINJA_W_NO_WORD,
#define PV_JINJA_WORD_ENUM(id, text) PV_JINJA_W_##id,
	PV_JINJA_WORDS(PV_JINJA_WORD_ENUM)
#undef PV_JINJA_WORD_ENUM
	PV_JINJA_W_COUNT
};

typedef struct pv_jinja_token {
	uint8_t type; /* enum pv_jinja_token_type */
	uint8_t word; /* of a NAME: enum pv_jinja_word */
	int line;
	uint32_t pos; /* byte offset of its first character */
	pv_str text;  /* of a STRING: its value; of DATA: what is printed */
} pv_jinja_token;

enum {
	PV_JINJA_MAX_BRACKETS = 512,
	PV_JINJA_MAX_STARTS = 5
};

/* Where tags begin: one kind of delimiter. */
typedef struct pv_jinja_start {
	uint8_t state; /* enum of lexer.c */
	pv_str text;
} pv_jinja_start;

typedef struct pv_jinja_lexer {
	pv_jinja_run *run; /* memory, and the error raised */
	const pv_jinja_environment *env;
	pv_str source;
	size_t pos;
	int line;
	int state;
	int has_pending; /* the tag's beginning follows the data */
	pv_jinja_token pending;
	pv_jinja_start starts[PV_JINJA_MAX_STARTS]; /* in order of trial */
	size_t start_count;
	unsigned char is_first[256]; /* bytes a delimiter may begin with */
	char first;                  /* the only one of them, or NUL */
	pv_str block_start;
	pv_str block_end;
	pv_str variable_end;
	pv_str comment_end;
	size_t bracket_count;
	char brackets[PV_JINJA_MAX_BRACKETS]; /* closing ones expected */
	int fail_line;                        /* of the error raised */
	size_t fail_pos;
} pv_jinja_lexer;

/* Readies a zeroed lexer; env and source are borrowed. PV_ENOMEM, PV_ELIMIT. */
int pv_jinja_lexer_init(pv_jinja_lexer *lexer, pv_jinja_run *run,
			const pv_jinja_environment *env, pv_str source);
/* The next token; PV_ERENDER for a TemplateSyntaxError. EOF repeats. */
int pv_jinja_lexer_next(pv_jinja_token *out, pv_jinja_lexer *lexer);
/* How messages name a type of token: "end of print statement", "+". */
const char *pv_jinja_token_name(int type);
/* The text of an enum pv_jinja_word. */
const char *pv_jinja_word_text(int word);

/* --- parts of the lexer, each in a file of its own ------------------------ */

/* A token inside of a tag (lexer_tag.c). */
int pv_jinja_lex_tag(pv_jinja_token *out, pv_jinja_lexer *lexer);
/* The value of a string literal's inside (lexer_string.c). */
int pv_jinja_lex_string(pv_str *out, pv_jinja_lexer *lexer, pv_str text);
/* Raises a TemplateSyntaxError at the lexer's place. */
int pv_jinja_lex_fail(pv_jinja_lexer *lexer, const char *format, ...)
	PV_PRINTF(2, 3);
/* The text with the environment's newline sequence. */
int pv_jinja_lex_newlines(pv_str *out, pv_jinja_lexer *lexer, pv_str text);
/* Bytes of white space (Python's \s) at `pos`. */
size_t pv_jinja_lex_space(pv_str text, size_t pos);
/* Takes `end` bytes as consumed, counting lines. */
void pv_jinja_lex_take(pv_jinja_lexer *lexer, size_t end);

/* States; the tags' are what their begin token is. */
enum pv_jinja_lexer_state {
	PV_JINJA_L_ROOT,
	PV_JINJA_L_BLOCK,
	PV_JINJA_L_VARIABLE,
	PV_JINJA_L_COMMENT,
	PV_JINJA_L_RAW,
	PV_JINJA_L_LINE_STATEMENT,
	PV_JINJA_L_LINE_COMMENT
};

#endif
