/* SPDX-License-Identifier: MIT
 *
 * Where the syntaxes that are not Jinja2 may use a variable: behind a brace.
 * Who looks for the uses of certain names need not know more.
 */
#include "render/renderer.h"

#include "base/utf8.h"

int pv_render_each_brace(pv_str text,
			 int (*fn)(const pv_jinja_use *use, void *payload),
			 void *payload)
{
	pv_jinja_use use = { .line = 1, .column = 1 };
	const char *end = text.ptr + text.len;
	size_t from = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < text.len; i++) {
		pv_str name = { text.ptr + i + 1, 0 };

		if (text.ptr[i] != '{')
			continue;
		while (name.ptr < end && *name.ptr && strchr(" #^&{", *name.ptr))
			name.ptr++;
		while (name.ptr + name.len < end &&
		       !strchr(".[]!:{} \t\n", name.ptr[name.len]))
			name.len++;
		pv_utf8_advance(text.ptr + from,
				(size_t)(name.ptr - text.ptr) - from, &use.line,
				&use.column);
		from = (size_t)(name.ptr - text.ptr);
		use.name = name;
		rc = fn(&use, payload);
		if (name.ptr + name.len > text.ptr + i + 1)
			i = (size_t)(name.ptr + name.len - text.ptr) - 1;
	}
	return rc;
}
