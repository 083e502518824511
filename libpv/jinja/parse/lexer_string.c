/* SPDX-License-Identifier: MIT
 *
 * What stands between the quotes of a string literal: Python's escapes. An
 * unknown escape keeps its backslash. Jinja2 lets a codec for ASCII do this,
 * so a backslash before another character keeps that one's escaped spelling.
 */
#include "jinja/parse/lexer.h"

#include <stdio.h>

#include "jinja/parse/char_name.h"
#include "jinja/value/unicode.h"

struct unescape {
	pv_jinja_lexer *lexer;
	pv_str text;
	size_t pos;
	char *out;
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* \xHH, \uHHHH or \UHHHHHHHH, the letter being taken already. */
static int put_hex(struct unescape *u, char letter)
{
	size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
	uint32_t c = 0;

	for (size_t i = 0; i < digits; i++, u->pos++) {
		int digit = u->pos < u->text.len ? hex_value(u->text.ptr[u->pos])
						 : -1;

		if (digit < 0)
			return pv_jinja_lex_fail(u->lexer,
						 "truncated \\%c%.*s escape",
						 letter, (int)digits, "XXXXXXXX");
		c = c << 4 | (uint32_t)digit;
	}
	if (c > 0x10FFFF)
		return pv_jinja_lex_fail(u->lexer, "illegal Unicode character");
	u->out += pv_jinja_encode(u->out, c);
	return PV_OK;
}

/* \N{NAME}, the letter being taken already. */
static int put_named(struct unescape *u)
{
	pv_str name = { u->text.ptr + u->pos, u->text.len - u->pos };
	const char *end = name.len ? memchr(name.ptr, '}', name.len) : NULL;
	uint32_t c;

	if (!end || *name.ptr != '{' || end == name.ptr + 1)
		return pv_jinja_lex_fail(u->lexer,
					 "malformed \\N character escape");
	name.ptr++;
	name.len = (size_t)(end - name.ptr);
	u->pos += name.len + 2;
	c = pv_jinja_char_named(name);
	if (c == PV_JINJA_NO_CHAR)
		return pv_jinja_lex_fail(u->lexer,
					 "unknown Unicode character name");
	u->out += pv_jinja_encode(u->out, c);
	return PV_OK;
}

/* Up to three octal digits. */
static void put_octal(struct unescape *u)
{
	uint32_t c = 0;

	for (int i = 0; i < 3 && u->pos < u->text.len; i++, u->pos++) {
		char digit = u->text.ptr[u->pos];

		if (digit < '0' || digit > '7')
			break;
		c = c << 3 | (uint32_t)(digit - '0');
	}
	u->out += pv_jinja_encode(u->out, c);
}

/* A backslash before a character beyond ASCII. */
static void put_spelled(struct unescape *u)
{
	size_t len;
	uint32_t c = pv_jinja_decode(u->text.ptr + u->pos, u->text.len - u->pos,
				     &len);
	char letter = 'U';
	int digits = 8;
	char spelled[16];
	int count;

	if (c < 0x100) {
		letter = 'x';
		digits = 2;
	} else if (c < 0x10000) {
		letter = 'u';
		digits = 4;
	}
	count = snprintf(spelled, sizeof(spelled), "\\%c%0*x", letter, digits,
			 (unsigned)c);
	memcpy(u->out, spelled, (size_t)count);
	u->out += count;
	u->pos += len;
}

/* The escape whose backslash is at `pos`. */
static int put_escape(struct unescape *u)
{
	static const char letters[] = "\\'\"abfnrtv";
	static const char values[] = "\\'\"\a\b\f\n\r\t\v";
	char c = u->text.ptr[++u->pos];
	const char *known = c ? strchr(letters, c) : NULL;

	if ((unsigned char)c >= 0x80) {
		put_spelled(u);
		return PV_OK;
	}
	if (c >= '0' && c <= '7') {
		put_octal(u);
		return PV_OK;
	}
	u->pos++;
	if (c == 'x' || c == 'u' || c == 'U')
		return put_hex(u, c);
	if (c == 'N')
		return put_named(u);
	if (c == '\n')
		return PV_OK;
	if (!known)
		*u->out++ = '\\';
	if (known)
		c = values[known - letters];
	*u->out++ = c;
	return PV_OK;
}

int pv_jinja_lex_string(pv_str *out, pv_jinja_lexer *lexer, pv_str text)
{
	struct unescape u = { .lexer = lexer };
	char *copy;
	int rc = pv_jinja_lex_newlines(&u.text, lexer, text);

	*out = u.text;
	if (rc < 0 || u.text.len == 0 || !memchr(u.text.ptr, '\\', u.text.len))
		return rc;
	/* At most "\é" grows: 3 bytes to 5, and 5 to 11. */
	rc = pv_jinja_alloc(&copy, lexer->run, u.text.len * 3);
	if (rc < 0)
		return rc;
	u.out = copy;
	while (rc == PV_OK && u.pos < u.text.len) {
		if (u.text.ptr[u.pos] == '\\')
			rc = put_escape(&u);
		else
			*u.out++ = u.text.ptr[u.pos++];
	}
	out->ptr = copy;
	out->len = (size_t)(u.out - copy);
	return rc;
}
