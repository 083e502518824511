/* SPDX-License-Identifier: MIT
 *
 * The mapping `checks` of pv.yaml: rules and groups by name, each off, note,
 * warning, error or on, or a mapping with that as `severity` beside what else
 * the rule can be told. `paths` holds such mappings by pattern. What is
 * written later counts, below `paths` more than above.
 */
#include "check/config.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/rule.h"
#include "store/worktree/wildmatch.h"

static const char settings_file[] = "pv.yaml";

static const char *const levels[] = { "off", "note", "warning", "error", "on" };

static const char all_levels[] = "write off, note, warning, error or on";

static int fail_at(pv_error *err, const pv_yaml_node *node)
{
	return pv_error_at(err, PV_EINVALID, settings_file, node->line,
			   node->column);
}

/* --- names ---------------------------------------------------------------- */

enum {
	GROUP_COUNT = PV_RULE_STYLE + 1
};

/* The groups, then the rules, then "paths". */
static const char *name_at(size_t idx, const void *list)
{
	size_t rules = pv_check_rule_count();

	(void)list;
	if (idx < GROUP_COUNT)
		return pv_rule_group_name((enum pv_rule_group)idx);
	idx -= GROUP_COUNT;
	if (idx < rules)
		return pv_rule_at(idx)->id;
	return idx == rules ? "paths" : NULL;
}

static const char *level_at(size_t idx, const void *list)
{
	(void)list;
	return idx < pv_array_len(levels) ? levels[idx] : NULL;
}

/* The group called so, or -1; a rule of that name comes first. */
static int find_group(const char *name)
{
	for (int i = 0; i < GROUP_COUNT; i++)
		if (!strcmp(pv_rule_group_name((enum pv_rule_group)i), name))
			return i;
	return -1;
}

static int fail_name(pv_error *err, const pv_yaml_node *key)
{
	pv_str text = { key->text, key->len };
	char hint[PV_HINT_SIZE];
	int rc = pv_fail(err, PV_EINVALID, "no check is called \"%.60s\"",
			 key->text);

	(void)pv_error_hint(err, rc, "%s",
			    pv_suggest(hint, text, name_at, NULL,
				       "git pv help check rules lists them"));
	return fail_at(err, key);
}

/* --- levels --------------------------------------------------------------- */

static int fail_level(pv_error *err, const pv_yaml_node *node, const char *name)
{
	pv_str text = { node->text, node->len };
	char hint[PV_HINT_SIZE];
	const char *cure = all_levels;
	int rc = pv_fail(err, PV_EINVALID, "bad value of \"checks.%.60s\"", name);

	if (pv_node_is(node, "no") || pv_node_is(node, "false"))
		cure = "did you mean \"off\"?";
	else if (node->kind == PV_YAML_SCALAR)
		cure = pv_suggest(hint, text, level_at, NULL, all_levels);
	(void)pv_error_hint(err, rc, "%s", cure);
	return fail_at(err, node);
}

static int read_level(signed char *out, const pv_yaml_node *node,
		      const char *name, pv_error *err)
{
	node = pv_yaml_follow(node);
	*out = PV_LEVEL_OWN;
	if (node->kind == PV_YAML_MAPPING) {
		const pv_yaml_node *inner = pv_yaml_get(node, "severity");

		if (!inner)
			return PV_OK;
		node = pv_yaml_follow(inner);
	}
	if (node->kind != PV_YAML_SCALAR)
		return fail_level(err, node, name);
	for (size_t i = 0; i < pv_array_len(levels) - 1; i++) {
		if (strcmp(node->text, levels[i]) != 0)
			continue;
		*out = (signed char)((int)i + PV_LEVEL_OFF);
		return PV_OK;
	}
	return strcmp(node->text, "on") != 0 ? fail_level(err, node, name)
					     : PV_OK;
}

/* Rules that are off by themselves run once they are named. */
static signed char own_level(const pv_rule *rule, signed char level)
{
	if (level == PV_LEVEL_OWN && rule->is_off)
		return (signed char)rule->severity;
	return level;
}

/* Those that are off by themselves are not named with their group. */
static void set_group(signed char *out, int group, signed char level)
{
	const pv_rule *rule;

	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
		if ((int)rule->group == group && !rule->is_fixed &&
		    (level != PV_LEVEL_OWN || !rule->is_off))
			out[i] = level;
}

static int fail_fixed(pv_error *err, const pv_yaml_node *key)
{
	int rc = pv_fail(err, PV_EINVALID,
			 "\"%.60s\" cannot be set: a prompt with such a "
			 "finding is of no use",
			 key->text);

	(void)pv_error_hint(err, rc, "take it out of \"checks\"");
	return fail_at(err, key);
}

/* Applies one mapping of names to levels. */
static int apply(signed char *out, const pv_yaml_node *mapping, int is_top,
		 pv_error *err)
{
	const pv_yaml_node *child = mapping->first;

	for (; child; child = child->next) {
		const char *name = child->key->text;
		size_t idx = pv_check_rule_index(name);
		int group = idx == SIZE_MAX ? find_group(name) : -1;
		signed char level;
		int rc;

		if (is_top && !strcmp(name, "paths"))
			continue;
		if (idx == SIZE_MAX && group < 0)
			return fail_name(err, pv_yaml_follow(child->key));
		rc = read_level(&level, child, name, err);
		if (rc < 0)
			return rc;
		if (group >= 0)
			set_group(out, group, level);
		else if (pv_rule_at(idx)->is_fixed)
			return fail_fixed(err, child->key);
		else
			out[idx] = own_level(pv_rule_at(idx), level);
	}
	return PV_OK;
}

/* --- the whole ------------------------------------------------------------ */

/* The mapping of that name, or NULL; anything else is refused. */
static int read_mapping(const pv_yaml_node **out, const pv_yaml_node *parent,
			const char *key, pv_error *err)
{
	const pv_yaml_node *node = pv_yaml_get(parent, key);

	*out = NULL;
	node = node ? pv_yaml_follow(node) : NULL;
	if (!node || pv_node_is_null(node))
		return PV_OK;
	if (node->kind != PV_YAML_MAPPING) {
		(void)pv_fail(err, PV_EINVALID, "\"%s\" must be a mapping", key);
		return fail_at(err, node);
	}
	*out = node;
	return PV_OK;
}

/* All patterns are tried, so that a mistake is found at once. */
static int check_paths(const pv_check_config *config, pv_error *err)
{
	const pv_yaml_node *child = config->paths ? config->paths->first : NULL;
	signed char *scratch = pv_malloc(pv_check_rule_count());
	int rc = scratch ? PV_OK : pv_fail_nomem(err);

	for (; child && rc == PV_OK; child = child->next) {
		const pv_yaml_node *mapping;

		rc = read_mapping(&mapping, config->paths, child->key->text, err);
		if (rc == PV_OK && mapping)
			rc = apply(scratch, mapping, 0, err);
	}
	pv_free(scratch);
	return rc;
}

static int read_checks(pv_check_config *out, pv_error *err)
{
	const pv_yaml_node *root = pv_yaml_follow(pv_yaml_root(out->doc));
	int rc;

	if (root->kind != PV_YAML_MAPPING)
		return PV_OK; /* the settings loader complains */
	rc = read_mapping(&out->checks, root, "checks", err);
	if (rc == PV_OK && out->checks)
		rc = read_mapping(&out->paths, out->checks, "paths", err);
	if (rc == PV_OK && out->checks)
		rc = apply(out->levels, out->checks, 1, err);
	return rc == PV_OK ? check_paths(out, err) : rc;
}

int pv_check_config_read(pv_check_config *out, const char *text, size_t len,
			 pv_error *err)
{
	const pv_rule *rule;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	out->levels = pv_malloc(pv_check_rule_count());
	if (!out->levels)
		return pv_fail_nomem(err);
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
		out->levels[i] = rule->is_off ? PV_LEVEL_OFF : PV_LEVEL_OWN;
	if (text)
		rc = pv_yaml_parse(&out->doc, text, len, NULL, err);
	if (rc < 0)
		rc = pv_error_at(err, rc, settings_file, err ? err->line : 0,
				 err ? err->column : 0);
	else if (out->doc)
		rc = read_checks(out, err);
	if (rc < 0)
		pv_check_config_dispose(out);
	return rc;
}

void pv_check_config_dispose(pv_check_config *config)
{
	pv_yaml_free(config->doc);
	pv_free(config->levels);
	memset(config, 0, sizeof(*config));
}

void pv_check_config_levels(signed char *out, const pv_check_config *config,
			    const char *path)
{
	const pv_yaml_node *child = config->paths ? config->paths->first : NULL;

	memcpy(out, config->levels, pv_check_rule_count());
	for (; child; child = child->next)
		if (pv_yaml_follow(child)->kind == PV_YAML_MAPPING &&
		    pv_wildmatch(child->key->text, path))
			(void)apply(out, pv_yaml_follow(child), 0, NULL);
}
