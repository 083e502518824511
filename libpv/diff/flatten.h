/* SPDX-License-Identifier: MIT
 *
 * Data as plain indented lines that read like YAML but have one spelling
 * each: what `git diff` compares through textconv, and how a diff shows
 * values that come or go.
 */
#ifndef PV_DIFF_FLATTEN_H
#define PV_DIFF_FLATTEN_H

#include <pv/buf.h>

#include "diff/tree.h"

/* Appends the lines of a tree, each ended by a newline. */
void pv_flatten(pv_buf *out, const pv_tree *tree);

/* Appends a scalar on one line; texts that look like something else quoted. */
void pv_flatten_scalar(pv_buf *out, const pv_tree *tree);

/* 1 for a text that pv_flatten_scalar writes as it is, but for escapes. */
int pv_flatten_is_plain(const pv_tree *tree);

/* 1 when the value fits on the line of its key: no children, no newline. */
int pv_flatten_is_short(const pv_tree *tree);

#endif
