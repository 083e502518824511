/* SPDX-License-Identifier: MIT
 *
 * References and combinations: other schemas about the same value. A branch
 * that fails has looked at nothing: its marks are dropped.
 */
#include "base/fail.h"
#include "schema/decide.h"

const pv_node *pv_find_dynamic(const pv_run *run, pv_str anchor)
{
	const pv_node *found = NULL;

	for (const pv_scope *scope = run->scope; scope; scope = scope->up) {
		const pv_dynamic *dynamic =
			pv_map_find(&scope->in->dynamics, anchor);

		if (dynamic && dynamic->node)
			found = dynamic->node;
	}
	return found;
}

/* What a reference means here. */
static const pv_node *target_of(const pv_run *run, const pv_logic_rules *rules)
{
	const pv_node *target = NULL;

	if (rules->dynamic.ptr)
		target = pv_find_dynamic(run, rules->dynamic);
	return target ? target : rules->ref;
}

/* Asks with marks of the branch's own, which count when it is valid. */
static int ask_branch_silently(pv_run *run, const pv_node *node,
			       const pv_value *value, pv_marks *marks)
{
	pv_marks own;
	int is_valid;

	if (!marks)
		return pv_decide(run, node, value, NULL);
	if (run->rc == PV_OK)
		run->rc = pv_marks_init(&own, value, run->err);
	if (run->rc < 0)
		return 0;
	is_valid = pv_decide(run, node, value, &own);
	if (is_valid)
		pv_marks_add(marks, &own);
	pv_marks_dispose(&own);
	return is_valid;
}

static int ask_all(pv_run *run, const pv_node_list *list, const pv_value *value,
		   const pv_at *at, pv_marks *marks)
{
	int is_valid = 1;

	for (size_t i = 0; i < list->count; i++)
		is_valid &= pv_ask(run, list->items[i], value, at, marks);
	return is_valid;
}

/* Whether what was found from `first` on begins with the value being no such. */
static int is_other_kind(const pv_run *run, size_t first, size_t outer)
{
	const pv_schema_finding *items = run->result ? run->result->items : NULL;

	return items && first < pv_findings(run) && outer < first &&
	       strcmp(items[first].keyword, "type") == 0 &&
	       strcmp(items[first].instance_path, items[outer].instance_path) ==
		       0;
}

/*
 * None of the branches fits: that, and the findings of the one with the fewest,
 * which most likely was meant; rather one that takes such values at all.
 */
static int wrong_branches(pv_run *run, const pv_node *node, const char *keyword,
			  const pv_node_list *list, const pv_value *value,
			  const pv_at *at)
{
	size_t start;
	size_t best = SIZE_MAX;

	(void)pv_wrong(run, node, keyword, at,
		       "must be as one of the %zu schemas of `%s` says",
		       list->count, keyword);
	start = pv_findings(run);
	for (size_t i = 0; i < list->count; i++) {
		size_t before = pv_findings(run);
		size_t found;

		(void)pv_ask(run, list->items[i], value, at, NULL);
		found = pv_findings(run) - before;
		if (is_other_kind(run, before, start - 1))
			found = PV_SCHEMA_MAX_FINDINGS;
		if (best == SIZE_MAX || found < best) {
			pv_findings_drop(run, start, before);
			best = found;
		} else {
			pv_findings_drop(run, before, pv_findings(run));
		}
	}
	return 0;
}

static int ask_any(pv_run *run, const pv_node *node, const pv_value *value,
		   const pv_at *at, pv_marks *marks)
{
	const pv_node_list *list = &node->logic->any_of;
	int is_valid = 0;

	for (size_t i = 0; i < list->count && (!is_valid || marks); i++)
		is_valid |=
			ask_branch_silently(run, list->items[i], value, marks);
	return is_valid || wrong_branches(run, node, "anyOf", list, value, at);
}

static int ask_one(pv_run *run, const pv_node *node, const pv_value *value,
		   const pv_at *at, pv_marks *marks)
{
	const pv_node_list *list = &node->logic->one_of;
	size_t first = SIZE_MAX;
	size_t second = SIZE_MAX;

	for (size_t i = 0; i < list->count && second == SIZE_MAX; i++)
		if (ask_branch_silently(run, list->items[i], value, marks)) {
			second = first == SIZE_MAX ? SIZE_MAX : i;
			first = first == SIZE_MAX ? i : first;
		}
	if (first == SIZE_MAX)
		return wrong_branches(run, node, "oneOf", list, value, at);
	if (second != SIZE_MAX)
		return pv_wrong(run, node, "oneOf", at,
				"must be as just one schema of `oneOf` says, not as "
				"both %zu and %zu",
				first, second);
	return 1;
}

static int ask_if(pv_run *run, const pv_logic_rules *rules,
		  const pv_value *value, const pv_at *at, pv_marks *marks)
{
	const pv_node *next = ask_branch_silently(run, rules->if_of, value, marks)
				      ? rules->then_of
				      : rules->else_of;

	return !next || pv_ask(run, next, value, at, marks);
}

int pv_ask_logic(pv_run *run, const pv_node *node, const pv_value *value,
		 const pv_at *at, pv_marks *marks)
{
	const pv_logic_rules *rules = node->logic;
	int is_valid = 1;

	if (rules->ref)
		is_valid &= pv_ask(run, target_of(run, rules), value, at, marks);
	if (rules->all_of.count)
		is_valid &= ask_all(run, &rules->all_of, value, at, marks);
	if (rules->any_of.count)
		is_valid &= ask_any(run, node, value, at, marks);
	if (rules->one_of.count)
		is_valid &= ask_one(run, node, value, at, marks);
	if (rules->not_of && pv_decide(run, rules->not_of, value, NULL))
		is_valid = pv_wrong(run, node, "not", at,
				    "must not be as the schema of `not` says");
	if (rules->if_of)
		is_valid &= ask_if(run, rules, value, at, marks);
	return is_valid;
}
