/* SPDX-License-Identifier: MIT
 *
 * str() and repr(). Everything is appended to a buffer, which may be the
 * render's output itself. Containers remember which of them are being
 * printed, so a list inside itself prints as [...].
 */
#include "jinja/run/call.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/number.h"
#include "jinja/value/undefined.h"
#include "jinja/value/unicode.h"

static void put_escape(pv_buf *out, uint32_t code_point)
{
	if (code_point < 0x100)
		pv_buf_printf(out, "\\x%02x", (unsigned)code_point);
	else if (code_point < 0x10000)
		pv_buf_printf(out, "\\u%04x", (unsigned)code_point);
	else
		pv_buf_printf(out, "\\U%08x", (unsigned)code_point);
}

/* One code point that is not printed as it is. */
static void put_special(pv_buf *out, uint32_t code_point)
{
	switch (code_point) {
	case '\n':
		pv_buf_puts(out, "\\n");
		break;
	case '\t':
		pv_buf_puts(out, "\\t");
		break;
	case '\r':
		pv_buf_puts(out, "\\r");
		break;
	case '\\':
		pv_buf_puts(out, "\\\\");
		break;
	default:
		put_escape(out, code_point);
	}
}

void pv_jinja_put_quoted(pv_buf *out, const char *text, size_t len)
{
	const char quote =
		len && memchr(text, '\'', len) && !memchr(text, '"', len) ? '"'
									  : '\'';
	size_t start = 0;

	pv_buf_putc(out, quote);
	for (size_t i = 0; i < len;) {
		size_t size;
		uint32_t code_point = pv_jinja_decode(text + i, len - i, &size);

		if (code_point != '\\' && code_point != (uint32_t)quote &&
		    pv_jinja_is_printable(code_point)) {
			i += size;
			continue;
		}
		pv_buf_put(out, text + start, i - start);
		if (code_point == (uint32_t)quote)
			pv_buf_printf(out, "\\%c", quote);
		else
			put_special(out, code_point);
		i += size;
		start = i;
	}
	pv_buf_put(out, text + start, len - start);
	pv_buf_putc(out, quote);
}

int pv_jinja_to_ascii(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text)
{
	size_t mark = pv_jinja_begin(run);

	for (size_t at = 0; at < text.len;) {
		size_t size;
		uint32_t code_point =
			pv_jinja_decode(text.u.s + at, text.len - at, &size);

		if (code_point < 0x80)
			pv_buf_putc(&run->scratch, (char)code_point);
		else
			put_escape(&run->scratch, code_point);
		at += size;
	}
	return pv_jinja_finish(out, run, mark, 0);
}

static int put_items(pv_buf *out, pv_jinja_run *run, const pv_jinja_list *list)
{
	int rc = PV_OK;

	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		if (i)
			pv_buf_put(out, ", ", 2);
		rc = pv_jinja_put_repr(out, run, list->items[i]);
	}
	return rc;
}

static int put_entry(pv_buf *out, pv_jinja_run *run,
		     const pv_jinja_entry *entry, int view)
{
	const char *between = view < 0 ? ": " : ", ";
	int rc;

	if (view == PV_JINJA_VIEW_VALUES)
		return pv_jinja_put_repr(out, run, entry->value);
	if (view == PV_JINJA_VIEW_ITEMS)
		pv_buf_putc(out, '(');
	rc = pv_jinja_put_repr(out, run, entry->key);
	if (rc < 0 || view == PV_JINJA_VIEW_KEYS)
		return rc;
	pv_buf_puts(out, between);
	rc = pv_jinja_put_repr(out, run, entry->value);
	if (view == PV_JINJA_VIEW_ITEMS)
		pv_buf_putc(out, ')');
	return rc;
}

/* `view` is negative for the dict itself. */
static int put_entries(pv_buf *out, pv_jinja_run *run,
		       const pv_jinja_dict *dict, int view)
{
	const char *separator = "";
	int rc = PV_OK;

	for (size_t i = 0; i < dict->used && rc >= 0; i++) {
		if (pv_jinja_is_missing(dict->entries[i].key))
			continue;
		pv_buf_puts(out, separator);
		separator = ", ";
		rc = put_entry(out, run, &dict->entries[i], view);
	}
	return rc;
}

static int put_open_container(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	int rc;

	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_LIST:
		pv_buf_putc(out, '[');
		rc = put_items(out, run, value.u.list);
		pv_buf_putc(out, ']');
		return rc;
	case PV_JINJA_TUPLE:
		pv_buf_putc(out, '(');
		rc = put_items(out, run, value.u.list);
		pv_buf_puts(out, value.u.list->count == 1 ? ",)" : ")");
		return rc;
	case PV_JINJA_DICT:
		pv_buf_putc(out, '{');
		rc = put_entries(out, run, value.u.dict, -1);
		pv_buf_putc(out, '}');
		return rc;
	default:
		pv_buf_printf(out, "%s([", pv_jinja_type_name(value));
		rc = put_entries(out, run, value.u.dict, value.flags);
		pv_buf_puts(out, "])");
		return rc;
	}
}

static void put_cycle(pv_buf *out, pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_LIST:
		pv_buf_puts(out, "[...]");
		break;
	case PV_JINJA_TUPLE:
		pv_buf_puts(out, "(...)");
		break;
	case PV_JINJA_DICT:
		pv_buf_puts(out, "{...}");
		break;
	default:
		pv_buf_puts(out, "...");
	}
}

static int put_container(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	const pv_jinja_visit visit = { value.u.list, run->visits };
	int rc;

	/* A view has its dict's address and may be printed inside it. */
	if (pv_jinja_is_visited(run, visit.container)) {
		put_cycle(out, value);
		return PV_OK;
	}
	rc = pv_jinja_enter_value(run);
	if (rc < 0)
		return rc;
	run->visits = &visit;
	rc = pv_jinja_spend(run, 1);
	if (rc >= 0)
		rc = put_open_container(out, run, value);
	run->visits = visit.outer;
	pv_jinja_leave_value(run);
	return rc;
}

static void put_range(pv_buf *out, const pv_jinja_range *range)
{
	pv_buf_printf(out, "range(%lld, %lld", (long long)range->start,
		      (long long)range->stop);
	if (range->step != 1)
		pv_buf_printf(out, ", %lld", (long long)range->step);
	pv_buf_putc(out, ')');
}

static int put_object(pv_buf *out, pv_jinja_run *run, pv_jinja_value value,
		      int is_str)
{
	const pv_jinja_class *kind = value.u.object->kind;

	if (is_str && kind->put_str)
		return kind->put_str(out, run, value.u.object);
	if (kind->put_repr)
		return kind->put_repr(out, run, value.u.object);
	/* Python prints an address, which says nothing and never repeats. */
	pv_buf_printf(out, "<%s>", kind->object_name);
	return PV_OK;
}

static void put_text_repr(pv_buf *out, pv_jinja_value value)
{
	if (pv_jinja_is_markup(value))
		pv_buf_puts(out, "Markup(");
	pv_jinja_put_quoted(out, value.u.s, value.len);
	if (pv_jinja_is_markup(value))
		pv_buf_putc(out, ')');
}

/* What prints alike as str() and repr(). */
static int put_plain(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_NONE:
		pv_buf_put(out, "None", 4);
		return PV_OK;
	case PV_JINJA_BOOL:
		pv_buf_puts(out, value.u.i ? "True" : "False");
		return PV_OK;
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
		return pv_jinja_put_int(out, run, value, 10);
	case PV_JINJA_FLOAT:
		pv_jinja_put_float(out, value.u.f);
		return PV_OK;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		return put_container(out, run, value);
	case PV_JINJA_RANGE:
		put_range(out, value.u.range);
		return PV_OK;
	case PV_JINJA_FUNC:
		if (!strcmp(value.u.func->type, "type"))
			pv_buf_printf(out, "<class '%s'>", value.u.func->name);
		else
			pv_buf_printf(out, "<%s>", pv_jinja_object_name(value));
		return PV_OK;
	case PV_JINJA_ITER:
		pv_buf_printf(out, "<%s>", pv_jinja_object_name(value));
		return PV_OK;
	case PV_JINJA_MISSING:
		pv_buf_puts(out, "missing");
		return PV_OK;
	case PV_JINJA_UNDEFINED:
	case PV_JINJA_STR:
	case PV_JINJA_OBJECT:
	case PV_JINJA_TYPES:
		break;
	}
	return PV_OK;
}

int pv_jinja_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	pv_jinja_owe(run, 1);
	if (value.type == PV_JINJA_STR) {
		pv_jinja_owe(run, value.len / 8);
		put_text_repr(out, value);
		return PV_OK;
	}
	if (value.type == PV_JINJA_UNDEFINED) {
		pv_buf_puts(out, "Undefined");
		return PV_OK;
	}
	if (value.type == PV_JINJA_OBJECT)
		return put_object(out, run, value, 0);
	return put_plain(out, run, value);
}

/* Appends str(value) of what is not a str, escaped from `mark` on. */
static int put_escaped_value(pv_buf *out, pv_jinja_run *run, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text = pv_jinja_missing();
	int rc = pv_jinja_put_str(&run->scratch, run, value, 0);

	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc >= 0)
		pv_jinja_put_escaped(out, text.u.s, text.len);
	return rc;
}

int pv_jinja_put_str(pv_buf *out, pv_jinja_run *run, pv_jinja_value value,
		     int is_escaped)
{
	if (value.type == PV_JINJA_STR) {
		if (is_escaped && !(value.flags & PV_JINJA_MARKUP))
			pv_jinja_put_escaped(out, value.u.s, value.len);
		else
			pv_buf_put(out, value.u.s, value.len);
		return PV_OK;
	}
	if (is_escaped &&
	    (value.type > PV_JINJA_FLOAT || value.type == PV_JINJA_UNDEFINED) &&
	    !(value.type == PV_JINJA_OBJECT && value.u.object->kind->is_html))
		return put_escaped_value(out, run, value);
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_put_undefined(out, run, value);
	if (value.type == PV_JINJA_OBJECT)
		return put_object(out, run, value, 1);
	return put_plain(out, run, value);
}

int pv_jinja_to_str(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	int flags = 0;
	int rc;

	if (value.type == PV_JINJA_STR) {
		*out = value;
		return PV_OK;
	}
	if (value.type == PV_JINJA_OBJECT && value.u.object->kind->is_html)
		flags = PV_JINJA_MARKUP;
	rc = pv_jinja_put_str(&run->scratch, run, value, 0);
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, flags);
}

int pv_jinja_escape(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (pv_jinja_is_markup(value)) {
		*out = value;
		return PV_OK;
	}
	rc = pv_jinja_put_str(&run->scratch, run, value, 1);
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, PV_JINJA_MARKUP);
}

int pv_jinja_concat(pv_jinja_value *out, pv_jinja_run *run,
		    const pv_jinja_value *parts, size_t count)
{
	size_t mark = pv_jinja_begin(run);
	int is_markup = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < count && run->is_escaping; i++)
		is_markup |= pv_jinja_is_markup(parts[i]);
	for (size_t i = 0; i < count && rc >= 0; i++)
		rc = pv_jinja_put_str(&run->scratch, run, parts[i], is_markup);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					is_markup ? PV_JINJA_MARKUP : 0);
}
