/* SPDX-License-Identifier: MIT
 *
 * Prompts rendered with what they bring along: the examples of their
 * variables, and their tests.
 */
#ifndef PV_CMD_EXAMPLES_H
#define PV_CMD_EXAMPLES_H

#include <pv/render.h>

#include "repo/prompts.h"

/* What came of one case. */
typedef struct example {
	const cli_prompt *entry;
	const pv_render_case *one; /* NULL: the prompt does not compile */
	const pv_renderer *renderer;
	const pv_rendering *rendering;
	const pv_error *err; /* why it failed; NULL when it did not */
	const char *why;     /* its message, whole */
	int is_skipped;      /* `one->lacking` has no example */
} example;

typedef int example_fn(const example *it, void *payload);

/*
 * Renders the cases of a prompt that loads, with includes from the same point,
 * and calls `fn` for each until it returns non-zero, which becomes the result.
 * A render that fails is told to `fn`; what is returned are failures of
 * another kind.
 */
int examples_each(pv_cli *cli, const pv_point *at, const cli_prompt *entry,
		  example_fn *fn, void *payload);

/* Appends "its examples" or 'test "login"'. */
void examples_name(pv_buf *out, const pv_render_case *one);

#endif
