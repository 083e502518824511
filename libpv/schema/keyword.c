/* SPDX-License-Identifier: MIT
 *
 * The table of keywords, sorted by name. Those that stand twice mean another
 * thing in another draft.
 */
#include <stddef.h>

#include "schema/keyword.h"

#define ALL PV_DRAFT_ALL
#define SINCE_2019 (PV_DRAFT_2019 | PV_DRAFT_2020)
#define UNTIL_2019 (PV_DRAFT_7 | PV_DRAFT_2019)
#define ONLY_2019 PV_DRAFT_2019
#define ONLY_2020 PV_DRAFT_2020
#define CORE PV_VOCABULARY_CORE
#define APPLICATOR PV_VOCABULARY_APPLICATOR
#define UNEVALUATED PV_VOCABULARY_UNEVALUATED
#define VALIDATION PV_VOCABULARY_VALIDATION
#define PLAIN PV_SHAPE_PLAIN
#define SCHEMA PV_SHAPE_SCHEMA
#define LIST PV_SHAPE_LIST
#define EITHER PV_SHAPE_EITHER
#define MAP PV_SHAPE_MAP

#define NOWHERE PV_RULES_NONE, 0
#define NUMBER(field) PV_RULES_NUMBER, offsetof(pv_number_rules, field)
#define STRING(field) PV_RULES_STRING, offsetof(pv_string_rules, field)
#define ARRAY(field) PV_RULES_ARRAY, offsetof(pv_array_rules, field)
#define OBJECT(field) PV_RULES_OBJECT, offsetof(pv_object_rules, field)
#define LOGIC(field) PV_RULES_LOGIC, offsetof(pv_logic_rules, field)

static const pv_keyword keywords[] = {
	{ "$defs", SINCE_2019, CORE, MAP, NOWHERE, NULL },
	{ "$dynamicRef", ONLY_2020, CORE, PLAIN, LOGIC(ref),
	  pv_keyword_dynamic_ref },
	{ "$recursiveRef", ONLY_2019, CORE, PLAIN, LOGIC(ref),
	  pv_keyword_recursive_ref },
	{ "$ref", ALL, CORE, PLAIN, LOGIC(ref), pv_keyword_ref },
	{ "additionalItems", UNTIL_2019, APPLICATOR, SCHEMA, ARRAY(items),
	  pv_keyword_additional_items },
	{ "additionalProperties", ALL, APPLICATOR, SCHEMA, OBJECT(additional),
	  pv_keyword_schema },
	{ "allOf", ALL, APPLICATOR, LIST, LOGIC(all_of), pv_keyword_list },
	{ "anyOf", ALL, APPLICATOR, LIST, LOGIC(any_of), pv_keyword_list },
	{ "const", ALL, VALIDATION, PLAIN, NOWHERE, pv_keyword_const },
	{ "contains", ALL, APPLICATOR, SCHEMA, ARRAY(contains),
	  pv_keyword_contains },
	{ "definitions", ALL, CORE, MAP, NOWHERE, NULL },
	{ "dependencies", ALL, APPLICATOR, MAP, OBJECT(dependents),
	  pv_keyword_dependencies },
	{ "dependentRequired", SINCE_2019, VALIDATION, PLAIN,
	  OBJECT(dependents), pv_keyword_dependencies },
	{ "dependentSchemas", SINCE_2019, APPLICATOR, MAP, OBJECT(dependents),
	  pv_keyword_dependencies },
	{ "else", ALL, APPLICATOR, SCHEMA, LOGIC(else_of), pv_keyword_schema },
	{ "enum", ALL, VALIDATION, PLAIN, NOWHERE, pv_keyword_enum },
	{ "exclusiveMaximum", ALL, VALIDATION, PLAIN, NUMBER(exclusive_maximum),
	  pv_keyword_number },
	{ "exclusiveMinimum", ALL, VALIDATION, PLAIN, NUMBER(exclusive_minimum),
	  pv_keyword_number },
	{ "format", ALL, CORE, PLAIN, STRING(format), pv_keyword_format },
	{ "if", ALL, APPLICATOR, SCHEMA, LOGIC(if_of), pv_keyword_schema },
	{ "items", UNTIL_2019, APPLICATOR, EITHER, ARRAY(items),
	  pv_keyword_items_or_list },
	{ "items", ONLY_2020, APPLICATOR, SCHEMA, ARRAY(items),
	  pv_keyword_schema },
	{ "maxContains", SINCE_2019, VALIDATION, PLAIN, ARRAY(containing.max),
	  pv_keyword_count },
	{ "maxItems", ALL, VALIDATION, PLAIN, ARRAY(count.max), pv_keyword_count },
	{ "maxLength", ALL, VALIDATION, PLAIN, STRING(length.max),
	  pv_keyword_count },
	{ "maxProperties", ALL, VALIDATION, PLAIN, OBJECT(count.max),
	  pv_keyword_count },
	{ "maximum", ALL, VALIDATION, PLAIN, NUMBER(maximum), pv_keyword_number },
	{ "minContains", SINCE_2019, VALIDATION, PLAIN, ARRAY(containing.min),
	  pv_keyword_count },
	{ "minItems", ALL, VALIDATION, PLAIN, ARRAY(count.min), pv_keyword_count },
	{ "minLength", ALL, VALIDATION, PLAIN, STRING(length.min),
	  pv_keyword_count },
	{ "minProperties", ALL, VALIDATION, PLAIN, OBJECT(count.min),
	  pv_keyword_count },
	{ "minimum", ALL, VALIDATION, PLAIN, NUMBER(minimum), pv_keyword_number },
	{ "multipleOf", ALL, VALIDATION, PLAIN, NUMBER(multiple_of),
	  pv_keyword_multiple_of },
	{ "not", ALL, APPLICATOR, SCHEMA, LOGIC(not_of), pv_keyword_schema },
	{ "oneOf", ALL, APPLICATOR, LIST, LOGIC(one_of), pv_keyword_list },
	{ "pattern", ALL, VALIDATION, PLAIN, STRING(pattern), pv_keyword_pattern },
	{ "patternProperties", ALL, APPLICATOR, MAP, OBJECT(patterns),
	  pv_keyword_pattern_properties },
	{ "prefixItems", ONLY_2020, APPLICATOR, LIST, ARRAY(prefix),
	  pv_keyword_list },
	{ "properties", ALL, APPLICATOR, MAP, OBJECT(properties),
	  pv_keyword_properties },
	{ "propertyNames", ALL, APPLICATOR, SCHEMA, OBJECT(names),
	  pv_keyword_schema },
	{ "required", ALL, VALIDATION, PLAIN, OBJECT(properties),
	  pv_keyword_required },
	{ "then", ALL, APPLICATOR, SCHEMA, LOGIC(then_of), pv_keyword_schema },
	{ "type", ALL, VALIDATION, PLAIN, NOWHERE, pv_keyword_type },
	{ "unevaluatedItems", SINCE_2019, UNEVALUATED, SCHEMA,
	  ARRAY(unevaluated), pv_keyword_schema },
	{ "unevaluatedProperties", SINCE_2019, UNEVALUATED, SCHEMA,
	  OBJECT(unevaluated), pv_keyword_schema },
	{ "uniqueItems", ALL, VALIDATION, PLAIN, ARRAY(is_unique),
	  pv_keyword_flag },
};

const pv_keyword *pv_keyword_find(pv_str name, unsigned draft)
{
	size_t low = 0;
	size_t high = sizeof(keywords) / sizeof(keywords[0]);

	/* The first row that is not below `name`. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pv_str_cmp(pv_str_of(keywords[middle].name), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < sizeof(keywords) / sizeof(keywords[0]) &&
	       pv_str_is(name, keywords[low].name);
	     low++)
		if (keywords[low].drafts & draft)
			return &keywords[low];
	return NULL;
}

static int each_item(const pv_value *list,
		     int (*fn)(const pv_value *schema, void *payload),
		     void *payload)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < list->count; i++)
		rc = fn(&list->as.items[i], payload);
	return rc;
}

static int each_member(const pv_value *map,
		       int (*fn)(const pv_value *schema, void *payload),
		       void *payload)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < map->count; i++)
		rc = fn(&map->as.members[i].value, payload);
	return rc;
}

int pv_keyword_each(const pv_keyword *keyword, const pv_value *value,
		    int (*fn)(const pv_value *schema, void *payload),
		    void *payload)
{
	int is_list = value->kind == PV_VALUE_ARRAY;

	switch (keyword->shape) {
	case PV_SHAPE_PLAIN:
		break;
	case PV_SHAPE_SCHEMA:
		return fn(value, payload);
	case PV_SHAPE_EITHER:
		return is_list ? each_item(value, fn, payload)
			       : fn(value, payload);
	case PV_SHAPE_LIST:
		return is_list ? each_item(value, fn, payload) : PV_OK;
	case PV_SHAPE_MAP:
		if (value->kind == PV_VALUE_OBJECT)
			return each_member(value, fn, payload);
		break;
	}
	return PV_OK;
}
