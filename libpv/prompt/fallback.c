/* SPDX-License-Identifier: MIT
 *
 * See fallback.h. A walk that has taken more steps than there are environments
 * goes in circles, be it through where it began or not.
 */
#include "prompt/fallback.h"

#include <stdio.h>
#include <string.h>

#include "prompt/model.h"

/* A member that is a mapping; NULL without. */
static const pv_yaml_node *get_mapping(const pv_yaml_node *from, const char *key)
{
	const pv_yaml_node *found = from ? pv_yaml_get(from, key) : NULL;

	found = found ? pv_yaml_follow(found) : NULL;
	return found && found->kind == PV_YAML_MAPPING ? found : NULL;
}

const pv_yaml_node *pv_fallback_environments(const pv_yaml *doc)
{
	const pv_yaml_node *root = pv_yaml_follow(pv_yaml_root(doc));

	return root->kind == PV_YAML_MAPPING ? get_mapping(root, "environments")
					     : NULL;
}

const pv_yaml_node *pv_fallback_of(const pv_yaml_node *environments,
				   const char *name)
{
	const pv_yaml_node *own = get_mapping(environments, name);
	const pv_yaml_node *to = own ? pv_yaml_get(own, "fallback") : NULL;

	return to && pv_node_is_text(to) ? pv_yaml_follow(to) : NULL;
}

static int add_cycle(pv_report *report, const char *file,
		     const pv_yaml_node *environment,
		     const pv_yaml_node *fallback, pv_error *err)
{
	const char *name = environment->key->text;
	char message[160];
	pv_finding finding = {
		.severity = PV_SEVERITY_ERROR,
		.rule = "setting",
		.file = file,
		.line = fallback->line,
		.column = fallback->column,
		.message = message,
		.hint = "a chain of fallbacks ends at an environment without one"
	};

	snprintf(message, sizeof(message),
		 "the fallbacks of the environment \"%.64s\" lead back to it",
		 name);
	return pv_report_add(report, &finding, err);
}

int pv_fallback_judge(pv_report *report, const pv_yaml *doc, const char *file,
		      pv_error *err)
{
	const pv_yaml_node *all = pv_fallback_environments(doc);
	const pv_yaml_node *item = all ? all->first : NULL;
	int rc = PV_OK;

	for (; item && rc == PV_OK; item = item->next) {
		const char *name = item->key->text;
		const pv_yaml_node *first = pv_fallback_of(all, name);
		const pv_yaml_node *to = first;

		for (size_t step = 0;
		     to && strcmp(to->text, name) != 0 && step < all->count;
		     step++)
			to = pv_fallback_of(all, to->text);
		if (to && strcmp(to->text, name) == 0)
			rc = add_cycle(report, file, item, first, err);
	}
	return rc;
}
