/* SPDX-License-Identifier: MIT
 *
 * The lexer for what stands inside Jinja tags.
 */
#include "prompt/scan_lex.h"

#include <string.h>

#include "base/utf8.h"

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

/* Whether a name may start with this byte, or with what it begins. */
static int is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* Characters beyond ASCII that are in no name: punctuation, symbols. */
static const int32_t symbols[][2] = {
	{ 0x80, 0xA9 },     { 0xAB, 0xB4 },     { 0xB6, 0xB6 },
	{ 0xB8, 0xB9 },     { 0xBB, 0xBF },     { 0xD7, 0xD7 },
	{ 0xF7, 0xF7 },     { 0x2000, 0x203E }, { 0x2041, 0x2053 },
	{ 0x2055, 0x2070 }, { 0x2072, 0x207E }, { 0x2080, 0x208F },
	{ 0x20A0, 0x20CF }, { 0x2190, 0x2BFF }, { 0x2E00, 0x2E2E },
	{ 0x2E30, 0x2FFF }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 },
	{ 0x3030, 0x3030 }, { 0xE000, 0xF8FF }, { 0xFE10, 0xFE1F },
	{ 0xFEFF, 0xFEFF }, { 0xFF01, 0xFF0F }, { 0xFF1A, 0xFF20 },
	{ 0xFF5F, 0xFF65 }, { 0xFFE0, 0xFFFF }, { 0x1F000, 0x1FAFF },
};

static size_t find_symbol(pv_str text, size_t at)
{
	size_t len;
	int32_t c = pv_utf8_decode(text.ptr + at, text.len - at, &len);

	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (c >= symbols[i][0] && c <= symbols[i][1])
			return len;
	return 0;
}

/* The same as pv_lex_symbol; nearly all text is ASCII. */
static inline size_t symbol_length(pv_str text, size_t at)
{
	return (unsigned char)text.ptr[at] < 0xC0 ? 0 : find_symbol(text, at);
}

size_t pv_lex_symbol(pv_str text, size_t at)
{
	return symbol_length(text, at);
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

static inline size_t skip_blanks(pv_str text, size_t at)
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

size_t pv_lex_blanks(pv_str text, size_t at)
{
	return skip_blanks(text, at);
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
	       !symbol_length(text, end))
		end++;
	take(lexer, PV_LEX_NAME, end - lexer->at);
}

static int is_digit_of(char c, int base)
{
	if (base == 16 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
		return 1;
	return c >= '0' && c <= '9' && c - '0' < base;
}

/* The length of a run of digits, with single underscores between them. */
static size_t digit_run(const pv_lexer *lexer, size_t ahead, int base)
{
	size_t len = 0;

	while (is_digit_of(peek(lexer, ahead + len), base) ||
	       (len && peek(lexer, ahead + len) == '_' &&
		is_digit_of(peek(lexer, ahead + len + 1), base)))
		len++;
	return len;
}

/* The length of a float; 0 when it is none. */
static size_t float_length(const pv_lexer *lexer)
{
	size_t whole = digit_run(lexer, 0, 10);
	size_t len = whole;
	size_t run = 0;

	if (peek(lexer, len) == '.')
		run = digit_run(lexer, len + 1, 10);
	if (run)
		len += 1 + run;
	if ((peek(lexer, len) | 0x20) == 'e') {
		size_t digits = len + 1;

		if (peek(lexer, digits) == '+' || peek(lexer, digits) == '-')
			digits++;
		run = digit_run(lexer, digits, 10);
		if (run)
			len = digits + run;
	}
	return len > whole ? len : 0;
}

/* A zero starts nothing but zeros, or digits of another base. */
static size_t int_length(const pv_lexer *lexer)
{
	static const struct {
		char letter;
		int base;
	} bases[] = { { 'b', 2 }, { 'o', 8 }, { 'x', 16 } };
	size_t run;

	if (peek(lexer, 0) != '0')
		return digit_run(lexer, 0, 10);
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		size_t start = peek(lexer, 2) == '_' ? 3 : 2;

		if ((peek(lexer, 1) | 0x20) != bases[i].letter)
			continue;
		run = digit_run(lexer, start, bases[i].base);
		if (run)
			return start + run;
	}
	return digit_run(lexer, 0, 1);
}

static void take_number(pv_lexer *lexer)
{
	size_t len = lexer->after_dot ? 0 : float_length(lexer);

	take(lexer, PV_LEX_NUMBER, len ? len : int_length(lexer));
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
	size_t symbol;
	char c;

	lexer->after_dot = token->kind == PV_LEX_OPERATOR && token->op == '.';
	lexer->at += skip_blanks(lexer->text, lexer->at);
	token->op = 0;
	token->offset = lexer->at;
	if (lexer->at >= lexer->text.len) {
		take(lexer, PV_LEX_EOF, 0);
		return;
	}
	c = peek(lexer, 0);
	symbol = symbol_length(lexer->text, lexer->at);
	if (symbol)
		take(lexer, PV_LEX_BAD, symbol);
	else if (is_name_start(c))
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
