/* SPDX-License-Identifier: MIT
 *
 * A reader of RFC 8259 that makes values at once. The text has to be UTF-8.
 */
#include "jinja/value/json.h"

#include "base/utf8.h"
#include "jinja/value/build.h"
#include "jinja/value/container.h"
#include "jinja/value/ops.h"
#include "jinja/value/unicode.h"

struct reader {
	pv_jinja_run *run;
	const char *text;
	size_t len;
	size_t at;
};

static int fail(struct reader *r, const char *what)
{
	int line;
	int column;

	pv_utf8_place(r->text, r->len, r->at, &line, &column);
	return pv_jinja_raise(r->run, PV_JINJA_VALUE_ERROR,
			      "%s at line %d, column %d", what, line, column);
}

static char peek(const struct reader *r)
{
	return (char)(r->at < r->len ? r->text[r->at] : '\0');
}

static void skip_space(struct reader *r)
{
	while (r->at < r->len &&
	       (r->text[r->at] == ' ' || r->text[r->at] == '\t' ||
		r->text[r->at] == '\n' || r->text[r->at] == '\r'))
		r->at++;
}

/* --- strings --------------------------------------------------------------- */

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits behind \u; -1 when they are not. */
static int32_t read_unit(struct reader *r)
{
	int32_t unit = 0;

	if (r->len - r->at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_of(r->text[r->at++]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static int is_low_surrogate(const struct reader *r)
{
	return r->len - r->at >= 6 && r->text[r->at] == '\\' &&
	       r->text[r->at + 1] == 'u' && hex_of(r->text[r->at + 2]) == 0xD &&
	       hex_of(r->text[r->at + 3]) >= 0xC;
}

/* A code point of one or two \u; a lone surrogate stays one. */
static int read_code_point(struct reader *r)
{
	int32_t c = read_unit(r);
	int32_t low;

	if (c < 0)
		return fail(r, "bad \\u escape");
	if (c >= 0xD800 && c < 0xDC00 && is_low_surrogate(r)) {
		r->at += 2;
		low = read_unit(r);
		if (low < 0)
			return fail(r, "bad \\u escape");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	pv_jinja_put_char(&r->run->scratch, (uint32_t)c);
	return PV_OK;
}

static int read_escape(struct reader *r)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	r->at++;
	if (peek(r) == 'u') {
		r->at++;
		return read_code_point(r);
	}
	letter = peek(r) ? strchr(letters, peek(r)) : NULL;
	if (!letter)
		return fail(r, "bad escape");
	pv_buf_putc(&r->run->scratch, values[letter - letters]);
	r->at++;
	return PV_OK;
}

/* The rest of a string that has escapes, from its first one. */
static int read_escaped(pv_jinja_value *out, struct reader *r, size_t start)
{
	size_t mark = pv_jinja_begin(r->run);
	int rc = PV_OK;

	while (rc == PV_OK) {
		size_t len = r->at - start;

		pv_buf_put(&r->run->scratch, r->text + start, len);
		if (peek(r) != '\\')
			break;
		rc = read_escape(r);
		start = r->at;
		while (r->at < r->len && (unsigned char)r->text[r->at] >= 0x20 &&
		       r->text[r->at] != '"' && r->text[r->at] != '\\')
			r->at++;
	}
	return rc < 0 ? rc : pv_jinja_finish(out, r->run, mark, 0);
}

static int read_string(pv_jinja_value *out, struct reader *r)
{
	size_t start = ++r->at;
	size_t len;
	int rc = PV_OK;

	while (r->at < r->len && (unsigned char)r->text[r->at] >= 0x20 &&
	       r->text[r->at] != '"' && r->text[r->at] != '\\')
		r->at++;
	len = r->at - start;
	if (peek(r) == '\\')
		rc = read_escaped(out, r, start);
	else if (len > UINT32_MAX)
		rc = pv_jinja_limit(r->run, UINT32_MAX, "bytes of one string");
	else
		*out = pv_jinja_str(r->text + start, len,
				    pv_jinja_is_ascii(r->text + start, len)
					    ? PV_JINJA_ASCII
					    : 0);
	if (rc < 0)
		return rc;
	if (peek(r) != '"')
		return fail(r, "unfinished string");
	r->at++;
	return PV_OK;
}

/* --- numbers --------------------------------------------------------------- */

static int read_digits(struct reader *r)
{
	size_t start = r->at;

	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return r->at > start;
}

/* Takes a number; 1 when it is a float. */
static int scan_number(struct reader *r)
{
	int is_float = 0;
	int is_good;

	r->at += peek(r) == '-';
	if (peek(r) == '0') {
		r->at++;
		is_good = 1;
	} else {
		is_good = read_digits(r);
	}
	if (is_good && peek(r) == '.') {
		r->at++;
		is_float = 1;
		is_good = read_digits(r);
	}
	if (is_good && (peek(r) == 'e' || peek(r) == 'E')) {
		r->at++;
		r->at += peek(r) == '+' || peek(r) == '-';
		is_float = 1;
		is_good = read_digits(r);
	}
	return is_good ? is_float : fail(r, "bad number");
}

static int read_number(pv_jinja_value *out, struct reader *r)
{
	size_t start = r->at;
	int is_negative = peek(r) == '-';
	int rc = scan_number(r);
	const char *digits = r->text + start + is_negative;
	size_t len = r->at - start - (size_t)is_negative;
	double value;

	if (rc < 0)
		return rc;
	if (rc == 0) {
		rc = pv_jinja_parse_int(out, r->run, digits, len);
		return rc < 0 || !is_negative
			       ? rc
			       : pv_jinja_negate(out, r->run, *out);
	}
	if (pv_jinja_parse_float(&value, digits, len) < 0)
		return fail(r, "bad number");
	*out = pv_jinja_float(is_negative ? -value : value);
	return PV_OK;
}

/* --- containers ------------------------------------------------------------ */

static int read_value(pv_jinja_value *out, struct reader *r);

/* Behind an item: 1 when another one follows, 0 at the end. */
static int read_comma(struct reader *r, char closing)
{
	skip_space(r);
	if (peek(r) == closing) {
		r->at++;
		return 0;
	}
	if (peek(r) != ',')
		return fail(r, "missing comma");
	r->at++;
	skip_space(r);
	return 1;
}

static int read_array(pv_jinja_value *out, struct reader *r)
{
	pv_jinja_list *list;
	pv_jinja_value item;
	int rc = pv_jinja_list_new(&list, r->run, 0);

	r->at++;
	skip_space(r);
	*out = pv_jinja_list_value(list);
	if (rc == PV_OK && peek(r) == ']') {
		r->at++;
		return PV_OK;
	}
	while (rc >= 0) {
		rc = read_value(&item, r);
		if (rc == PV_OK)
			rc = pv_jinja_list_add(r->run, list, item);
		if (rc == PV_OK)
			rc = read_comma(r, ']');
		if (rc <= 0)
			break;
	}
	return rc;
}

static int read_member(struct reader *r, pv_jinja_dict *dict)
{
	pv_jinja_value key;
	pv_jinja_value value;
	int rc;

	if (peek(r) != '"')
		return fail(r, "missing key");
	rc = read_string(&key, r);
	skip_space(r);
	if (rc == PV_OK && peek(r) != ':')
		return fail(r, "missing colon");
	if (rc < 0)
		return rc;
	r->at++;
	rc = read_value(&value, r);
	return rc < 0 ? rc : pv_jinja_dict_set(r->run, dict, key, value);
}

static int read_object(pv_jinja_value *out, struct reader *r)
{
	pv_jinja_dict *dict;
	int rc = pv_jinja_dict_new(&dict, r->run, 0);

	r->at++;
	skip_space(r);
	*out = pv_jinja_dict_value(dict);
	if (rc == PV_OK && peek(r) == '}') {
		r->at++;
		return PV_OK;
	}
	while (rc >= 0) {
		rc = read_member(r, dict);
		if (rc == PV_OK)
			rc = read_comma(r, '}');
		if (rc <= 0)
			break;
	}
	return rc;
}

/* --- values ---------------------------------------------------------------- */

static int read_word(pv_jinja_value *out, struct reader *r)
{
	static const struct {
		const char *text;
		pv_jinja_value value;
	} words[] = {
		{ "true", { .type = PV_JINJA_BOOL, .u.i = 1 } },
		{ "false", { .type = PV_JINJA_BOOL } },
		{ "null", { .type = PV_JINJA_NONE } },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].text);

		if (r->len - r->at < len ||
		    memcmp(r->text + r->at, words[i].text, len) != 0)
			continue;
		r->at += len;
		*out = words[i].value;
		return PV_OK;
	}
	return fail(r, "no value");
}

static int read_nested(pv_jinja_value *out, struct reader *r)
{
	int rc = pv_jinja_enter_value(r->run);

	if (rc < 0)
		return rc;
	rc = peek(r) == '[' ? read_array(out, r) : read_object(out, r);
	pv_jinja_leave_value(r->run);
	return rc;
}

static int read_value(pv_jinja_value *out, struct reader *r)
{
	char c;

	skip_space(r);
	c = peek(r);
	if (c == '[' || c == '{')
		return read_nested(out, r);
	if (c == '"')
		return read_string(out, r);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(out, r);
	return read_word(out, r);
}

int pv_jinja_read_json(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len)
{
	struct reader r = { .run = run, .text = text, .len = len };
	int rc;

	r.at = pv_utf8_valid(text, len);
	if (r.at < len)
		return fail(&r, "bytes that are not UTF-8");
	r.at = 0;
	rc = read_value(out, &r);
	skip_space(&r);
	if (rc == PV_OK && r.at < len)
		return fail(&r, "more than one value");
	return rc;
}
