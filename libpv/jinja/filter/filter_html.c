/* SPDX-License-Identifier: MIT
 *
 * Filters for HTML and URLs.
 */
#include "jinja/filter/filters.h"
#include "jinja/filter/html.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"

int pv_jinja_filter_escape(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_escape(out, call->run, call->args[0]);
}

int pv_jinja_filter_forceescape(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_to_str(out, call->run, call->args[0]);

	if (rc < 0)
		return rc;
	out->flags &= (uint8_t)~PV_JINJA_MARKUP;
	return pv_jinja_escape(out, call->run, *out);
}

int pv_jinja_filter_safe(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_to_str(out, call->run, call->args[0]);

	out->flags |= PV_JINJA_MARKUP;
	return rc;
}

int pv_jinja_filter_striptags(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	return rc < 0 ? rc : pv_jinja_strip_tags(out, call->run, text);
}

/* --- xmlattr ----------------------------------------------------------------------------- */

static int check_key(pv_jinja_run *run, pv_jinja_value key)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text;

	if (key.type != PV_JINJA_STR)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "expected string or bytes-like object, "
				      "got '%s'",
				      pv_jinja_type_name(key));
	for (size_t i = 0; i < key.len; i++) {
		int rc;

		if (!key.u.s[i] || !strchr(" \t\n\r\f\v/>=", key.u.s[i]))
			continue;
		pv_jinja_put_quoted(&run->scratch, key.u.s, key.len);
		rc = pv_jinja_finish(&text, run, mark, 0);
		return rc < 0 ? rc
			      : pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
					       "Invalid character in attribute "
					       "name: %.*s",
					       (int)text.len, text.u.s);
	}
	return PV_OK;
}

static int put_attribute(pv_jinja_run *run, const pv_jinja_entry *entry)
{
	pv_buf *out = &run->scratch;
	pv_jinja_value text;
	int rc = pv_jinja_escape(&text, run, entry->value);

	if (rc >= 0)
		rc = pv_jinja_put_str(out, run, entry->key, 1);
	if (rc < 0)
		return rc;
	pv_buf_puts(out, "=\"");
	pv_buf_put(out, text.u.s, text.len);
	pv_buf_putc(out, '"');
	return PV_OK;
}

static int put_attributes(pv_jinja_run *run, const pv_jinja_dict *dict,
			  int autospace)
{
	int rc = PV_OK;

	for (size_t i = 0; i < dict->used && rc >= 0; i++) {
		const pv_jinja_entry *entry = &dict->entries[i];

		if (pv_jinja_is_missing(entry->key) ||
		    pv_jinja_is_none(entry->value) ||
		    pv_jinja_is_undefined(entry->value))
			continue;
		rc = check_key(run, entry->key);
		if (rc < 0)
			break;
		if (autospace)
			pv_buf_putc(&run->scratch, ' ');
		autospace = 1;
		rc = put_attribute(run, entry);
	}
	return rc;
}

int pv_jinja_filter_xmlattr(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const pv_jinja_value dict = call->args[0];
	size_t mark = pv_jinja_begin(run);
	int rc = pv_jinja_bool_arg(call, 1, 1);

	if (rc < 0)
		return rc;
	if (dict.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, dict);
	if (dict.type != PV_JINJA_DICT)
		return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
				      "'%s' object has no attribute 'items'",
				      pv_jinja_type_name(dict));
	rc = put_attributes(run, dict.u.dict, rc);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					run->is_escaping ? PV_JINJA_MARKUP : 0);
}

/* --- urlencode ------------------------------------------------------------------------------ */

static int is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
	       c == '~';
}

/* Appends str(value) percent-encoded; in a query '/' too, and ' ' as '+'. */
static int put_quoted(pv_jinja_run *run, pv_jinja_value value, int is_query)
{
	pv_buf *out = &run->scratch;
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, run, value);

	if (rc >= 0)
		rc = pv_jinja_expect(run, 0, (uint64_t)text.len * 3);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.u.s[i];

		if (is_unreserved(c) || (c == '/' && !is_query))
			pv_buf_putc(out, (char)c);
		else if (c == ' ' && is_query)
			pv_buf_putc(out, '+');
		else
			pv_buf_printf(out, "%%%02X", c);
	}
	return PV_OK;
}

static int put_pair(pv_jinja_run *run, pv_jinja_value pair, const char *separator)
{
	pv_jinja_list *parts;
	int rc = pv_jinja_to_list(&parts, run, pair);

	if (pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "cannot unpack non-iterable %s object",
				      pv_jinja_type_name(pair));
	if (rc < 0)
		return rc;
	if (parts->count > 2)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "too many values to unpack (expected 2)");
	if (parts->count < 2)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "not enough values to unpack (expected 2, "
				      "got %zu)",
				      parts->count);
	pv_buf_puts(&run->scratch, separator);
	rc = put_quoted(run, parts->items[0], 1);
	pv_buf_putc(&run->scratch, '=');
	return rc < 0 ? rc : put_quoted(run, parts->items[1], 1);
}

static int put_pairs(pv_jinja_run *run, pv_jinja_value value)
{
	const char *separator = "";
	pv_jinja_cursor cursor;
	pv_jinja_value pair;
	int rc;

	if (value.type == PV_JINJA_DICT) {
		value.type = PV_JINJA_VIEW;
		value.flags = PV_JINJA_VIEW_ITEMS;
	}
	rc = pv_jinja_iterate(&cursor, run, value);
	while (rc >= 0) {
		rc = pv_jinja_next(&pair, run, &cursor);
		if (rc <= 0)
			break;
		rc = put_pair(run, pair, separator);
		separator = "&";
	}
	return rc;
}

static int is_iterable(pv_jinja_value value)
{
	return value.type >= PV_JINJA_LIST && value.type <= PV_JINJA_ITER;
}

int pv_jinja_filter_urlencode(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];
	size_t mark = pv_jinja_begin(call->run);
	int rc = is_iterable(value) || value.type == PV_JINJA_UNDEFINED
			 ? put_pairs(call->run, value)
			 : put_quoted(call->run, value, 0);

	return rc < 0 ? rc : pv_jinja_finish(out, call->run, mark, 0);
}
