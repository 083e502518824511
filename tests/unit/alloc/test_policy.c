/* SPDX-License-Identifier: MIT
 *
 * Policies: reading, judging and showing one at every allocation that fails.
 */
#include "alloc/walk.h"

static const char text[] =
	"environments: {production: {approvals: 2, required_checks: [review]}}\n"
	"policy:\n"
	"  branches: [exp/*]\n"
	"  approvals: 1\n"
	"  approvers: ['@leads']\n"
	"  teams: {leads: [ada@x.org]}\n"
	"  deploy: {production: [bob@x.org]}\n"
	"  paths: [{path: 'a/**', approvals: 2, approvers: [bob@x.org]}]\n"
	"  signed: [commits]\n";

static int parse(void *scene, pv_error *err)
{
	pv_policy *policy = NULL;
	int rc = pv_policy_parse(&policy, text, sizeof(text) - 1, "main", err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%d", pv_policy_is_protected(policy, "main"));
	pv_policy_free(policy);
	return rc;
}

static int add_mailmap(void *scene, pv_error *err)
{
	static const char map[] = "Ada <ada@x.org> <a@y.org>\n";
	pv_policy *policy = NULL;
	int rc = pv_policy_parse(&policy, NULL, 0, "main", err);

	(void)scene;
	if (rc == PV_OK)
		rc = pv_policy_add_mailmap(policy, map, sizeof(map) - 1, err);
	if (rc == PV_OK)
		walk_say("%d",
			 pv_policy_is_person(policy, "a@y.org", "ada@x.org"));
	pv_policy_free(policy);
	return rc;
}

static int judge(void *scene, pv_error *err)
{
	const pv_policy_subject subject = { "a/b.yaml", NULL, "s" };
	const pv_policy_facts facts = { .action = PV_POLICY_DEPLOY,
					.actor = "eve@x.org",
					.environment = "production",
					.subjects = &subject,
					.subject_count = 1,
					.override = "now" };
	pv_policy_verdict verdict;
	int rc = pv_policy_judge(&verdict, scene, &facts, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < verdict.count; i++)
		walk_say("%s\n", verdict.reasons[i].hint);
	pv_policy_verdict_dispose(&verdict);
	return PV_OK;
}

static int show(void *scene, pv_error *err)
{
	pv_buf json = { 0 };
	int rc = pv_policy_json(&json, scene, err);

	if (rc == PV_OK)
		walk_say("%s", json.ptr);
	pv_buf_dispose(&json);
	return rc;
}

static void test_alloc_policy__fails_cleanly(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_policy_parse, parse) },
		{ WALK(pv_policy_add_mailmap, add_mailmap) },
		{ WALK(pv_policy_judge, judge) },
		{ WALK(pv_policy_json, show) },
	};
	struct walk_setting setting = { 0 };
	pv_policy *policy = NULL;

	(void)state;
	if (pv_policy_parse(&policy, text, sizeof(text) - 1, "main", NULL) !=
	    PV_OK)
		fail_msg("the policy is not read");
	setting.scene = policy;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
	pv_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_policy__fails_cleanly),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
