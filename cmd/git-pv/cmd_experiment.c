/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment`: the table of its verbs. Each has options and needs of
 * its own: some only calculate and want no repository.
 */
#include <string.h>

#include "base/mem.h"
#include "experiment_verbs.h"

enum {
	READS = CLI_REPO | CLI_SETTINGS | CLI_JSON
};

static const cli_verb verbs[] = {
	{ "create", &experiment_create_usage },
	{ "list", &experiment_list_usage },
	{ "show", &experiment_show_usage },
	{ "start", &experiment_start_usage },
	{ "ramp", &experiment_ramp_usage },
	{ "reweight", &experiment_reweight_usage },
	{ "pause", &experiment_pause_usage },
	{ "resume", &experiment_resume_usage },
	{ "stop", &experiment_stop_usage },
	{ "conclude", &experiment_conclude_usage },
	{ "route", &experiment_route_usage },
	{ "power", &experiment_power_usage },
	{ "replay", &experiment_replay_usage },
	{ "results", &experiment_results_usage },
	{ 0 },
};

/* In the same order. */
static const struct {
	int (*run)(pv_cli *cli, int argc, char **argv);
	unsigned needs; /* enum cli_needs */
} calls[] = {
	{ experiment_create, READS },
	{ experiment_list, READS },
	{ experiment_show, READS },
	{ experiment_start, READS },
	{ experiment_ramp, READS },
	{ experiment_reweight, READS },
	{ experiment_pause, READS },
	{ experiment_resume, READS },
	{ experiment_stop, READS },
	{ experiment_conclude, READS },
	{ experiment_route, READS },
	{ experiment_power, CLI_JSON },
	{ experiment_replay, CLI_JSON | CLI_PAGER },
	{ experiment_results, READS | CLI_PAGER },
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
		      "[--context NAME=VALUE]... [--explain] [--vars FILE] "
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

/* The place of the first operand among the verbs, or -1. */
static int verb_of(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		for (int k = 0; verbs[k].name; k++)
			if (strcmp(verbs[k].name, argv[i]) == 0)
				return k;
		return -1;
	}
	return -1;
}

int cmd_experiment(pv_cli *cli, int argc, char **argv)
{
	int verb = verb_of(argc, argv);
	int rc;

	if (verb >= 0) {
		cli_verb_usage(cli, verbs[verb].usage);
		cli->verb.needs = calls[verb].needs;
		return calls[verb].run(cli, argc, argv);
	}
	rc = cli_start(cli, NULL, &argc, argv);
	return rc != 0 ? rc
		       : cli_usage_error(cli, "there is no \"experiment %.60s\"",
					 argv[0]);
}
