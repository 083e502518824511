/* SPDX-License-Identifier: MIT
 *
 * Rendering the template of a hostile case: in the immutable sandbox, with the
 * standard limits, and with itself as the only template it can include.
 */
#ifndef PV_TESTS_HOSTILE_TEMPLATE_H
#define PV_TESTS_HOSTILE_TEMPLATE_H

#include <pv/buf.h>

#include "base/str.h"

/*
 * Appends what the template prints for a context, which is JSON. `name` is
 * what it is called. On failure `message` gets "class: what is wrong", and
 * "limit" or the class goes to `rule`; both are cut to the sizes of a verdict.
 */
int hostile_render(pv_buf *out, const char *name, pv_str source, pv_str context,
		   char rule[32], char message[300]);

#endif
