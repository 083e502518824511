/* SPDX-License-Identifier: MIT
 *
 * The output of git pv stats. What cannot be said is null.
 */
#include "experiment/stats_kinds.h"

#include <math.h>

static void put_real(stats_call *call, double value)
{
	if (isfinite(value))
		pv_jsonw_real(call->out, value);
	else
		pv_jsonw_null(call->out);
}

void stats_put(stats_call *call, const char *key, double value, int is_known)
{
	pv_jsonw_key(call->out, key);
	if (is_known)
		put_real(call, value);
	else
		pv_jsonw_null(call->out);
}

void stats_put_int(stats_call *call, const char *key, int64_t value)
{
	pv_jsonw_key(call->out, key);
	pv_jsonw_int(call->out, value);
}

void stats_put_bool(stats_call *call, const char *key, int value)
{
	pv_jsonw_key(call->out, key);
	pv_jsonw_bool(call->out, value);
}

void stats_put_interval(stats_call *call, const char *key,
			pv_stats_interval interval, int is_known)
{
	pv_jsonw_key(call->out, key);
	if (!is_known) {
		pv_jsonw_null(call->out);
		return;
	}
	pv_jsonw_array(call->out);
	put_real(call, interval.low);
	put_real(call, interval.high);
	pv_jsonw_array_end(call->out);
}

void stats_put_status(stats_call *call, enum pv_stats_status status)
{
	static const char *const names[] = { "known", "too-few", "no-variance",
					     "undefined" };

	pv_jsonw_member(call->out, "status", names[status]);
}

void stats_put_test(stats_call *call, const pv_stats_test *test)
{
	int is_known = test->status == PV_STATS_KNOWN;

	stats_put_status(call, test->status);
	stats_put(call, "difference", test->difference,
		  is_known || test->status == PV_STATS_NO_VARIANCE);
	stats_put(call, "error", test->error, is_known);
	stats_put(call, "statistic", test->statistic, is_known);
	stats_put(call, "df", test->df, is_known && test->df > 0);
	stats_put(call, "p", test->p, is_known);
	stats_put(call, "ln_p", test->ln_p, is_known);
	stats_put_interval(call, "interval", test->interval, is_known);
}
