/* SPDX-License-Identifier: MIT
 *
 * tag-vocabulary: a tag that is not among vocabulary.tags of pv.yaml.
 */
#include "check/rules.h"

static const char *tag_at(size_t idx, const void *list)
{
	const pv_yaml_node *item = ((const pv_yaml_node *)list)->first;

	while (item && idx--)
		item = item->next;
	if (!item)
		return NULL;
	return pv_node_is_text(item) ? pv_yaml_follow(item)->text : "";
}

static int is_known(const pv_yaml_node *list, const char *tag)
{
	for (const pv_yaml_node *item = list->first; item; item = item->next)
		if (pv_node_is(item, tag))
			return 1;
	return 0;
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *settings = pv_check_settings(run);
	const pv_yaml_node *list =
		settings ? pv_yaml_get(settings, "vocabulary") : NULL;
	const pv_yaml_node *tags = pv_check_field(run, "tags");
	const pv_yaml_node *tag = tags ? tags->first : NULL;
	int rc = PV_OK;

	list = list ? pv_yaml_get(list, "tags") : NULL;
	if (!list || pv_yaml_follow(list)->kind != PV_YAML_SEQUENCE)
		return PV_OK;
	list = pv_yaml_follow(list);
	for (; tag && rc == PV_OK; tag = tag->next) {
		const pv_yaml_node *node = pv_yaml_follow(tag);
		char hint[PV_HINT_SIZE];

		if (!pv_node_is_text(node) || is_known(list, node->text))
			continue;
		rc = pv_check_node(run, tag,
				   pv_suggest(hint, pv_str_of(node->text),
					      tag_at, list,
					      "add it to vocabulary.tags of "
					      "pv.yaml, or use one of these"),
				   "the tag \"%.60s\" is not in the vocabulary",
				   node->text);
	}
	return rc;
}

const pv_check_rule pv_rule_tag_vocabulary = {
	{ .id = "tag-vocabulary",
	  .group = PV_RULE_SYNTAX,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a tag that is not among vocabulary.tags of pv.yaml",
	  .fix = "use a tag of the vocabulary, or add it there" },
	run
};
