/* SPDX-License-Identifier: MIT
 *
 * What the library does, step by step, for whoever looks for where the time
 * goes. A step is named by words of the library's own and by the name of a git
 * command: no text, path, id or argument of anybody's is in it.
 */
#ifndef PV_TRACE_H
#define PV_TRACE_H

#include <pv/api.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A step that has ended. Steps may be within others, which end later. */
typedef struct pv_trace_step {
	const char *module; /* "store", "git", "version", ... */
	const char *name;   /* "open", "status", ... */
	int64_t micros;     /* how long it took, in microseconds */
	int rc;             /* PV_OK, or the code it failed with */
} pv_trace_step;

/*
 * Who is told: `tell` is called as each step ends, on the thread that made it,
 * and must not use the store; the step is lent for the call. A NULL `tell`
 * stands for nobody: no clock is read then.
 */
typedef struct pv_trace {
	void (*tell)(const pv_trace_step *step, void *payload);
	void *payload;
} pv_trace;

/* The clock of steps, in microseconds from no known point; 0 for nobody. */
PV_API int64_t pv_trace_begin(const pv_trace *trace);

/*
 * Tells of a step of a caller's own that began at what pv_trace_begin gave;
 * `rc` is its result, and is returned. A NULL trace is nobody.
 */
PV_API int pv_trace_end(const pv_trace *trace, int64_t began,
			const char *module, const char *name, int rc);

#ifdef __cplusplus
}
#endif

#endif
