/* SPDX-License-Identifier: MIT
 *
 * The table of formats, and the short ones.
 */
#include "schema/format.h"

#include "schema/pattern.h"

/* RFC 4122: 8-4-4-4-12 hexadecimal digits. */
static int is_uuid(pv_str text)
{
	if (text.len != 36)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		int is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.ptr[i] != '-' : !pv_is_hex(text.ptr[i]))
			return 0;
	}
	return 1;
}

/* RFC 6901. */
static int is_json_pointer(pv_str text)
{
	if (text.len && text.ptr[0] != '/')
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		char next = pv_str_at(text, i + 1);

		if (text.ptr[i] == '~' && next != '0' && next != '1')
			return 0;
	}
	return 1;
}

/* draft-bhutton-relative-json-pointer-00: how far up, then "#" or a pointer. */
static int is_relative_json_pointer(pv_str text)
{
	size_t len = 0;
	pv_str rest;

	while (len < text.len && pv_is_digit(text.ptr[len]))
		len++;
	if (!len || (len > 1 && text.ptr[0] == '0'))
		return 0;
	rest.ptr = text.ptr + len;
	rest.len = text.len - len;
	return pv_str_is(rest, "#") || is_json_pointer(rest);
}

static int is_regex(pv_str text)
{
	pv_buf translated = { 0 };
	pv_pattern *pattern = NULL;
	int rc = pv_pattern_translate(&translated, text, 1, NULL);

	pv_buf_dispose(&translated);
	if (rc == PV_OK)
		rc = pv_pattern_new(&pattern, text, NULL);
	pv_pattern_free(pattern);
	return rc != PV_EINVALID;
}

const pv_format *pv_format_find(pv_str name)
{
	static const pv_format formats[] = {
		{ "date", pv_format_is_date },
		{ "date-time", pv_format_is_date_time },
		{ "duration", pv_format_is_duration },
		{ "email", pv_format_is_email },
		{ "hostname", pv_format_is_hostname },
		{ "idn-email", pv_format_is_idn_email },
		{ "idn-hostname", pv_format_is_idn_hostname },
		{ "ipv4", pv_format_is_ipv4 },
		{ "ipv6", pv_format_is_ipv6 },
		{ "iri", pv_format_is_iri },
		{ "iri-reference", pv_format_is_iri_reference },
		{ "json-pointer", is_json_pointer },
		{ "regex", is_regex },
		{ "relative-json-pointer", is_relative_json_pointer },
		{ "time", pv_format_is_time },
		{ "uri", pv_format_is_uri },
		{ "uri-reference", pv_format_is_uri_reference },
		{ "uri-template", pv_format_is_uri_template },
		{ "uuid", is_uuid },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (pv_str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}
