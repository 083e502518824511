/* SPDX-License-Identifier: MIT
 *
 * message-order: a conversation opens with instructions or with the user, or
 * providers refuse it or take the first message for something else.
 */
#include <string.h>

#include "check/rules.h"

static int run(pv_check_run *run)
{
	const pv_yaml_node *first;
	const char *role;

	if (run->prompt->is_text || !run->prompt->message_count)
		return PV_OK;
	role = run->prompt->messages[0].role;
	if (!strcmp(role, "system") || !strcmp(role, "developer") ||
	    !strcmp(role, "user"))
		return PV_OK;
	first = pv_yaml_at(pv_check_field(run, "messages"), 0);
	return pv_check_node(run, first, "put a system or user message before it",
			     "the first message is of the role \"%s\"", role);
}

const pv_check_rule pv_rule_message_order = {
	{ .id = "message-order",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "messages that do not start with one of the system, the "
		  "developer or the user",
	  .fix = "put a system or user message first" },
	run
};
