/* SPDX-License-Identifier: MIT
 *
 * The parts of `git pv trends`: finding where a number goes (cmd_trends.c),
 * telling it (trends_print.c) and drawing it (trends_svg.c).
 */
#ifndef PV_CMD_TRENDS_H
#define PV_CMD_TRENDS_H

#include "ui/figures.h"

enum trend_verdict {
	TREND_UNKNOWN,
	TREND_FLAT,
	TREND_IMPROVING,
	TREND_WORSENING
};

enum {
	TREND_LEAST = 5 /* points, for a verdict */
};

struct trend_point {
	const pv_usage *usage;
	double day; /* since the first point */
	double value;
	int64_t n;
};

/* A version that was released within the window. */
struct trend_marker {
	const char *version;
	const char *former; /* the version before it; NULL */
	int64_t when;       /* microseconds */
};

struct trend_view {
	pv_cli *cli;
	const char *id;
	const char *grain;
	figures_metric metric;
	pv_usages *usages;
	struct trend_point *points;
	size_t count;
	pv_version_list versions;
	struct trend_marker *markers; /* by time */
	size_t marker_count;
	pv_course course; /* slope by day */
	enum trend_verdict verdict;
};

const char *trend_verdict_name(enum trend_verdict verdict);
/* Appends the sentence that goes with the verdict. */
void trend_reason(pv_buf *out, const struct trend_view *it);
/* Appends the `idx`-th thing to do; 0 when there are no more. */
int trend_advice(pv_buf *out, const struct trend_view *it, int idx);

int trends_print_json(const struct trend_view *it);
int trends_print(const struct trend_view *it);
/* Appends a drawing. */
void trends_svg(pv_buf *out, const struct trend_view *it);

#endif
