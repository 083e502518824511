/* SPDX-License-Identifier: MIT
 *
 * `git pv alert`: the rules of pv.yaml about figures of executions, and which of
 * them something is to be said of. Nothing is printed when nothing is, so that
 * cron sends mail only then.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "ui/figures.h"

struct alert_options {
	const char *value;
	int count; /* -1: not given */
};

static const cli_option options[] = {
	{ 0, "value", CLI_STRING, offsetof(struct alert_options, value), "N",
	  "test: say what the rule says of this number" },
	{ 0, "count", CLI_INT, offsetof(struct alert_options, count), "N",
	  "test: the number is made of so many executions; 1000" },
	{ 0 },
};

const cli_usage cmd_alert_usage = {
	.synopsis = { "git pv alert list [--json]",
		      "git pv alert check [--json] [NAME]...",
		      "git pv alert test [--value N [--count N]] [--json] "
		      "[NAME]..." },
	.examples = { "git pv alert check", "git pv alert test --value 2500" },
	.options = options,
	.args = "list, check or test",
	.min_args = 1,
	.max_args = -1,
};

enum {
	COUNT = 1000
};

/* A run: the rules, those that are meant, and what was found. */
struct run {
	pv_cli *cli;
	pv_alerts *alerts;
	char **names; /* that are meant; none: all */
	int name_count;
	int is_test; /* also tells what is quiet */
	pv_jsonw w;
	size_t firing;
};

static const char *state_name(enum pv_alert_state state)
{
	static const char *const names[] = { "ok", "firing", "unknown" };

	return names[state];
}

/* --- the rules ------------------------------------------------------------ */

static int read_setting(pv_buf *out, pv_cli *cli, const char *key)
{
	pv_json_doc *doc = NULL;
	int rc = tracking_read_json(&doc, NULL, cli, key);

	if (rc == PV_OK && doc)
		rc = pv_json_dump(out, pv_json_root(doc), &cli->err);
	pv_json_free(doc);
	return rc;
}

static int load(struct run *it)
{
	pv_buf alerts = { 0 };
	pv_buf budgets = { 0 };
	pv_cli *cli = it->cli;
	int rc = read_setting(&alerts, cli, "alerts");

	if (rc == PV_OK)
		rc = read_setting(&budgets, cli, "budgets");
	if (rc == PV_OK)
		rc = pv_alerts_read(&it->alerts, alerts.len ? alerts.ptr : NULL,
				    budgets.len ? budgets.ptr : NULL, &cli->err);
	pv_buf_dispose(&alerts);
	pv_buf_dispose(&budgets);
	return rc;
}

static int is_meant(const struct run *it, const pv_alert *alert)
{
	for (int i = 0; i < it->name_count; i++)
		if (strcmp(it->names[i], alert->name) == 0)
			return 1;
	return !it->name_count;
}

static int is_rule(const struct run *it, const char *name)
{
	const pv_alert *alert;

	for (size_t i = 0; (alert = pv_alerts_at(it->alerts, i)) != NULL; i++)
		if (strcmp(alert->name, name) == 0)
			return 1;
	return 0;
}

static int check_names(const struct run *it)
{
	pv_cli *cli = it->cli;

	for (int i = 0; i < it->name_count; i++) {
		if (is_rule(it, it->names[i]))
			continue;
		pv_fail(&cli->err, PV_ENOTFOUND,
			"pv.yaml has no alert \"%.100s\"", it->names[i]);
		return pv_error_hint(&cli->err, PV_ENOTFOUND,
				     "\"git pv alert list\" lists them");
	}
	return PV_OK;
}

/* --- words ---------------------------------------------------------------- */

static void put_value(char out[FIGURES_TEXT], const pv_alert *alert, double value)
{
	figures_metric metric = { .name = alert->metric, .unit = alert->unit };

	metric.is_rate = strcmp(alert->unit, "rate") == 0;
	figures_value(out, &metric, value, 1);
}

/* "above 2.00 s, below 1 ms" */
static void put_limits(pv_buf *out, const pv_alert *alert)
{
	char text[FIGURES_TEXT];

	if (alert->has_above) {
		put_value(text, alert, alert->above);
		pv_buf_printf(out, "above %s", text);
	}
	if (alert->has_below) {
		put_value(text, alert, alert->below);
		pv_buf_printf(out, "%sbelow %s", alert->has_above ? " or " : "",
			      text);
	}
}

/* Whether there is a value at all. */
static int has_value(const pv_alert_finding *finding)
{
	return finding->n > 0 ||
	       strcmp(finding->alert->metric, "executions") == 0;
}

static void put_period(pv_buf *out, const pv_alert *alert)
{
	pv_buf_printf(out, alert->is_budget ? "of this %s" : "of %s",
		      alert->window);
}

/* "support/triage: latency_p95 is 2.31 s, 42 executions of 1h; above 2.00 s" */
static void put_sentence(pv_buf *out, const pv_alert_finding *finding)
{
	const pv_alert *alert = finding->alert;
	char text[FIGURES_TEXT];

	pv_buf_printf(out, "%s: %s ",
		      finding->prompt ? finding->prompt : alert->prompt,
		      alert->metric);
	if (has_value(finding)) {
		put_value(text, alert, finding->value);
		pv_buf_printf(out, "is %s", text);
	} else {
		pv_buf_puts(out, "is not known");
	}
	figures_count(text, finding->n);
	pv_buf_printf(out, ", %s execution%s ", text, finding->n == 1 ? "" : "s");
	put_period(out, alert);
	if (finding->unknown) {
		figures_count(text, finding->unknown);
		pv_buf_printf(out, " (the cost of %s more is not known)", text);
	}
	pv_buf_puts(out, "; fires ");
	put_limits(out, alert);
	if (finding->state == PV_ALERT_UNKNOWN && finding->n)
		pv_buf_printf(out, " with %lld executions or more",
			      (long long)alert->min_count);
}

/* --- list ----------------------------------------------------------------- */

static void put_rule_json(pv_jsonw *w, const pv_alert *alert)
{
	pv_jsonw_member(w, "name", alert->name);
	pv_jsonw_member(w, "kind", alert->is_budget ? "budget" : "alert");
	pv_jsonw_member(w, "prompt", alert->prompt);
	pv_jsonw_member(w, "metric", alert->metric);
	pv_jsonw_member(w, "unit", alert->unit);
	figures_real(w, "above", alert->above, alert->has_above);
	figures_real(w, "below", alert->below, alert->has_below);
	pv_jsonw_member(w, "window", alert->window);
	pv_jsonw_key(w, "min_count");
	pv_jsonw_int(w, alert->min_count);
}

static void print_rule(struct run *it, const pv_alert *alert)
{
	pv_cli *cli = it->cli;
	pv_buf text = { 0 };

	if (cli->json) {
		pv_jsonw_object(&it->w);
		put_rule_json(&it->w, alert);
		pv_jsonw_object_end(&it->w);
		return;
	}
	pv_buf_printf(&text, "%s: %s of %s ", alert->name, alert->metric,
		      alert->prompt);
	put_limits(&text, alert);
	pv_buf_puts(&text, " ");
	put_period(&text, alert);
	cli_line(cli, pv_buf_text(&text));
	cli_puts(cli, "\n");
	pv_buf_dispose(&text);
}

static int list(struct run *it)
{
	const pv_alert *alert;

	if (it->name_count)
		return cli_usage_error(it->cli, "list takes no operands");
	if (it->cli->json)
		pv_jsonw_array(&it->w);
	for (size_t i = 0; (alert = pv_alerts_at(it->alerts, i)) != NULL; i++)
		print_rule(it, alert);
	if (it->cli->json)
		pv_jsonw_array_end(&it->w);
	return PV_OK;
}

/* --- check and test ------------------------------------------------------- */

static void put_finding_json(pv_jsonw *w, const pv_alert_finding *finding)
{
	pv_buf text = { 0 };
	char since[PV_TIME_TEXT];

	put_sentence(&text, finding);
	pv_time_format(since, finding->since);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", finding->alert->name);
	pv_jsonw_member(w, "state", state_name(finding->state));
	pv_jsonw_member(w, "prompt", finding->prompt);
	figures_real(w, "value", finding->value, has_value(finding));
	pv_jsonw_key(w, "n");
	pv_jsonw_int(w, finding->n);
	pv_jsonw_key(w, "unknown");
	pv_jsonw_int(w, finding->unknown);
	pv_jsonw_member(w, "since", finding->since ? since : NULL);
	pv_jsonw_key(w, "rule");
	pv_jsonw_object(w);
	put_rule_json(w, finding->alert);
	pv_jsonw_object_end(w);
	pv_jsonw_member(w, "message", pv_buf_text(&text));
	pv_jsonw_object_end(w);
	pv_buf_dispose(&text);
}

static int on_finding(const pv_alert_finding *finding, void *payload)
{
	struct run *it = payload;
	pv_cli *cli = it->cli;
	int is_firing = finding->state == PV_ALERT_FIRING;
	pv_buf text = { 0 };

	it->firing += (size_t)is_firing;
	if (cli->json) {
		put_finding_json(&it->w, finding);
	} else if (is_firing || it->is_test) {
		pv_buf_printf(&text, "%s: ", finding->alert->name);
		put_sentence(&text, finding);
		cli_printf(cli, "%s%-8s%s",
			   is_firing ? cli_color(cli, CLI_COLOR_ERROR) : "",
			   state_name(finding->state),
			   is_firing ? cli_color(cli, CLI_COLOR_RESET) : "");
		cli_line(cli, pv_buf_text(&text));
		cli_puts(cli, "\n");
	}
	pv_buf_dispose(&text);
	return 0;
}

/* The figures of an index without rows where nothing is recorded at all. */
static int open_index(pv_executions **out, pv_cli *cli)
{
	const pv_executions_options nothing = { .path = ":memory:" };
	int rc = tracking_open(out, cli, 1);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return pv_executions_open(out, &nothing, &cli->err);
}

static int check_each(struct run *it)
{
	int64_t now = pv_clock_now(NULL);
	pv_executions *index = NULL;
	const pv_alert *alert;
	int rc = open_index(&index, it->cli);

	for (size_t i = 0; rc == PV_OK; i++) {
		alert = pv_alerts_at(it->alerts, i);
		if (!alert)
			break;
		if (is_meant(it, alert))
			rc = pv_alert_check(index, alert, now, on_finding, it,
					    &it->cli->err);
	}
	pv_executions_free(index);
	return rc;
}

/* What rules say of a number that is given. */
static int judge_each(struct run *it, const struct alert_options *opts)
{
	pv_alert_finding finding = { 0 };
	pv_json_doc *doc = NULL;
	enum pv_json_type type;
	int rc = pv_json_parse(&doc, opts->value, strlen(opts->value), NULL);

	type = rc == PV_OK ? pv_json_type_of(pv_json_root(doc)) : PV_JSON_NULL;
	if (rc == PV_OK)
		finding.value = pv_json_real(pv_json_root(doc), 0);
	pv_json_free(doc);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&it->cli->err);
	if (type != PV_JSON_INT && type != PV_JSON_REAL)
		return cli_usage_error(it->cli, "--value: \"%.40s\" is no number",
				       opts->value);
	finding.n = opts->count;
	for (size_t i = 0;; i++) {
		finding.alert = pv_alerts_at(it->alerts, i);
		if (!finding.alert)
			return PV_OK;
		if (!is_meant(it, finding.alert))
			continue;
		finding.state =
			pv_alert_judge(finding.alert, finding.value, finding.n);
		on_finding(&finding, it);
	}
}

static int find(struct run *it, const struct alert_options *opts)
{
	int rc = check_names(it);

	if (rc < 0)
		return rc;
	if (it->cli->json) {
		pv_jsonw_object(&it->w);
		pv_jsonw_key(&it->w, "findings");
		pv_jsonw_array(&it->w);
	}
	rc = opts->value ? judge_each(it, opts) : check_each(it);
	if (rc == PV_OK && it->cli->json) {
		pv_jsonw_array_end(&it->w);
		pv_jsonw_key(&it->w, "firing");
		pv_jsonw_int(&it->w, (int64_t)it->firing);
		pv_jsonw_object_end(&it->w);
	}
	if (rc < 0 || it->is_test)
		return rc;
	return it->firing ? 1 : 0;
}

/* --- the command ---------------------------------------------------------- */

static void hint_none(const struct run *it)
{
	if (pv_alerts_at(it->alerts, 0))
		return;
	cli_note(it->cli, "pv.yaml has no alerts and no budgets");
	cli_hint(it->cli, "\"alerts: [{prompt: support/triage, metric: "
			  "latency_p95_ms, above: 2000, window: 1h}]\"");
}

static int run(struct run *it, const char *what, struct alert_options *opts)
{
	pv_cli *cli = it->cli;
	int is_list = strcmp(what, "list") == 0;
	int rc;

	it->is_test = strcmp(what, "test") == 0;
	if (!is_list && !it->is_test && strcmp(what, "check") != 0)
		return cli_usage_error(cli,
				       "alert has list, check and test, not "
				       "\"%s\"",
				       what);
	if (!it->is_test && (opts->value || opts->count >= 0))
		return cli_usage_error(cli, "--value and --count are of test");
	if (opts->count >= 0 && !opts->value)
		return cli_usage_error(cli, "--count needs --value");
	opts->count = opts->count < 0 ? COUNT : opts->count;
	rc = load(it);
	if (rc < 0)
		return rc;
	pv_jsonw_init(&it->w, &cli->out);
	hint_none(it);
	return is_list ? list(it) : find(it, opts);
}

int cmd_alert(pv_cli *cli, int argc, char **argv)
{
	struct alert_options opts = { .count = -1 };
	struct run it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != 0)
		return rc;
	it.names = argv + 1;
	it.name_count = argc - 1;
	rc = run(&it, argv[0], &opts);
	pv_alerts_free(it.alerts);
	return rc;
}
