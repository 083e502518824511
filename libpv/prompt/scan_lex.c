/* SPDX-License-Identifier: MIT
 *
 * The lexer for what stands inside Jinja tags.
 */
#include "prompt/scan_lex.h"

#include <string.h>

static const int two_char_operators[] = {
	PV_OP('*', '*'),
	PV_OP('/', '/'),
	PV_OP('=', '='),
	PV_OP('!', '='),
	PV_OP('<', '='),
	PV_OP('>', '='),
	0,
};

static const char one_char_operators[] = "+-*/%~()[]{}<>=.:|,";

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters beyond ASCII are let through: the renderer has the exact table. */
static int is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static int is_name_char(char c)
{
	return is_name_start(c) || is_digit(c);
}

/* Bytes of the blank at `at`, the Unicode ones Python knows included. */
static size_t blank_length(pv_str text, size_t at)
{
	static const char *const wide[] = {
		"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
		"\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
	};
	const char *c = text.ptr + at;
	size_t left = text.len - at;

	if (!left)
		return 0;
	if (*c == ' ' || (*c >= '\t' && *c <= '\r'))
		return 1;
	if ((unsigned char)*c < 0x80)
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
		size_t len = strlen(wide[i]);

		if (left >= len && !memcmp(c, wide[i], len))
			return len;
	}
	if (left >= 3 && !memcmp(c, "\xE2\x80", 2) && (unsigned char)c[2] <= 0x8A)
		return 3;
	return 0;
}

size_t pv_lex_blanks(pv_str text, size_t at)
{
	size_t start = at;

	while (at < text.len) {
		unsigned char c = (unsigned char)text.ptr[at];
		size_t len = c == ' ';

		if (c > ' ' && c < 0x80)
			break;
		if (!len)
			len = blank_length(text, at);
		if (!len)
			break;
		at += len;
	}
	return at - start;
}

static char peek(const pv_lexer *lexer, size_t ahead)
{
	size_t at = lexer->at + ahead;

	if (at >= lexer->text.len)
		return 0;
	return lexer->text.ptr[at];
}

static void take(pv_lexer *lexer, enum pv_lex_kind kind, size_t len)
{
	lexer->token.kind = kind;
	lexer->token.text.ptr = lexer->text.ptr + lexer->at;
	lexer->token.text.len = len;
	lexer->at += len;
}

/* Whether the tag ends here: "}}", "-}}", "%}", "-%}" or "+%}". */
static int take_end(pv_lexer *lexer)
{
	size_t sign = peek(lexer, 0) == '-';

	if (lexer->depth)
		return 0;
	if (lexer->closer == '%' && peek(lexer, 0) == '+')
		sign = 1;
	if (peek(lexer, sign) != lexer->closer || peek(lexer, sign + 1) != '}')
		return 0;
	take(lexer, PV_LEX_END, sign + 2);
	return 1;
}

static void take_name(pv_lexer *lexer)
{
	pv_str text = lexer->text;
	size_t end = lexer->at;

	while (end < text.len && is_name_char(text.ptr[end]) &&
	       ((unsigned char)text.ptr[end] < 0x80 || !blank_length(text, end)))
		end++;
	take(lexer, PV_LEX_NAME, end - lexer->at);
}

static size_t digit_run(const pv_lexer *lexer, size_t ahead)
{
	size_t len = 0;

	while (is_digit(peek(lexer, ahead + len)) ||
	       peek(lexer, ahead + len) == '_')
		len++;
	return len;
}

/* Integers of any base and floats; what is odd is left to the renderer. */
static void take_number(pv_lexer *lexer)
{
	size_t len = digit_run(lexer, 0);

	if (!lexer->after_dot && len == 1 && peek(lexer, 0) == '0' &&
	    peek(lexer, 1) && strchr("xXoObB", peek(lexer, 1))) {
		len = 2;
		while (is_name_char(peek(lexer, len)))
			len++;
		take(lexer, PV_LEX_NUMBER, len);
		return;
	}
	if (!lexer->after_dot && peek(lexer, len) == '.' &&
	    is_digit(peek(lexer, len + 1))) {
		len++;
		len += digit_run(lexer, len);
	}
	if (!lexer->after_dot && (peek(lexer, len) | 0x20) == 'e') {
		size_t digits = len + 1;

		if (peek(lexer, digits) == '+' || peek(lexer, digits) == '-')
			digits++;
		if (is_digit(peek(lexer, digits)))
			len = digits + digit_run(lexer, digits);
	}
	take(lexer, PV_LEX_NUMBER, len);
}

static void take_string(pv_lexer *lexer)
{
	char quote = peek(lexer, 0);
	size_t at = lexer->at + 1;

	while (at < lexer->text.len && lexer->text.ptr[at] != quote)
		at += lexer->text.ptr[at] == '\\' ? 2 : 1;
	if (at >= lexer->text.len) {
		take(lexer, PV_LEX_BAD, lexer->text.len - lexer->at);
		return;
	}
	lexer->at++;
	take(lexer, PV_LEX_STRING, at - lexer->at);
	lexer->at++;
}

static void take_operator(pv_lexer *lexer)
{
	char first = peek(lexer, 0);
	int pair = PV_OP((unsigned char)first, (unsigned char)peek(lexer, 1));

	for (size_t i = 0; two_char_operators[i]; i++) {
		if (two_char_operators[i] != pair)
			continue;
		lexer->token.op = pair;
		take(lexer, PV_LEX_OPERATOR, 2);
		return;
	}
	lexer->token.op = (unsigned char)first;
	take(lexer,
	     first && strchr(one_char_operators, first) ? PV_LEX_OPERATOR
							: PV_LEX_BAD,
	     1);
}

void pv_lex_next(pv_lexer *lexer)
{
	pv_lex_token *token = &lexer->token;
	char c;

	lexer->after_dot = token->kind == PV_LEX_OPERATOR && token->op == '.';
	lexer->at += pv_lex_blanks(lexer->text, lexer->at);
	token->op = 0;
	token->offset = lexer->at;
	if (lexer->at >= lexer->text.len) {
		take(lexer, PV_LEX_EOF, 0);
		return;
	}
	c = peek(lexer, 0);
	if (is_name_start(c))
		take_name(lexer);
	else if (take_end(lexer))
		return;
	else if (is_digit(c))
		take_number(lexer);
	else if (c == '"' || c == '\'')
		take_string(lexer);
	else
		take_operator(lexer);
}

void pv_lex_start(pv_lexer *lexer, size_t offset)
{
	lexer->closer = lexer->text.ptr[offset + 1] == '%' ? '%' : '}';
	lexer->at = offset + 2;
	lexer->depth = 0;
	lexer->token.kind = PV_LEX_END;
	if (peek(lexer, 0) == '-' || peek(lexer, 0) == '+')
		lexer->at++;
	pv_lex_next(lexer);
}
