/* SPDX-License-Identifier: MIT
 *
 * See included.h. A loaded prompt knows what it includes, not where: the id is
 * looked for in its texts, in quotes as Jinja has it, or bare as mustache has.
 */
#include "check/included.h"

#include <string.h>

/* The id as a whole word of the text; SIZE_MAX when it is not there. */
static size_t find_id(const pv_message *message, const char *id)
{
	size_t len = strlen(id);
	const char *at = message->content;

	while ((at = strstr(at, id)) != NULL) {
		int is_start = at == message->content ||
			       strchr("\"' >\t", at[-1]) != NULL;

		if (is_start && strchr("\"' }\t", at[len]))
			return (size_t)(at - message->content);
		at++;
	}
	return SIZE_MAX;
}

int pv_check_include(pv_check_run *run, const char *id, const char *hint,
		     const char *message)
{
	const pv_prompt *prompt = run->prompt;

	for (size_t i = 0; i < prompt->message_count; i++) {
		size_t offset = find_id(&prompt->messages[i], id);

		if (offset != SIZE_MAX)
			return pv_check_text(run, i, offset, hint, "%s", message);
	}
	return pv_check_node(run, pv_yaml_root(prompt->doc), hint, "%s", message);
}
