/* SPDX-License-Identifier: MIT
 *
 * personal-data: data about people in what goes to a model: texts, examples,
 * tests, tools. Who owns a prompt may be said. `checks.personal-data.kinds` of
 * pv.yaml lists the kinds to look for, and `allow` what may stand there.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "check/rules.h"
#include "check/spot.h"

/* The fields beside the texts that are looked at. */
static const char *const fields[] = { "variables", "tests", "tools", "output" };

struct search {
	pv_check_run *run;
	unsigned kinds;
	const pv_yaml_node *allow; /* a list, or NULL */
};

static const char *kind_at(size_t idx, const void *list)
{
	(void)list;
	return pv_personal_name(idx);
}

/* A kind that is none would be one that nobody looks for. */
static int fail_kind(pv_check_run *run, const pv_yaml_node *node)
{
	static const char all[] = "kinds are email, iban, credit-card, us-ssn, "
				  "ip-address and phone";
	pv_str text = { node->text, node->len };
	char hint[PV_HINT_SIZE];
	int rc = pv_fail(run->err, PV_EINVALID,
			 "bad value of \"checks.personal-data.kinds\"");

	(void)pv_error_hint(run->err, rc, "%s",
			    pv_node_is_text(node)
				    ? pv_suggest(hint, text, kind_at, NULL, all)
				    : all);
	return pv_error_at(run->err, rc, "pv.yaml", node->line, node->column);
}

static int wanted_kinds(unsigned *out, pv_check_run *run)
{
	const pv_yaml_node *list = pv_check_option(run, "kinds");
	const pv_yaml_node *item;

	*out = PV_PERSONAL_ALL;
	if (!list || pv_node_is_null(list))
		return PV_OK;
	if (list->kind != PV_YAML_SEQUENCE)
		return fail_kind(run, list);
	*out = 0;
	for (item = list->first; item; item = item->next) {
		const pv_yaml_node *node = pv_yaml_follow(item);
		unsigned kind = 0;

		if (pv_node_is_text(node))
			kind = pv_personal_kind((pv_str){ node->text, node->len });
		if (!kind)
			return fail_kind(run, node);
		*out |= kind;
	}
	return PV_OK;
}

/* Exactly that, or a domain: "@acme.com". */
static int is_allowed(const struct search *search, pv_str found)
{
	const pv_yaml_node *item = search->allow ? search->allow->first : NULL;

	for (; item; item = item->next) {
		const pv_yaml_node *node = pv_yaml_follow(item);
		pv_str text = { node->text, node->len };

		if (!pv_node_is_text(node) || text.len > found.len)
			continue;
		if (pv_str_eq(text, found))
			return 1;
		if (text.len && text.ptr[0] == '@' &&
		    !memcmp(found.ptr + found.len - text.len, text.ptr, text.len))
			return 1;
	}
	return 0;
}

/* `node` is NULL for the text of message `idx`. */
static int check(struct search *search, pv_str text, const pv_yaml_node *node,
		 size_t idx)
{
	static const char hint[] = "write a placeholder, such as a variable or "
				   "an address of example.com";
	pv_check_run *it = search->run;
	pv_spots spots = { 0 };
	int rc = pv_find_personal(&spots, text, search->kinds, it->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++) {
		const pv_spot *spot = &spots.items[i];
		pv_str found = { text.ptr + spot->start, spot->end - spot->start };

		if (is_allowed(search, found))
			continue;
		if (node)
			rc = pv_check_node(it, node, hint, "%s stands here",
					   spot->what);
		else
			rc = pv_check_text(it, idx, spot->start, hint,
					   "%s stands in the text", spot->what);
	}
	pv_spots_dispose(&spots);
	return rc;
}

/* All texts below a node; aliases are looked at where their anchor is. */
static int check_below(struct search *search, const pv_yaml_node *node)
{
	const pv_yaml_node *child = node->first;
	pv_str text = { node->text, node->len };
	int rc = PV_OK;

	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING)
		return check(search, text, node, 0);
	for (; child && rc == PV_OK; child = child->next)
		rc = check_below(search, child);
	return rc;
}

static int run(pv_check_run *run)
{
	struct search search = { .run = run,
				 .allow = pv_check_option(run, "allow") };
	int rc = wanted_kinds(&search.kinds, run);

	for (size_t i = 0; i < run->prompt->message_count && rc == PV_OK; i++) {
		const pv_message *message = &run->prompt->messages[i];

		rc = check(&search, (pv_str){ message->content, message->len },
			   NULL, i);
	}
	for (size_t i = 0; i < pv_array_len(fields) && rc == PV_OK; i++) {
		const pv_yaml_node *node = pv_check_field(run, fields[i]);

		if (node)
			rc = check_below(&search, node);
	}
	return rc;
}

const pv_check_rule pv_rule_personal_data = {
	{ .id = "personal-data",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "an e-mail or IP address, a number of a telephone, account, "
		  "card (also one that is published for tests, as "
		  "4111 1111 1111 1111) or US social security",
	  .fix = "write a placeholder; pv.yaml can list the kinds to look for "
		 "(checks.personal-data.kinds) and what may stand there (allow)" },
	run
};
