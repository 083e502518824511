/* SPDX-License-Identifier: MIT
 *
 * Any text as a template that is rendered, and that includes, imports and
 * extends itself: it ends within its limits, and a failure has a message.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char context_text[] =
	"{\"a\": 1, \"b\": -2.5, \"s\": \"T\\u00e9xt <b>\", \"xs\": [3, 1, 2], "
	"\"d\": {\"k\": [1, {\"x\": null}], \"items\": 2}, \"t\": true, "
	"\"n\": null, \"big\": 123456789012345678901234567890}";

/* Any name is the template itself. */
static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	const pv_str *source = payload;

	(void)err;
	*out = *source;
	return name.len < 20 ? PV_OK : PV_ENOTFOUND;
}

static void render(const pv_jinja_environment *env, pv_str *source,
		   const pv_jinja_dict *context)
{
	const pv_jinja_limits limits = { .memory = 1 << 22,
					 .text = 1 << 18,
					 .steps = 100000,
					 .int_bits = 1 << 12,
					 .depth = 50 };
	const pv_jinja_loader loader = { load, source };
	const pv_jinja_render_options options = { .context = context,
						  .loader = &loader,
						  .limits = &limits,
						  .max_includes = 5 };
	pv_jinja_failure failure = { 0 };
	pv_buf out = { 0 };
	int rc = pv_jinja_render_name(&out, env, "self", &options, &failure,
				      NULL);

	if (out.len > limits.text || (rc == PV_ERENDER && !failure.message))
		abort();
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_jinja_environment env = { .has_chat_globals = 1, .extensions = 15 };
	pv_jinja_run run = { 0 };
	pv_arena arena = { 0 };
	pv_jinja_value context;
	pv_str source;

	if (size == 0)
		return 0;
	env.is_escaping = data[0] & 1;
	env.settings.undefined_kind = (data[0] >> 1) & 3;
	env.settings.sandbox = (data[0] >> 3) % 3;
	source.ptr = (const char *)data + 1;
	source.len = size - 1;
	pv_jinja_run_init(&run, &arena, &env.settings, NULL);
	if (pv_jinja_read_json(&context, &run, context_text,
			       sizeof(context_text) - 1) < 0)
		abort();
	render(&env, &source, context.u.dict);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	return 0;
}
