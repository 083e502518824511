/* SPDX-License-Identifier: MIT
 *
 * The engine's str.format, without a template around it.
 */
#include "render/fstring.h"

#include <pv/buf.h>

#include "base/fail.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/failure.h"

static int line_of(pv_str text, size_t offset)
{
	int line = 1;

	for (size_t i = 0; i < offset && i < text.len; i++)
		line += text.ptr[i] == '\n';
	return line;
}

static int format(pv_jinja_run *run, size_t *place_out, pv_str text,
		  const pv_plain_options *options)
{
	size_t max = options->max_output ? options->max_output : run->limits.text;
	int rc = pv_jinja_format_text(place_out, run, text, options->values);

	if (rc == PV_OK && run->scratch.status == PV_ELIMIT)
		return pv_jinja_limit(run, max, "bytes of output");
	if (rc == PV_OK)
		rc = pv_buf_status(&run->scratch, run->err);
	if (rc == PV_OK && run->scratch.len > max)
		return pv_jinja_limit(run, max, "bytes of output");
	return rc;
}

/* Braces that were meant as text are the usual reason. */
static int advise(pv_error *err, const pv_jinja_run *run, int rc)
{
	if (rc != PV_ERENDER || (run->raised.error != PV_JINJA_KEY_ERROR &&
				 run->raised.error != PV_JINJA_VALUE_ERROR &&
				 run->raised.error != PV_JINJA_INDEX_ERROR))
		return rc;
	return pv_error_hint(err, rc,
			     "write \"{{\" and \"}}\" for braces that are text");
}

int pv_fstring_render(pv_buf *out, const char *name, pv_str text,
		      const pv_plain_options *options,
		      pv_jinja_failure *failure, pv_error *err)
{
	static const pv_jinja_settings settings = { 0 };
	pv_jinja_place place = { .template_name = name, .source = text };
	pv_arena arena = { 0 };
	pv_plain_watch watch = { 0 };
	pv_jinja_run run = { 0 };
	pv_error own = { 0 };
	size_t at = 0;
	int rc;

	pv_jinja_run_init(&run, &arena, &settings, options->limits);
	pv_plain_time(&watch, &run, options);
	run.err = &own;
	rc = format(&run, &at, text, options);
	if (rc == PV_OK) {
		pv_buf_put(out, pv_buf_text(&run.scratch), run.scratch.len);
		rc = pv_buf_status(out, err);
	} else {
		place.line = line_of(text, at);
		place.pos = (uint32_t)at;
		rc = pv_jinja_failure_set(failure, &run, rc, &place, err);
		rc = advise(err, &run, rc);
	}
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	return rc;
}
