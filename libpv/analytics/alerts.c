/* SPDX-License-Identifier: MIT
 *
 * Reading the rules of alerts and budgets. A budget becomes a rule about the
 * total cost of what it names, one for each period that it limits.
 */
#include <string.h>

#include "analytics/alert_rule.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"

struct pv_alerts {
	pv_arena arena; /* of all texts that are not in the documents */
	pv_json_doc *docs[2];
	alert_rule *rules;
	size_t count;
	size_t cap;
};

static const char no_window[] = "1h";

static int add_rule(alert_rule **out, pv_alerts *alerts, pv_error *err)
{
	if (pv_array_reserve(&alerts->rules, &alerts->cap, alerts->count + 1,
			     sizeof(*alerts->rules)) < 0) {
		(void)pv_fail_nomem(err);
		return PV_ENOMEM;
	}
	*out = &alerts->rules[alerts->count++];
	memset(*out, 0, sizeof(**out));
	return PV_OK;
}

static int keep_text(const char **out, pv_alerts *alerts, pv_buf *text,
		     pv_error *err)
{
	int rc = pv_buf_status(text, err);

	if (rc == PV_OK) {
		*out = pv_arena_dup(&alerts->arena, pv_buf_text(text), text->len);
		rc = *out ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(text);
	return rc;
}

/* --- alerts --------------------------------------------------------------- */

static int fail_alert(pv_error *err, const char *name, const char *what)
{
	return pv_fail(err, PV_EINVALID, "alert \"%.80s\" of pv.yaml %s", name,
		       what);
}

static int is_null(const pv_json *value)
{
	enum pv_json_type type = pv_json_type_of(value);

	return type == PV_JSON_ABSENT || type == PV_JSON_NULL;
}

/* A member that has to be a text, if there is one. */
static int read_text(const char **out, const pv_json *rule, const char *key,
		     const char *fallback)
{
	const pv_json *member = pv_json_get(rule, key);

	*out = is_null(member) ? fallback : pv_json_text(member, NULL);
	return is_null(member) || *out ? 0 : -1;
}

static int read_limit(double *out, int *has_out, const pv_json *rule,
		      const char *key)
{
	const pv_json *member = pv_json_get(rule, key);
	enum pv_json_type type = pv_json_type_of(member);

	*has_out = !is_null(member);
	*out = pv_json_real(member, 0);
	return !*has_out || type == PV_JSON_INT || type == PV_JSON_REAL ? 0 : -1;
}

static int name_alert(pv_alerts *alerts, pv_alert *alert, pv_error *err)
{
	pv_buf text = { 0 };

	if (alert->name)
		return PV_OK;
	pv_buf_printf(&text, "%s of %s", alert->metric, alert->prompt);
	return keep_text(&alert->name, alerts, &text, err);
}

static int read_limits(alert_rule *rule, const pv_json *from, pv_error *err)
{
	pv_alert *alert = &rule->alert;
	const pv_json *count = pv_json_get(from, "min_count");

	if (read_limit(&alert->above, &alert->has_above, from, "above") < 0 ||
	    read_limit(&alert->below, &alert->has_below, from, "below") < 0)
		return fail_alert(err, alert->name,
				  "has a limit that is no number");
	if (!alert->has_above && !alert->has_below)
		return fail_alert(err, alert->name,
				  "has neither \"above\" nor \"below\"");
	alert->min_count = pv_json_int(count, 1);
	if (!is_null(count) &&
	    (pv_json_type_of(count) != PV_JSON_INT || alert->min_count < 1))
		return fail_alert(err, alert->name,
				  "has a \"min_count\" that is no count");
	rule->span = pv_time_span(alert->window);
	if (!rule->span)
		return fail_alert(err, alert->name,
				  "has a \"window\" that is no time; write 15m, "
				  "1h, 7d");
	return PV_OK;
}

static int read_alert(pv_alerts *alerts, const pv_json *from, pv_error *err)
{
	alert_rule *rule = NULL;
	pv_alert *alert;
	int rc = add_rule(&rule, alerts, err);

	if (rc != PV_OK)
		return rc;
	alert = &rule->alert;
	if (pv_json_type_of(from) != PV_JSON_OBJECT)
		return fail_alert(err, "", "is no mapping");
	if (read_text(&alert->name, from, "name", NULL) < 0 ||
	    read_text(&alert->prompt, from, "prompt", "*") < 0 ||
	    read_text(&alert->metric, from, "metric", NULL) < 0 ||
	    read_text(&alert->window, from, "window", no_window) < 0)
		return fail_alert(err, alert->name ? alert->name : "",
				  "has a name, prompt, metric or window that is "
				  "no text");
	if (!alert->metric)
		return fail_alert(err, alert->name ? alert->name : "",
				  "has no \"metric\"");
	rc = name_alert(alerts, alert, err);
	if (rc == PV_OK)
		rc = pv_alert_metric(rule, err);
	return rc == PV_OK ? read_limits(rule, from, err) : rc;
}

static int read_alerts(pv_alerts *alerts, const char *json, pv_error *err)
{
	const pv_json *root;
	int rc = pv_json_parse(&alerts->docs[0], json, strlen(json), err);

	if (rc < 0)
		return rc;
	root = pv_json_root(alerts->docs[0]);
	if (!is_null(root) && pv_json_type_of(root) != PV_JSON_ARRAY)
		return pv_fail(err, PV_EINVALID,
			       "\"alerts\" of pv.yaml is no list");
	for (size_t i = 0; i < pv_json_count(root) && rc == PV_OK; i++)
		rc = read_alert(alerts, pv_json_at(root, i), err);
	return rc;
}

/* --- budgets -------------------------------------------------------------- */

struct budgets {
	pv_alerts *alerts;
	const char *prompt; /* of the one at hand */
	pv_error *err;
};

static int fail_budget(pv_error *err, const char *prompt, const char *what)
{
	pv_fail(err, PV_EINVALID, "the budget of \"%.80s\" in pv.yaml %s",
		prompt, what);
	return pv_error_hint(err, PV_EINVALID,
			     "\"{per_day: 5}\": US dollars per_hour, per_day, "
			     "per_week or per_month");
}

static int add_budget(const char *key, const pv_json *member, void *payload)
{
	static const char *const periods[] = { "hour", "day", "week", "month" };
	const struct budgets *it = payload;
	pv_buf name = { 0 };
	alert_rule *rule = NULL;
	int has = 0;
	int rc;

	rc = add_rule(&rule, it->alerts, it->err);
	if (rc != PV_OK)
		return rc;
	for (size_t i = 0; i < pv_array_len(periods); i++)
		if (strncmp(key, "per_", 4) == 0 &&
		    strcmp(key + 4, periods[i]) == 0)
			rule->alert.window = periods[i];
	if (!rule->alert.window)
		return fail_budget(it->err, it->prompt,
				   "has a period that is none");
	rule->alert.prompt = it->prompt;
	rule->alert.metric = "cost";
	rule->alert.is_budget = 1;
	rule->alert.has_above = 1;
	rule->alert.min_count = 1;
	has = pv_json_type_of(member) == PV_JSON_INT ||
	      pv_json_type_of(member) == PV_JSON_REAL;
	rule->alert.above = pv_json_real(member, 0);
	if (!has || rule->alert.above < 0)
		return fail_budget(it->err, it->prompt,
				   "has an amount that is none");
	pv_buf_printf(&name, "budget of %s per %s", it->prompt,
		      rule->alert.window);
	rc = keep_text(&rule->alert.name, it->alerts, &name, it->err);
	return rc == PV_OK ? pv_alert_metric(rule, it->err) : rc;
}

static int add_budgets(const char *key, const pv_json *member, void *payload)
{
	struct budgets *it = payload;

	it->prompt = key;
	if (is_null(member))
		return PV_OK;
	if (pv_json_type_of(member) != PV_JSON_OBJECT)
		return fail_budget(it->err, key, "is no mapping");
	return pv_json_each(member, add_budget, it);
}

static int read_budgets(pv_alerts *alerts, const char *json, pv_error *err)
{
	struct budgets it = { .alerts = alerts, .err = err };
	const pv_json *root;
	int rc = pv_json_parse(&alerts->docs[1], json, strlen(json), err);

	if (rc < 0)
		return rc;
	root = pv_json_root(alerts->docs[1]);
	if (!is_null(root) && pv_json_type_of(root) != PV_JSON_OBJECT)
		return pv_fail(err, PV_EINVALID,
			       "\"budgets\" of pv.yaml is no mapping");
	return pv_json_each(root, add_budgets, &it);
}

/* --- all of them ---------------------------------------------------------- */

int pv_alerts_read(pv_alerts **out, const char *alerts, const char *budgets,
		   pv_error *err)
{
	pv_alerts *fresh = pv_calloc(1, sizeof(*fresh));
	int rc = PV_OK;

	*out = NULL;
	if (!fresh)
		return pv_fail_nomem(err);
	if (alerts)
		rc = read_alerts(fresh, alerts, err);
	if (rc == PV_OK && budgets)
		rc = read_budgets(fresh, budgets, err);
	if (rc == PV_OK)
		*out = fresh;
	else
		pv_alerts_free(fresh);
	return rc;
}

void pv_alerts_free(pv_alerts *alerts)
{
	if (!alerts)
		return;
	for (int i = 0; i < 2; i++)
		pv_json_free(alerts->docs[i]);
	pv_arena_dispose(&alerts->arena);
	pv_free(alerts->rules);
	pv_free(alerts);
}

const pv_alert *pv_alerts_at(const pv_alerts *alerts, size_t idx)
{
	return idx < alerts->count ? &alerts->rules[idx].alert : NULL;
}

enum pv_alert_state pv_alert_judge(const pv_alert *alert, double value, int64_t n)
{
	const alert_rule *rule = (const alert_rule *)(const void *)alert;

	/* That there are none is known of executions, too. */
	if (n < alert->min_count && rule->figure != ALERT_EXECUTIONS)
		return PV_ALERT_UNKNOWN;
	return (alert->has_above && value > alert->above) ||
			       (alert->has_below && value < alert->below)
		       ? PV_ALERT_FIRING
		       : PV_ALERT_QUIET;
}
