/* SPDX-License-Identifier: MIT
 *
 * Takes out of one text what is not to be in it, by taking the bytes out of
 * the file that stand for it there: line ends, wrapping and quotes stay.
 */
#ifndef PV_CHECK_MEND_TEXT_H
#define PV_CHECK_MEND_TEXT_H

#include <pv/prompt.h>
#include <pv/yaml.h>

typedef struct pv_mending {
	pv_yaml **doc; /* becomes another one */
	const char *path;
	const pv_yaml_node *node; /* at the path: a scalar */
	enum pv_syntax syntax;
	int wants_blanks; /* at the ends of lines */
	int wants_hidden; /* characters that are not seen */
} pv_mending;

/*
 * `*is_mended_out` is 0 when there is nothing to mend, or no way to but by
 * writing all of a wrapped text anew. PV_ENOMEM.
 */
int pv_mend_text(int *is_mended_out, const pv_mending *mending, pv_error *err);

#endif
