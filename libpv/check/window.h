/* SPDX-License-Identifier: MIT
 *
 * How many tokens go into a prompt, and into a model.
 */
#ifndef PV_CHECK_WINDOW_H
#define PV_CHECK_WINDOW_H

#include "check/rule.h"

/* The context window of a known model, by its name; 0 for others. */
long pv_model_window(pv_str name);

/* About how many tokens the texts of a prompt have, without what they include. */
size_t pv_prompt_weigh(const pv_prompt *prompt);

/* The same with what they include, each once. PV_ENOMEM. */
int pv_check_weigh(size_t *out, pv_check_run *run);

/* A whole number that pv.yaml says for the rule, or `otherwise`. */
long pv_check_number(const pv_check_run *run, const char *key, long otherwise);

#endif
