/* SPDX-License-Identifier: MIT
 *
 * Compiling the keywords about arrays that drafts read differently.
 */
#include <stddef.h>

#include "base/fail.h"
#include "schema/keyword.h"

/* Until 2019-09 a list of items was what prefixItems is now. */
int pv_keyword_items_or_list(pv_compiler *compiler, pv_node *node,
			     const pv_keyword *keyword, const pv_value *value)
{
	pv_keyword prefix = *keyword;

	if (value->kind != PV_VALUE_ARRAY)
		return pv_keyword_schema(compiler, node, keyword, value);
	if (!value->count)
		return PV_OK;
	prefix.field = offsetof(pv_array_rules, prefix);
	return pv_keyword_list(compiler, node, &prefix, value);
}

/* Counts only behind a list of items. */
int pv_keyword_additional_items(pv_compiler *compiler, pv_node *node,
				const pv_keyword *keyword, const pv_value *value)
{
	const pv_value *items = pv_value_get_z(node->source, "items");

	if (!items || items->kind != PV_VALUE_ARRAY)
		return PV_OK;
	return pv_keyword_schema(compiler, node, keyword, value);
}

int pv_keyword_contains(pv_compiler *compiler, pv_node *node,
			const pv_keyword *keyword, const pv_value *value)
{
	int rc = pv_keyword_schema(compiler, node, keyword, value);

	if (rc == PV_OK)
		node->array->is_contains_marking =
			node->in->draft == PV_DRAFT_2020;
	return rc;
}
