/* SPDX-License-Identifier: MIT
 *
 * What a policy says, for those who ask.
 */
#include "policy/policy.h"

#include "base/json.h"

int pv_policy_is_tag_protected(const pv_policy *policy, const char *tag)
{
	return pv_policy_fits(&policy->protected_tags, tag);
}

int64_t pv_policy_max_file_size(const pv_policy *policy)
{
	return policy->max_file_size;
}

unsigned pv_policy_signed(const pv_policy *policy)
{
	return policy->is_signed;
}

const char *pv_policy_check_at(const pv_policy *policy, size_t idx)
{
	return idx < policy->checks.count
		       ? pv_policy_check_name(policy->checks.items[idx])
		       : NULL;
}

/* A list that is not given is null: it leaves everybody or everything. */
static void put_list(pv_jsonw *w, const char *key, const pv_policy_list *list)
{
	pv_jsonw_key(w, key);
	if (!list->is_given) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		pv_jsonw_string(w, list->items[i]);
	pv_jsonw_array_end(w);
}

static void put_int(pv_jsonw *w, const char *key, int64_t value)
{
	pv_jsonw_key(w, key);
	pv_jsonw_int(w, value);
}

static void put_named(pv_jsonw *w, const char *key,
		      const pv_policy_named *items, size_t count)
{
	pv_jsonw_key(w, key);
	pv_jsonw_object(w);
	for (size_t i = 0; i < count; i++)
		put_list(w, items[i].name, &items[i].list);
	pv_jsonw_object_end(w);
}

static void put_owners(pv_jsonw *w, const pv_policy *policy)
{
	pv_jsonw_key(w, "paths");
	pv_jsonw_array(w);
	for (size_t i = 0; i < policy->owner_count; i++) {
		const pv_policy_owner *owner = &policy->owners[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "path", owner->pattern);
		put_list(w, "approvers", &owner->approvers);
		put_int(w, "approvals",
			owner->approvals < 0 ? policy->approvals
					     : owner->approvals);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_environments(pv_jsonw *w, const pv_policy *policy)
{
	pv_jsonw_key(w, "environments");
	pv_jsonw_object(w);
	for (size_t i = 0; i < policy->environment_count; i++) {
		const pv_policy_environment *environment =
			&policy->environments[i];

		pv_jsonw_key(w, environment->name);
		pv_jsonw_object(w);
		put_int(w, "approvals", environment->approvals);
		put_list(w, "required_checks", &environment->checks);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_object_end(w);
}

const char *pv_policy_signed_name(size_t bit)
{
	static const char *const names[PV_POLICY_SIGNED] = { "commits", "tags",
							     "deployments",
							     "reviews" };

	return names[bit];
}

static void put_signed(pv_jsonw *w, unsigned what)
{
	pv_jsonw_key(w, "signed");
	pv_jsonw_array(w);
	for (unsigned i = 0; i < PV_POLICY_SIGNED; i++)
		if (what & (1U << i))
			pv_jsonw_string(w, pv_policy_signed_name(i));
	pv_jsonw_array_end(w);
}

int pv_policy_json(pv_buf *out, const pv_policy *policy, pv_error *err)
{
	pv_policy_list usual = { 0 };
	const char *item = policy->default_branch;
	pv_jsonw w;

	usual.items = &item;
	usual.count = 1;
	usual.is_given = 1;
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	put_list(&w, "branches", &policy->branches);
	put_list(&w, "protected_branches",
		 policy->protected_branches.is_given ? &policy->protected_branches
						     : &usual);
	put_list(&w, "protected_tags", &policy->protected_tags);
	put_int(&w, "approvals", policy->approvals);
	put_list(&w, "approvers", &policy->approvers);
	pv_jsonw_key(&w, "self_approval");
	pv_jsonw_bool(&w, policy->self_approval);
	put_owners(&w, policy);
	put_list(&w, "required_checks", &policy->checks);
	put_list(&w, "release", &policy->release);
	put_named(&w, "deploy", policy->deploy, policy->deploy_count);
	put_list(&w, "override", &policy->override);
	put_named(&w, "teams", policy->teams, policy->team_count);
	put_signed(&w, policy->is_signed);
	put_int(&w, "max_file_size", policy->max_file_size);
	put_environments(&w, policy);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}
