/* SPDX-License-Identifier: MIT
 *
 * Hints for YAML that does not parse, from what prompt files usually get
 * wrong: unresolved conflicts and unquoted templates.
 */
#include <string.h>

#include "base/fail.h"
#include "prompt/model.h"

/* The line at `*at`, without its end; `*at` goes behind that. */
static pv_str next_line(pv_str text, size_t *at)
{
	pv_str line = { text.ptr + *at, 0 };

	while (*at < text.len && text.ptr[*at] != '\n' && text.ptr[*at] != '\r')
		++*at;
	line.len = (size_t)(text.ptr + *at - line.ptr);
	if (*at + 1 < text.len && !memcmp(text.ptr + *at, "\r\n", 2))
		++*at;
	++*at;
	return line;
}

/* The line number `wanted` (1-based); empty beyond the last. */
static pv_str line_at(pv_str text, int wanted)
{
	pv_str line = { text.ptr, 0 };
	size_t at = 0;

	for (; wanted > 0 && at < text.len; wanted--)
		line = next_line(text, &at);
	if (wanted)
		line.len = 0;
	return line;
}

static int is_marker(pv_str line, char c)
{
	if (line.len < 7 || (line.len > 7 && line.ptr[7] != ' '))
		return 0;
	for (size_t i = 0; i < 7; i++)
		if (line.ptr[i] != c)
			return 0;
	return 1;
}

/* The first line of a conflict that git left, or 0. */
static int conflict_line(pv_str text)
{
	int number = 0;
	size_t at = 0;

	while (at < text.len) {
		number++;
		if (is_marker(next_line(text, &at), '<'))
			return number;
	}
	return 0;
}

/* Whether a value starts with an unquoted "{{" or "{%" on this line. */
static int has_bare_template(pv_str line)
{
	for (size_t i = 1; i + 2 < line.len; i++) {
		const char *c = line.ptr + i;

		if ((c[-1] == ':' || c[-1] == '-') && c[0] == ' ' &&
		    c[1] == '{' && (c[2] == '{' || c[2] == '%'))
			return 1;
	}
	return 0;
}

void pv_load_explain(pv_error *error, pv_str text)
{
	int conflict = error->code == PV_ESYNTAX ? conflict_line(text) : 0;

	if (conflict) {
		char source[sizeof(error->source)];

		memcpy(source, error->source, sizeof(source));
		(void)pv_fail(error, PV_ESYNTAX,
			      "the file has unresolved conflicts");
		(void)pv_error_at(error, PV_ESYNTAX, source, conflict, 1);
		(void)pv_error_hint(error, PV_ESYNTAX,
				    "see \"git pv conflicts\"");
		return;
	}
	if (error->code != PV_ESYNTAX ||
	    !has_bare_template(line_at(text, error->line)))
		return;
	(void)pv_error_hint(error, PV_ESYNTAX,
			    "unquoted {{ name }} parses as a flow mapping: put "
			    "the text in quotes or behind \"|\"");
}
