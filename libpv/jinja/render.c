/* SPDX-License-Identifier: MIT
 *
 * One render: an arena, a machine, the limits, and what is told about a
 * failure at the end.
 */
#include "jinja/run/machine.h"

#include <stdalign.h>
#include <stddef.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	STEPS_AT_ONCE = 1 << 16, /* between looks at the clock */
	FIRST_BYTES = 2048,      /* of the arena, on the stack */
	RESERVED_MAX = 1 << 14   /* bytes of output */
};

/* Hands out steps bit by bit, so that the clock is looked at in between; what
 * one operation owes may be more than a bit. */
static int refill(pv_jinja_run *run)
{
	pv_jinja_machine *m = pv_jinja_machine_of(run);
	int64_t steps = STEPS_AT_ONCE;

	if (run->steps_left < 0)
		steps -= run->steps_left;
	if (m->deadline && pv_clock_now(m->options->clock) >= m->deadline)
		return pv_jinja_limit(run, (uint64_t)m->options->max_micros,
				      "microseconds");
	if (steps > m->steps_more)
		steps = m->steps_more;
	m->steps_more -= steps;
	run->steps_left += steps;
	if (run->steps_left < 0)
		return pv_jinja_limit(run, (uint64_t)run->limits.steps,
				      "steps of work");
	return PV_OK;
}

static void machine_init(pv_jinja_machine *m, pv_arena *arena,
			 const pv_jinja_environment *env,
			 const pv_jinja_render_options *options)
{
	m->env = env;
	m->options = options;
	m->user = options->context;
	pv_jinja_run_init(&m->run, arena, &env->settings, options->limits);
	m->run.engine = m;
	m->run.is_escaping = env->is_escaping;
	m->run.refill = refill;
	m->steps_more = m->run.limits.steps;
	m->items_left = m->run.limits.loop_items;
	m->run.steps_left = 0;
	m->stack = __builtin_frame_address(0);
	if (options->max_micros)
		m->deadline = pv_clock_now(options->clock) + options->max_micros;
}

static void machine_dispose(pv_jinja_machine *m)
{
	while (m->loaded) {
		pv_jinja_loaded *loaded = m->loaded;

		m->loaded = loaded->next;
		pv_jinja_template_free(loaded->template);
		pv_free(loaded);
	}
	pv_jinja_run_dispose(&m->run);
}

static int run_template(pv_jinja_machine *m, const pv_jinja_template *template)
{
	pv_jinja_context *context;
	int rc = pv_jinja_context_new(&context, m, template, NULL, 1);

	return rc < 0 ? rc : pv_jinja_run_root(m, template, context);
}

/* What a template says is mostly about as long as itself. */
static void reserve(pv_buf *out, const pv_jinja_template *template, size_t limit)
{
	size_t len = template->source.len;

	if (len <= RESERVED_MAX && len <= limit)
		pv_buf_reserve(out, len);
}

/* Runs a template, or the one of a name. */
static int run_any(pv_buf *out, pv_jinja_machine *m,
		   const pv_jinja_template *template, const char *name)
{
	const size_t limit = m->options->max_output ? m->options->max_output
						    : m->run.limits.text;
	size_t max = out->max;
	int rc = PV_OK;

	m->out = out;
	if (!max || max > out->len + limit)
		out->max = out->len + limit;
	if (!template)
		rc = pv_jinja_load_main(&template, m, name);
	if (rc == PV_OK) {
		reserve(out, template, limit);
		rc = run_template(m, template);
	}
	out->max = max;
	return rc;
}

struct target {
	const pv_jinja_environment *env;
	const pv_jinja_template *template; /* or NULL: */
	const char *name;
};

static int render(pv_buf *out, const struct target *target,
		  const pv_jinja_render_options *options,
		  pv_jinja_failure *failure, pv_error *err)
{
	static const pv_jinja_render_options standard;
	/* Enough for most prompts, which then ask for no memory but their text. */
	alignas(max_align_t) char first[FIRST_BYTES];
	pv_arena arena = { .next = first, .left = sizeof(first) };
	pv_jinja_machine m = { 0 };
	pv_error own = { 0 };
	int rc;

	machine_init(&m, &arena, target->env, options ? options : &standard);
	m.run.err = &own;
	rc = run_any(out, &m, target->template, target->name);
	if (rc < 0)
		rc = pv_jinja_failure_set(failure, &m.run, rc, &m.place, err);
	machine_dispose(&m);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_jinja_render(pv_buf *out, const pv_jinja_template *template,
		    const pv_jinja_render_options *options,
		    pv_jinja_failure *failure, pv_error *err)
{
	struct target target = { template->env, template, NULL };

	return render(out, &target, options, failure, err);
}

int pv_jinja_render_name(pv_buf *out, const pv_jinja_environment *env,
			 const char *name, const pv_jinja_render_options *options,
			 pv_jinja_failure *failure, pv_error *err)
{
	struct target target = { env, NULL, name };

	return render(out, &target, options, failure, err);
}
