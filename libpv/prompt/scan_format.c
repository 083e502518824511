/* SPDX-License-Identifier: MIT
 *
 * The subset of Python's str.format that `syntax: fstring` has: {name},
 * {name.attr[0]!r:spec}, doubled braces for literal ones, and one more level
 * of {name} inside a spec.
 */
#include <string.h>

#include "prompt/scan.h"

enum {
	MAX_SPEC_DEPTH = 2
};

struct format {
	pv_scan *scan;
	pv_str text;
	size_t at;
	pv_error *err;
};

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static char peek(const struct format *format)
{
	if (format->at >= format->text.len)
		return 0;
	return format->text.ptr[format->at];
}

/* Reads a field's name; the cursor is behind it. */
static int scan_name(struct format *format)
{
	pv_str name = { format->text.ptr + format->at, 0 };
	size_t start = format->at;
	pv_scan_name *entry;
	int rc;

	while (is_name_char(peek(format)))
		format->at++;
	name.len = format->at - start;
	if (!strchr(".[!:}", peek(format))) {
		pv_scan_fault_at(format->scan, start,
				 "a field is a name: write \"{{\" and \"}}\" "
				 "for braces that are text");
		return PV_OK;
	}
	if (!name.len || (*name.ptr >= '0' && *name.ptr <= '9')) {
		pv_scan_fault_at(format->scan, start,
				 "a field has no name: positional fields are "
				 "not supported");
		return PV_OK;
	}
	rc = pv_scan_intern(&entry, format->scan, name, format->err);
	if (rc == PV_OK)
		pv_scan_use(format->scan, entry, start,
			    PV_SCAN_REQUIRED | PV_SCAN_CERTAIN);
	return rc;
}

/* !r, !s or !a, and nothing behind it. */
static void skip_conversion(struct format *format)
{
	size_t start = format->at++;
	char c = peek(format);

	format->at += c != '\0' && c != '}';
	if (!c || !strchr("rsa", c))
		pv_scan_fault_at(format->scan, start,
				 "a conversion is \"!r\", \"!s\" or \"!a\"");
	else if (!strchr(":}", peek(format)))
		pv_scan_fault_at(format->scan, start,
				 "a \":\" is expected behind a conversion");
}

/* Skips .attr, [index] and !conversion; stops at ':' or '}'. */
static void skip_path(struct format *format)
{
	while (format->at < format->text.len) {
		char c = peek(format);

		if (c == '!')
			skip_conversion(format);
		c = peek(format);
		if (c == '}' || c == ':' || c == '{')
			return;
		format->at++;
		if (c != '[')
			continue;
		while (format->at < format->text.len && peek(format) != ']')
			format->at++;
	}
}

/* A field behind its opening brace; the cursor ends behind the closing one. */
static int scan_field(struct format *format, size_t start, int depth)
{
	int rc;

	format->scan->place = start;
	rc = scan_name(format);
	skip_path(format);
	if (rc == PV_OK && peek(format) == ':') {
		format->at++;
		while (rc == PV_OK && format->at < format->text.len &&
		       peek(format) != '}') {
			char c = peek(format);

			format->at++;
			if (c == '{' && depth == MAX_SPEC_DEPTH)
				break;
			if (c == '{')
				rc = scan_field(format, format->at - 1,
						depth + 1);
		}
	}
	if (peek(format) != '}')
		pv_scan_fault_at(format->scan, start, "\"{\" is not closed");
	else
		format->at++;
	return rc;
}

int pv_scan_fstring(pv_scan *scan, pv_str text, pv_error *err)
{
	struct format format = { scan, text, 0, err };
	int rc = PV_OK;

	while (rc == PV_OK && format.at < text.len) {
		char c = text.ptr[format.at++];

		if (c != '{' && c != '}')
			continue;
		if (peek(&format) == c)
			format.at++;
		else if (c == '{')
			rc = scan_field(&format, format.at - 1, 1);
		else
			pv_scan_fault_at(scan, format.at - 1,
					 "a single \"}\": write \"}}\"");
	}
	return rc;
}
