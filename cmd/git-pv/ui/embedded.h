/* SPDX-License-Identifier: MIT
 *
 * Files of the source tree that the command carries along, as text. The
 * build makes the definitions (cmake/embed.cmake).
 */
#ifndef PV_CLI_EMBEDDED_H
#define PV_CLI_EMBEDDED_H

/* Completion scripts, from completion/. */
extern const char *const embedded_git_pv_bash;
extern const char *const embedded_git_pv_zsh;
extern const char *const embedded_git_pv_fish;

/* The JSON Schema of prompt files, from schemas/. */
extern const char *const embedded_prompt_schema_json;
extern const char *const embedded_pv_schema_json;

/* The guides of `git pv help`, from guides/. */
extern const char *const embedded_getting_started_txt;
extern const char *const embedded_merging_txt;
extern const char *const embedded_resolving_txt;
extern const char *const embedded_versioning_txt;
extern const char *const embedded_with_git_txt;

/* The prompts of `git pv init --starter`, from starter/. */
extern const char *const embedded_chat_assistant_yaml;
extern const char *const embedded_documentation_yaml;
extern const char *const embedded_feedback_to_issue_yaml;
extern const char *const embedded_issue_generator_yaml;
extern const char *const embedded_readme_update_yaml;
extern const char *const embedded_sub_issues_yaml;

#endif
