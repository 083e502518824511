/* SPDX-License-Identifier: MIT
 *
 * The completion scripts as text; the build makes the definitions from the
 * files in completion/.
 */
#ifndef PV_CLI_COMPLETION_H
#define PV_CLI_COMPLETION_H

extern const char *const completion_bash;
extern const char *const completion_zsh;
extern const char *const completion_fish;

#endif
