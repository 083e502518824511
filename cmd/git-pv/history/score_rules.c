/* SPDX-License-Identifier: MIT
 *
 * `tracking.metrics` of pv.yaml; see score_rules.h.
 */
#include "history/score_rules.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	UNIT_MAX = 20,
	UNDECLARED_MAX = 20 /* different names that are told */
};

/* --- reading -------------------------------------------------------------- */

static int fail_rule(pv_error *err, const char *name, const char *what)
{
	pv_fail(err, PV_EINVALID, "tracking.metrics of pv.yaml: \"%.80s\" %s",
		name, what);
	return pv_error_hint(err, PV_EINVALID,
			     "\"{min: 0, max: 1, unit: points, better: "
			     "higher}\", each or none of it");
}

/* 0 where there is none, 1 for a number, -1 for something else. */
static int read_number(double *out, const pv_json *rule, const char *key)
{
	const pv_json *value = pv_json_get(rule, key);
	enum pv_json_type type = pv_json_type_of(value);

	if (type == PV_JSON_ABSENT || type == PV_JSON_NULL)
		return 0;
	*out = pv_json_real(value, 0);
	return type == PV_JSON_INT || type == PV_JSON_REAL ? 1 : -1;
}

static int read_rule(score_rule *out, const pv_json *rule, pv_error *err)
{
	const char *better = pv_json_text(pv_json_get(rule, "better"), NULL);
	const char *unit = pv_json_text(pv_json_get(rule, "unit"), NULL);
	enum pv_json_type type = pv_json_type_of(rule);

	out->unit = unit ? unit : "";
	if (type == PV_JSON_NULL)
		return PV_OK;
	if (type != PV_JSON_OBJECT)
		return fail_rule(err, out->name, "is no mapping");
	if (strlen(out->unit) > UNIT_MAX)
		return fail_rule(err, out->name,
				 "has a unit of more than 20 bytes");
	out->has_min = read_number(&out->min, rule, "min");
	out->has_max = read_number(&out->max, rule, "max");
	if (out->has_min < 0 || out->has_max < 0)
		return fail_rule(err, out->name, "has a limit that is no number");
	if (out->has_min && out->has_max && out->min > out->max)
		return fail_rule(err, out->name, "has a min above its max");
	out->less_is_better = better && strcmp(better, "lower") == 0;
	if (better && !out->less_is_better && strcmp(better, "higher") != 0)
		return fail_rule(err, out->name,
				 "is better \"higher\" or \"lower\"");
	return PV_OK;
}

struct reading {
	score_rules *rules;
	pv_error *err;
};

static int add_rule(const char *key, const pv_json *member, void *payload)
{
	struct reading *it = payload;
	score_rules *rules = it->rules;
	score_rule *rule;

	if (pv_array_reserve(&rules->items, &rules->cap, rules->count + 1,
			     sizeof(*rules->items)) < 0)
		return pv_fail_nomem(it->err);
	rule = &rules->items[rules->count++];
	memset(rule, 0, sizeof(*rule));
	rule->name = key;
	return read_rule(rule, member, it->err);
}

int score_rules_load(score_rules *out, pv_cli *cli)
{
	struct reading it = { out, &cli->err };
	const pv_json *root;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = tracking_read_json(&out->doc, NULL, cli, "tracking.metrics");
	if (rc < 0 || !out->doc)
		return rc;
	root = pv_json_root(out->doc);
	if (pv_json_type_of(root) != PV_JSON_OBJECT &&
	    pv_json_type_of(root) != PV_JSON_NULL)
		rc = fail_rule(&cli->err, "metrics", "is no mapping of names");
	if (rc == PV_OK)
		rc = pv_json_each(root, add_rule, &it);
	if (rc < 0)
		score_rules_dispose(out);
	return rc;
}

void score_rules_dispose(score_rules *rules)
{
	pv_free(rules->items);
	pv_json_free(rules->doc);
	memset(rules, 0, sizeof(*rules));
}

const score_rule *score_rules_find(const score_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->items[i].name, name) == 0)
			return &rules->items[i];
	return NULL;
}

int score_rules_declare(const score_rules *rules, pv_executions *index,
			pv_error *err)
{
	const char **names = pv_calloc(rules->count + 1, sizeof(char *));
	int rc;

	if (!names)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < rules->count; i++)
		names[i] = rules->items[i].name;
	rc = pv_executions_set_scores(index, names, rules->count, err);
	pv_free(names);
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

struct checking {
	const score_rules *rules;
	pv_strlist *undeclared;
	pv_error *err;
};

static int fail_range(pv_error *err, const score_rule *rule, double value)
{
	int is_low = rule->has_min && value < rule->min;

	pv_fail(err, PV_EINVALID, "score \"%.60s\" is %g, %s than %g", rule->name,
		value, is_low ? "less" : "more", is_low ? rule->min : rule->max);
	return pv_error_hint(err, PV_EINVALID,
			     "tracking.metrics of pv.yaml says so");
}

static int check_score(const char *key, const pv_json *member, void *payload)
{
	const struct checking *it = payload;
	const score_rule *rule = score_rules_find(it->rules, key);
	double value = pv_json_real(member, 0);
	pv_strlist *list = it->undeclared;

	if (rule)
		return (rule->has_min && value < rule->min) ||
				       (rule->has_max && value > rule->max)
			       ? fail_range(it->err, rule, value)
			       : PV_OK;
	return list && list->count < UNDECLARED_MAX &&
			       pv_strlist_find(list, key) < 0
		       ? pv_strlist_add(list, key, it->err)
		       : PV_OK;
}

int score_rules_check(const score_rules *rules, const pv_execution *row,
		      pv_strlist *undeclared, pv_error *err)
{
	struct checking it = { rules, undeclared, err };
	const char *text = pv_execution_text(row, "scores");
	pv_json_doc *doc = NULL;
	int rc;

	if (!text)
		return PV_OK;
	rc = pv_json_parse(&doc, text, strlen(text), err);
	if (rc == PV_OK)
		rc = pv_json_each(pv_json_root(doc), check_score, &it);
	pv_json_free(doc);
	return rc;
}

void score_rules_tell(pv_cli *cli, const pv_strlist *undeclared)
{
	for (size_t i = 0; i < undeclared->count; i++)
		cli_warn(cli,
			 "score \"%.100s\" is kept with the execution, and in no "
			 "figures: tracking.metrics of pv.yaml does not declare "
			 "it",
			 undeclared->items[i]);
}
