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
	int is_strict; /* what is not there is an error where it matters */
} pv_plain_options;

#endif
