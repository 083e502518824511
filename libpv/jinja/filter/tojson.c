/* SPDX-License-Identifier: MIT
 *
 * The tojson filter in its two forms: Jinja2's, sorted, ASCII, safe inside of
 * HTML and Markup; and the one of chat templates, which is json.dumps with
 * Unicode left alone.
 */
#include <math.h>

#include "jinja/filter/filters.h"
#include "jinja/run/argument.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/number.h"
#include "jinja/value/sort.h"
#include "jinja/value/unicode.h"

struct dump {
	pv_jinja_run *run;
	pv_buf *out;
	pv_jinja_value indent;  /* str, or MISSING: all on one line */
	pv_jinja_value between; /* items */
	pv_jinja_value colon;
	uint64_t plain[2]; /* a bit for each of ASCII that is not escaped */
	int is_ascii;
	int is_sorted;
	int is_html;
	size_t level;
};

/* All but controls, " and \; in HTML but < > & ' either; DEL is for those
 * who do not care about ASCII. */
static void dump_init(struct dump *dump)
{
	dump->plain[0] = 0xFFFFFFFB00000000u;
	dump->plain[1] = 0xFFFFFFFFEFFFFFFFu;
	if (dump->is_html)
		dump->plain[0] &= ~0x500000C000000000u;
	if (dump->is_ascii)
		dump->plain[1] &= INT64_MAX;
}

/* --- strings -------------------------------------------------------------------------- */

static void put_unit(pv_buf *out, unsigned unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[6] = { '\\',
			       'u',
			       hex[unit >> 12],
			       hex[unit >> 8 & 15],
			       hex[unit >> 4 & 15],
			       hex[unit & 15] };

	pv_buf_put(out, text, sizeof(text));
}

static void put_wide(pv_buf *out, uint32_t c)
{
	if (c < 0x10000) {
		put_unit(out, c);
		return;
	}
	c -= 0x10000;
	put_unit(out, 0xD800 + (c >> 10));
	put_unit(out, 0xDC00 + (c & 0x3FF));
}

/* The letter of a short escape, or 0. */
static char short_escape(char c)
{
	switch (c) {
	case '"':
		return '"';
	case '\\':
		return '\\';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\f':
		return 'f';
	case '\b':
		return 'b';
	default:
		return 0;
	}
}

static inline int is_plain(const struct dump *dump, unsigned char c)
{
	return c < 0x80 ? (int)(dump->plain[c >> 6] >> (c & 63) & 1)
			: !dump->is_ascii;
}

/* Whether one of eight bytes is a control, " or \; they may be said to have
 * one when they have not, behind one that they have. */
static inline int has_special(const char *text)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t word;
	uint64_t quotes;
	uint64_t strokes;

	memcpy(&word, text, sizeof(word));
	quotes = word ^ ones * '"';
	strokes = word ^ ones * '\\';
	word = ((word - ones * 0x20) & ~word) | ((quotes - ones) & ~quotes) |
	       ((strokes - ones) & ~strokes);
	return (word & ones * 0x80) != 0;
}

/* Bytes at the front that stand for themselves. */
static size_t plain_len(const struct dump *dump, const char *text, size_t len)
{
	size_t at = 0;

	if (!dump->is_html && !dump->is_ascii)
		while (at + 8 <= len && !has_special(text + at))
			at += 8;
	while (at < len && is_plain(dump, (unsigned char)text[at]))
		at++;
	return at;
}

static void put_string(const struct dump *dump, const char *text, size_t len)
{
	size_t at = plain_len(dump, text, len);

	pv_buf_putc(dump->out, '"');
	pv_buf_put(dump->out, text, at);
	while (at < len) {
		char letter = short_escape(text[at]);
		size_t size = 1;

		if (letter) {
			pv_buf_putc(dump->out, '\\');
			pv_buf_putc(dump->out, letter);
		} else {
			put_wide(dump->out,
				 pv_jinja_decode(text + at, len - at, &size));
		}
		at += size;
		size = plain_len(dump, text + at, len - at);
		pv_buf_put(dump->out, text + at, size);
		at += size;
	}
	pv_buf_putc(dump->out, '"');
}

/* --- values ---------------------------------------------------------------------------- */

static void put_double(pv_buf *out, double f)
{
	if (isnan(f))
		pv_buf_puts(out, "NaN");
	else if (isinf(f))
		pv_buf_puts(out, f < 0 ? "-Infinity" : "Infinity");
	else
		pv_jinja_put_float(out, f);
}

static void put_raw(const struct dump *dump, pv_jinja_value text)
{
	if (!dump->is_html) {
		pv_buf_put(dump->out, text.u.s, text.len);
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.u.s[i];

		if (c == '<' || c == '>' || c == '&' || c == '\'')
			put_unit(dump->out, (unsigned char)c);
		else
			pv_buf_putc(dump->out, c);
	}
}

static int put_newline(const struct dump *dump)
{
	int rc = PV_OK;

	if (pv_jinja_is_missing(dump->indent))
		return PV_OK;
	pv_buf_putc(dump->out, '\n');
	for (size_t i = 0; i < dump->level && rc >= 0; i++) {
		rc = pv_jinja_expect(dump->run, 0, dump->indent.len);
		if (rc >= 0)
			put_raw(dump, dump->indent);
	}
	return rc;
}

static int put_value(struct dump *dump, pv_jinja_value value);

static int put_list(struct dump *dump, const pv_jinja_list *list)
{
	int rc = PV_OK;

	if (!list->count) {
		pv_buf_puts(dump->out, "[]");
		return PV_OK;
	}
	pv_buf_putc(dump->out, '[');
	dump->level++;
	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		if (i)
			put_raw(dump, dump->between);
		rc = put_newline(dump);
		if (rc >= 0)
			rc = put_value(dump, list->items[i]);
	}
	dump->level--;
	if (rc >= 0)
		rc = put_newline(dump);
	pv_buf_putc(dump->out, ']');
	return rc;
}

static int put_key(struct dump *dump, pv_jinja_value key)
{
	int rc = PV_OK;

	if (key.type == PV_JINJA_STR) {
		put_string(dump, key.u.s, key.len);
		return PV_OK;
	}
	if (!pv_jinja_is_none(key) && !pv_jinja_is_number(key))
		return pv_jinja_raise(dump->run, PV_JINJA_TYPE_ERROR,
				      "keys must be str, int, float, bool or "
				      "None, not %s",
				      pv_jinja_type_name(key));
	pv_buf_putc(dump->out, '"');
	rc = put_value(dump, key);
	pv_buf_putc(dump->out, '"');
	return rc;
}

static int put_entry(struct dump *dump, int is_first, pv_jinja_value key,
		     pv_jinja_value value)
{
	int rc;

	if (!is_first)
		put_raw(dump, dump->between);
	rc = put_newline(dump);
	if (rc >= 0)
		rc = put_key(dump, key);
	put_raw(dump, dump->colon);
	return rc < 0 ? rc : put_value(dump, value);
}

static int put_entries(struct dump *dump, const pv_jinja_dict *dict)
{
	int is_first = 1;
	int rc = PV_OK;

	for (size_t i = 0; rc >= 0 && i < dict->used; i++) {
		const pv_jinja_entry *entry = &dict->entries[i];

		if (pv_jinja_is_missing(entry->key))
			continue;
		rc = put_entry(dump, is_first, entry->key, entry->value);
		is_first = 0;
	}
	return rc;
}

/* The entries by their keys. */
static int sort_entries(pv_jinja_list **keys, pv_jinja_list **values,
			pv_jinja_run *run, const pv_jinja_dict *dict)
{
	int rc = pv_jinja_list_new(keys, run, dict->count);

	if (rc >= 0)
		rc = pv_jinja_list_new(values, run, dict->count);
	for (size_t i = 0; rc >= 0 && i < dict->used; i++) {
		if (pv_jinja_is_missing(dict->entries[i].key))
			continue;
		rc = pv_jinja_list_add(run, *keys, dict->entries[i].key);
		if (rc >= 0)
			rc = pv_jinja_list_add(run, *values,
					       dict->entries[i].value);
	}
	return rc < 0 ? rc
		      : pv_jinja_sort(run, (*values)->items, (*keys)->items,
				      (*keys)->count, 0);
}

static int put_sorted(struct dump *dump, const pv_jinja_dict *dict)
{
	pv_jinja_list *keys;
	pv_jinja_list *values;
	int rc = sort_entries(&keys, &values, dump->run, dict);

	for (size_t i = 0; rc >= 0 && i < keys->count; i++)
		rc = put_entry(dump, i == 0, keys->items[i], values->items[i]);
	return rc;
}

static int put_dict(struct dump *dump, const pv_jinja_dict *dict)
{
	int rc;

	if (!dict->count) {
		pv_buf_puts(dump->out, "{}");
		return PV_OK;
	}
	pv_buf_putc(dump->out, '{');
	dump->level++;
	rc = dump->is_sorted ? put_sorted(dump, dict) : put_entries(dump, dict);
	dump->level--;
	if (rc >= 0)
		rc = put_newline(dump);
	pv_buf_putc(dump->out, '}');
	return rc;
}

static int put_container(struct dump *dump, pv_jinja_value value)
{
	pv_jinja_run *run = dump->run;
	const pv_jinja_visit visit = { value.u.list, run->visits };
	int rc;

	if (pv_jinja_is_visited(run, visit.container))
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "Circular reference detected");
	rc = pv_jinja_enter_value(run);
	if (rc < 0)
		return rc;
	run->visits = &visit;
	rc = value.type == PV_JINJA_DICT ? put_dict(dump, value.u.dict)
					 : put_list(dump, value.u.list);
	run->visits = visit.outer;
	pv_jinja_leave_value(run);
	return rc;
}

static int put_value(struct dump *dump, pv_jinja_value value)
{
	int rc = pv_jinja_spend(dump->run, 1);

	if (rc < 0)
		return rc;
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_NONE:
		pv_buf_puts(dump->out, "null");
		return PV_OK;
	case PV_JINJA_BOOL:
		pv_buf_puts(dump->out, value.u.i ? "true" : "false");
		return PV_OK;
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
		return pv_jinja_put_int(dump->out, dump->run, value, 10);
	case PV_JINJA_FLOAT:
		put_double(dump->out, value.u.f);
		return PV_OK;
	case PV_JINJA_STR:
		put_string(dump, value.u.s, value.len);
		return PV_OK;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_DICT:
		return put_container(dump, value);
	default:
		return pv_jinja_raise(dump->run, PV_JINJA_TYPE_ERROR,
				      "Object of type %s is not JSON "
				      "serializable",
				      pv_jinja_type_name(value));
	}
}

int pv_jinja_put_json(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	struct dump dump = { .run = run,
			     .out = out,
			     .indent = pv_jinja_missing(),
			     .between = pv_jinja_text(","),
			     .colon = pv_jinja_text(":") };

	dump_init(&dump);
	return put_value(&dump, value);
}

/* --- the filter --------------------------------------------------------------------------- */

/* A str, or so many spaces; None keeps all on one line. Nobody asks for that of
 * a str, which is one line. */
static int read_indent(struct dump *dump, pv_jinja_value value,
		       pv_jinja_value indent)
{
	dump->between = pv_jinja_text(", ");
	dump->colon = pv_jinja_text(": ");
	if (pv_jinja_is_absent(indent) || value.type == PV_JINJA_STR)
		return PV_OK;
	dump->between = pv_jinja_text(",");
	dump->indent = indent;
	if (indent.type == PV_JINJA_STR)
		return PV_OK;
	return pv_jinja_arith(&dump->indent, dump->run, PV_JINJA_MUL,
			      pv_jinja_text(" "), indent);
}

static int finish(pv_jinja_value *out, struct dump *dump, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(dump->run);
	int rc;

	dump_init(dump);
	rc = put_value(dump, value);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, dump->run, mark,
					dump->is_html ? PV_JINJA_MARKUP : 0);
}

static int plain_tojson(pv_jinja_value *out, pv_jinja_call *call)
{
	struct dump dump = { .run = call->run,
			     .out = &call->run->scratch,
			     .is_ascii = 1,
			     .is_sorted = 1,
			     .is_html = 1 };
	int rc = read_indent(&dump, call->args[0], call->args[1]);

	return rc < 0 ? rc : finish(out, &dump, call->args[0]);
}

/* separators=(items, keys) */
static int read_separators(struct dump *dump, pv_jinja_value separators)
{
	pv_jinja_list *list;
	int rc;

	if (pv_jinja_is_absent(separators))
		return PV_OK;
	rc = pv_jinja_to_list(&list, dump->run, separators);
	if (rc < 0)
		return rc;
	if (list->count != 2 || !pv_jinja_is_str(list->items[0]) ||
	    !pv_jinja_is_str(list->items[1]))
		return pv_jinja_raise(dump->run, PV_JINJA_VALUE_ERROR,
				      "separators must be two strings");
	dump->between = list->items[0];
	dump->colon = list->items[1];
	return PV_OK;
}

static int chat_tojson(pv_jinja_value *out, pv_jinja_call *call)
{
	struct dump dump = { .run = call->run, .out = &call->run->scratch };
	int rc = read_indent(&dump, call->args[0], call->args[2]);

	if (rc >= 0)
		rc = read_separators(&dump, call->args[3]);
	if (rc >= 0)
		rc = dump.is_ascii = pv_jinja_bool_arg(call, 1, 0);
	if (rc >= 0)
		rc = dump.is_sorted = pv_jinja_bool_arg(call, 4, 0);
	return rc < 0 ? rc : finish(out, &dump, call->args[0]);
}

int pv_jinja_filter_tojson(pv_jinja_value *out, pv_jinja_call *call)
{
	static const pv_jinja_native plain = {
		"tojson", "do_tojson",     "value indent",  1,
		2,        PV_JINJA_HIDDEN, PV_JINJA_PYTHON, plain_tojson
	};
	static const pv_jinja_native chat = {
		"tojson",
		"tojson",
		"x ensure_ascii indent separators sort_keys",
		1,
		5,
		0,
		PV_JINJA_PYTHON,
		chat_tojson
	};

	return pv_jinja_native_call(out,
				    call->run->settings->has_chat_json ? &chat
								       : &plain,
				    call);
}
