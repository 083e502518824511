/* SPDX-License-Identifier: MIT
 *
 * Judging an action: each rule that is about it adds its reason, for or
 * against, and one against is a refusal. What no repository may lose (commits
 * of a protected branch, signatures that are required) is fixed; all else can
 * be overridden by whom the policy names.
 */
#include "policy/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/worktree/wildmatch.h"

struct judge {
	pv_policy_verdict *out;
	const pv_policy *policy;
	const pv_policy_facts *facts;
	pv_error *err;
	size_t cap;
	int refused; /* reasons against */
	int fixed;   /* of those, that no override helps against */
	int rc;
};

static const struct action {
	const char *name;
	const char *doing;
} actions[] = {
	[PV_POLICY_BRANCH] = { "branch", "make branches" },
	[PV_POLICY_MERGE] = { "merge", "merge" },
	[PV_POLICY_APPROVE] = { "approve", "approve" },
	[PV_POLICY_RELEASE] = { "release", "make versions" },
	[PV_POLICY_DEPLOY] = { "deploy", "deploy" },
	[PV_POLICY_ROLLBACK] = { "rollback", "roll back" },
};

const char *pv_policy_action_name(int action)
{
	if (action < 0 || (size_t)action >= pv_array_len(actions))
		return NULL;
	return actions[action].name;
}

/* --- reasons ------------------------------------------------------------------ */

/* What a reason says, before it is written. */
struct says {
	const char *rule;
	int is_ok;
	int is_fixed;
	const char *hint;
};

static void add(struct judge *to, const struct says *what, const char *format,
		...) PV_PRINTF(3, 4);

static void add(struct judge *to, const struct says *what, const char *format, ...)
{
	pv_policy_reason *reason;
	va_list args;

	if (to->rc == PV_OK &&
	    pv_array_reserve(&to->out->reasons, &to->cap, to->out->count + 1,
			     sizeof(*reason)) < 0)
		to->rc = pv_fail_nomem(to->err);
	if (to->rc < 0)
		return;
	reason = &to->out->reasons[to->out->count++];
	reason->rule = what->rule;
	reason->is_ok = what->is_ok;
	reason->is_fixed = what->is_fixed;
	va_start(args, format);
	vsnprintf(reason->message, sizeof(reason->message), format, args);
	va_end(args);
	snprintf(reason->hint, sizeof(reason->hint), "%s",
		 what->hint ? what->hint : "");
	to->refused += !what->is_ok;
	to->fixed += !what->is_ok && what->is_fixed;
}

static const char *name_of(const pv_policy_subject *subject)
{
	return subject->id ? subject->id : subject->path;
}

/* --- who may ------------------------------------------------------------------- */

static void put_list(pv_buf *out, const pv_policy_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_buf_printf(out, "%s\"%.80s\"", i ? ", " : "", list->items[i]);
}

/* Adds whether the actor is one of a list; without a list, everybody is. */
static void judge_right(struct judge *to, const char *rule,
			const pv_policy_list *list, const char *where)
{
	const char *actor = to->facts->actor ? to->facts->actor : "somebody";
	struct says says = { rule, 1, 0, NULL };
	pv_buf who = { 0 };

	if (!list || !list->is_given)
		return;
	if (pv_policy_has(to->policy, list, to->facts->actor)) {
		add(to, &says, "\"%.120s\" may %s%s", actor,
		    actions[to->facts->action].doing, where);
		return;
	}
	pv_buf_puts(&who, list->count ? "the policy names " : "nobody may");
	put_list(&who, list);
	if (to->rc == PV_OK)
		to->rc = pv_buf_status(&who, to->err);
	says.is_ok = 0;
	says.hint = pv_buf_text(&who);
	add(to, &says, "\"%.120s\" may not %s%s", actor,
	    actions[to->facts->action].doing, where);
	pv_buf_dispose(&who);
}

static const pv_policy_list *deployers(const pv_policy *policy,
				       const char *environment)
{
	const pv_policy_list *any = NULL;

	for (size_t i = 0; i < policy->deploy_count; i++) {
		if (!strcmp(policy->deploy[i].name, environment))
			return &policy->deploy[i].list;
		if (!strcmp(policy->deploy[i].name, "*"))
			any = &policy->deploy[i].list;
	}
	return any;
}

/* --- approvals ----------------------------------------------------------------- */

static int is_author(const struct judge *to, const char *person)
{
	const pv_policy_facts *facts = to->facts;

	for (size_t i = 0; i < facts->author_count; i++)
		if (pv_policy_is_person(to->policy, facts->authors[i], person))
			return 1;
	return 0;
}

/* The rule for a file: the last one that fits. */
static const pv_policy_owner *owner_of(const pv_policy *policy, const char *path)
{
	for (size_t i = policy->owner_count; i-- > 0;)
		if (path && pv_wildmatch(policy->owners[i].pattern, path))
			return &policy->owners[i];
	return NULL;
}

static const pv_policy_list *approvers_of(const pv_policy *policy,
					  const pv_policy_subject *subject)
{
	const pv_policy_owner *owner = owner_of(policy, subject->path);

	return owner && owner->approvers.is_given ? &owner->approvers
						  : &policy->approvers;
}

static int may_approve(const pv_policy *policy,
		       const pv_policy_subject *subject, const char *person)
{
	const pv_policy_list *list = approvers_of(policy, subject);

	return !list->is_given || pv_policy_has(policy, list, person);
}

static int is_of(const pv_policy_approval *approval,
		 const pv_policy_subject *subject)
{
	if (approval->path && subject->path &&
	    strcmp(approval->path, subject->path) != 0)
		return 0;
	if (!approval->state || !subject->state)
		return approval->path && approval->state == subject->state;
	return !strcmp(approval->state, subject->state);
}

/* What became of the approvals of a file. */
struct tally {
	int counted;
	int stale;           /* of another state of the file */
	int own;             /* by who wrote it */
	int unfit;           /* by who may not */
	int repeated;        /* by who has approved already */
	const char *against; /* who asks for changes; NULL: nobody */
};

static int is_own(const struct judge *to, const pv_policy_approval *approval)
{
	return !to->policy->self_approval &&
	       (approval->is_own || is_author(to, approval->by));
}

static int has_approved(const struct judge *to,
			const pv_policy_subject *subject, size_t before)
{
	const pv_policy_approval *all = to->facts->approvals;

	for (size_t i = 0; i < before; i++)
		if (is_of(&all[i], subject) && !all[i].is_against &&
		    !is_own(to, &all[i]) &&
		    pv_policy_is_person(to->policy, all[i].by, all[before].by))
			return 1;
	return 0;
}

static struct tally tally(const struct judge *to, const pv_policy_subject *subject)
{
	const pv_policy_facts *facts = to->facts;
	struct tally sum = { 0 };

	for (size_t i = 0; i < facts->approval_count; i++) {
		const pv_policy_approval *approval = &facts->approvals[i];

		if (!is_of(approval, subject))
			sum.stale += !approval->is_against && approval->path &&
				     subject->path &&
				     !strcmp(approval->path, subject->path);
		else if (approval->is_against)
			sum.against = approval->by;
		else if (is_own(to, approval))
			sum.own++;
		else if (!may_approve(to->policy, subject, approval->by))
			sum.unfit++;
		else if (has_approved(to, subject, i))
			sum.repeated++;
		else
			sum.counted++;
	}
	return sum;
}

static void put_why(pv_buf *out, const struct tally *sum,
		    const pv_policy_list *approvers)
{
	const char *before = "";

	if (sum->stale) {
		pv_buf_printf(out, "%d approved it before it changed",
			      sum->stale);
		before = "; ";
	}
	if (sum->own) {
		pv_buf_printf(out, "%s%d approved work of their own", before,
			      sum->own);
		before = "; ";
	}
	if (sum->unfit) {
		pv_buf_printf(out, "%s%d may not approve it", before, sum->unfit);
		before = "; ";
	}
	if (approvers->count) {
		pv_buf_printf(out, "%sapprovers are ", before);
		put_list(out, approvers);
	} else if (approvers->is_given) {
		pv_buf_printf(out, "%snobody may approve it", before);
	} else {
		pv_buf_printf(out,
			      "%s\"git pv review open\" asks for them, "
			      "\"git pv review approve\" gives them",
			      before);
	}
}

static void judge_approvals(struct judge *to, const pv_policy_subject *subject,
			    int wanted)
{
	struct tally sum = tally(to, subject);
	struct says says = { "approvals", sum.counted >= wanted, 0, NULL };
	const struct says against = { "changes-requested", 0, 0,
				      "revise the review, or let them approve "
				      "or withdraw" };
	pv_buf why = { 0 };

	if (wanted <= 0)
		return;
	if (!says.is_ok) {
		put_why(&why, &sum, approvers_of(to->policy, subject));
		if (to->rc == PV_OK)
			to->rc = pv_buf_status(&why, to->err);
		says.hint = pv_buf_text(&why);
	}
	add(to, &says, "\"%.140s\" has %d of %d approval%s", name_of(subject),
	    sum.counted, wanted, wanted == 1 ? "" : "s");
	pv_buf_dispose(&why);
	if (sum.against)
		add(to, &against, "\"%.100s\" asks for changes of \"%.100s\"",
		    sum.against, name_of(subject));
}

static int wanted_of(const pv_policy *policy, const pv_policy_subject *subject)
{
	const pv_policy_owner *owner = owner_of(policy, subject->path);

	return owner && owner->approvals >= 0 ? owner->approvals
					      : policy->approvals;
}

/* --- checks -------------------------------------------------------------------- */

const char *pv_policy_check_name(const char *name)
{
	static const struct {
		const char *name;
		const char *synonym;
	} rows[] = {
		{ "syntax", "syntax_validation" },
		{ "variables", "variable_validation" },
		{ "schema", "schema_validation" },
		{ "security", "security_validation" },
		{ "performance", "performance_validation" },
	};

	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (!strcmp(rows[i].synonym, name))
			return rows[i].name;
	return name;
}

static void judge_check(struct judge *to, const char *wanted)
{
	const char *name = pv_policy_check_name(wanted);
	struct says says = { "check", 0, 0, "\"git pv check\" shows more" };
	int was_run = 0;
	int is_ok = 1;

	for (size_t i = 0; i < to->facts->check_count; i++) {
		const pv_policy_check *check = &to->facts->checks[i];

		if (strcmp(pv_policy_check_name(check->name), name) != 0)
			continue;
		was_run = 1;
		is_ok &= check->is_ok;
	}
	says.is_ok = was_run && is_ok;
	if (says.is_ok)
		says.hint = NULL;
	add(to, &says, "the check \"%.60s\" %s", name,
	    !was_run ? "was not run"
	    : is_ok  ? "has passed"
		     : "has failed");
}

/* Approvals are counted, not looked up among the checks. */
static void judge_checks(struct judge *to, const pv_policy_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], "review") != 0)
			judge_check(to, list->items[i]);
}

static void judge_signature(struct judge *to, unsigned what, const char *name)
{
	struct says says = { "signed", !to->facts->is_unsigned, 1, NULL };

	if (!(to->policy->is_signed & what))
		return;
	if (!says.is_ok)
		says.hint = "sign it: git help config, gpg.format and "
			    "user.signingKey";
	add(to, &says,
	    says.is_ok ? "the %s has a good signature"
		       : "the %s has no good signature",
	    name);
}

/* --- actions ------------------------------------------------------------------- */

static void judge_branch(struct judge *to)
{
	const char *branch = to->facts->branch;
	const pv_policy_list *list = &to->policy->branches;
	struct says says = { "branches", 1, 0, NULL };
	pv_buf names = { 0 };

	if (!list->is_given || !strcmp(branch, to->policy->default_branch))
		return;
	says.is_ok = pv_policy_fits(list, branch);
	pv_buf_puts(&names, "branches are called ");
	put_list(&names, list);
	if (to->rc == PV_OK)
		to->rc = pv_buf_status(&names, to->err);
	if (!says.is_ok)
		says.hint = pv_buf_text(&names);
	add(to, &says, "a branch %s be called \"%.140s\"",
	    says.is_ok ? "may" : "may not", branch);
	pv_buf_dispose(&names);
}

static void judge_merge(struct judge *to)
{
	const pv_policy_facts *facts = to->facts;
	struct says fixed = { "protected", 0, 1, NULL };

	judge_signature(to, PV_SIGNED_COMMITS, "commit");
	if (!pv_policy_is_protected(to->policy, facts->branch))
		return;
	if (facts->is_removal) {
		add(to, &fixed,
		    "the branch \"%.140s\" is protected, and is "
		    "not deleted",
		    facts->branch);
		return;
	}
	fixed.hint = "merge what is there, and push again";
	if (facts->is_forced)
		add(to, &fixed,
		    "the branch \"%.140s\" is protected, and "
		    "loses no commits",
		    facts->branch);
	judge_checks(to, &to->policy->checks);
	for (size_t i = 0; i < facts->subject_count; i++)
		judge_approvals(to, &facts->subjects[i],
				wanted_of(to->policy, &facts->subjects[i]));
}

static void judge_approve(struct judge *to)
{
	const pv_policy_facts *facts = to->facts;
	struct says own = { "self-approval", 0, 0,
			    "somebody else has to look at it" };

	if (!to->policy->self_approval && is_author(to, facts->actor))
		add(to, &own, "\"%.140s\" has written it", facts->actor);
	for (size_t i = 0; i < facts->subject_count; i++) {
		const pv_policy_subject *subject = &facts->subjects[i];
		struct says says = {
			"approvers",
			may_approve(to->policy, subject, facts->actor), 0, NULL
		};

		add(to, &says, "\"%.100s\" %s approve \"%.100s\"",
		    facts->actor ? facts->actor : "somebody",
		    says.is_ok ? "may" : "may not", name_of(subject));
	}
}

static void judge_deploy(struct judge *to)
{
	const pv_policy_facts *facts = to->facts;
	const pv_policy_environment *environment = NULL;
	int wanted = 0;

	judge_signature(to, PV_SIGNED_DEPLOYMENTS, "deployment");
	judge_right(to, "deploy", deployers(to->policy, facts->environment),
		    " there");
	for (size_t i = 0; i < to->policy->environment_count; i++)
		if (!strcmp(to->policy->environments[i].name, facts->environment))
			environment = &to->policy->environments[i];
	/* What was live has been let in before, and haste is of the essence. */
	if (!environment || facts->action == PV_POLICY_ROLLBACK)
		return;
	judge_checks(to, &environment->checks);
	wanted = environment->approvals;
	for (size_t i = 0; !wanted && i < environment->checks.count; i++)
		wanted = !strcmp(environment->checks.items[i], "review");
	for (size_t i = 0; i < facts->subject_count; i++)
		judge_approvals(to, &facts->subjects[i], wanted);
}

static void judge_override(struct judge *to)
{
	const char *reason = to->facts->override;
	struct says says = { "override", 0, 1, NULL };

	if (!reason || !to->refused)
		return;
	if (!reason[strspn(reason, " \t\r\n")]) {
		says.hint = "say why the policy is not to count";
		add(to, &says, "an override without a reason is none");
	} else if (!pv_policy_has(to->policy, &to->policy->override,
				  to->facts->actor)) {
		says.hint = "\"override\" of the policy names who may";
		add(to, &says, "\"%.140s\" may not override the policy",
		    to->facts->actor ? to->facts->actor : "somebody");
	} else if (!to->fixed) {
		says.is_ok = 1;
		add(to, &says, "\"%.140s\" overrides the policy",
		    to->facts->actor);
		to->out->is_overridden = 1;
	}
}

int pv_policy_judge(pv_policy_verdict *out, const pv_policy *policy,
		    const pv_policy_facts *facts, pv_error *err)
{
	struct judge to = { out, policy, facts, err, 0, 0, 0, PV_OK };

	memset(out, 0, sizeof(*out));
	switch (facts->action) {
	case PV_POLICY_BRANCH:
		judge_branch(&to);
		break;
	case PV_POLICY_MERGE:
		judge_merge(&to);
		break;
	case PV_POLICY_APPROVE:
		judge_approve(&to);
		break;
	case PV_POLICY_RELEASE:
		judge_signature(&to, PV_SIGNED_TAGS, "tag");
		judge_right(&to, "release", &policy->release, "");
		break;
	case PV_POLICY_DEPLOY:
	case PV_POLICY_ROLLBACK:
		judge_deploy(&to);
		break;
	}
	judge_override(&to);
	out->is_allowed = !to.refused || out->is_overridden;
	if (to.rc < 0)
		pv_policy_verdict_dispose(out);
	return to.rc;
}

void pv_policy_verdict_dispose(pv_policy_verdict *verdict)
{
	pv_free(verdict->reasons);
	memset(verdict, 0, sizeof(*verdict));
}

int pv_policy_is_protected(const pv_policy *policy, const char *branch)
{
	return policy->protected_branches.is_given
		       ? pv_policy_fits(&policy->protected_branches, branch)
		       : !strcmp(branch, policy->default_branch);
}
