/* SPDX-License-Identifier: MIT
 *
 * From ECMA-262's regular expressions to PCRE2's. Most is the same; what is
 * not: \s, \v, \u, the dot, names of properties, and whatever PCRE2 has beyond
 * ECMA, which is refused so that a schema means the same everywhere.
 */
#include "base/fail.h"
#include "base/utf8.h"
#include "schema/pattern.h"

/* White space and line ends (ECMA-262 12.2 and 12.3), inside of a class. */
#define SPACES                                                     \
 "\\t\\n\\x{b}\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}" \
 "\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"

struct translation {
	pv_buf *out;
	pv_str rest;
	int is_strict;
	int is_class;      /* between [ and ] */
	int is_repeatable; /* a quantifier may follow */
	pv_error *err;
};

static int refuse(const struct translation *t, const char *what)
{
	return pv_fail(t->err, PV_EINVALID, "%s in a regular expression", what);
}

static char peek(const struct translation *t, size_t ahead)
{
	return pv_str_at(t->rest, ahead);
}

static void drop(struct translation *t, size_t len)
{
	t->rest.ptr += len;
	t->rest.len -= len;
}

static void copy(struct translation *t, size_t len)
{
	pv_buf_put(t->out, t->rest.ptr, len);
	drop(t, len);
}

/* --- escapes --------------------------------------------------------------- */

static int hex(char c)
{
	char lower = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* `count` hexadecimal digits from `at` on; -1 where there are fewer. */
static int32_t digits(const struct translation *t, size_t at, size_t count)
{
	int32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		if (hex(peek(t, at + i)) < 0)
			return -1;
		value = value << 4 | hex(peek(t, at + i));
	}
	return value;
}

static int put_point(struct translation *t, int32_t point)
{
	if (point < 0 || point > 0x10FFFF)
		return refuse(t, "a number that is no character");
	if (point >= 0xD800 && point <= 0xDFFF)
		return refuse(t, "half of a surrogate pair");
	pv_buf_printf(t->out, "\\x{%x}", (unsigned)point);
	return PV_OK;
}

/* \u{1F432}, behind the "u". */
static int braced_point(struct translation *t)
{
	int32_t point = 0;
	size_t len = 1;

	for (; hex(peek(t, len)) >= 0 && point <= 0x10FFFF; len++)
		point = point << 4 | hex(peek(t, len));
	if (len == 1 || peek(t, len) != '}')
		return refuse(t, "\\u{ without digits and }");
	drop(t, len + 1);
	return put_point(t, point);
}

/* Behind the "u": four digits, or two times four for what lies beyond. */
static int unicode_escape(struct translation *t)
{
	int32_t point = digits(t, 0, 4);
	int32_t low;

	if (peek(t, 0) == '{')
		return braced_point(t);
	if (point < 0)
		return refuse(t, "\\u without four digits");
	drop(t, 4);
	if (point >= 0xD800 && point < 0xDC00 && peek(t, 0) == '\\' &&
	    peek(t, 1) == 'u') {
		low = digits(t, 2, 4);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			drop(t, 6);
			point = 0x10000 + (point - 0xD800) * 0x400 +
				(low - 0xDC00);
		}
	}
	return put_point(t, point);
}

/* Long names of general categories, which PCRE2 knows by two letters only. */
static const char *category(pv_str name)
{
	static const char *const names[][2] = {
		{ "Letter", "L" },
		{ "Cased_Letter", "L&" },
		{ "Uppercase_Letter", "Lu" },
		{ "Lowercase_Letter", "Ll" },
		{ "Titlecase_Letter", "Lt" },
		{ "Modifier_Letter", "Lm" },
		{ "Other_Letter", "Lo" },
		{ "Mark", "M" },
		{ "Combining_Mark", "M" },
		{ "Nonspacing_Mark", "Mn" },
		{ "Spacing_Mark", "Mc" },
		{ "Enclosing_Mark", "Me" },
		{ "Number", "N" },
		{ "Decimal_Number", "Nd" },
		{ "digit", "Nd" },
		{ "Letter_Number", "Nl" },
		{ "Other_Number", "No" },
		{ "Punctuation", "P" },
		{ "punct", "P" },
		{ "Connector_Punctuation", "Pc" },
		{ "Dash_Punctuation", "Pd" },
		{ "Open_Punctuation", "Ps" },
		{ "Close_Punctuation", "Pe" },
		{ "Initial_Punctuation", "Pi" },
		{ "Final_Punctuation", "Pf" },
		{ "Other_Punctuation", "Po" },
		{ "Symbol", "S" },
		{ "Math_Symbol", "Sm" },
		{ "Currency_Symbol", "Sc" },
		{ "Modifier_Symbol", "Sk" },
		{ "Other_Symbol", "So" },
		{ "Separator", "Z" },
		{ "Space_Separator", "Zs" },
		{ "Line_Separator", "Zl" },
		{ "Paragraph_Separator", "Zp" },
		{ "Other", "C" },
		{ "Control", "Cc" },
		{ "cntrl", "Cc" },
		{ "Format", "Cf" },
		{ "Surrogate", "Cs" },
		{ "Private_Use", "Co" },
		{ "Unassigned", "Cn" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (pv_str_is(name, names[i][0]))
			return names[i][1];
	return NULL;
}

/* \p{Name} and \P{Name}, at the "p". */
static int property(struct translation *t)
{
	const char *close = memchr(t->rest.ptr, '}', t->rest.len);
	pv_str name = { t->rest.ptr + 2, 0 };
	const char *equals;

	if (peek(t, 1) != '{' || !close)
		return refuse(t, "\\p without {name}");
	name.len = (size_t)(close - name.ptr);
	equals = memchr(name.ptr, '=', name.len);
	pv_buf_printf(t->out, "\\%c{", peek(t, 0));
	if (equals && (!strncmp(name.ptr, "gc=", 3) ||
		       !strncmp(name.ptr, "General_Category=", 17))) {
		name.len -= (size_t)(equals + 1 - name.ptr);
		name.ptr = equals + 1;
	}
	if (category(name))
		pv_buf_puts(t->out, category(name));
	else
		pv_buf_put(t->out, name.ptr, name.len);
	pv_buf_putc(t->out, '}');
	drop(t, (size_t)(close + 1 - t->rest.ptr));
	return PV_OK;
}

static int is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* What means nothing else is the character itself. */
static int identity(struct translation *t)
{
	char c = peek(t, 0);

	if (!t->rest.len)
		return refuse(t, "a \\ at the end");
	if (t->is_strict && (is_letter(c) || (c >= '0' && c <= '9')))
		return refuse(t, "an escape that means nothing");
	if (!is_letter(c) && !(c & 0x80))
		pv_buf_putc(t->out, '\\');
	copy(t, 1);
	return PV_OK;
}

static void put_space(struct translation *t, int is_not)
{
	drop(t, 1);
	if (!t->is_class)
		pv_buf_puts(t->out, is_not ? "[^" SPACES "]" : "[" SPACES "]");
	else
		pv_buf_puts(t->out, is_not ? "\\S" : SPACES);
}

static int hex_escape(struct translation *t)
{
	int32_t point = digits(t, 1, 2);

	if (point < 0)
		return identity(t);
	drop(t, 3);
	return put_point(t, point);
}

static int control_escape(struct translation *t)
{
	char letter = peek(t, 1);

	if (!is_letter(letter) || letter == '_')
		return refuse(t, "\\c without a letter");
	drop(t, 2);
	return put_point(t, letter & 31);
}

/* \k<name>, \1 and \0. */
static int back_reference(struct translation *t)
{
	if (peek(t, 0) == '0') {
		drop(t, 1);
		return put_point(t, 0);
	}
	if (t->is_class || (peek(t, 0) == 'k' && peek(t, 1) != '<'))
		return identity(t);
	pv_buf_putc(t->out, '\\');
	copy(t, 1);
	return PV_OK;
}

/* Behind the backslash. */
static int escape(struct translation *t)
{
	char c = peek(t, 0);

	switch (c) {
	case 's':
	case 'S':
		put_space(t, c == 'S');
		return PV_OK;
	case 'v':
		drop(t, 1);
		return put_point(t, 0x0b);
	case 'u':
		drop(t, 1);
		return unicode_escape(t);
	case 'x':
		return hex_escape(t);
	case 'c':
		return control_escape(t);
	case 'p':
	case 'P':
		return property(t);
	default:
		break;
	}
	if (c == 'k' || (c >= '0' && c <= '9'))
		return back_reference(t);
	if (c && strchr("dDwWbBfnrt", c) && !(t->is_class && c == 'B')) {
		pv_buf_putc(t->out, '\\');
		copy(t, 1);
		return PV_OK;
	}
	return identity(t);
}

/* --- the rest --------------------------------------------------------------- */

/* The opening of a group: (, (?:, (?=, (?!, (?<=, (?<!, (?<name>. */
static int group(struct translation *t)
{
	size_t len = 1;

	if (peek(t, 1) == '*')
		return refuse(t, "(*");
	if (peek(t, 1) == '?') {
		if (!peek(t, 2) || !strchr(":=!<", peek(t, 2)))
			return refuse(t, "a group that ECMA does not know");
		len = 3;
		if (peek(t, 2) == '<' && (peek(t, 3) == '=' || peek(t, 3) == '!'))
			len = 4;
	}
	copy(t, len);
	t->is_repeatable = 0;
	return PV_OK;
}

/* The length of a quantifier; 0: there is none here. */
static size_t quantifier(const struct translation *t)
{
	size_t len = 1;

	if (strchr("*+?", peek(t, 0)))
		return 1;
	while (peek(t, len) >= '0' && peek(t, len) <= '9')
		len++;
	if (len == 1)
		return 0;
	if (peek(t, len) == ',')
		len++;
	while (peek(t, len) >= '0' && peek(t, len) <= '9')
		len++;
	return peek(t, len) == '}' ? len + 1 : 0;
}

static int repeat(struct translation *t, size_t len)
{
	if (!t->is_repeatable)
		return refuse(t, "a quantifier with nothing to repeat");
	copy(t, len);
	if (peek(t, 0) == '?')
		copy(t, 1);
	t->is_repeatable = 0;
	return PV_OK;
}

static int in_class(struct translation *t)
{
	char c = peek(t, 0);

	if (c == ']') {
		t->is_class = 0;
		t->is_repeatable = 1;
	} else if (c == '[') {
		pv_buf_putc(t->out, '\\'); /* else [: could begin a POSIX class */
	}
	copy(t, 1);
	return PV_OK;
}

static int outside(struct translation *t)
{
	char c = peek(t, 0);
	size_t len = c && strchr("*+?{", c) ? quantifier(t) : 0;

	if (len)
		return repeat(t, len);
	if (c == '(')
		return group(t);
	t->is_repeatable = c != '|' && c != '^';
	if (c == '.') {
		drop(t, 1);
		pv_buf_puts(t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		return PV_OK;
	}
	if (c == '[') {
		t->is_class = 1;
		copy(t, peek(t, 1) == '^' ? 2 : 1);
		return PV_OK;
	}
	if (c == '{')
		pv_buf_putc(t->out, '\\');
	copy(t, 1);
	return PV_OK;
}

int pv_pattern_translate(pv_buf *out, pv_str text, int is_strict, pv_error *err)
{
	struct translation t = { out, text, is_strict, 0, 0, err };
	int rc = PV_OK;

	while (rc == PV_OK && t.rest.len) {
		if (*t.rest.ptr == '\\') {
			drop(&t, 1);
			t.is_repeatable = 1;
			rc = escape(&t);
		} else {
			rc = t.is_class ? in_class(&t) : outside(&t);
		}
	}
	if (rc == PV_OK && t.is_class)
		rc = refuse(&t, "a [ without its ]");
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
