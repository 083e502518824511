/* SPDX-License-Identifier: MIT
 *
 * tool-parameters: tools that providers refuse: a name they do not take, or
 * that is there twice; parameters that are no object, or that require what
 * they do not have.
 */
#include "check/rules.h"
#include "check/shape.h"
#include "schema/format.h"

enum {
	NAME_MAX = 64
};

static pv_str name_of(const pv_yaml_node *tool)
{
	const pv_yaml_node *node = pv_yaml_get(pv_tool_function(tool), "name");

	if (!node || !pv_node_is_text(node))
		return (pv_str){ "", 0 };
	node = pv_yaml_follow(node);
	return (pv_str){ node->text, node->len };
}

static int is_name(pv_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!pv_is_letter(name.ptr[i]) && !pv_is_digit(name.ptr[i]) &&
		    name.ptr[i] != '_' && name.ptr[i] != '-')
			return 0;
	return name.len && name.len <= NAME_MAX;
}

static int check_name(pv_check_run *run, const pv_yaml_node *tools,
		      const pv_yaml_node *tool)
{
	const pv_yaml_node *node = pv_yaml_get(pv_tool_function(tool), "name");
	pv_str name = name_of(tool);

	if (!node || !name.len)
		return PV_OK;
	if (!is_name(name))
		return pv_check_node(run, node,
				     "use letters, digits, \"_\" and \"-\", at "
				     "most 64",
				     "no provider takes the name \"%.70s\"",
				     name.ptr);
	for (const pv_yaml_node *other = tools->first; other != tool;
	     other = other->next)
		if (pv_str_eq(name, name_of(other)))
			return pv_check_node(run, node, "rename one of them",
					     "two tools are called \"%s\"",
					     name.ptr);
	return PV_OK;
}

static int check_required(pv_check_run *run, const pv_yaml_node *parameters)
{
	const pv_yaml_node *required = pv_yaml_get(parameters, "required");
	const pv_yaml_node *properties = pv_yaml_get(parameters, "properties");
	const pv_yaml_node *item;
	int rc = PV_OK;

	if (!required || pv_yaml_follow(required)->kind != PV_YAML_SEQUENCE)
		return PV_OK;
	item = pv_yaml_follow(required)->first;
	for (; item && rc == PV_OK; item = item->next) {
		const char *name = pv_yaml_follow(item)->text;

		if (!pv_node_is_text(item) ||
		    (properties && pv_yaml_get(properties, name)))
			continue;
		rc = pv_check_node(run, item,
				   "add it to \"properties\", or take it out "
				   "here",
				   "the parameter \"%.60s\" is required and "
				   "not described",
				   name);
	}
	return rc;
}

static int check_parameters(pv_check_run *run, const pv_yaml_node *tool)
{
	static const char hint[] = "write {type: object, properties: {...}}";
	const pv_yaml_node *parameters =
		pv_yaml_get(pv_tool_function(tool), "parameters");
	const pv_yaml_node *type;

	if (!parameters || pv_node_is_null(parameters))
		return PV_OK;
	if (pv_yaml_follow(parameters)->kind != PV_YAML_MAPPING)
		return pv_check_node(run, parameters, hint,
				     "the parameters of a tool are a schema, "
				     "not %s",
				     pv_node_kind_name(parameters));
	type = pv_yaml_get(parameters, "type");
	if (!type && (pv_yaml_get(parameters, "$ref") ||
		      !pv_yaml_follow(parameters)->count))
		return PV_OK;
	if (!type || !pv_node_is(type, "object"))
		return pv_check_node(run, type ? type : parameters, hint,
				     "the parameters of a tool must be of the "
				     "type object");
	return check_required(run, parameters);
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *tools = pv_check_field(run, "tools");
	const pv_yaml_node *tool = tools ? tools->first : NULL;
	int rc = PV_OK;

	for (; tool && rc == PV_OK; tool = tool->next) {
		rc = check_name(run, tools, tool);
		if (rc == PV_OK)
			rc = check_parameters(run, tool);
	}
	return rc;
}

const pv_check_rule pv_rule_tool_parameters = {
	{ .id = "tool-parameters",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a tool that providers refuse: by its name, or because its "
		  "parameters are no object or require what is not there",
	  .fix = "write parameters: {type: object, properties: {...}}" },
	run
};
