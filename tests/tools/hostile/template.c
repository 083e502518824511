/* SPDX-License-Identifier: MIT
 *
 * One render of a hostile template; see the header.
 */
#include "tools/hostile/template.h"

#include <stdio.h>

#include "base/fail.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

/* The template of the case, whose name comes first in `payload`. */
struct named {
	const char *name;
	pv_str source;
};

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	const struct named *own = payload;

	(void)err;
	if (strlen(own->name) != name.len ||
	    memcmp(own->name, name.ptr, name.len) != 0)
		return PV_ENOTFOUND;
	*out = own->source;
	return PV_OK;
}

static int render(pv_buf *out, const pv_jinja_environment *env, struct named *own,
		  const pv_jinja_dict *context, pv_jinja_failure *failure)
{
	const pv_jinja_loader loader = { load, own };
	const pv_jinja_render_options options = { .context = context,
						  .loader = &loader };

	return pv_jinja_render_name(out, env, own->name, &options, failure, NULL);
}

int hostile_render(pv_buf *out, const char *name, pv_str source, pv_str context,
		   char rule[32], char message[300])
{
	const pv_jinja_environment env = { .settings.sandbox =
						   PV_JINJA_IMMUTABLE };
	struct named own = { name, source };
	pv_jinja_failure failure = { 0 };
	pv_jinja_run run = { 0 };
	pv_arena arena = { 0 };
	pv_jinja_value value;
	int rc;

	pv_jinja_run_init(&run, &arena, &env.settings, NULL);
	rc = pv_jinja_read_json(&value, &run, context.ptr, context.len);
	if (rc == PV_OK && value.type == PV_JINJA_DICT)
		rc = render(out, &env, &own, value.u.dict, &failure);
	if (rc < 0) {
		(void)snprintf(rule, 32, "%s",
			       rc == PV_ELIMIT ? "limit"
			       : failure.error ? failure.error
					       : "context");
		(void)snprintf(message, 300, "%s: %s",
			       failure.error ? failure.error : "context",
			       failure.message ? failure.message : "");
	}
	pv_jinja_failure_dispose(&failure);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	return rc;
}
