/* SPDX-License-Identifier: MIT
 *
 * Collections as YAML, in block and in flow style, and whole new documents.
 * Recursion follows the value, whose depth the JSON reader limits.
 */
#include "yaml/write.h"

#include <string.h>

enum {
	LONGEST_KEY = 1000 /* bytes; YAML stops at 1024 characters */
};

const struct pv_yaml_format pv_yaml_default_format = {
	"\n", 2, 2, 2, PV_YAML_BLOCK, PV_YAML_BLOCK
};

static void write_scalar(pv_buf *out, const struct pv_yaml_format *format,
			 const pv_yaml_node *value, enum pv_yaml_context context)
{
	pv_str text = { value->text, value->len };

	if (value->type != PV_YAML_STRING)
		pv_buf_put(out, text.ptr, text.len);
	else
		pv_yaml_write_string(out, text,
				     pv_yaml_pick_style(text, format->strings,
							context));
}

static void write_key_text(pv_buf *out, const struct pv_yaml_format *format,
			   pv_str key)
{
	pv_yaml_write_string(out, key,
			     pv_yaml_pick_style(key, format->keys,
						PV_YAML_IN_FLOW));
}

void pv_yaml_write_flow_member(pv_buf *out, const struct pv_yaml_format *format,
			       pv_str key, const pv_yaml_node *value)
{
	if (key.len > LONGEST_KEY)
		pv_buf_puts(out, "? ");
	write_key_text(out, format, key);
	pv_buf_puts(out, key.len > LONGEST_KEY ? " : " : ": ");
	pv_yaml_write_flow(out, format, value);
}

void pv_yaml_write_flow(pv_buf *out, const struct pv_yaml_format *format,
			const pv_yaml_node *value)
{
	int is_map = value->kind == PV_YAML_MAPPING;

	if (value->kind == PV_YAML_SCALAR) {
		write_scalar(out, format, value, PV_YAML_IN_FLOW);
		return;
	}
	pv_buf_putc(out, is_map ? '{' : '[');
	for (const pv_yaml_node *n = value->first; n; n = n->next) {
		if (is_map)
			pv_yaml_write_flow_member(out, format,
						  (pv_str){ n->key->text,
							    n->key->len },
						  n);
		else
			pv_yaml_write_flow(out, format, n);
		if (n->next)
			pv_buf_puts(out, ", ");
	}
	pv_buf_putc(out, is_map ? '}' : ']');
}

void pv_yaml_write_key(pv_buf *out, const struct pv_yaml_format *format,
		       pv_str key, size_t column)
{
	if (key.len <= LONGEST_KEY) {
		write_key_text(out, format, key);
	} else {
		pv_buf_puts(out, "? ");
		write_key_text(out, format, key);
		pv_yaml_write_break(out, format, column);
	}
	pv_buf_putc(out, ':');
}

/* Scalars and empty collections, behind an indicator and a space. */
static void write_inline(pv_buf *out, const struct pv_yaml_format *format,
			 const pv_yaml_node *value, struct pv_yaml_indent to)
{
	pv_str text = { value->text, value->len };

	pv_buf_putc(out, ' ');
	if (pv_yaml_is_multiline(value)) {
		pv_yaml_write_header(out, text, PV_YAML_LITERAL, to.step);
		pv_yaml_write_literal(out, format, text, to.column);
	} else if (value->kind == PV_YAML_SCALAR) {
		write_scalar(out, format, value, PV_YAML_IN_BLOCK);
	} else {
		pv_yaml_write_flow(out, format, value);
	}
}

void pv_yaml_write_behind_key(pv_buf *out, const struct pv_yaml_format *format,
			      const pv_yaml_node *value, size_t column)
{
	struct pv_yaml_indent to = { column + format->step, format->step };

	if (!value->first) {
		write_inline(out, format, value, to);
		return;
	}
	if (value->kind == PV_YAML_SEQUENCE)
		to.column = column + format->seq_step;
	pv_yaml_write_break(out, format, to.column);
	pv_yaml_write_block(out, format, value, to.column);
}

void pv_yaml_write_behind_dash(pv_buf *out, const struct pv_yaml_format *format,
			       const pv_yaml_node *value, size_t column)
{
	struct pv_yaml_indent to = { column + 2, 2 };

	if (!value->first) {
		write_inline(out, format, value, to);
		return;
	}
	for (size_t i = 1; i < format->dash; i++)
		pv_buf_putc(out, ' ');
	pv_yaml_write_block(out, format, value, column + format->dash);
}

void pv_yaml_write_block(pv_buf *out, const struct pv_yaml_format *format,
			 const pv_yaml_node *value, size_t column)
{
	for (const pv_yaml_node *n = value->first; n; n = n->next) {
		if (n != value->first)
			pv_yaml_write_break(out, format, column);
		if (value->kind == PV_YAML_MAPPING) {
			pv_str key = { n->key->text, n->key->len };

			pv_yaml_write_key(out, format, key, column);
			pv_yaml_write_behind_key(out, format, n, column);
		} else {
			pv_buf_putc(out, '-');
			pv_yaml_write_behind_dash(out, format, n, column);
		}
	}
}

int pv_yaml_from_json(pv_buf *out, const char *json, size_t len, pv_error *err)
{
	const struct pv_yaml_format *format = &pv_yaml_default_format;
	const pv_yaml_node *value;
	pv_arena arena = { 0 };
	pv_str text = { json, len };
	int rc = pv_yaml_read_json(&value, &arena, text, err);

	if (rc < 0)
		goto out;
	if (value->first) {
		pv_yaml_write_block(out, format, value, 0);
	} else if (pv_yaml_is_multiline(value)) {
		text.ptr = value->text;
		text.len = value->len;
		pv_yaml_write_header(out, text, PV_YAML_LITERAL, 2);
		pv_yaml_write_literal(out, format, text, 2);
	} else if (value->kind == PV_YAML_SCALAR) {
		write_scalar(out, format, value, PV_YAML_IN_BLOCK);
	} else {
		pv_yaml_write_flow(out, format, value);
	}
	pv_buf_puts(out, format->eol);
	rc = pv_buf_status(out, err);
out:
	pv_arena_dispose(&arena);
	return rc;
}
