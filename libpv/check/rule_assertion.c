/* SPDX-License-Identifier: MIT
 *
 * assertion: an assertion of a test that never fails, or never holds: its type
 * is nearly one that there is, it lacks the value it compares with, or its
 * regular expression is none. Other types are for those who run the tests.
 */
#include "base/mem.h"
#include "check/rules.h"
#include "schema/pattern.h"

struct type {
	const char *name;
	int has_value; /* it compares with one */
};

/* The deterministic ones and those a model judges, by what they are called. */
static const struct type types[] = {
	{ "answer-relevance", 0 },
	{ "classifier", 1 },
	{ "contains", 1 },
	{ "contains-all", 1 },
	{ "contains-any", 1 },
	{ "contains-json", 0 },
	{ "cost", 0 },
	{ "equals", 1 },
	{ "factuality", 1 },
	{ "finish-reason", 1 },
	{ "icontains", 1 },
	{ "icontains-all", 1 },
	{ "icontains-any", 1 },
	{ "is-json", 0 },
	{ "is-refusal", 0 },
	{ "is-xml", 0 },
	{ "javascript", 1 },
	{ "latency", 0 },
	{ "levenshtein", 1 },
	{ "llm-rubric", 1 },
	{ "python", 1 },
	{ "regex", 1 },
	{ "similar", 1 },
	{ "starts-with", 1 },
};

static const char negation[] = "not-";

static const char *name_at(size_t idx, const void *list)
{
	(void)list;
	return idx < pv_array_len(types) ? types[idx].name : NULL;
}

static const struct type *find(pv_str name)
{
	for (size_t i = 0; i < pv_array_len(types); i++)
		if (pv_str_is(name, types[i].name))
			return &types[i];
	return NULL;
}

static int check_name(pv_check_run *run, const pv_yaml_node *node, pv_str name)
{
	char room[PV_HINT_SIZE];
	const char *hint = pv_suggest(room, name, name_at, NULL, "");

	if (!*hint)
		return PV_OK;
	return pv_check_node(run, node, hint, "no assertion is called \"%.*s\"",
			     name.len > 60 ? 60 : (int)name.len, name.ptr);
}

static int check_pattern(pv_check_run *run, const pv_yaml_node *value)
{
	const pv_yaml_node *node = pv_yaml_follow(value);
	pv_pattern *pattern = NULL;
	pv_error why = { 0 };
	int rc;

	if (!pv_node_is_text(node))
		return PV_OK;
	rc = pv_pattern_new(&pattern, (pv_str){ node->text, node->len }, &why);
	pv_pattern_free(pattern);
	if (rc == PV_ENOMEM)
		*run->err = why;
	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	return pv_check_node(run, value, NULL, "%s", why.message);
}

static int check_assertion(pv_check_run *run, const pv_yaml_node *record)
{
	const pv_yaml_node *node = pv_yaml_get(record, "type");
	const pv_yaml_node *value = pv_yaml_get(record, "value");
	const struct type *type;
	pv_str name;

	if (!node || !pv_node_is_text(node))
		return PV_OK;
	name.ptr = pv_yaml_follow(node)->text;
	name.len = pv_yaml_follow(node)->len;
	if (pv_str_has_prefix(name.ptr, negation)) {
		name.ptr += sizeof(negation) - 1;
		name.len -= sizeof(negation) - 1;
	}
	type = find(name);
	if (!type)
		return check_name(run, node, name);
	if (type->has_value && (!value || pv_node_is_null(value)))
		return pv_check_node(run, node,
				     "write {type: contains, value: ...}",
				     "\"%s\" has no value to compare with",
				     type->name);
	return pv_str_is(name, "regex") ? check_pattern(run, value) : PV_OK;
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *tests = pv_check_field(run, "tests");
	int rc = PV_OK;

	for (const pv_yaml_node *test = tests ? tests->first : NULL; test;
	     test = test->next) {
		const pv_yaml_node *list = pv_yaml_get(test, "assert");
		const pv_yaml_node *child =
			list ? pv_yaml_follow(list)->first : NULL;

		for (; child && rc == PV_OK; child = child->next)
			rc = check_assertion(run, child);
	}
	return rc;
}

const pv_check_rule pv_rule_assertion = {
	{ .id = "assertion",
	  .group = PV_RULE_SYNTAX,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "an assertion of a test that cannot do its work",
	  .fix = "correct its type, its value or its regular expression" },
	run
};
