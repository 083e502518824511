/* SPDX-License-Identifier: MIT
 *
 * The folder of prompts, where git sees nothing of what is in it: it is a link
 * or a repository of its own. Without saying so, `status` and `commit` would
 * find that nothing has changed.
 */
#ifndef PV_CMD_PROMPTS_PLACE_H
#define PV_CMD_PROMPTS_PLACE_H

#include "cli.h"

/* PV_EINVALID with the reason; PV_OK also where there is no such folder. */
int prompts_place_check(pv_cli *cli);

#endif
