/* SPDX-License-Identifier: MIT
 *
 * Keywords whose value is kept as it is, in the field that the table names.
 */
#include "base/fail.h"
#include "schema/keyword.h"

/* Sets what no keyword said yet to what lets everything pass. */
static void begin(void *rules, enum pv_rules_kind kind)
{
	if (kind == PV_RULES_STRING)
		((pv_string_rules *)rules)->length.max = SIZE_MAX;
	if (kind == PV_RULES_OBJECT)
		((pv_object_rules *)rules)->count.max = SIZE_MAX;
	if (kind == PV_RULES_ARRAY) {
		pv_array_rules *array = rules;

		array->count.max = SIZE_MAX;
		array->containing.min = 1;
		array->containing.max = SIZE_MAX;
	}
}

static void *rules_of(pv_compiler *compiler, void *slot, size_t size,
		      enum pv_rules_kind kind)
{
	void *rules;

	memcpy(&rules, slot, sizeof(rules));
	if (rules)
		return rules;
	rules = pv_arena_calloc(compiler->arena, size);
	if (rules)
		begin(rules, kind);
	memcpy(slot, &rules, sizeof(rules));
	return rules;
}

void *pv_keyword_field(pv_compiler *compiler, pv_node *node,
		       const pv_keyword *keyword)
{
	char *rules = NULL;

	switch (keyword->rules) {
	case PV_RULES_NUMBER:
		rules = rules_of(compiler, &node->number, sizeof(*node->number),
				 keyword->rules);
		break;
	case PV_RULES_STRING:
		rules = rules_of(compiler, &node->string, sizeof(*node->string),
				 keyword->rules);
		break;
	case PV_RULES_ARRAY:
		rules = rules_of(compiler, &node->array, sizeof(*node->array),
				 keyword->rules);
		break;
	case PV_RULES_OBJECT:
		rules = rules_of(compiler, &node->object, sizeof(*node->object),
				 keyword->rules);
		break;
	case PV_RULES_LOGIC:
		rules = rules_of(compiler, &node->logic, sizeof(*node->logic),
				 keyword->rules);
		break;
	case PV_RULES_NONE:
		return node;
	}
	return rules ? rules + keyword->field : NULL;
}

int pv_keyword_count(pv_compiler *compiler, pv_node *node,
		     const pv_keyword *keyword, const pv_value *value)
{
	size_t *field = pv_keyword_field(compiler, node, keyword);

	if (!field)
		return pv_fail_nomem(compiler->err);
	if (!pv_value_is_integer(value) || pv_value_is_negative(value))
		return pv_compile_refuse(compiler, node, keyword->name,
					 "an integer, not below 0");
	*field = value->kind == PV_VALUE_INTEGER ? (size_t)value->as.integer
						 : SIZE_MAX;
	return PV_OK;
}

int pv_keyword_flag(pv_compiler *compiler, pv_node *node,
		    const pv_keyword *keyword, const pv_value *value)
{
	int *field = pv_keyword_field(compiler, node, keyword);

	if (!field)
		return pv_fail_nomem(compiler->err);
	if (value->kind != PV_VALUE_TRUE && value->kind != PV_VALUE_FALSE)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "true or false");
	*field = value->kind == PV_VALUE_TRUE;
	return PV_OK;
}

int pv_keyword_number(pv_compiler *compiler, pv_node *node,
		      const pv_keyword *keyword, const pv_value *value)
{
	const pv_value **field = pv_keyword_field(compiler, node, keyword);

	if (!field)
		return pv_fail_nomem(compiler->err);
	if (!pv_value_is_number(value))
		return pv_compile_refuse(compiler, node, keyword->name,
					 "a number");
	*field = value;
	return PV_OK;
}

int pv_keyword_schema(pv_compiler *compiler, pv_node *node,
		      const pv_keyword *keyword, const pv_value *value)
{
	pv_position position = { keyword->name, { NULL, 0 }, SIZE_MAX };
	const pv_node **field = pv_keyword_field(compiler, node, keyword);

	if (!field)
		return pv_fail_nomem(compiler->err);
	return pv_compile_sub(field, compiler, node, position, value);
}

int pv_keyword_list(pv_compiler *compiler, pv_node *node,
		    const pv_keyword *keyword, const pv_value *value)
{
	pv_node_list *field = pv_keyword_field(compiler, node, keyword);

	if (!field)
		return pv_fail_nomem(compiler->err);
	return pv_compile_list(field, compiler, node, keyword->name, value);
}
