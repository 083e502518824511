/* SPDX-License-Identifier: MIT
 *
 * Verdicts, as a table of policies, facts and the reasons against.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pv/policy.h>

#include "base/mem.h"

#define TEAMS "teams: {leads: [ada@x.org, Bob@X.org]}"

static const pv_policy_subject file = { "prompts/a.yaml", "a", "s1" };
static const pv_policy_subject gone = { "prompts/a.yaml", "a", NULL };
static const char *const by_carl[] = { "Carl <carl@x.org>" };

static const pv_policy_approval yes[] = {
	{ .by = "Ada <ADA@x.org>", .path = "prompts/a.yaml", .state = "s1" },
};
static const pv_policy_approval twice[] = {
	{ .by = "Ada <ADA@x.org>", .path = "prompts/a.yaml", .state = "s1" },
	{ .by = "ada@x.org", .path = NULL, .state = "s1" },
};
static const pv_policy_approval both[] = {
	{ .by = "Ada <ADA@x.org>", .path = "prompts/a.yaml", .state = "s1" },
	{ .by = "Bob <bob@x.org>", .path = NULL, .state = "s1" },
};
static const pv_policy_approval others[] = {
	{ .by = "Ada <ada@x.org>", .path = "prompts/a.yaml", .state = "s0" },
	{ .by = "Carl <carl@x.org>", .path = "prompts/a.yaml", .state = "s1" },
	{ .by = "Dora <dora@x.org>", .path = "prompts/a.yaml", .state = "s1" },
	{ .by = "Ada <ada@x.org>", .path = "prompts/b.yaml", .state = "s1" },
};
static const pv_policy_approval removal[] = {
	{ .by = "Ada <ada@x.org>", .path = "prompts/a.yaml", .state = NULL },
};

static const pv_policy_approval objected[] = {
	{ .by = "Ada <ada@x.org>", .path = "prompts/a.yaml", .state = "s1" },
	{ .by = "Bob <bob@x.org>",
	  .path = "prompts/a.yaml",
	  .state = "s1",
	  .is_against = 1 },
	{ .by = "Eve <eve@x.org>",
	  .path = "prompts/a.yaml",
	  .state = "s0",
	  .is_against = 1 },
};
static const pv_policy_approval own[] = {
	{ .by = "Ada <ada@x.org>",
	  .path = "prompts/a.yaml",
	  .state = "s1",
	  .is_own = 1 },
};
static const pv_policy_approval own_elsewhere[] = {
	{ .by = "Ada <ada@x.org>",
	  .path = "prompts/a.yaml",
	  .state = "s1",
	  .is_own = 1 },
	{ .by = "ada@x.org", .path = "prompts/a.yaml", .state = "s1" },
};

static const pv_policy_check good[] = { { "syntax_validation", 1 },
					{ "security", 1 } };
static const pv_policy_check bad[] = { { "syntax", 1 }, { "security", 0 } };

#define APPROVALS(list) .approvals = list, .approval_count = pv_array_len(list)
#define CHECKS(list) .checks = list, .check_count = pv_array_len(list)
#define MERGE(name)                                                       \
 .action = PV_POLICY_MERGE, .branch = name, .actor = "Carl <carl@x.org>", \
 .subjects = &file, .subject_count = 1, .authors = by_carl, .author_count = 1
#define DEPLOY(who)                                                     \
 .action = PV_POLICY_DEPLOY, .environment = "production", .actor = who, \
 .subjects = &file, .subject_count = 1

static const struct row {
	const char *policy;
	pv_policy_facts facts;
	const char *against; /* rules, a blank behind each; "" allows */
} rows[] = {
	/* branches */
	{ "", { .action = PV_POLICY_BRANCH, .branch = "x" }, "" },
	{ "branches: [exp/*]",
	  { .action = PV_POLICY_BRANCH, .branch = "exp/a" },
	  "" },
	{ "branches: [exp/*]",
	  { .action = PV_POLICY_BRANCH, .branch = "exp/a/b" },
	  "branches " },
	{ "branches: [exp/**]",
	  { .action = PV_POLICY_BRANCH, .branch = "exp/a/b" },
	  "" },
	{ "branches: [exp/*]",
	  { .action = PV_POLICY_BRANCH, .branch = "main" },
	  "" },
	{ "branches: []",
	  { .action = PV_POLICY_BRANCH, .branch = "x" },
	  "branches " },

	/* what protected branches take */
	{ "", { MERGE("main") }, "" },
	{ "approvals: 1", { MERGE("main") }, "approvals " },
	{ "approvals: 1", { MERGE("side") }, "" },
	{ "{approvals: 1, protected_branches: [rel/*]}", { MERGE("main") }, "" },
	{ "{approvals: 1, protected_branches: [rel/*]}",
	  { MERGE("rel/1") },
	  "approvals " },
	{ "approvals: 1", { MERGE("main"), APPROVALS(yes) }, "" },
	{ "approvals: 2", { MERGE("main"), APPROVALS(yes) }, "approvals " },
	{ "approvals: 2", { MERGE("main"), APPROVALS(twice) }, "approvals " },
	{ "approvals: 2", { MERGE("main"), APPROVALS(both) }, "" },
	{ "{approvals: 1, approvers: ['@leads'], " TEAMS "}",
	  { MERGE("main"), APPROVALS(others) },
	  "approvals " },
	{ "{approvals: 2, approvers: ['@leads'], " TEAMS "}",
	  { MERGE("main"), APPROVALS(both) },
	  "" },
	{ "{approvals: 1, approvers: []}",
	  { MERGE("main"), APPROVALS(both) },
	  "approvals " },
	{ "{approvals: 1, approvers: ['*@x.org'], self_approval: true}",
	  { MERGE("main"), APPROVALS(others) },
	  "" },
	{ "{approvals: 2, approvers: ['*@x.org'], self_approval: false}",
	  { MERGE("main"), APPROVALS(others) },
	  "approvals " },
	{ "approvals: 1",
	  { .action = PV_POLICY_MERGE,
	    .branch = "main",
	    .subjects = &gone,
	    .subject_count = 1,
	    APPROVALS(yes) },
	  "approvals " },
	{ "approvals: 1",
	  { .action = PV_POLICY_MERGE,
	    .branch = "main",
	    .subjects = &gone,
	    .subject_count = 1,
	    APPROVALS(removal) },
	  "" },
	{ "approvals: 1", { MERGE("main"), APPROVALS(removal) }, "approvals " },

	/* who asks for changes, of this state and no other */
	{ "approvals: 1",
	  { MERGE("main"), APPROVALS(objected) },
	  "changes-requested " },
	{ "{approvals: 0}", { MERGE("main"), APPROVALS(objected) }, "" },

	/* who put it up, in one review and not in another */
	{ "approvals: 1", { MERGE("main"), APPROVALS(own) }, "approvals " },
	{ "approvals: 1", { MERGE("main"), APPROVALS(own_elsewhere) }, "" },
	{ "{approvals: 1, self_approval: true}",
	  { MERGE("main"), APPROVALS(own) },
	  "" },

	/* rules for paths: the last one that fits */
	{ "paths: [{path: 'prompts/**', approvals: 1}]",
	  { MERGE("main") },
	  "approvals " },
	{ "{approvals: 1, paths: [{path: 'prompts/*', approvals: 0}]}",
	  { MERGE("main") },
	  "" },
	{ "paths: [{path: '**', approvals: 1}, {path: 'prompts/a.yaml', "
	  "approvals: 2}]",
	  { MERGE("main"), APPROVALS(yes) },
	  "approvals " },
	{ "{approvals: 1, paths: [{path: 'prompts/a.*', approvers: "
	  "[bob@x.org]}]}",
	  { MERGE("main"), APPROVALS(yes) },
	  "approvals " },
	{ "{approvals: 1, paths: [{path: 'other/**', approvers: "
	  "[bob@x.org]}]}",
	  { MERGE("main"), APPROVALS(yes) },
	  "" },

	/* checks */
	{ "required_checks: [syntax, security_validation]",
	  { MERGE("main"), CHECKS(good) },
	  "" },
	{ "required_checks: [syntax, security_validation]",
	  { MERGE("main"), CHECKS(bad) },
	  "check " },
	{ "required_checks: [syntax, schema]",
	  { MERGE("main"), CHECKS(good) },
	  "check " },
	{ "required_checks: [schema]", { MERGE("side") }, "" },

	/* what no override helps against */
	{ "override: ['*']",
	  { MERGE("main"), .is_forced = 1, .override = "now" },
	  "protected " },
	{ "override: ['*']",
	  { MERGE("main"), .is_removal = 1, .override = "now" },
	  "protected " },
	{ "{override: ['*'], signed: [commits]}",
	  { MERGE("side"), .is_unsigned = 1, .override = "now" },
	  "signed " },
	{ "signed: true", { MERGE("side") }, "" },
	{ "signed: [tags]", { MERGE("side"), .is_unsigned = 1 }, "" },

	/* overriding */
	{ "{approvals: 1, override: [carl@x.org]}",
	  { MERGE("main"), .override = "it burns" },
	  "" },
	{ "{approvals: 1, override: [carl@x.org]}",
	  { MERGE("main"), .override = " " },
	  "approvals override " },
	{ "{approvals: 1, override: [ada@x.org]}",
	  { MERGE("main"), .override = "it burns" },
	  "approvals override " },
	{ "approvals: 1",
	  { MERGE("main"), .override = "it burns" },
	  "approvals override " },

	/* deploying */
	{ "", { DEPLOY("Eve <eve@x.org>") }, "" },
	{ "deploy: {production: [ada@x.org]}", { DEPLOY("Ada <ada@x.org>") }, "" },
	{ "deploy: {production: [ada@x.org]}",
	  { DEPLOY("Eve <eve@x.org>") },
	  "deploy " },
	{ "deploy: {production: [ada@x.org], '*': ['*']}",
	  { DEPLOY("Eve <eve@x.org>") },
	  "deploy " },
	{ "deploy: {'*': ['*@y.org']}", { DEPLOY("Eve <eve@x.org>") }, "deploy " },
	{ "deploy: {staging: [ada@x.org]}", { DEPLOY("Eve <eve@x.org>") }, "" },
	{ "deploy: {production: []}", { DEPLOY("Ada <ada@x.org>") }, "deploy " },
	{ "deploy: {production: ['@leads']}", { DEPLOY("ada@x.org") }, "deploy " },
	{ "deploy: {production: ['*']}", { DEPLOY("nobody") }, "" },
	{ "deploy: {production: ['*']}", { DEPLOY(NULL) }, "deploy " },
	{ "", { DEPLOY("a@x.org"), .is_unsigned = 1 }, "" },
	{ "signed: [deployments]",
	  { DEPLOY("a@x.org"), .is_unsigned = 1 },
	  "signed " },

	/* versions and approving */
	{ "release: [ada@x.org]",
	  { .action = PV_POLICY_RELEASE, .actor = "ADA@x.org" },
	  "" },
	{ "release: [ada@x.org]",
	  { .action = PV_POLICY_RELEASE, .actor = "ada@x.org.evil" },
	  "release " },
	{ "release: [ada@x.org]", { .action = PV_POLICY_RELEASE }, "release " },
	{ "approvers: [ada@x.org]",
	  { .action = PV_POLICY_APPROVE,
	    .actor = "eve@x.org",
	    .subjects = &file,
	    .subject_count = 1 },
	  "approvers " },
	{ "",
	  { .action = PV_POLICY_APPROVE,
	    .actor = "carl@x.org",
	    .authors = by_carl,
	    .author_count = 1,
	    .subjects = &file,
	    .subject_count = 1 },
	  "self-approval " },
};

static pv_policy *parse(const char *policy, const char *rest)
{
	pv_policy *parsed = NULL;
	pv_buf text = { 0 };
	pv_error err = { 0 };

	pv_buf_printf(&text, "policy:\n  %s\n%s",
		      policy[0] == '{' || !*policy ? policy : "", rest);
	if (policy[0] != '{' && *policy) {
		pv_buf_clear(&text);
		pv_buf_printf(&text, "policy: {%s}\n%s", policy, rest);
	}
	if (pv_policy_parse(&parsed, text.ptr, text.len, "main", &err) != PV_OK)
		fail_msg("%s: %s", text.ptr, err.message);
	pv_buf_dispose(&text);
	return parsed;
}

static void judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_policy *policy = parse(rows[i].policy, "");
		pv_policy_verdict verdict;
		pv_buf against = { 0 };

		assert_int_equal(pv_policy_judge(&verdict, policy,
						 &rows[i].facts, NULL),
				 PV_OK);
		for (size_t k = 0; k < verdict.count; k++)
			if (!verdict.reasons[k].is_ok && !verdict.is_overridden)
				pv_buf_printf(&against, "%s ",
					      verdict.reasons[k].rule);
		if (strcmp(pv_buf_text(&against), rows[i].against) != 0)
			fail_msg("row %zu, %s: \"%s\"", i, rows[i].policy,
				 pv_buf_text(&against));
		assert_int_equal(verdict.is_allowed, !*rows[i].against);
		pv_policy_verdict_dispose(&verdict);
		pv_buf_dispose(&against);
		pv_policy_free(policy);
	}
}

static int is_allowed(const char *settings, const pv_policy_facts *facts)
{
	pv_policy *policy = parse("", settings);
	pv_policy_verdict verdict;
	int is;

	assert_int_equal(pv_policy_judge(&verdict, policy, facts, NULL), PV_OK);
	is = verdict.is_allowed;
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(policy);
	return is;
}

static void environments_ask_for_approvals_and_checks(void **state)
{
	static const char two[] = "environments: {production: {approvals: 2}}";
	static const char review[] =
		"environments: {production: {required_checks: [review]}}";
	static const char security[] =
		"environments: {production: {required_checks: "
		"[security_validation]}}";
	pv_policy_facts facts = { DEPLOY("eve@x.org"), APPROVALS(yes) };

	(void)state;
	assert_false(is_allowed(two, &facts));
	assert_true(is_allowed(review, &facts));
	facts.environment = "staging";
	assert_true(is_allowed(two, &facts));
	facts.environment = "production";
	facts.approvals = both;
	facts.approval_count = 2;
	assert_true(is_allowed(two, &facts));
	facts.approval_count = 0;
	assert_false(is_allowed(review, &facts));
	facts.action = PV_POLICY_ROLLBACK;
	assert_true(is_allowed(two, &facts));
	facts.action = PV_POLICY_DEPLOY;
	assert_false(is_allowed(security, &facts));
	facts.checks = bad;
	facts.check_count = 2;
	assert_false(is_allowed(security, &facts));
	facts.checks = good;
	assert_true(is_allowed(security, &facts));
}

static void tells_why_approvals_do_not_count(void **state)
{
	pv_policy *policy =
		parse("approvals: 3, approvers: ['@leads', carl@x.org], " TEAMS,
		      "");
	pv_policy_facts facts = { MERGE("main"), APPROVALS(others) };
	pv_policy_verdict verdict;

	(void)state;
	assert_int_equal(pv_policy_judge(&verdict, policy, &facts, NULL), PV_OK);
	assert_string_equal(verdict.reasons[0].message,
			    "\"a\" has 0 of 3 approvals");
	assert_string_equal(verdict.reasons[0].hint,
			    "1 approved it before it changed; 1 approved work of their "
			    "own; 1 may not approve it; approvers are \"@leads\", "
			    "\"carl@x.org\"");
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(policy);
}

static void refuses_what_it_does_not_understand(void **state)
{
	static const char *const texts[] = {
		"policy: 1",
		"policy: {aprovals: 1}",
		"policy: {approvals: -1}",
		"policy: {approvals: many}",
		"policy: {approvals: 1.5}",
		"policy: {approvals: 100000}",
		"policy: {branches: {a: b}}",
		"policy: {branches: [[a]]}",
		"policy: {branches: ['']}",
		"policy: {self_approval: perhaps}",
		"policy: {signed: [all]}",
		"policy: {teams: [a]}",
		"policy: {deploy: {production: {a: b}}}",
		"policy: {paths: {a: b}}",
		"policy: {paths: [a]}",
		"policy: {paths: [{approvals: 1}]}",
		"policy: {paths: [{path: a, owner: b}]}",
		"policy: {max_file_size: big}",
		"environments: {production: {approvals: two}}",
		"environments: {production: {required_checks: {a: b}}}",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(texts); i++) {
		pv_policy *policy = NULL;
		pv_error err = { 0 };

		if (pv_policy_parse(&policy, texts[i], strlen(texts[i]), "main",
				    &err) != PV_EINVALID)
			fail_msg("%s", texts[i]);
		assert_int_equal(err.line, 1);
		assert_null(policy);
	}
}

static void knows_people_by_their_addresses(void **state)
{
	(void)state;
	assert_true(pv_policy_is_same("Ada <ada@x.org>", " ADA@X.org "));
	assert_true(pv_policy_is_same("<a> <ada@x.org>", "ada@x.org"));
	assert_false(pv_policy_is_same("ada@x.org", "ada@x.orgs"));
	assert_false(pv_policy_is_same("", ""));
	assert_false(pv_policy_is_same("<>", "<>"));
	assert_false(pv_policy_is_same(NULL, NULL));
}

static void shows_itself(void **state)
{
	pv_policy *policy = parse("approvals: 1, signed: [tags], " TEAMS, "");
	pv_buf json = { 0 };

	(void)state;
	assert_int_equal(pv_policy_json(&json, policy, NULL), PV_OK);
	assert_non_null(strstr(json.ptr, "\"protected_branches\":[\"main\"]"));
	assert_non_null(strstr(json.ptr, "\"bob@x.org\""));
	assert_non_null(strstr(json.ptr, "\"signed\":[\"tags\"]"));
	assert_int_equal(pv_policy_signed(policy), PV_SIGNED_TAGS);
	assert_int_equal(pv_policy_max_file_size(policy), 1 << 20);
	assert_null(pv_policy_check_at(policy, 0));
	assert_false(pv_policy_is_tag_protected(policy, "v1"));
	assert_string_equal(pv_policy_action_name(PV_POLICY_ROLLBACK),
			    "rollback");
	assert_null(pv_policy_action_name(99));
	pv_buf_dispose(&json);
	pv_policy_free(policy);
}

static void test_policy_judge__knows_people_by_a_mailmap(void **state)
{
	static const char map[] = "# <no@x.org> <line@x.org>\n"
				  "Ada L <ada@x.org> <ada@home.org>\r\n"
				  "<ada@x.org> <a@y.org>\n"
				  "Bob <bob@x.org> Robert <shared@x.org>\n"
				  "Eve <eve@x.org> Eva <shared@x.org>\n"
				  "Only a name <carl@x.org>\n<broken <x@\n> <\n"
				  "<> <dora@x.org>\n<last@x.org> <l@x.org>";
	static const struct {
		const char *a;
		const char *b;
		int is_one;
	} people[] = {
		{ "ada@x.org", "Ada <ADA@home.org>", 1 },
		{ "ada@home.org", "A@y.org", 1 },
		{ "shared@x.org", "bob@x.org", 1 },
		{ "eve@x.org", "Robert <shared@x.org>", 1 },
		{ "eve@x.org", "bob@x.org", 0 },
		{ "no@x.org", "line@x.org", 0 },
		{ "carl@x.org", "dora@x.org", 0 },
		{ "carl@x.org", "Carl <carl@x.org>", 1 },
		{ "l@x.org", "last@x.org", 1 },
		{ "", "dora@x.org", 0 },
	};
	pv_policy *policy = NULL;

	(void)state;
	assert_int_equal(pv_policy_parse(&policy, NULL, 0, "main", NULL), PV_OK);
	assert_int_equal(pv_policy_add_mailmap(policy, map, sizeof(map) - 1, NULL),
			 PV_OK);
	for (size_t i = 0; i < pv_array_len(people); i++) {
		assert_int_equal(pv_policy_is_person(policy, people[i].a,
						     people[i].b),
				 people[i].is_one);
		assert_int_equal(pv_policy_is_person(policy, people[i].b,
						     people[i].a),
				 people[i].is_one);
	}
	pv_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_judge__knows_people_by_a_mailmap),
		cmocka_unit_test(judges),
		cmocka_unit_test(environments_ask_for_approvals_and_checks),
		cmocka_unit_test(tells_why_approvals_do_not_count),
		cmocka_unit_test(refuses_what_it_does_not_understand),
		cmocka_unit_test(knows_people_by_their_addresses),
		cmocka_unit_test(shows_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
