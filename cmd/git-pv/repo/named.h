/* SPDX-License-Identifier: MIT
 *
 * Operands that are what people call a prompt, its `name`, in the place of its
 * id.
 */
#ifndef PV_CMD_NAMED_H
#define PV_CMD_NAMED_H

#include "cli.h"

/*
 * Puts ids in the place of names among the operands that the command's usage
 * says are ids, with what stands behind the "@". An operand that is an id, of
 * a prompt that is there or has versions, stays one; what is no name stays as
 * it is, for the command to refuse. PV_EAMBIGUOUS for a name of several
 * prompts, PV_ENOTFOUND for what is no id and nearly the name of one.
 */
int named_operands(pv_cli *cli, int argc, char **argv);

/* The same for one operand. */
int named_operand(pv_cli *cli, char **arg);

/* The same for one text that is to be a spec, wherever it stands. */
int named_spec(pv_cli *cli, const char **arg);

/* PV_OK for what is written as ids are; else as pv_id_check, with near ids. */
int named_check(pv_cli *cli, const char *id);

/*
 * PV_OK when there is such a prompt, in the tree or by its versions; else
 * PV_ENOTFOUND with the ids that are near.
 */
int named_known(pv_cli *cli, const char *id);

/*
 * Gives the error a hint with the prompts and branches that are near to a word
 * which is neither; `rc`.
 */
int operand_names_hint(pv_cli *cli, int rc, const char *word);

#endif
