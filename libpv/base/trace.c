/* SPDX-License-Identifier: MIT
 *
 * See pv/trace.h.
 */
#include <pv/trace.h>

#include <time.h>

/* Steps are told apart by how long they take, whatever the clock is set to. */
static int64_t now(void)
{
	struct timespec time = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t pv_trace_begin(const pv_trace *trace)
{
	return trace && trace->tell ? now() : 0;
}

int pv_trace_end(const pv_trace *trace, int64_t began, const char *module,
		 const char *name, int rc)
{
	pv_trace_step step = { module, name, 0, rc };

	if (!trace || !trace->tell)
		return rc;
	step.micros = now() - began;
	trace->tell(&step, trace->payload);
	return rc;
}
