/* SPDX-License-Identifier: MIT
 *
 * Renders texts of the small template languages: a line of JSON {syntax, text,
 * values, partials?} in, a line {"output": ...} or {"error": class, "message":
 * ...} out. tests/peer compares with what other programs make of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"
#include "render/fstring.h"
#include "render/mustache.h"

enum {
	LINE_MAX_BYTES = 1 << 20
};

static pv_jinja_value get(const pv_jinja_dict *dict, pv_str name)
{
	const pv_jinja_value *found = NULL;

	if (dict)
		found = pv_jinja_dict_find_text(dict, name.ptr, name.len,
						pv_jinja_hash_text(name.ptr,
								   name.len));
	return found ? *found : pv_jinja_missing();
}

static const pv_jinja_dict *get_dict(const pv_jinja_dict *dict, const char *name)
{
	pv_jinja_value value = get(dict, pv_str_of(name));

	return value.type == PV_JINJA_DICT ? value.u.dict : NULL;
}

static pv_str get_text(const pv_jinja_dict *dict, pv_str name)
{
	pv_jinja_value value = get(dict, name);
	pv_str text = { NULL, 0 };

	if (value.type == PV_JINJA_STR)
		text = (pv_str){ value.u.s, value.len };
	return text;
}

static int load_partial(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	const pv_jinja_dict *const *partials = payload;

	(void)err;
	*out = get_text(*partials, name);
	return out->ptr ? PV_OK : PV_ENOTFOUND;
}

static int render(pv_buf *out, const pv_jinja_dict *item,
		  pv_jinja_failure *failure)
{
	const pv_jinja_dict *partials = get_dict(item, "partials");
	const pv_jinja_loader loader = { load_partial, (void *)&partials };
	const pv_plain_options options = { .values = get_dict(item, "values"),
					   .loader = &loader };
	pv_str text = get_text(item, pv_str_of("text"));
	pv_mustache *template;
	int rc;

	if (pv_str_is(get_text(item, pv_str_of("syntax")), "fstring"))
		return pv_fstring_render(out, NULL, text, &options, failure,
					 NULL);
	rc = pv_mustache_compile(&template, NULL, text, failure, NULL);
	if (rc == PV_OK)
		rc = pv_mustache_render(out, template, &options, failure, NULL);
	pv_mustache_free(template);
	return rc;
}

static void do_line(const char *line, size_t len)
{
	static const pv_jinja_settings settings = { 0 };
	pv_jinja_failure failure = { 0 };
	pv_jinja_run run = { 0 };
	pv_arena arena = { 0 };
	pv_buf out = { 0 };
	pv_buf answer = { 0 };
	pv_jinja_value item;
	pv_jsonw w;

	pv_jinja_run_init(&run, &arena, &settings, NULL);
	if (pv_jinja_read_json(&item, &run, line, len) < 0)
		exit(2);
	pv_jsonw_init(&w, &answer);
	pv_jsonw_object(&w);
	if (render(&out, item.u.dict, &failure) == PV_OK) {
		pv_jsonw_key(&w, "output");
		pv_jsonw_stringn(&w, pv_buf_text(&out), out.len);
	} else {
		pv_jsonw_member(&w, "error", failure.error);
		pv_jsonw_member(&w, "message", failure.message);
	}
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&answer));
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
	pv_buf_dispose(&answer);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
}

int main(void)
{
	char *line = malloc(LINE_MAX_BYTES);

	if (!line)
		return 2;
	while (fgets(line, LINE_MAX_BYTES, stdin))
		do_line(line, strlen(line));
	free(line);
	return 0;
}
