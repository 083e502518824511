/* SPDX-License-Identifier: MIT
 *
 * See required.h. Groups of rules go by their own names, and by those that
 * other tools gave them.
 */
#include "version/required.h"

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"

struct row {
	const char *name; /* as written */
	const char *check;
};

static const struct row rows[] = {
	{ "syntax", "syntax" },
	{ "variables", "variables" },
	{ "schema", "schema" },
	{ "security", "security" },
	{ "performance", "performance" },
	{ "review", "review" },
	{ "tests", "tests" },
	{ "syntax_validation", "syntax" },
	{ "variable_validation", "variables" },
	{ "schema_validation", "schema" },
	{ "security_validation", "security" },
	{ "performance_validation", "performance" },
};

static const char *name_at(size_t idx, const void *list)
{
	(void)list;
	return idx < pv_array_len(rows) ? rows[idx].name : NULL;
}

const char *pv_required_check(pv_str name)
{
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (pv_str_is(name, rows[i].name))
			return rows[i].check;
	return NULL;
}

static int fail_value(pv_error *err, const pv_yaml_node *node, const char *where)
{
	static const char all[] = "checks are syntax, variables, schema, "
				  "security, performance, review and "
				  "tests";
	const pv_yaml_node *value = pv_yaml_follow(node);
	char hint[PV_HINT_SIZE];
	int rc = pv_fail(err, PV_EINVALID,
			 "bad value of \"environments.%.60s.required_checks\"",
			 where);

	(void)pv_error_hint(err, rc, "%s",
			    pv_node_is_text(node)
				    ? pv_suggest(hint,
						 (pv_str){ value->text,
							   value->len },
						 name_at, NULL, all)
				    : all);
	return pv_error_at(err, rc, "pv.yaml", node->line, node->column);
}

static int read_environment(const pv_yaml_node *environment, pv_error *err)
{
	const pv_yaml_node *list = pv_yaml_get(environment, "required_checks");
	const pv_yaml_node *item;
	const char *name = environment->key->text;

	if (!list || pv_node_is_null(list))
		return PV_OK;
	if (pv_yaml_follow(list)->kind != PV_YAML_SEQUENCE)
		return fail_value(err, list, name);
	for (item = pv_yaml_follow(list)->first; item; item = item->next) {
		const pv_yaml_node *node = pv_yaml_follow(item);

		if (!pv_node_is_text(node) ||
		    !pv_required_check((pv_str){ node->text, node->len }))
			return fail_value(err, item, name);
	}
	return PV_OK;
}

int pv_required_checks_read(pv_str text, pv_error *err)
{
	const pv_yaml_node *all;
	const pv_yaml_node *child = NULL;
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, err);

	if (rc < 0)
		return rc;
	all = pv_yaml_get(pv_yaml_root(doc), "environments");
	if (all && pv_yaml_follow(all)->kind == PV_YAML_MAPPING)
		child = pv_yaml_follow(all)->first;
	for (; child && rc == PV_OK; child = child->next)
		if (pv_yaml_follow(child)->kind == PV_YAML_MAPPING)
			rc = read_environment(child, err);
	pv_yaml_free(doc);
	return rc;
}
