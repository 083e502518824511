/* SPDX-License-Identifier: MIT
 *
 * URIs and IRIs by their grammars, part by part, and URI templates.
 */
#include "schema/format.h"
#include "schema/uri.h"

/* Bytes of one part: what is unreserved, escapes, and those of `more`. */
static int is_part(pv_str part, const char *more, int is_international)
{
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];

		if (c == '%') {
			if (i + 2 >= part.len || !pv_is_hex(part.ptr[i + 1]) ||
			    !pv_is_hex(part.ptr[i + 2]))
				return 0;
			i += 2;
			continue;
		}
		if (!pv_is_letter(c) && !pv_is_digit(c) &&
		    !(c && strchr("-._~", c)) && !(c && strchr(more, c)) &&
		    !(is_international && (c & 0x80)))
			return 0;
	}
	return 1;
}

static int is_scheme(pv_str scheme)
{
	if (!scheme.len || !pv_is_letter(scheme.ptr[0]))
		return 0;
	for (size_t i = 1; i < scheme.len; i++)
		if (!pv_is_letter(scheme.ptr[i]) && !pv_is_digit(scheme.ptr[i]) &&
		    !(scheme.ptr[i] && strchr("+-.", scheme.ptr[i])))
			return 0;
	return 1;
}

/* [::1] or [v1.x:y]. */
static int is_ip_literal(pv_str host)
{
	pv_str inner = { host.ptr + 1, host.len - 2 };

	if (host.len < 3 || host.ptr[host.len - 1] != ']')
		return 0;
	if ((inner.ptr[0] | 0x20) != 'v')
		return pv_format_is_ipv6(inner);
	return inner.len > 3 && pv_is_hex(inner.ptr[1]) &&
	       memchr(inner.ptr, '.', inner.len) &&
	       is_part(inner, "!$&'()*+,;=:", 0);
}

/* [user@]host[:port] */
static int is_authority(pv_str text, int is_international)
{
	pv_str host = text;
	size_t at = text.len;

	while (at && text.ptr[at - 1] != '@')
		at--;
	if (at) {
		pv_str user = { text.ptr, at - 1 };

		if (!is_part(user, "!$&'()*+,;=:", is_international))
			return 0;
	}
	host.ptr += at;
	host.len -= at;
	at = host.len;
	while (at && pv_is_digit(host.ptr[at - 1]))
		at--;
	if (at && host.ptr[at - 1] == ':')
		host.len = at - 1;
	if (host.len && host.ptr[0] == '[')
		return is_ip_literal(host);
	return is_part(host, "!$&'()*+,;=", is_international);
}

/* Without a scheme the first segment of a path has no colon. */
static int is_path(const pv_uri *uri, int is_international)
{
	pv_str path = uri->path;
	const char *colon = memchr(path.ptr, ':', path.len);
	const char *slash = memchr(path.ptr, '/', path.len);

	if (!is_part(path, "!$&'()*+,;=:@/", is_international))
		return 0;
	if (uri->authority.ptr)
		return !path.len || path.ptr[0] == '/';
	return uri->scheme.ptr || !colon || (slash && slash < colon);
}

static int is_reference(pv_str text, int is_absolute, int is_international)
{
	static const char more[] = "!$&'()*+,;=:@/?";
	pv_uri uri;

	pv_uri_split(&uri, text);
	if (uri.scheme.ptr ? !is_scheme(uri.scheme) : is_absolute)
		return 0;
	if (uri.authority.ptr && !is_authority(uri.authority, is_international))
		return 0;
	return is_path(&uri, is_international) &&
	       (!uri.query.ptr || is_part(uri.query, more, is_international)) &&
	       (!uri.fragment.ptr ||
		is_part(uri.fragment, more, is_international));
}

int pv_format_is_uri(pv_str text)
{
	return is_reference(text, 1, 0);
}

int pv_format_is_uri_reference(pv_str text)
{
	return is_reference(text, 0, 0);
}

int pv_format_is_iri(pv_str text)
{
	return is_reference(text, 1, 1);
}

int pv_format_is_iri_reference(pv_str text)
{
	return is_reference(text, 0, 1);
}

/* --- templates (RFC 6570, 2) ---------------------------------------------------- */

/* A variable: a dotted name, then ":" and a length up to 9999, or "*". */
static int is_variable(pv_str text)
{
	size_t len = 0;
	unsigned prefix;
	pv_str name = text;
	pv_str rest;

	while (len < text.len && text.ptr[len] != ':' && text.ptr[len] != '*')
		len++;
	name.len = len;
	rest.ptr = text.ptr + len;
	rest.len = text.len - len;
	for (size_t i = 1; i < name.len; i++)
		if (name.ptr[i] == '.' && name.ptr[i - 1] == '.')
			return 0;
	if (!name.len || name.ptr[0] == '.' || name.ptr[name.len - 1] == '.' ||
	    memchr(name.ptr, '-', name.len) ||
	    memchr(name.ptr, '~', name.len) || !is_part(name, "", 0))
		return 0;
	if (!rest.len || pv_str_is(rest, "*"))
		return 1;
	rest.ptr++;
	rest.len--;
	return rest.len && rest.ptr[0] != '0' &&
	       pv_str_to_uint(&prefix, rest, 9999) == PV_OK;
}

static int is_expression(pv_str text)
{
	if (text.len && strchr("+#./;?&=,!@|", text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	for (;;) {
		const char *comma =
			text.len ? memchr(text.ptr, ',', text.len) : NULL;
		pv_str variable = text;

		if (comma)
			variable.len = (size_t)(comma - text.ptr);
		if (!is_variable(variable))
			return 0;
		if (!comma)
			return 1;
		text.ptr += variable.len + 1;
		text.len -= variable.len + 1;
	}
}

int pv_format_is_uri_template(pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const char *close;
		pv_str inner;

		if (c == '%' && (i + 2 >= text.len || !pv_is_hex(text.ptr[i + 1]) ||
				 !pv_is_hex(text.ptr[i + 2])))
			return 0;
		if ((unsigned char)c <= ' ' || (c && strchr("\"<>\\^`|}", c)) ||
		    c == 127)
			return 0;
		if (c != '{')
			continue;
		inner.ptr = text.ptr + i + 1;
		close = memchr(inner.ptr, '}', text.len - i - 1);
		if (!close)
			return 0;
		inner.len = (size_t)(close - inner.ptr);
		if (!is_expression(inner))
			return 0;
		i += inner.len + 1;
	}
	return 1;
}
