/* SPDX-License-Identifier: MIT
 *
 * Reading a policy. A key that is not known and a value that cannot be are
 * errors: a policy that is half understood would let in what it should not.
 */
#include "policy/policy.h"

#include <stddef.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	MAX_APPROVALS = 1000,
	MAX_FILE_SIZE = 1 << 20, /* where the policy names none */
	TOP_FILE_SIZE = 1 << 30
};

struct reader {
	pv_policy *policy;
	pv_error *err;
};

static int fail_at(struct reader *to, const pv_yaml_node *node,
		   const char *what, const char *wanted)
{
	int rc = pv_fail(to->err, PV_EINVALID,
			 "\"%s\" of the policy must be %s", what, wanted);

	return pv_error_at(to->err, rc, "pv.yaml", node->line, node->column);
}

static const pv_yaml_node *member(const pv_yaml_node *map, const char *key)
{
	const pv_yaml_node *node = pv_yaml_get(map, key);

	node = node ? pv_yaml_resolve(node) : NULL;
	return node && node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL
		       ? NULL
		       : node;
}

static void *take(struct reader *to, size_t count, size_t size, int *rc)
{
	void *room =
		pv_arena_calloc(&to->policy->arena, count ? count * size : size);

	if (!room)
		*rc = pv_fail_nomem(to->err);
	return room;
}

static const char *keep(struct reader *to, const char *text, int *rc)
{
	char *copy = pv_arena_dup(&to->policy->arena, text, strlen(text));

	if (!copy)
		*rc = pv_fail_nomem(to->err);
	return copy;
}

/* --- values ------------------------------------------------------------------ */

static int read_int(int64_t *out, struct reader *to, const pv_yaml_node *map,
		    const char *key, unsigned max)
{
	const pv_yaml_node *node = member(map, key);
	unsigned value;

	if (!node)
		return PV_OK;
	if (node->kind != PV_YAML_SCALAR || node->type != PV_YAML_INT ||
	    pv_str_to_uint(&value, pv_str_of(node->text), max) != PV_OK)
		return fail_at(to, node, key, "a whole number that can be");
	*out = value;
	return PV_OK;
}

static int read_approvals(int *out, struct reader *to, const pv_yaml_node *map)
{
	int64_t value = *out;
	int rc = read_int(&value, to, map, "approvals", MAX_APPROVALS);

	*out = (int)value;
	return rc;
}

static int read_bool(int *out, struct reader *to, const pv_yaml_node *map,
		     const char *key)
{
	const pv_yaml_node *node = member(map, key);

	if (!node)
		return PV_OK;
	if (node->kind != PV_YAML_SCALAR || node->type != PV_YAML_BOOL)
		return fail_at(to, node, key, "true or false");
	*out = node->text[0] == 't' || node->text[0] == 'T';
	return PV_OK;
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + 32);
}

/* What the items of a list are. */
enum items {
	NAMES, /* as they are */
	PEOPLE
};

static int read_item(const char **out, struct reader *to, const char *key,
		     const pv_yaml_node *node, enum items items)
{
	char *copy;

	if (node->kind != PV_YAML_SCALAR || !node->len ||
	    strlen(node->text) != node->len)
		return fail_at(to, node, key, "a list of texts");
	copy = pv_arena_dup(&to->policy->arena, node->text, node->len);
	if (!copy)
		return pv_fail_nomem(to->err);
	if (items == PEOPLE)
		lower(copy);
	*out = copy;
	return PV_OK;
}

/* A single text is a list of one. */
static int read_list_of(pv_policy_list *out, struct reader *to, const char *key,
			const pv_yaml_node *node, enum items items)
{
	size_t count = node->kind == PV_YAML_SEQUENCE ? node->count : 1;
	const pv_yaml_node *item = node;
	int rc = PV_OK;

	if (node->kind == PV_YAML_MAPPING)
		return fail_at(to, node, key, "a list of texts");
	out->items = take(to, count, sizeof(*out->items), &rc);
	out->is_given = 1;
	if (node->kind == PV_YAML_SEQUENCE)
		item = node->first;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		rc = read_item(&out->items[i], to, key, pv_yaml_resolve(item),
			       items);
		out->count += rc == PV_OK;
		item = item->next;
	}
	return rc;
}

static int read_list(pv_policy_list *out, struct reader *to,
		     const pv_yaml_node *map, const char *key, enum items items)
{
	const pv_yaml_node *node = member(map, key);

	return node ? read_list_of(out, to, key, node, items) : PV_OK;
}

static int read_named(pv_policy_named **out, size_t *count_out,
		      struct reader *to, const pv_yaml_node *map, const char *key)
{
	const pv_yaml_node *node = member(map, key);
	pv_policy_named *items;
	int rc = PV_OK;

	if (!node)
		return PV_OK;
	if (node->kind != PV_YAML_MAPPING)
		return fail_at(to, node, key, "a mapping of lists");
	items = take(to, node->count, sizeof(*items), &rc);
	*out = items;
	if (!items)
		return rc;
	for (const pv_yaml_node *item = node->first; item && rc == PV_OK;
	     item = item->next) {
		pv_policy_named *named = &items[*count_out];

		named->name = keep(to, item->key->text, &rc);
		if (rc == PV_OK)
			rc = read_list_of(&named->list, to, key,
					  pv_yaml_resolve(item), PEOPLE);
		*count_out += rc == PV_OK;
	}
	return rc;
}

/* --- rules for paths ----------------------------------------------------------- */

static int check_keys(struct reader *to, const pv_yaml_node *map,
		      const char *const *known, const char *what)
{
	for (const pv_yaml_node *item = map->first; item; item = item->next) {
		size_t i = 0;
		int rc;

		while (known[i] && strcmp(known[i], item->key->text) != 0)
			i++;
		if (known[i])
			continue;
		rc = pv_fail(to->err, PV_EINVALID, "%s knows no \"%.60s\"",
			     what, item->key->text);
		return pv_error_at(to->err, rc, "pv.yaml", item->key->line,
				   item->key->column);
	}
	return PV_OK;
}

static int read_owner(pv_policy_owner *out, struct reader *to,
		      const pv_yaml_node *map)
{
	static const char *const keys[] = { "path", "approvers", "approvals",
					    NULL };
	const pv_yaml_node *path =
		map->kind == PV_YAML_MAPPING ? member(map, "path") : NULL;
	int rc;

	if (!path)
		return fail_at(to, map, "paths",
			       "a list of rules, each with a path");
	rc = check_keys(to, map, keys, "a rule of the policy's \"paths\"");
	out->approvals = -1;
	if (rc == PV_OK)
		rc = read_item(&out->pattern, to, "path", path, NAMES);
	if (rc == PV_OK)
		rc = read_list(&out->approvers, to, map, "approvers", PEOPLE);
	return rc == PV_OK ? read_approvals(&out->approvals, to, map) : rc;
}

static int read_owners(struct reader *to, const pv_yaml_node *map)
{
	const pv_yaml_node *node = member(map, "paths");
	pv_policy *policy = to->policy;
	int rc = PV_OK;

	if (!node)
		return PV_OK;
	if (node->kind != PV_YAML_SEQUENCE)
		return fail_at(to, node, "paths",
			       "a list of rules, each with a path");
	policy->owners = take(to, node->count, sizeof(*policy->owners), &rc);
	for (const pv_yaml_node *item = node->first; item && rc == PV_OK;
	     item = item->next) {
		rc = read_owner(&policy->owners[policy->owner_count], to,
				pv_yaml_resolve(item));
		policy->owner_count += rc == PV_OK;
	}
	return rc;
}

/* --- the rest ---------------------------------------------------------------- */

static int read_signed(struct reader *to, const pv_yaml_node *map)
{
	const pv_yaml_node *node = member(map, "signed");
	pv_policy_list list = { 0 };
	int is_all = 0;
	int rc;

	if (node && node->kind == PV_YAML_SCALAR && node->type == PV_YAML_BOOL) {
		rc = read_bool(&is_all, to, map, "signed");
		to->policy->is_signed = is_all ? (1U << PV_POLICY_SIGNED) - 1 : 0;
		return rc;
	}
	rc = read_list(&list, to, map, "signed", NAMES);
	for (size_t i = 0; i < list.count && rc == PV_OK; i++) {
		size_t k = 0;

		while (k < PV_POLICY_SIGNED &&
		       strcmp(pv_policy_signed_name(k), list.items[i]) != 0)
			k++;
		if (k == PV_POLICY_SIGNED)
			rc = fail_at(to, node, "signed",
				     "true, or of commits, tags, "
				     "deployments and reviews");
		else
			to->policy->is_signed |= 1U << k;
	}
	return rc;
}

/* The lists of a policy. */
static const struct list_key {
	const char *key;
	size_t offset;
	enum items items;
} lists[] = {
	{ "branches", offsetof(pv_policy, branches), NAMES },
	{ "protected_branches", offsetof(pv_policy, protected_branches), NAMES },
	{ "protected_tags", offsetof(pv_policy, protected_tags), NAMES },
	{ "required_checks", offsetof(pv_policy, checks), NAMES },
	{ "approvers", offsetof(pv_policy, approvers), PEOPLE },
	{ "release", offsetof(pv_policy, release), PEOPLE },
	{ "override", offsetof(pv_policy, override), PEOPLE },
};

static pv_policy_list *list_at(pv_policy *policy, const struct list_key *key)
{
	return (pv_policy_list *)(void *)((char *)policy + key->offset);
}

static int read_policy(struct reader *to, const pv_yaml_node *map)
{
	static const char *const keys[] = {
		"branches",  "protected_branches", "protected_tags",
		"approvals", "approvers",          "self_approval",
		"paths",     "required_checks",    "release",
		"deploy",    "override",           "teams",
		"signed",    "max_file_size",      NULL
	};
	pv_policy *policy = to->policy;
	int rc;

	if (map->kind != PV_YAML_MAPPING)
		return fail_at(to, map, "policy", "a mapping");
	rc = check_keys(to, map, keys, "the policy");
	for (size_t i = 0; i < pv_array_len(lists) && rc == PV_OK; i++)
		rc = read_list(list_at(policy, &lists[i]), to, map,
			       lists[i].key, lists[i].items);
	if (rc == PV_OK)
		rc = read_named(&policy->teams, &policy->team_count, to, map,
				"teams");
	if (rc == PV_OK)
		rc = read_named(&policy->deploy, &policy->deploy_count, to, map,
				"deploy");
	if (rc == PV_OK)
		rc = read_owners(to, map);
	if (rc == PV_OK)
		rc = read_approvals(&policy->approvals, to, map);
	if (rc == PV_OK)
		rc = read_bool(&policy->self_approval, to, map, "self_approval");
	if (rc == PV_OK)
		rc = read_signed(to, map);
	return rc == PV_OK ? read_int(&policy->max_file_size, to, map,
				      "max_file_size", TOP_FILE_SIZE)
			   : rc;
}

static int read_environment(struct reader *to, const pv_yaml_node *item)
{
	pv_policy *policy = to->policy;
	pv_policy_environment *environment =
		&policy->environments[policy->environment_count];
	const pv_yaml_node *map = pv_yaml_resolve(item);
	int rc = PV_OK;

	/* "default" names an environment, and is none. */
	if (map->kind != PV_YAML_MAPPING)
		return PV_OK;
	environment->name = keep(to, item->key->text, &rc);
	if (rc == PV_OK)
		rc = read_approvals(&environment->approvals, to, map);
	if (rc == PV_OK)
		rc = read_list(&environment->checks, to, map, "required_checks",
			       NAMES);
	policy->environment_count += rc == PV_OK;
	return rc;
}

static int read_environments(struct reader *to, const pv_yaml_node *root)
{
	const pv_yaml_node *map = member(root, "environments");
	int rc = PV_OK;

	if (!map || map->kind != PV_YAML_MAPPING)
		return PV_OK;
	to->policy->environments =
		take(to, map->count, sizeof(*to->policy->environments), &rc);
	for (const pv_yaml_node *item = map->first; item && rc == PV_OK;
	     item = item->next)
		rc = read_environment(to, item);
	return rc;
}

static int read_text(struct reader *to, const char *text, size_t len)
{
	const pv_yaml_node *root;
	const pv_yaml_node *map;
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, text, len, NULL, to->err);

	if (rc < 0 && to->err)
		pv_error_at(to->err, rc, "pv.yaml", to->err->line,
			    to->err->column);
	if (rc < 0)
		return rc;
	root = pv_yaml_resolve(pv_yaml_root(doc));
	map = member(root, "policy");
	if (map)
		rc = read_policy(to, map);
	if (rc == PV_OK)
		rc = read_environments(to, root);
	pv_yaml_free(doc);
	return rc;
}

int pv_policy_parse(pv_policy **out, const char *text, size_t len,
		    const char *default_branch, pv_error *err)
{
	pv_policy *policy = pv_calloc(1, sizeof(*policy));
	struct reader to = { policy, err };
	int rc = PV_OK;

	*out = NULL;
	if (!policy)
		return pv_fail_nomem(err);
	policy->max_file_size = MAX_FILE_SIZE;
	policy->default_branch = keep(&to, default_branch, &rc);
	if (rc == PV_OK && text)
		rc = read_text(&to, text, len);
	if (rc < 0) {
		pv_policy_free(policy);
		return rc;
	}
	*out = policy;
	return PV_OK;
}

void pv_policy_free(pv_policy *policy)
{
	if (!policy)
		return;
	pv_arena_dispose(&policy->arena);
	pv_free(policy->aliases);
	pv_free(policy);
}
