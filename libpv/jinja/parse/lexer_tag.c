/* SPDX-License-Identifier: MIT
 *
 * The lexer inside of tags: names, literals, operators. The end of a tag is
 * looked for before this, unless a bracket is open: then `}}` closes two
 * brackets, as in {{ {'a': {}} }}.
 */
#include "jinja/parse/lexer.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "jinja/parse/letters.h"
#include "jinja/value/unicode.h"

/* --- names --------------------------------------------------------------- */

static const pv_str words[PV_JINJA_W_COUNT] = { { NULL, 0 },
#define PV_JINJA_WORD_TEXT(id, text) { text, sizeof(text) - 1 },
						PV_JINJA_WORDS(PV_JINJA_WORD_TEXT)
#undef PV_JINJA_WORD_TEXT
};

/* The words that begin with a letter. */
struct initial {
	unsigned char first;
	unsigned char last;
};

static const struct initial initials[128] = {
	['F'] = { PV_JINJA_W_FALSE_PYTHON, PV_JINJA_W_FALSE_PYTHON },
	['N'] = { PV_JINJA_W_NONE_PYTHON, PV_JINJA_W_NONE_PYTHON },
	['T'] = { PV_JINJA_W_TRUE_PYTHON, PV_JINJA_W_TRUE_PYTHON },
	['a'] = { PV_JINJA_W_AND, PV_JINJA_W_AUTOESCAPE },
	['b'] = { PV_JINJA_W_BLOCK, PV_JINJA_W_BREAK },
	['c'] = { PV_JINJA_W_CALL, PV_JINJA_W_CONTINUE },
	['d'] = { PV_JINJA_W_DO, PV_JINJA_W_DO },
	['e'] = { PV_JINJA_W_ELIF, PV_JINJA_W_EXTENDS },
	['f'] = { PV_JINJA_W_FALSE, PV_JINJA_W_FROM },
	['g'] = { PV_JINJA_W_GENERATION, PV_JINJA_W_GENERATION },
	['i'] = { PV_JINJA_W_IF, PV_JINJA_W_IS },
	['m'] = { PV_JINJA_W_MACRO, PV_JINJA_W_MISSING },
	['n'] = { PV_JINJA_W_NONE, PV_JINJA_W_NOTRIMMED },
	['o'] = { PV_JINJA_W_OR, PV_JINJA_W_OR },
	['p'] = { PV_JINJA_W_PLURALIZE, PV_JINJA_W_PRINT },
	['r'] = { PV_JINJA_W_RECURSIVE, PV_JINJA_W_REQUIRED },
	['s'] = { PV_JINJA_W_SCOPED, PV_JINJA_W_SET },
	['t'] = { PV_JINJA_W_TRANS, PV_JINJA_W_TRUE },
	['w'] = { PV_JINJA_W_WITH, PV_JINJA_W_WITHOUT },
};

static int find_word(pv_str name)
{
	const struct initial *initial;

	if (name.len < 2 || (unsigned char)name.ptr[0] >= pv_array_len(initials))
		return PV_JINJA_W_NO_WORD;
	initial = &initials[(unsigned char)name.ptr[0]];
	for (int i = initial->first; i && i <= initial->last; i++)
		if (words[i].len == name.len && words[i].ptr[1] == name.ptr[1] &&
		    !memcmp(words[i].ptr, name.ptr, name.len))
			return i;
	return PV_JINJA_W_NO_WORD;
}

const char *pv_jinja_word_text(int word)
{
	return words[word].ptr;
}

/* Behind a word; `*is_wide` is set when it has letters beyond ASCII. */
static size_t word_end(pv_str text, size_t pos, int *is_wide)
{
	for (*is_wide = 0;; *is_wide = 1) {
		size_t len;

		while (pos < text.len &&
		       pv_jinja_is_ascii_word((unsigned char)text.ptr[pos]))
			pos++;
		if (pos == text.len || (unsigned char)text.ptr[pos] < 0x80 ||
		    !pv_jinja_is_wide_letter(
			    pv_jinja_decode(text.ptr + pos, text.len - pos, &len)))
			return pos;
		pos += len;
	}
}

/* --- numbers ------------------------------------------------------------- */

static int is_digit(pv_str text, size_t pos)
{
	return pos < text.len && text.ptr[pos] >= '0' && text.ptr[pos] <= '9';
}

static char lower_at(pv_str text, size_t pos)
{
	char c = '\0';

	if (pos < text.len)
		c = text.ptr[pos];
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return c;
}

static int digit_fits(char c, int base)
{
	static const char digits[] = "0123456789abcdef";

	return memchr(digits, c, (size_t)base) != NULL;
}

/* Digits with single underscores between them, from a digit on. */
static size_t digits_end(pv_str text, size_t pos, int base)
{
	while (digit_fits(lower_at(text, pos), base) ||
	       (lower_at(text, pos) == '_' &&
		digit_fits(lower_at(text, pos + 1), base)))
		pos++;
	return pos;
}

/* Behind a float that starts at `pos`, or 0. */
static size_t float_end(pv_str text, size_t pos)
{
	size_t mantissa;
	size_t end;
	size_t sign;

	if (pos > 0 && text.ptr[pos - 1] == '.')
		return 0;
	mantissa = digits_end(text, pos, 10);
	end = mantissa;
	if (lower_at(text, end) == '.' && is_digit(text, end + 1))
		end = digits_end(text, end + 1, 10);
	if (lower_at(text, end) == 'e') {
		sign = lower_at(text, end + 1) == '+' ||
		       lower_at(text, end + 1) == '-';
		if (is_digit(text, end + 1 + sign))
			end = digits_end(text, end + 1 + sign, 10);
	}
	return end > mantissa ? end : 0;
}

static size_t integer_end(pv_str text, size_t pos)
{
	static const char letters[] = "box";
	static const int bases[] = { 2, 8, 16 };
	const char *letter;
	size_t end;

	if (text.ptr[pos] != '0')
		return digits_end(text, pos, 10);
	letter = lower_at(text, pos + 1)
			 ? strchr(letters, lower_at(text, pos + 1))
			 : NULL;
	if (letter) {
		int base = bases[letter - letters];
		size_t at = pos + 2 + (lower_at(text, pos + 2) == '_');

		if (digit_fits(lower_at(text, at), base))
			return digits_end(text, at, base);
	}
	end = pos + 1;
	while (lower_at(text, end) == '0' ||
	       (lower_at(text, end) == '_' && lower_at(text, end + 1) == '0'))
		end++;
	return end;
}

/* --- strings ------------------------------------------------------------- */

/* The closing quote of a string that begins at `pos`; 0 when there is none. */
static size_t closing_quote(pv_str text, size_t pos)
{
	char quote = text.ptr[pos];

	for (pos++; pos < text.len; pos++) {
		if (text.ptr[pos] == quote)
			return pos;
		if (text.ptr[pos] == '\\')
			pos++;
	}
	return 0;
}

/* --- operators ----------------------------------------------------------- */

static const char operators[PV_JINJA_T_COUNT][3] = {
	[PV_JINJA_T_FLOORDIV] = "//", [PV_JINJA_T_POW] = "**",
	[PV_JINJA_T_EQ] = "==",       [PV_JINJA_T_NE] = "!=",
	[PV_JINJA_T_GTEQ] = ">=",     [PV_JINJA_T_LTEQ] = "<=",
	[PV_JINJA_T_ADD] = "+",       [PV_JINJA_T_SUB] = "-",
	[PV_JINJA_T_DIV] = "/",       [PV_JINJA_T_MUL] = "*",
	[PV_JINJA_T_MOD] = "%",       [PV_JINJA_T_TILDE] = "~",
	[PV_JINJA_T_LBRACKET] = "[",  [PV_JINJA_T_RBRACKET] = "]",
	[PV_JINJA_T_LPAREN] = "(",    [PV_JINJA_T_RPAREN] = ")",
	[PV_JINJA_T_LBRACE] = "{",    [PV_JINJA_T_RBRACE] = "}",
	[PV_JINJA_T_GT] = ">",        [PV_JINJA_T_LT] = "<",
	[PV_JINJA_T_ASSIGN] = "=",    [PV_JINJA_T_DOT] = ".",
	[PV_JINJA_T_COLON] = ":",     [PV_JINJA_T_PIPE] = "|",
	[PV_JINJA_T_COMMA] = ",",     [PV_JINJA_T_SEMICOLON] = ";"
};

/* By the byte they begin with: those of one byte, of two with "=" behind, */
static const unsigned char singles[128] = {
	['+'] = PV_JINJA_T_ADD,      ['-'] = PV_JINJA_T_SUB,
	['/'] = PV_JINJA_T_DIV,      ['*'] = PV_JINJA_T_MUL,
	['%'] = PV_JINJA_T_MOD,      ['~'] = PV_JINJA_T_TILDE,
	['['] = PV_JINJA_T_LBRACKET, [']'] = PV_JINJA_T_RBRACKET,
	['('] = PV_JINJA_T_LPAREN,   [')'] = PV_JINJA_T_RPAREN,
	['{'] = PV_JINJA_T_LBRACE,   ['}'] = PV_JINJA_T_RBRACE,
	['>'] = PV_JINJA_T_GT,       ['<'] = PV_JINJA_T_LT,
	['='] = PV_JINJA_T_ASSIGN,   ['.'] = PV_JINJA_T_DOT,
	[':'] = PV_JINJA_T_COLON,    ['|'] = PV_JINJA_T_PIPE,
	[','] = PV_JINJA_T_COMMA,    [';'] = PV_JINJA_T_SEMICOLON
};
static const unsigned char equals[128] = { ['='] = PV_JINJA_T_EQ,
					   ['!'] = PV_JINJA_T_NE,
					   ['>'] = PV_JINJA_T_GTEQ,
					   ['<'] = PV_JINJA_T_LTEQ };

/* and of two with the same behind. */
static const unsigned char
	doubles[128] = { ['/'] = PV_JINJA_T_FLOORDIV, ['*'] = PV_JINJA_T_POW };

const char *pv_jinja_token_name(int type)
{
	switch (type) {
	case PV_JINJA_T_EOF:
		return "end of template";
	case PV_JINJA_T_DATA:
		return "template data / text";
	case PV_JINJA_T_VARIABLE_BEGIN:
		return "begin of print statement";
	case PV_JINJA_T_VARIABLE_END:
		return "end of print statement";
	case PV_JINJA_T_BLOCK_BEGIN:
		return "begin of statement block";
	case PV_JINJA_T_BLOCK_END:
		return "end of statement block";
	case PV_JINJA_T_NAME:
		return "name";
	case PV_JINJA_T_STRING:
		return "string";
	case PV_JINJA_T_INTEGER:
		return "integer";
	case PV_JINJA_T_FLOAT:
		return "float";
	default:
		break;
	}
	return type >= 0 && type < PV_JINJA_T_COUNT ? operators[type] : "";
}

/* The longest operator at `pos`, 0 for none. */
static int find_operator(pv_str text, size_t pos)
{
	unsigned char c = (unsigned char)text.ptr[pos];
	char next = '\0';

	if (c >= 0x80)
		return 0;
	if (pos + 1 < text.len)
		next = text.ptr[pos + 1];
	if (next == '=' && equals[c])
		return equals[c];
	if (next == (char)c && doubles[c])
		return doubles[c];
	return singles[c];
}

static int open_bracket(pv_jinja_lexer *lexer, char closing)
{
	if (lexer->bracket_count == PV_JINJA_MAX_BRACKETS)
		return pv_jinja_lex_fail(lexer,
					 "brackets nested more than %d deep",
					 PV_JINJA_MAX_BRACKETS);
	lexer->brackets[lexer->bracket_count++] = closing;
	return PV_OK;
}

static int close_bracket(pv_jinja_lexer *lexer, char closing)
{
	char expected;

	if (lexer->bracket_count == 0)
		return pv_jinja_lex_fail(lexer, "unexpected '%c'", closing);
	expected = lexer->brackets[--lexer->bracket_count];
	if (expected != closing)
		return pv_jinja_lex_fail(lexer, "unexpected '%c', expected '%c'",
					 closing, expected);
	return PV_OK;
}

static int balance(pv_jinja_lexer *lexer, int type)
{
	switch (type) {
	case PV_JINJA_T_LBRACE:
		return open_bracket(lexer, '}');
	case PV_JINJA_T_LPAREN:
		return open_bracket(lexer, ')');
	case PV_JINJA_T_LBRACKET:
		return open_bracket(lexer, ']');
	case PV_JINJA_T_RBRACE:
		return close_bracket(lexer, '}');
	case PV_JINJA_T_RPAREN:
		return close_bracket(lexer, ')');
	case PV_JINJA_T_RBRACKET:
		return close_bracket(lexer, ']');
	default:
		return PV_OK;
	}
}

/* --- tokens -------------------------------------------------------------- */

/* Of all these only strings may have line breaks inside. */
static void take(pv_jinja_token *out, pv_jinja_lexer *lexer, int type, size_t end)
{
	out->type = (uint8_t)type;
	out->word = 0;
	out->line = lexer->line;
	out->pos = (uint32_t)lexer->pos;
	out->text.ptr = lexer->source.ptr + lexer->pos;
	out->text.len = end - lexer->pos;
	lexer->pos = end;
}

static int take_name(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	pv_str name = { lexer->source.ptr + lexer->pos, 0 };
	int is_wide;
	size_t end = word_end(lexer->source, lexer->pos, &is_wide);

	name.len = end - lexer->pos;
	if (is_wide && !pv_jinja_is_identifier(name))
		return pv_jinja_lex_fail(lexer,
					 "Invalid character in identifier");
	take(out, lexer, PV_JINJA_T_NAME, end);
	out->word = (uint8_t)find_word(name);
	return 1;
}

static int take_number(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	size_t end = float_end(lexer->source, lexer->pos);

	if (end > 0) {
		take(out, lexer, PV_JINJA_T_FLOAT, end);
		return 1;
	}
	take(out, lexer, PV_JINJA_T_INTEGER,
	     integer_end(lexer->source, lexer->pos));
	return 1;
}

static int take_string(pv_jinja_token *out, pv_jinja_lexer *lexer, size_t end)
{
	pv_str inside = { lexer->source.ptr + lexer->pos + 1,
			  end - lexer->pos - 1 };
	pv_str value;
	int rc = pv_jinja_lex_string(&value, lexer, inside);

	if (rc < 0)
		return rc;
	take(out, lexer, PV_JINJA_T_STRING, lexer->pos);
	out->text = value;
	pv_jinja_lex_take(lexer, end + 1);
	return 1;
}

static int take_operator(pv_jinja_token *out, pv_jinja_lexer *lexer, int type)
{
	int rc = balance(lexer, type);

	if (rc < 0)
		return rc;
	take(out, lexer, type, lexer->pos + (operators[type][1] ? 2 : 1));
	return 1;
}

/* Names the character, as Python's repr, and its place in code points. */
static int fail_char(pv_jinja_lexer *lexer)
{
	pv_jinja_run *run = lexer->run;
	const char *at = lexer->source.ptr + lexer->pos;
	size_t len = 1;
	size_t mark = run->scratch.len;
	int rc;

	(void)pv_jinja_decode(at, lexer->source.len - lexer->pos, &len);
	pv_jinja_put_quoted(&run->scratch, at, len);
	rc = pv_jinja_lex_fail(lexer, "unexpected char %s at %zu",
			       pv_buf_text(&run->scratch) + mark,
			       pv_jinja_count(lexer->source.ptr, lexer->pos));
	pv_buf_truncate(&run->scratch, mark);
	return rc;
}

/* White space of any kind, or a name that begins beyond ASCII. */
static int take_wide(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	pv_str text = lexer->source;
	size_t len = pv_jinja_lex_space(text, lexer->pos);

	if (len > 0) {
		pv_jinja_lex_take(lexer, lexer->pos + len);
		return 0;
	}
	if (pv_jinja_is_letter(pv_jinja_decode(text.ptr + lexer->pos,
					       text.len - lexer->pos, &len)))
		return take_name(out, lexer);
	return fail_char(lexer);
}

int pv_jinja_lex_tag(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	pv_str text = lexer->source;
	unsigned char first = (unsigned char)text.ptr[lexer->pos];
	size_t end;
	int type;

	if (is_digit(text, lexer->pos))
		return take_number(out, lexer);
	if (first < 0x80 && pv_jinja_is_ascii_word(first))
		return take_name(out, lexer);
	if (first >= 0x80 || pv_jinja_is_ascii_space(first))
		return take_wide(out, lexer);
	if (first == '\'' || first == '"') {
		end = closing_quote(text, lexer->pos);
		if (end > 0)
			return take_string(out, lexer, end);
	}
	type = find_operator(text, lexer->pos);
	return type ? take_operator(out, lexer, type) : fail_char(lexer);
}
