/* SPDX-License-Identifier: MIT
 *
 * The gate of what was measured: executions of exactly these bytes in the
 * environment before this one, enough of them, and inside the bounds that
 * `performance` of the environment sets. What cannot be understood of them
 * keeps the gate shut.
 */
#include "deploy/gates_measured.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pv/analytics.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/tracking.h"

enum {
	MIN_EXECUTIONS = 100
};

struct measuring {
	pv_cli *cli;
	const cli_environment *environment;
	const gate_subject *subject;
	const pv_json *bounds;
	const char *from; /* the environment that is measured in */
	int64_t wanted;   /* executions */
	const pv_usage *usage;
	gate_result *out;
	int is_push;
	int rc;
};

static void refuse(struct measuring *it, const char *rule, const char *hint,
		   const char *format, ...) PV_PRINTF(4, 5);

static void refuse(struct measuring *it, const char *rule, const char *hint,
		   const char *format, ...)
{
	char text[256];
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = rule,
			       .file = it->subject->path,
			       .message = text,
			       .hint = hint };
	va_list args;

	if (it->rc < 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	it->out->is_ok = 0;
	it->rc = pv_report_add(it->out->findings, &finding, &it->cli->err);
}

/* --- bounds ---------------------------------------------------------------------- */

static double latency_of(const pv_usage *usage)
{
	return usage->latency_ms.p95;
}

static double errors_of(const pv_usage *usage)
{
	return usage->judged
		       ? 1.0 - (double)usage->succeeded / (double)usage->judged
		       : 0;
}

static double quality_of(const pv_usage *usage)
{
	return usage->quality.mean;
}

static double cost_of(const pv_usage *usage)
{
	return usage->cost_usd.mean;
}

static int64_t latency_count(const pv_usage *usage)
{
	return usage->latency_ms.n;
}

static int64_t judged_count(const pv_usage *usage)
{
	return usage->judged;
}

static int64_t quality_count(const pv_usage *usage)
{
	return usage->quality.n;
}

static int64_t cost_count(const pv_usage *usage)
{
	return usage->cost_usd.n;
}

static const struct bound {
	const char *key;
	const char *what;
	double (*value)(const pv_usage *usage);
	int64_t (*count)(const pv_usage *usage);
	int is_least; /* the bound is the least that is good enough */
} bounds[] = {
	{ "latency_p95_ms", "p95 of the latency in milliseconds", latency_of,
	  latency_count, 0 },
	{ "error_rate", "share of errors", errors_of, judged_count, 0 },
	{ "quality", "mean quality", quality_of, quality_count, 1 },
	{ "cost_per_request_usd", "mean cost in US dollars", cost_of,
	  cost_count, 0 },
};

static int is_number(const pv_json *value)
{
	enum pv_json_type type = pv_json_type_of(value);

	return type == PV_JSON_INT || type == PV_JSON_REAL;
}

static int check_key(const char *key, const pv_json *member, void *payload)
{
	struct measuring *it = payload;
	int is_ok = !strcmp(key, "from") ? pv_json_text(member, NULL) != NULL
					 : is_number(member);
	int is_known = !strcmp(key, "from") || !strcmp(key, "min_executions");

	for (size_t i = 0; i < pv_array_len(bounds); i++)
		is_known |= !strcmp(key, bounds[i].key);
	if (!is_known || !is_ok)
		refuse(it, "measured", "see performance in pv.yaml(5)",
		       "\"%.60s\" below performance of \"%.60s\" %s", key,
		       pv_buf_text(&it->environment->name),
		       is_known ? "is not what it must be" : "is not known");
	return it->rc;
}

static void judge_bound(struct measuring *it, const struct bound *bound)
{
	const pv_json *limit = pv_json_get(it->bounds, bound->key);
	double allowed = pv_json_real(limit, 0);
	double value;

	if (!is_number(limit))
		return;
	if (!bound->count(it->usage)) {
		refuse(it, "not-yet", "record it: git pv record",
		       "no execution in \"%.60s\" tells the %s", it->from,
		       bound->what);
		return;
	}
	value = bound->value(it->usage);
	if (bound->is_least ? value < allowed : value > allowed)
		refuse(it, "measured", "git pv performance shows more",
		       "the %s is %.6g in \"%.60s\", at %s %.6g is allowed",
		       bound->what, value, it->from,
		       bound->is_least ? "least" : "most", allowed);
}

static void judge(struct measuring *it)
{
	int64_t count = it->usage ? it->usage->executions : 0;

	if (count < it->wanted) {
		refuse(it, "not-yet", "deploy it there first, and wait",
		       "\"%.100s\" has %lld executions in \"%.60s\", %lld more "
		       "are wanted",
		       it->subject->id, (long long)count, it->from,
		       (long long)(it->wanted - count));
		return;
	}
	for (size_t i = 0; i < pv_array_len(bounds); i++)
		judge_bound(it, &bounds[i]);
}

/* --- executions --------------------------------------------------------------------- */

static int measure(struct measuring *it, pv_executions *index)
{
	pv_executions_match matches[] = {
		{ .field = "prompt_id", .value = it->subject->id },
		{ .field = "environment", .value = it->from },
		{ .field = "blob" },
	};
	const pv_usage_query query = { .matches = matches,
				       .match_count = pv_array_len(matches) };
	pv_usages *usages = NULL;
	pv_oid blob;
	int rc = pv_store_find(&blob, it->cli->store, &it->subject->at,
			       it->subject->path, &it->cli->err);

	matches[2].value = blob.hex;
	it->usage = NULL;
	if (rc == PV_OK && index)
		rc = pv_usages_read(&usages, index, &query, &it->cli->err);
	if (rc == PV_OK && index)
		it->usage = pv_usages_total(usages);
	if (rc == PV_OK)
		judge(it);
	pv_usages_free(usages);
	return rc == PV_OK ? it->rc : rc;
}

static int measure_all(struct measuring *it, const gate_subject *subjects,
		       size_t count)
{
	pv_executions *index = NULL;
	int rc = tracking_open(&index, it->cli, 1);

	/* Without an index nothing was executed, or it is not known here. */
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&it->cli->err);
		rc = PV_OK;
		count = it->is_push ? 0 : count;
	}
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		it->subject = &subjects[i];
		rc = measure(it, index);
	}
	pv_executions_free(index);
	return rc;
}

/* --- where ---------------------------------------------------------------------------- */

struct order {
	const char *name;
	const char *before;
	int is_found;
};

static int find_before(const char *key, const pv_json *member, void *payload)
{
	struct order *order = payload;

	if (!strcmp(key, order->name)) {
		order->is_found = 1;
		return 1;
	}
	if (pv_json_type_of(member) != PV_JSON_STRING)
		order->before = key;
	return 0;
}

/* What pv.yaml has above it, else the usual one. */
static const char *before_of(const pv_json *environments, const char *name)
{
	struct order order = { name, NULL, 0 };

	(void)pv_json_each(environments, find_before, &order);
	if (order.is_found && order.before)
		return order.before;
	if (!strcmp(name, "production"))
		return "staging";
	return !strcmp(name, "staging") ? "development" : NULL;
}

int gates_measure(gate_result *out, pv_cli *cli,
		  const cli_environment *environment,
		  const gate_subject *subjects, size_t count,
		  const gate_options *opts)
{
	const char *name = pv_buf_text(&environment->name);
	struct measuring it = { .cli = cli,
				.environment = environment,
				.out = out,
				.is_push = opts->is_push,
				.subject = subjects };
	const pv_json *environments;
	pv_json_doc *doc = NULL;
	int rc = tracking_read_json(&doc, NULL, cli, "environments");

	environments = rc == PV_OK && doc ? pv_json_root(doc) : NULL;
	it.bounds = pv_json_get(pv_json_get(environments, name), "performance");
	if (rc == PV_OK && count && pv_json_count(it.bounds)) {
		it.wanted = pv_json_int(pv_json_get(it.bounds, "min_executions"),
					MIN_EXECUTIONS);
		it.from = pv_json_text(pv_json_get(it.bounds, "from"), NULL);
		if (!it.from)
			it.from = before_of(environments, name);
		rc = pv_json_each(it.bounds, check_key, &it);
		if (rc == PV_OK && !it.from)
			refuse(&it, "measured",
			       "name it: \"from\" below performance",
			       "no environment comes before \"%.60s\"", name);
		else if (rc == PV_OK && out->is_ok)
			rc = measure_all(&it, subjects, count);
	}
	pv_json_free(doc);
	return rc < 0 ? rc : it.rc;
}
