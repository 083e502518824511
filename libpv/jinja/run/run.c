/* SPDX-License-Identifier: MIT
 *
 * What every operation on values does besides its work: raise exceptions, pay
 * for steps, take memory. All three compare with the limits before anything is
 * allocated, so a template cannot make the process large first and be stopped
 * later.
 */
#include "jinja/run/run.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/utf8.h"

enum {
	MESSAGE_FREE = 512,    /* bytes that are not counted as memory */
	MESSAGE_MAX = 64 << 10 /* bytes, with the NUL */
};

const char *pv_jinja_error_name(int error)
{
	static const char *const names[] = {
#define PV_JINJA_ERROR_NAME(id, name) name,
		PV_JINJA_ERRORS(PV_JINJA_ERROR_NAME)
#undef PV_JINJA_ERROR_NAME
	};

	return names[error];
}

/* A copy in which nothing is 0. */
static pv_jinja_limits fill_limits(const pv_jinja_limits *given)
{
	pv_jinja_limits limits = { 0 };

	if (given)
		limits = *given;
	if (!limits.memory)
		limits.memory = PV_JINJA_DEFAULT_MEMORY;
	if (!limits.text)
		limits.text = PV_JINJA_DEFAULT_TEXT;
	if (!limits.steps)
		limits.steps = PV_JINJA_DEFAULT_STEPS;
	if (!limits.loop_items)
		limits.loop_items = PV_JINJA_DEFAULT_LOOP_ITEMS;
	if (!limits.int_bits)
		limits.int_bits = PV_JINJA_DEFAULT_INT_BITS;
	if (!limits.depth)
		limits.depth = PV_JINJA_DEFAULT_DEPTH;
	if (!limits.nesting)
		limits.nesting = PV_JINJA_DEFAULT_NESTING;
	if (!limits.stack)
		limits.stack = PV_JINJA_DEFAULT_STACK;
	return limits;
}

void pv_jinja_run_init(pv_jinja_run *run, pv_arena *arena,
		       const pv_jinja_settings *settings,
		       const pv_jinja_limits *limits)
{
	run->arena = arena;
	run->settings = settings;
	run->limits = fill_limits(limits);
	run->steps_left = run->limits.steps;
	run->scratch.max = run->limits.text * 2;
}

void pv_jinja_run_dispose(pv_jinja_run *run)
{
	pv_buf_dispose(&run->scratch);
}

/* A long one counts: exceptions that are caught may be many. */
static int alloc_message(char **out, pv_jinja_run *run, size_t size)
{
	if (size > MESSAGE_FREE)
		return pv_jinja_alloc(out, run, size);
	*out = pv_arena_alloc(run->arena, size);
	return *out ? PV_OK : pv_fail_nomem(run->err);
}

int pv_jinja_vraise(pv_jinja_run *run, enum pv_jinja_error error,
		    const char *format, va_list args)
{
	va_list again;
	size_t size;
	char *text = NULL;
	int len;
	int rc;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	size = len < 0 ? 1 : (size_t)len + 1;
	if (size > MESSAGE_MAX)
		size = MESSAGE_MAX;
	rc = alloc_message(&text, run, size);
	if (!text)
		return rc;
	text[0] = '\0';
	(void)vsnprintf(text, size, format, args);
	if (len >= MESSAGE_MAX)
		text[pv_utf8_valid(text, size - 1)] = '\0';
	run->raised.error = error;
	run->raised.message = text;
	return PV_ERENDER;
}

int pv_jinja_raise(pv_jinja_run *run, enum pv_jinja_error error,
		   const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = pv_jinja_vraise(run, error, format, args);
	va_end(args);
	return rc;
}

int pv_jinja_catch(pv_jinja_run *run, int rc, enum pv_jinja_error error)
{
	if (rc != PV_ERENDER || run->raised.error != (int)error)
		return 0;
	run->raised.error = PV_JINJA_NO_ERROR;
	run->raised.message = NULL;
	return 1;
}

int pv_jinja_limit(pv_jinja_run *run, uint64_t limit, const char *what)
{
	return pv_fail(run->err, PV_ELIMIT, "the limit of %llu %s was reached",
		       (unsigned long long)limit, what);
}

int pv_jinja_spend_more(pv_jinja_run *run)
{
	int rc;

	if (!run->refill)
		return pv_jinja_limit(run, (uint64_t)run->limits.steps,
				      "steps of work");
	rc = run->refill(run);
	return rc < 0 ? rc : 0;
}

int pv_jinja_alloc_more(void *out, pv_jinja_run *run, size_t size)
{
	const size_t limit = run->limits.memory;
	void *ptr;

	if (size > limit || run->arena->total > limit - size)
		return pv_jinja_limit(run, limit, "bytes of memory");
	ptr = pv_arena_alloc(run->arena, size);
	if (!ptr)
		return pv_fail_nomem(run->err);
	memcpy(out, &ptr, sizeof(ptr));
	return PV_OK;
}

int pv_jinja_alloc_array(void *out, pv_jinja_run *run, size_t count, size_t size)
{
	if (count > SIZE_MAX / 2 / size)
		return pv_jinja_limit(run, run->limits.memory, "bytes of memory");
	return pv_jinja_alloc(out, run, count * size);
}

int pv_jinja_enter(pv_jinja_run *run)
{
	if (run->depth >= run->limits.depth)
		return pv_jinja_limit(run, (uint64_t)run->limits.depth,
				      "nested calls");
	run->depth++;
	return PV_OK;
}

int pv_jinja_enter_value(pv_jinja_run *run)
{
	if (run->nesting >= run->limits.nesting)
		return pv_jinja_limit(run, (uint64_t)run->limits.nesting,
				      "values in values");
	run->nesting++;
	return PV_OK;
}

int pv_jinja_is_visited(pv_jinja_run *run, const void *container)
{
	const pv_jinja_visit *visit = run->visits;
	size_t count = 0;

	while (visit && visit->container != container) {
		visit = visit->outer;
		count++;
	}
	pv_jinja_owe(run, count / 16);
	return visit != NULL;
}
