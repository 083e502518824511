/* SPDX-License-Identifier: MIT
 *
 * What the last of some words of a command line can become: the scripts of the
 * shells only hand the words over.
 */
#ifndef PV_CMD_COMPLETION_WORDS_H
#define PV_CMD_COMPLETION_WORDS_H

#include "cli.h"

/*
 * Prints the candidates for argv[argc - 1], whole words and one a line;
 * nothing where a file may be meant, or nothing fits. The words are those
 * behind "git pv", one at least.
 */
int completion_words(pv_cli *cli, int argc, char **argv);

#endif
