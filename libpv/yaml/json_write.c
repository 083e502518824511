/* SPDX-License-Identifier: MIT
 *
 * Nodes as compact JSON. Numbers are written from their text, never through
 * a double, so that no digit is lost: 0x and 0o forms become decimal at any
 * length, and what JSON's grammar lacks (a plus sign, leading zeros, a bare
 * point) is put right.
 */
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "yaml/doc.h"

enum {
	LIMB = 1000000000, /* nine decimal digits each */
	LIMBS = 256,
	MAX_PREFIXED = 1900 /* digits of hex that surely fit in LIMBS */
};

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a' + 10);
}

/* 0x and 0o of any length, by multiplying up. */
static int write_prefixed(pv_buf *out, const char *text, size_t len, pv_error *err)
{
	unsigned base = text[1] == 'x' ? 16 : 8;
	uint32_t limbs[LIMBS] = { 0 };
	size_t used = 1;

	if (len > MAX_PREFIXED)
		return pv_fail(err, PV_ELIMIT,
			       "more than %d digits in a number in base %u",
			       MAX_PREFIXED, base);
	for (size_t i = 2; i < len; i++) {
		uint64_t carry = digit_value(text[i]);

		for (size_t j = 0; j < used; j++) {
			carry += (uint64_t)limbs[j] * base;
			limbs[j] = (uint32_t)(carry % LIMB);
			carry /= LIMB;
		}
		if (carry)
			limbs[used++] = (uint32_t)carry;
	}
	pv_buf_printf(out, "%u", (unsigned)limbs[used - 1]);
	for (size_t i = used - 1; i > 0; i--)
		pv_buf_printf(out, "%09u", (unsigned)limbs[i - 1]);
	return PV_OK;
}

static size_t skip_digits(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* Digits without leading zeros; "0" when nothing else is left. */
static void write_whole(pv_buf *out, const char *text, size_t len)
{
	while (len > 1 && *text == '0') {
		text++;
		len--;
	}
	if (len)
		pv_buf_put(out, text, len);
	else
		pv_buf_putc(out, '0');
}

/* What stands behind the whole part: a fraction, an exponent or nothing. */
static void write_rest(pv_buf *out, const char *text, size_t len)
{
	size_t end = 0;

	if (len && *text == '.') {
		end = skip_digits(text, len, 1);
		pv_buf_put(out, text, end);
		if (end == 1)
			pv_buf_putc(out, '0');
	}
	pv_buf_put(out, text + end, len - end);
}

/* Infinities and NaN as strings, in one spelling: JSON has no such numbers. */
static void write_special(pv_buf *out, const char *text, size_t len)
{
	pv_buf_puts(out, text[0] == '-' ? "\"-" : "\"");
	for (size_t i = len - 4; i < len; i++)
		pv_buf_putc(out, (char)(text[i] == '.' ? '.' : text[i] | 0x20));
	pv_buf_putc(out, '"');
}

static int write_number(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	const char *text = node->text;
	size_t len = node->len;
	size_t start = text[0] == '-' || text[0] == '+';
	size_t whole = skip_digits(text, len, start);
	int rc = PV_OK;

	if (len > 2 && (text[1] == 'x' || text[1] == 'o')) {
		rc = write_prefixed(out, text, len, err);
		whole = len;
	} else if (text[len - 1] > '9') { /* .inf, .nan */
		write_special(out, text, len);
		return PV_OK;
	} else {
		if (text[0] == '-')
			pv_buf_putc(out, '-');
		write_whole(out, text + start, whole - start);
	}
	if (node->type == PV_YAML_FLOAT && whole == len)
		pv_buf_puts(out, ".0"); /* !!float 1 */
	write_rest(out, text + whole, len - whole);
	return rc;
}

static void write_string(pv_buf *out, const pv_yaml_node *node)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, node->text, node->len);
}

static int write_scalar(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	switch (node->type) {
	case PV_YAML_STRING:
		write_string(out, node);
		break;
	case PV_YAML_NULL:
		pv_buf_puts(out, "null");
		break;
	case PV_YAML_BOOL:
		pv_buf_puts(out,
			    (node->text[0] | 0x20) == 't' ? "true" : "false");
		break;
	case PV_YAML_INT:
	case PV_YAML_FLOAT:
		return write_number(out, node, err);
	}
	return PV_OK;
}

/* Recursion is bounded: depth is limited with aliases followed. */
static int write_node(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	int is_map;
	int rc = PV_OK;

	node = pv_yaml_resolve(node);
	if (node->kind == PV_YAML_SCALAR)
		return write_scalar(out, node, err);
	is_map = node->kind == PV_YAML_MAPPING;
	pv_buf_putc(out, is_map ? '{' : '[');
	for (node = node->first; node && rc == PV_OK; node = node->next) {
		if (is_map) {
			write_string(out, node->key);
			pv_buf_putc(out, ':');
		}
		rc = write_node(out, node, err);
		if (node->next)
			pv_buf_putc(out, ',');
	}
	pv_buf_putc(out, is_map ? '}' : ']');
	return rc;
}

int pv_yaml_to_json(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	int rc = write_node(out, node, err);

	return rc < 0 ? rc : pv_buf_status(out, err);
}

int pv_yaml_text_json(pv_buf *out, const pv_buf *text, pv_error *err)
{
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);

	if (rc == PV_OK)
		rc = pv_yaml_to_json(out, pv_yaml_root(doc), err);
	pv_yaml_free(doc);
	return rc;
}
