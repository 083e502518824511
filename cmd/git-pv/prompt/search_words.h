/* SPDX-License-Identifier: MIT
 *
 * Searches as they are typed: several operands, and the place of a mistake.
 */
#ifndef PV_CLI_SEARCH_WORDS_H
#define PV_CLI_SEARCH_WORDS_H

#include "cli.h"

/* Appends operands as one search: several are several words. PV_ENOMEM. */
int search_words_join(pv_buf *out, pv_cli *cli, int count, char **words);

/* Shows the search, and a caret below the place that `cli->err` is about. */
void search_words_place(pv_cli *cli, const char *text);

#endif
