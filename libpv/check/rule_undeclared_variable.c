/* SPDX-License-Identifier: MIT
 *
 * undeclared-variable: a prompt that declares variables uses one that it does
 * not declare. Where none is declared, all are inferred, and that is fine.
 */
#include <string.h>

#include "check/rules.h"

static const char *variable_at(size_t idx, const void *list)
{
	const pv_prompt *prompt = list;
	const pv_variable *variable = pv_prompt_variable(prompt, idx);

	return variable && strcmp(variable->source, "inferred") != 0
		       ? variable->name
		       : NULL;
}

/* Where in the file the name stands, on the line of its first use. */
static size_t find_use(const pv_check_run *run, const pv_variable *variable)
{
	const char *text = run->subject->text;
	size_t len = strlen(variable->name);
	size_t at = 0;
	size_t end;

	for (int line = 1; line < variable->used_line && at < run->subject->len;
	     line++) {
		const char *newline =
			memchr(text + at, '\n', run->subject->len - at);

		at = newline ? (size_t)(newline - text) + 1 : run->subject->len;
	}
	end = at + strcspn(text + at, "\n");
	for (size_t i = at; i + len <= end; i++)
		if (!memcmp(text + i, variable->name, len))
			return i;
	return at;
}

static int run(pv_check_run *run)
{
	const pv_prompt *prompt = run->prompt;
	char hint[PV_HINT_SIZE];
	int rc = PV_OK;

	if (!variable_at(0, prompt))
		return PV_OK; /* declared ones come first */
	for (size_t i = 0; i < prompt->variable_count && rc == PV_OK; i++) {
		const pv_variable *variable = &prompt->variables[i];

		if (variable_at(i, prompt) || !variable->used_line)
			continue;
		(void)pv_suggest(hint, pv_str_of(variable->name), variable_at,
				 prompt, "add it to \"variables\"");
		rc = pv_check_byte(run, find_use(run, variable), hint,
				   "\"%.60s\" is used but not declared",
				   variable->name);
	}
	return rc;
}

const pv_check_rule pv_rule_undeclared_variable = {
	{ .id = "undeclared-variable",
	  .group = PV_RULE_VARIABLES,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a variable that is used but not declared, in a prompt that "
		  "declares others",
	  .fix = "add it to \"variables\", or correct its name" },
	run
};
