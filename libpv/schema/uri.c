/* SPDX-License-Identifier: MIT
 *
 * Splitting follows the regular expression of RFC 3986, appendix B; resolving
 * follows its section 5.2.
 */
#include "schema/uri.h"

/* Cuts `text` before the first of `stops`; the head. */
static pv_str cut(pv_str *text, const char *stops)
{
	pv_str head = { text->ptr, 0 };

	while (head.len < text->len && !strchr(stops, text->ptr[head.len]))
		head.len++;
	text->ptr += head.len;
	text->len -= head.len;
	return head;
}

static int skip(pv_str *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text->len < len || memcmp(text->ptr, prefix, len) != 0)
		return 0;
	text->ptr += len;
	text->len -= len;
	return 1;
}

void pv_uri_split(pv_uri *out, pv_str text)
{
	pv_uri uri = {
		{ NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }
	};
	pv_str rest = text;
	pv_str scheme = cut(&rest, ":/?#");

	if (scheme.len && skip(&rest, ":"))
		uri.scheme = scheme;
	else
		rest = text;
	if (skip(&rest, "//"))
		uri.authority = cut(&rest, "/?#");
	uri.path = cut(&rest, "?#");
	if (skip(&rest, "?"))
		uri.query = cut(&rest, "#");
	if (skip(&rest, "#"))
		uri.fragment = rest;
	*out = uri;
}

/* Forgets the last segment behind `start`, with its slash. */
static void drop_segment(pv_buf *out, size_t start)
{
	while (out->len > start && out->ptr[out->len - 1] != '/')
		out->len--;
	if (out->len > start)
		out->len--;
}

/* Appends `path` without its "." and ".." (section 5.2.4). */
static void put_path(pv_buf *out, pv_str path)
{
	size_t start = out->len;

	while (path.len) {
		int has_slash = skip(&path, "/");
		pv_str segment = cut(&path, "/");
		int is_up = pv_str_is(segment, "..");
		int is_dots = is_up || pv_str_is(segment, ".");

		if (is_up)
			drop_segment(out, start);
		if (has_slash && (!is_dots || !path.len))
			pv_buf_putc(out, '/');
		if (!is_dots)
			pv_buf_put(out, segment.ptr, segment.len);
	}
}

/* The reference's path at the base's (section 5.2.3), its dots unresolved. */
static void merge_paths(pv_buf *out, const pv_uri *base, pv_str path)
{
	size_t len = base->path.len;

	while (len && base->path.ptr[len - 1] != '/')
		len--;
	if (base->authority.ptr && !base->path.len)
		pv_buf_putc(out, '/');
	pv_buf_put(out, base->path.ptr, len);
	pv_buf_put(out, path.ptr, path.len);
}

static void put_part(pv_buf *out, const char *before, pv_str part,
		     const char *behind)
{
	if (!part.ptr)
		return;
	pv_buf_puts(out, before);
	pv_buf_put(out, part.ptr, part.len);
	pv_buf_puts(out, behind);
}

static void put(pv_buf *out, const pv_uri *uri)
{
	int is_opaque = uri->scheme.ptr && !uri->authority.ptr &&
			uri->path.len && uri->path.ptr[0] != '/';

	put_part(out, "", uri->scheme, ":");
	put_part(out, "//", uri->authority, "");
	if (is_opaque) /* urn:, tag: and their like */
		pv_buf_put(out, uri->path.ptr, uri->path.len);
	else
		put_path(out, uri->path);
	put_part(out, "?", uri->query, "");
}

/* Takes from the base what a reference without a scheme lacks. */
static void complete(pv_uri *uri, const pv_uri *base, pv_buf *room)
{
	uri->scheme = base->scheme;
	if (uri->authority.ptr)
		return;
	uri->authority = base->authority;
	if (!uri->path.len && !uri->query.ptr)
		uri->query = base->query;
	if (!uri->path.len) {
		uri->path = base->path;
	} else if (uri->path.ptr[0] != '/') {
		merge_paths(room, base, uri->path);
		uri->path.ptr = pv_buf_text(room);
		uri->path.len = room->len;
	}
}

void pv_uri_resolve(pv_buf *out, pv_str base, pv_str reference)
{
	pv_buf room = { 0 };
	pv_uri from;
	pv_uri uri;

	pv_uri_split(&from, base);
	pv_uri_split(&uri, reference);
	if (!uri.scheme.ptr)
		complete(&uri, &from, &room);
	put(out, &uri);
	if (pv_buf_status(&room, NULL) < 0)
		out->status = PV_ENOMEM;
	pv_buf_dispose(&room);
}

static int hex(char c)
{
	char lower = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void pv_uri_decode(pv_buf *out, pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		int is_escape = text.ptr[i] == '%' && i + 2 < text.len &&
				hex(text.ptr[i + 1]) >= 0 &&
				hex(text.ptr[i + 2]) >= 0;

		if (!is_escape) {
			pv_buf_putc(out, text.ptr[i]);
			continue;
		}
		pv_buf_putc(out, (char)(hex(text.ptr[i + 1]) << 4 |
					hex(text.ptr[i + 2])));
		i += 2;
	}
}
