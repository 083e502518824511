/* SPDX-License-Identifier: MIT
 *
 * The parts of `git pv compare`: finding differences (cmd_compare.c), and
 * telling them (compare_print.c).
 */
#ifndef PV_CMD_COMPARE_H
#define PV_CMD_COMPARE_H

#include "ui/figures.h"

enum {
	COMPARE_METRICS_MAX = 8,
	COMPARE_LEAST = 20 /* values on each side, to say that one is better */
};

/* One number of one group against the first group. */
struct finding {
	const figures_metric *metric;
	const pv_usage *from;
	const pv_usage *to;
	pv_contrast found;
	int has_values;
	int is_enough;
	int is_from_short; /* it is `from`, and not `to`, that has too few */
	int is_significant;
	int better; /* 1: `to` is, -1: `from` is, 0: cannot be told */
};

struct comparison {
	pv_cli *cli;
	const char *id;
	const char *by;
	pv_usages *usages;
	const pv_usage **groups; /* the first is what others are held against */
	size_t count;
	figures_metric metrics[COMPARE_METRICS_MAX];
	size_t metric_count;
	struct finding *findings; /* by group, then by metric */
	size_t finding_count;
};

/* PV_ENOMEM, PV_ELIMIT. */
int compare_print_json(const struct comparison *it);
int compare_print(const struct comparison *it);

#endif
