/* SPDX-License-Identifier: MIT
 *
 * The time limit of the small template languages: steps are handed out bit by
 * bit, and the clock is looked at in between, as the engine does for Jinja2.
 */
#include "render/plain.h"

enum {
	STEPS_AT_ONCE = 1 << 14
};

static int refill(pv_jinja_run *run)
{
	pv_plain_watch *watch = run->engine;
	int64_t steps = STEPS_AT_ONCE;

	if (run->steps_left < 0)
		steps -= run->steps_left;
	if (pv_clock_now(watch->options->clock) >= watch->deadline)
		return pv_jinja_limit(run, (uint64_t)watch->options->max_micros,
				      "microseconds");
	if (steps > watch->steps_more)
		steps = watch->steps_more;
	watch->steps_more -= steps;
	run->steps_left += steps;
	if (run->steps_left < 0)
		return pv_jinja_limit(run, (uint64_t)run->limits.steps,
				      "steps of work");
	return 0;
}

void pv_plain_time(pv_plain_watch *watch, pv_jinja_run *run,
		   const pv_plain_options *options)
{
	if (!options->max_micros)
		return;
	watch->options = options;
	watch->deadline = pv_clock_now(options->clock) + options->max_micros;
	watch->steps_more = run->limits.steps;
	run->steps_left = 0;
	run->engine = watch;
	run->refill = refill;
}
