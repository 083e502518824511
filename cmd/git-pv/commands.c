/* SPDX-License-Identifier: MIT
 *
 * The table of commands, by name. See cli.h for how to add one.
 */
#include "cli.h"

#include <string.h>

#include "base/mem.h"

/* Sets of needs that repeat. */
enum {
	READS = CLI_REPO | CLI_SETTINGS | CLI_JSON,
	READS_LONG = READS | CLI_PAGER,
	WRITES = CLI_REPO | CLI_WORKTREE | CLI_SETTINGS | CLI_JSON
};

static const cli_command commands[] = {
	{ "activate", cmd_activate, &cmd_activate_usage, WRITES, CLI_GROUP_WORK,
	  "let prompts be used again" },
	{ "alert", cmd_alert, &cmd_alert_usage, READS, CLI_GROUP_RUNS,
	  "say which figures are beyond their limits" },
	{ "audit", cmd_audit, &cmd_audit_usage, READS_LONG, CLI_GROUP_RELEASE,
	  "tell who released, deployed and approved what" },
	{ "bisect", cmd_bisect, &cmd_bisect_usage, READS | CLI_SPECS,
	  CLI_GROUP_RUNS, "find the commit with which a number fell" },
	{ "blame", cmd_blame, &cmd_blame_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_HISTORY, "show who wrote which sentence" },
	{ "branch", cmd_branch, &cmd_branch_usage, READS, CLI_GROUP_HISTORY,
	  "list, make or delete branches" },
	{ "changelog", cmd_changelog, &cmd_changelog_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_RELEASE, "tell what each version of a prompt brought" },
	{ "check", cmd_check, &cmd_check_usage, READS | CLI_SPECS,
	  CLI_GROUP_WORK, "look for mistakes in prompts" },
	{ "check-output", cmd_check_output, &cmd_check_output_usage,
	  READS | CLI_SPECS, CLI_GROUP_WORK,
	  "hold a model's answer against the output's schema" },
	{ "cherry-pick", cmd_cherry_pick, &cmd_cherry_pick_usage, WRITES,
	  CLI_GROUP_HISTORY, "make a commit's changes once more, here" },
	{ "commit", cmd_commit, &cmd_commit_usage, WRITES, CLI_GROUP_WORK,
	  "record changed prompts, with a version each" },
	{ "compare", cmd_compare, &cmd_compare_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_RUNS,
	  "compare versions, variants or models by what they did" },
	{ "completion", cmd_completion, &cmd_completion_usage, 0,
	  CLI_GROUP_SETUP, "print completion for a shell" },
	{ "config", cmd_config, &cmd_config_usage,
	  CLI_MAYBE_REPO | CLI_SETTINGS | CLI_JSON, CLI_GROUP_SETUP,
	  "show settings and where they come from" },
	{ "conflicts", cmd_conflicts, &cmd_conflicts_usage, WRITES,
	  CLI_GROUP_HISTORY, "list what a merge could not decide" },
	{ "cost", cmd_cost, &cmd_cost_usage, READS_LONG, CLI_GROUP_RUNS,
	  "show what executions cost" },
	{ "cp", cmd_cp, &cmd_cp_usage, WRITES | CLI_SPECS, CLI_GROUP_WORK,
	  "make a prompt that begins as a copy of another" },
	{ "deactivate", cmd_deactivate, &cmd_deactivate_usage, WRITES,
	  CLI_GROUP_WORK, "keep prompts from being used" },
	{ "deploy", cmd_deploy, &cmd_deploy_usage, READS | CLI_SPECS,
	  CLI_GROUP_RELEASE, "make versions live in an environment" },
	{ "diff", cmd_diff, &cmd_diff_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_HISTORY, "show what changed, field by field" },
	{ "doctor", cmd_doctor, &cmd_doctor_usage,
	  CLI_MAYBE_REPO | CLI_ANY_FORMAT | CLI_JSON, CLI_GROUP_SETUP,
	  "say what is missing or broken, and the cure" },
	{ "edit", cmd_edit, &cmd_edit_usage, WRITES, CLI_GROUP_WORK,
	  "change fields of a prompt, or open it in an editor" },
	{ "env", cmd_env, &cmd_env_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_RELEASE, "show what is live in an environment" },
	{ "experiment", cmd_experiment, &cmd_experiment_usage,
	  CLI_JSON | CLI_PAGER | CLI_SPECS, CLI_GROUP_RUNS,
	  "compare branches on live traffic" },
	{ "export", cmd_export, &cmd_export_usage, READS | CLI_SPECS,
	  CLI_GROUP_EXCHANGE, "write prompts as JSON or CSV" },
	{ "help", cmd_help, &cmd_help_usage, CLI_JSON, CLI_GROUP_START,
	  "list commands, or explain one" },
	{ "history", cmd_history, &cmd_history_usage, READS_LONG,
	  CLI_GROUP_RUNS, "list, search, export, rate and remove executions" },
	{ "hook", cmd_hook, &cmd_hook_usage, CLI_REPO | CLI_SETTINGS,
	  CLI_GROUP_SETUP, "judge a push, in a server's hooks" },
	{ "import", cmd_import, &cmd_import_usage, WRITES, CLI_GROUP_EXCHANGE,
	  "read prompts from JSON or CSV" },
	{ "index", cmd_index, &cmd_index_usage, READS, CLI_GROUP_RUNS,
	  "look after the database of executions" },
	{ "init", cmd_init, &cmd_init_usage, CLI_JSON, CLI_GROUP_START,
	  "make a repository of prompts, or prepare one" },
	{ "install", cmd_install, &cmd_install_usage,
	  CLI_MAYBE_REPO | CLI_SETTINGS | CLI_JSON, CLI_GROUP_SETUP,
	  "tell git to diff and merge prompts with git-pv" },
	{ "list", cmd_list, &cmd_list_usage, READS_LONG, CLI_GROUP_WORK,
	  "list prompts" },
	{ "log", cmd_log, &cmd_log_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_HISTORY, "show the history of prompts" },
	{ "merge", cmd_merge, &cmd_merge_usage, READS, CLI_GROUP_HISTORY,
	  "join another branch into this one" },
	{ "merge-driver", cmd_merge_driver, &cmd_merge_driver_usage, CLI_HIDDEN,
	  CLI_GROUP_SETUP, "merge one file, for git" },
	{ "mergetool", cmd_mergetool, &cmd_mergetool_usage, CLI_HIDDEN,
	  CLI_GROUP_SETUP, "go through conflicts field by field" },
	{ "mv", cmd_mv, &cmd_mv_usage, WRITES, CLI_GROUP_WORK,
	  "give a prompt another id" },
	{ "new", cmd_new, &cmd_new_usage, WRITES | CLI_SPECS, CLI_GROUP_WORK,
	  "make a prompt" },
	{ "performance", cmd_performance, &cmd_performance_usage, READS_LONG,
	  CLI_GROUP_RUNS, "show how a prompt did: success, time, cost" },
	{ "policy", cmd_policy, &cmd_policy_usage, READS | CLI_SPECS,
	  CLI_GROUP_RELEASE, "show who may do what, and why not" },
	{ "promote", cmd_promote, &cmd_promote_usage, READS, CLI_GROUP_RELEASE,
	  "make live here what is live in another environment" },
	{ "record", cmd_record, &cmd_record_usage, READS | CLI_SPECS,
	  CLI_GROUP_RUNS, "keep what a model answered, and what it cost" },
	{ "reindex", cmd_reindex, &cmd_reindex_usage, READS, CLI_GROUP_SETUP,
	  "remember the history of all files anew" },
	{ "release", cmd_release, &cmd_release_usage, READS, CLI_GROUP_RELEASE,
	  "give changed prompts their next version" },
	{ "render", cmd_render, &cmd_render_usage, CLI_JSON | CLI_SPECS,
	  CLI_GROUP_WORK, "fill a prompt in, as it goes to a model" },
	{ "resolve", cmd_resolve, &cmd_resolve_usage, WRITES, CLI_GROUP_HISTORY,
	  "settle what a merge could not decide" },
	{ "revert", cmd_revert, &cmd_revert_usage, WRITES, CLI_GROUP_HISTORY,
	  "undo a commit by a new one" },
	{ "review", cmd_review, &cmd_review_usage,
	  CLI_REPO | CLI_SETTINGS | CLI_JSON | CLI_SPECS, CLI_GROUP_RELEASE,
	  "have changes looked at before they are merged" },
	{ "rollback", cmd_rollback, &cmd_rollback_usage, WRITES | CLI_SPECS,
	  CLI_GROUP_RELEASE, "bring an older version of a prompt back" },
	{ "schema", cmd_schema, &cmd_schema_usage, CLI_JSON | CLI_SPECS,
	  CLI_GROUP_WORK, "validate data with a JSON Schema" },
	{ "search", cmd_search, &cmd_search_usage, READS_LONG, CLI_GROUP_WORK,
	  "find words in prompts, or in all their versions" },
	{ "show", cmd_show, &cmd_show_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_WORK, "show a prompt" },
	{ "snapshot", cmd_snapshot, &cmd_snapshot_usage, CLI_JSON | CLI_SPECS,
	  CLI_GROUP_RELEASE, "write what is live in an environment to one file" },
	{ "stats", cmd_stats, &cmd_stats_usage, CLI_JSON, CLI_GROUP_RUNS,
	  "compute statistics of experiments" },
	{ "status", cmd_status, &cmd_status_usage, WRITES, CLI_GROUP_WORK,
	  "show what is not committed yet" },
	{ "switch", cmd_switch, &cmd_switch_usage, WRITES, CLI_GROUP_HISTORY,
	  "go to another branch" },
	{ "sync", cmd_sync, &cmd_sync_usage, READS, CLI_GROUP_EXCHANGE,
	  "exchange reviews, versions and deployments with a remote" },
	{ "textconv", cmd_textconv, &cmd_textconv_usage, CLI_HIDDEN,
	  CLI_GROUP_SETUP, "show one file as text, for git" },
	{ "top", cmd_top, &cmd_top_usage, READS_LONG, CLI_GROUP_RUNS,
	  "list the prompts used most, dearest, slowest" },
	{ "trends", cmd_trends, &cmd_trends_usage, READS_LONG, CLI_GROUP_RUNS,
	  "show whether a number of a prompt goes up or down" },
	{ "uninstall", cmd_uninstall, &cmd_uninstall_usage,
	  CLI_MAYBE_REPO | CLI_JSON, CLI_GROUP_SETUP,
	  "take back what install has set" },
	{ "vars", cmd_vars, &cmd_vars_usage, READS | CLI_SPECS, CLI_GROUP_WORK,
	  "list the variables of a prompt" },
	{ "verify", cmd_verify, &cmd_verify_usage, READS_LONG | CLI_SPECS,
	  CLI_GROUP_RELEASE, "say whether what was done is signed, and by whom" },
	{ "version", cmd_version, &cmd_version_usage, CLI_JSON, CLI_GROUP_START,
	  "print the version of git-pv" },
	{ "versions", cmd_versions, &cmd_versions_usage, READS_LONG,
	  CLI_GROUP_RELEASE, "list the versions of a prompt" },
};

size_t cli_command_count(void)
{
	return pv_array_len(commands);
}

const cli_command *cli_command_at(size_t idx)
{
	return &commands[idx];
}

const cli_command *cli_find_command(const char *name)
{
	for (size_t i = 0; i < pv_array_len(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return cli_command_at(i);
	return NULL;
}

int cli_unknown_command(pv_cli *cli, const char *name)
{
	const char *names[pv_array_len(commands) + 1];
	size_t count = 0;
	int rc = cli_usage_error(cli, "\"%s\" is not a git-pv command", name);

	for (size_t i = 0; i < pv_array_len(commands); i++)
		if (!(commands[i].needs & CLI_HIDDEN))
			names[count++] = commands[i].name;
	names[count] = NULL;
	return cli_hint_near(cli, rc, name, names, "git pv help");
}
