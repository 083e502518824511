/* SPDX-License-Identifier: MIT
 *
 * See help_rule.h. What a page says is the row of the rule and the examples
 * that the tests use, so it cannot be untrue.
 */
#include "setup/help_rule.h"

#include <pv/check.h>

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

static void list_rules(pv_cli *cli)
{
	const pv_rule *rule;

	for (int group = PV_RULE_SYNTAX; group <= PV_RULE_STYLE; group++) {
		cli_printf(cli, "%s%s\n", group == PV_RULE_SYNTAX ? "" : "\n",
			   pv_rule_group_name((enum pv_rule_group)group));
		for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
			if ((int)rule->group == group)
				cli_printf(cli, "   %-22s %-8s %s\n", rule->id,
					   rule->is_off ? "off"
							: pv_severity_name(
								  rule->severity),
					   rule->what);
	}
	cli_puts(cli, "\n\"git pv help check RULE\" explains one.\n");
}

/* An example, each line set in; what a terminal would obey is escaped. */
static void put_example(pv_cli *cli, const char *title, const char *text)
{
	cli_printf(cli, "\n%s\n\n", title);
	while (*text) {
		size_t len = strcspn(text, "\n");
		pv_buf line = { 0 };

		pv_buf_put(&line, text, len);
		cli_puts(cli, "    ");
		cli_line(cli, pv_buf_text(&line));
		cli_puts(cli, "\n");
		pv_buf_dispose(&line);
		text += len + (text[len] == '\n');
	}
}

static const struct rule_example *example_of(const pv_rule *rule)
{
	const struct rule_example *example = embedded_rules;

	while (example->id && strcmp(example->id, rule->id) != 0)
		example++;
	return example;
}

static void put_json(pv_jsonw *w, const pv_rule *rule)
{
	const struct rule_example *example = example_of(rule);

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", rule->id);
	pv_jsonw_member(w, "group", pv_rule_group_name(rule->group));
	pv_jsonw_member(w, "severity",
			rule->is_off ? "off" : pv_severity_name(rule->severity));
	pv_jsonw_member(w, "what", rule->what);
	pv_jsonw_member(w, "fix", rule->fix);
	pv_jsonw_member(w, "bad", example->id ? example->bad : NULL);
	pv_jsonw_member(w, "good", example->id ? example->good : NULL);
	pv_jsonw_object_end(w);
}

/* All rules, or one. */
static void list_json(pv_cli *cli, const pv_rule *one)
{
	const pv_rule *rule;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
		if (!one || one == rule)
			put_json(&w, rule);
	pv_jsonw_array_end(&w);
}

static void explain(pv_cli *cli, const pv_rule *rule)
{
	const struct rule_example *example = example_of(rule);

	cli_printf(cli, "%s (%s, %s)\n\n", rule->id,
		   pv_rule_group_name(rule->group),
		   rule->is_off ? "off unless set"
				: pv_severity_name(rule->severity));
	cli_printf(cli, "Finds:   %s.\nTo mend: %s.\n", rule->what, rule->fix);
	if (example->id) {
		put_example(cli, "Bad:", example->bad);
		put_example(cli, "Good:", example->good);
	}
	if (rule->is_fixed) {
		cli_puts(cli, "\nA prompt with this does not load, so it can "
			      "be neither set nor silenced.\n");
		return;
	}
	cli_printf(cli, "\nSet it in pv.yaml:        checks: {%s: off}\n",
		   rule->id);
	if (!rule->is_beside)
		cli_printf(cli,
			   "Silence it in a prompt:   # pv-ignore %s: reason\n",
			   rule->id);
}

enum {
	RULES_MAX = 200
};

static int fail_rule(pv_cli *cli, const char *name)
{
	const char *names[RULES_MAX + 1];
	const pv_rule *rule;
	size_t count = 0;
	int rc = cli_usage_error(cli, "no rule is called \"%s\"", name);

	while (count < RULES_MAX && (rule = pv_rule_at(count)) != NULL)
		names[count++] = rule->id;
	names[count] = NULL;
	return cli_hint_near(cli, rc, name, names, "git pv help check rules");
}

int help_rule(pv_cli *cli, const char *name)
{
	const pv_rule *rule = pv_rule_find(name);

	if (!rule && strcmp(name, "rules") != 0)
		return fail_rule(cli, name);
	if (cli->json)
		list_json(cli, rule);
	else if (rule)
		explain(cli, rule);
	else
		list_rules(cli);
	return PV_OK;
}
