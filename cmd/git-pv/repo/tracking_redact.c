/* SPDX-License-Identifier: MIT
 *
 * tracking.redact of pv.yaml: rules for what is taken out of texts before they
 * are kept. A list of patterns, or of mappings {pattern, replace, fields}. A
 * rule that cannot be read stops everything, for it may be the one that matters.
 */
#include "repo/tracking.h"

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"

static int fail_rule(pv_cli *cli, size_t number, const char *what)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "rule %zu of tracking.redact in pv.yaml %s", number,
			 what);

	return pv_error_hint(&cli->err, rc,
			     "a rule is a pattern, or {pattern, replace, "
			     "fields}; see pv.yaml(5)");
}

static int is_text(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING &&
	       strlen(node->text) == node->len;
}

static int read_text(const char **out, pv_cli *cli, size_t number,
		     const pv_yaml_node *node)
{
	if (!is_text(node))
		return fail_rule(cli, number, "has something else than text");
	*out = node->text;
	return PV_OK;
}

/* A list of names, or one. */
static int read_fields(pv_redaction_rule *out, pv_cli *cli, pv_arena *arena,
		       size_t number, const pv_yaml_node *node)
{
	const char **names =
		pv_arena_calloc(arena, (node->count + 1) * sizeof(*names));
	const pv_yaml_node *at = node;
	int rc = PV_OK;

	if (!names)
		return pv_fail_nomem(&cli->err);
	out->fields = names;
	if (node->kind == PV_YAML_SEQUENCE)
		at = node->first;
	for (; at && rc == PV_OK; at = at == node ? NULL : at->next)
		rc = read_text(&names[out->field_count++], cli, number,
			       pv_yaml_resolve(at));
	if (rc == PV_OK && !out->field_count)
		rc = fail_rule(cli, number, "names no fields");
	return rc;
}

static int read_member(pv_redaction_rule *out, pv_cli *cli, pv_arena *arena,
		       size_t number, const pv_yaml_node *node)
{
	const char *name = node->key->text ? node->key->text : "";

	if (strcmp(name, "fields") == 0)
		return read_fields(out, cli, arena, number,
				   pv_yaml_resolve(node));
	if (strcmp(name, "pattern") == 0)
		return read_text(&out->pattern, cli, number,
				 pv_yaml_resolve(node));
	if (strcmp(name, "replace") == 0)
		return read_text(&out->replacement, cli, number,
				 pv_yaml_resolve(node));
	return fail_rule(cli, number, "has a member that no rule has");
}

static int read_rule(pv_redaction_rule *out, pv_cli *cli, pv_arena *arena,
		     size_t number, const pv_yaml_node *node)
{
	int rc = PV_OK;

	if (is_text(node))
		return read_text(&out->pattern, cli, number, node);
	if (node->kind != PV_YAML_MAPPING)
		return fail_rule(cli, number, "is no rule");
	for (const pv_yaml_node *at = node->first; at && rc == PV_OK;
	     at = at->next)
		rc = read_member(out, cli, arena, number, at);
	if (rc == PV_OK && !out->pattern && !out->field_count)
		rc = fail_rule(cli, number, "has neither a pattern nor fields");
	return rc;
}

static int read_rules(pv_redaction **out, pv_cli *cli, pv_arena *arena,
		      const pv_yaml_node *list)
{
	pv_redaction_rule *rules;
	size_t count = 0;
	int rc = PV_OK;

	if (list->kind == PV_YAML_SCALAR && list->type == PV_YAML_NULL)
		return PV_OK;
	if (list->kind != PV_YAML_SEQUENCE)
		return pv_fail(&cli->err, PV_EINVALID,
			       "tracking.redact in pv.yaml must be a list");
	rules = pv_arena_calloc(arena, (list->count + 1) * sizeof(*rules));
	if (!rules)
		return pv_fail_nomem(&cli->err);
	for (const pv_yaml_node *at = list->first; at && rc == PV_OK;
	     at = at->next) {
		rc = read_rule(&rules[count], cli, arena, count + 1,
			       pv_yaml_resolve(at));
		count++;
	}
	return rc == PV_OK && count
		       ? pv_redaction_new(out, rules, count, &cli->err)
		       : rc;
}

int tracking_redaction(pv_redaction **out, pv_cli *cli)
{
	const pv_yaml_node *list;
	pv_arena arena = { 0 };
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_read_file(&doc, &at, cli);

	*out = NULL;
	if (rc == PV_OK && doc &&
	    pv_yaml_find(&list, doc, "tracking.redact", NULL) == PV_OK)
		rc = read_rules(out, cli, &arena, pv_yaml_resolve(list));
	pv_arena_dispose(&arena);
	pv_yaml_free(doc);
	return rc;
}
