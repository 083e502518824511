/* SPDX-License-Identifier: MIT
 *
 * What the renderers of the small template languages are given.
 */
#ifndef PV_RENDER_PLAIN_H
#define PV_RENDER_PLAIN_H

#include "jinja/engine.h"

typedef struct pv_plain_options {
	const struct pv_jinja_dict *values;
	const pv_jinja_loader *loader; /* of partials; NULL: there are none */
	const pv_jinja_limits *limits; /* NULL: the defaults */
	size_t max_output;             /* 0: the limit of text */
	int64_t max_micros;            /* 0: no limit */
	const pv_clock *clock;         /* for that */
	int is_strict; /* what is not there is an error where it matters */
	const pv_jinja_misses *misses; /* or NULL */
} pv_plain_options;

/* A render that is timed. */
typedef struct pv_plain_watch {
	const pv_plain_options *options;
	int64_t deadline; /* microseconds */
	int64_t steps_more;
} pv_plain_watch;

/* Has a run look at the clock now and then; `watch` outlives it. */
void pv_plain_time(pv_plain_watch *watch, pv_jinja_run *run,
		   const pv_plain_options *options);

#endif
