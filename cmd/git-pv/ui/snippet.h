/* SPDX-License-Identifier: MIT
 *
 * Pieces of texts with words that were found, marked as pv/index.h says.
 */
#ifndef PV_CLI_SNIPPET_H
#define PV_CLI_SNIPPET_H

#include "cli.h"

/* Prints it on one line, the words bold. */
void snippet_print(pv_cli *cli, const char *snippet);

/* Writes {text, marks: [[start, count], ...]}, counted in characters. PV_ENOMEM. */
int snippet_json(pv_jsonw *w, const char *snippet, pv_error *err);

#endif
