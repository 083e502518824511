/* SPDX-License-Identifier: MIT
 *
 * What alerts share inside: a rule as it was read, and where its figure is.
 */
#ifndef PV_ANALYTICS_ALERT_RULE_H
#define PV_ANALYTICS_ALERT_RULE_H

#include <pv/analytics.h>

/* What of the executions a rule looks at. */
enum alert_figure {
	ALERT_MEAN, /* of a measure: these five */
	ALERT_P50,
	ALERT_P95,
	ALERT_P99,
	ALERT_TOTAL,
	ALERT_SUCCESS_RATE,
	ALERT_ERROR_RATE,
	ALERT_CACHE_RATE,
	ALERT_EXECUTIONS,
	ALERT_SCORE
};

/* A rule; begins with what is public of it. */
typedef struct alert_rule {
	pv_alert alert;
	enum alert_figure figure;
	size_t offset;     /* of a measure in a usage */
	const char *score; /* its name */
	int64_t span;      /* microseconds; 0: of a budget */
} alert_rule;

/*
 * Reads `rule->alert.metric` into what it means, and the unit. PV_EINVALID for
 * no metric.
 */
int pv_alert_metric(alert_rule *rule, pv_error *err);

#endif
