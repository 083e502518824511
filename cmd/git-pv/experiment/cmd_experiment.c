/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment`: the table of its verbs. Each has options and needs of
 * its own: some only calculate and want no repository.
 */
#include "experiment/experiment_verbs.h"

enum {
	READS = CLI_REPO | CLI_SETTINGS | CLI_JSON
};

static const cli_verb verbs[] = {
	{ "create", &experiment_create_usage, experiment_create, READS },
	{ "list", &experiment_list_usage, experiment_list, READS },
	{ "show", &experiment_show_usage, experiment_show, READS },
	{ "start", &experiment_start_usage, experiment_start, READS },
	{ "ramp", &experiment_ramp_usage, experiment_ramp, READS },
	{ "reweight", &experiment_reweight_usage, experiment_reweight, READS },
	{ "pause", &experiment_pause_usage, experiment_pause, READS },
	{ "resume", &experiment_resume_usage, experiment_resume, READS },
	{ "stop", &experiment_stop_usage, experiment_stop, READS },
	{ "conclude", &experiment_conclude_usage, experiment_conclude, READS },
	{ "route", &experiment_route_usage, experiment_route, READS },
	{ "power", &experiment_power_usage, experiment_power, CLI_JSON },
	{ "replay", &experiment_replay_usage, experiment_replay,
	  CLI_JSON | CLI_PAGER },
	{ "results", &experiment_results_usage, experiment_results,
	  READS | CLI_PAGER },
	{ 0 },
};

const cli_usage cmd_experiment_usage = {
	.synopsis = { "git pv experiment create ID [--prompt ID "
		      "--variant NAME=SPEC...] [--split W,W...] [options]",
		      "git pv experiment list [--status S] [--json]",
		      "git pv experiment show ID [--json]",
		      "git pv experiment start|pause|resume|stop ID [-m MSG] "
		      "[--no-verify] [--json]",
		      "git pv experiment ramp ID --coverage PERCENT [-m MSG] "
		      "[--no-verify] [--json]",
		      "git pv experiment reweight ID --split W,W... [-m MSG] "
		      "[--no-verify] [--json]",
		      "git pv experiment route ID --unit U|--stdin "
		      "[--context NAME=VALUE]... [--sticky VARIANT@EPOCH] [--explain] [--vars FILE] "
		      "[--json]",
		      "git pv experiment conclude ID [--winner VARIANT] "
		      "[--merge [--tip]] [-m MSG] [--no-verify] [--json]",
		      "git pv experiment power [ID] [--mde D|--days N] [--sd S | "
		      "--baseline P] [--per-day N] [--variants N] [--metrics N] "
		      "[--alpha A] [--power P] [--json]",
		      "git pv experiment replay ID|FILE.yaml ROWS.jsonl "
		      "[--fixed | --student | --group-sequential | --bayes | "
		      "--sequential] [--pairwise] [--metric NAME]... "
		      "[--by SEGMENT] [--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]",
		      "git pv experiment results ID [--fixed | --student | "
		      "--group-sequential | --bayes | --sequential] "
		      "[--pairwise] [--metric NAME]... [--by SEGMENT] "
		      "[--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]" },
	.examples = { "git pv experiment create tone --prompt support/triage "
		      "--variant control=main --variant concise=exp/concise",
		      "git pv experiment route tone --unit u1 --json" },
	.args = "a verb: create, list, show, start, ramp, reweight, pause, "
		"resume, stop, conclude, route, results, replay or power",
	.min_args = 1,
	.max_args = -1,
	.verbs = verbs,
};

int cmd_experiment(pv_cli *cli, int argc, char **argv)
{
	return cli_run_verb(cli, argc, argv);
}
