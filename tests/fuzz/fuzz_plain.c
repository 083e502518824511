/* SPDX-License-Identifier: MIT
 *
 * Any text as a prompt of the small template languages; a NUL byte begins the
 * text of a partial. What is printed stays within the limit, a failure has a
 * message, a place in a text, and leaves nothing behind.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/buf.h>

#include "base/utf8.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"
#include "render/fstring.h"
#include "render/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MAX_OUTPUT = 1 << 16
};

static const char variables[] =
	"{\"a\": \"<a> b\", \"b\": 7, \"c\": -1.5, \"d\": null, \"e\": true, "
	"\"l\": [1, \"x\", {\"a\": 2}, []], \"o\": {\"a\": {\"b\": [\"z\"]}, "
	"\"l\": [{\"a\": 1}, {\"b\": 2}]}, \"big\": 123456789012345678901234567890}";

static int load_partial(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	const pv_str *partial = payload;

	(void)err;
	*out = *partial;
	return pv_str_is(name, "p") ? PV_OK : PV_ENOTFOUND;
}

static void check(const pv_buf *out, const pv_jinja_failure *failure, int rc)
{
	if (rc == PV_OK && out->len > 1 + MAX_OUTPUT)
		abort();
	if (rc < 0 && (out->len != 1 || !failure->message ||
		       failure->line < 1 || failure->column < 1))
		abort();
}

static void try_fstring(pv_str text, const pv_plain_options *options)
{
	pv_jinja_failure failure = { 0 };
	pv_buf out = { 0 };

	pv_buf_puts(&out, "|");
	check(&out, &failure,
	      pv_fstring_render(&out, NULL, text, options, &failure, NULL));
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
}

static void try_mustache(pv_str text, const pv_plain_options *options)
{
	pv_jinja_failure failure = { 0 };
	pv_mustache *template;
	pv_buf out = { 0 };
	int rc;

	pv_buf_puts(&out, "|");
	rc = pv_mustache_compile(&template, NULL, text, &failure, NULL);
	if (rc == PV_OK)
		rc = pv_mustache_render(&out, template, options, &failure, NULL);
	check(&out, &failure, rc);
	pv_jinja_failure_dispose(&failure);
	pv_mustache_free(template);
	pv_buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const pv_jinja_settings settings = { 0 };
	pv_jinja_limits limits = { 0 };
	const char *split = size ? memchr(data, 0, size) : NULL;
	pv_str text = { (const char *)data, size };
	pv_str partial = { "", 0 };
	const pv_jinja_loader loader = { load_partial, &partial };
	pv_plain_options options = { .loader = &loader,
				     .limits = &limits,
				     .max_output = MAX_OUTPUT };
	pv_jinja_run run = { 0 };
	pv_arena arena = { 0 };
	pv_jinja_value values;

	if (pv_utf8_valid(text.ptr, size) < size)
		return 0;
	if (split) {
		text.len = (size_t)(split - text.ptr);
		partial.ptr = split + 1;
		partial.len = size - text.len - 1;
		options.is_strict = partial.len & 1;
	}
	limits.steps = 200000;
	limits.text = 4 * MAX_OUTPUT;
	pv_jinja_run_init(&run, &arena, &settings, NULL);
	if (pv_jinja_read_json(&values, &run, variables, sizeof(variables) - 1) <
	    0)
		abort();
	options.values = values.u.dict;
	try_fstring(text, &options);
	try_mustache(text, &options);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	return 0;
}
