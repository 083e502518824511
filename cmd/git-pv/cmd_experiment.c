/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment`: the table of its verbs. Each has options and needs of
 * its own: some only calculate and want no repository.
 */
#include <string.h>

#include "base/mem.h"
#include "experiment_verbs.h"

static const cli_verb verbs[] = {
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
	{ experiment_power, CLI_JSON },
	{ experiment_replay, CLI_JSON | CLI_PAGER },
	{ experiment_results, CLI_REPO | CLI_SETTINGS | CLI_JSON | CLI_PAGER },
};

const cli_usage cmd_experiment_usage = {
	.synopsis = { "git pv experiment power --mde D|--days N [--sd S | "
		      "--baseline P] [--per-day N] [--variants N] [--metrics N] "
		      "[--alpha A] [--power P] [--json]",
		      "git pv experiment replay ID|FILE.yaml ROWS.jsonl [--fixed | "
		      "--group-sequential | --bayes | --sequential] "
		      "[--pairwise] [--metric NAME]... [--by SEGMENT] "
		      "[--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]",
		      "git pv experiment results ID [--fixed | "
		      "--group-sequential | --bayes | --sequential] "
		      "[--pairwise] [--metric NAME]... [--by SEGMENT] "
		      "[--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]" },
	.examples = { "git pv experiment power --baseline 0.9 --mde 0.02 "
		      "--per-day 800" },
	.args = "a verb: power, replay or results",
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
