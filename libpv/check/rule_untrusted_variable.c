/* SPDX-License-Identifier: MIT
 *
 * untrusted-variable: words of others where a model takes them for the
 * author's. In a system message that is anywhere; where there is none, in
 * front of the instructions, which then read as if they were part of it.
 * Delimiters, or |tojson, tell the two apart. Which variables are meant is
 * known from their names: checks.untrusted-variable.names of pv.yaml adds
 * some, `trusted` takes some out.
 */
#include "base/mem.h"
#include "check/delimited.h"
#include "check/risks.h"
#include "check/rules.h"

enum {
	FEW_WORDS = 3, /* in front: not the instructions yet */
	SOME_WORDS = 5 /* behind: the instructions */
};

static int is_listed(const pv_yaml_node *list, pv_str name)
{
	const pv_yaml_node *item = list ? list->first : NULL;

	for (; item; item = item->next)
		if (pv_node_is_text(item) &&
		    pv_str_is(name, pv_yaml_follow(item)->text))
			return 1;
	return 0;
}

/* A number, or one of a few values, holds no instructions. */
static int is_harmless(const pv_check_run *run, pv_str name)
{
	static const char *const types[] = { "integer", "number", "boolean",
					     "null" };
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_prompt *prompt = run->prompt;

	for (size_t i = 0; i < prompt->variable_count; i++) {
		const pv_variable *variable = &prompt->variables[i];
		const pv_yaml_node *node;

		if (!pv_str_is(name, variable->name))
			continue;
		for (size_t k = 0; k < pv_array_len(types); k++)
			if (!strcmp(variable->type, types[k]))
				return 1;
		node = all ? pv_yaml_get(all, variable->name) : NULL;
		return node &&
		       (pv_yaml_get(node, "enum") || pv_yaml_get(node, "const"));
	}
	return 0;
}

static int is_system(const pv_message *message)
{
	return !strcmp(message->role, "system") ||
	       !strcmp(message->role, "developer");
}

/* Where the tag around an offset begins and ends; 0 when in a statement. */
static int find_tag(size_t *start, size_t *end, pv_str text, size_t offset)
{
	size_t at = offset < text.len ? offset : text.len;

	while (at >= 2 && memcmp(text.ptr + at - 2, "{{", 2) != 0) {
		if (!memcmp(text.ptr + at - 2, "{%", 2))
			return 0;
		at--;
	}
	if (at < 2)
		return 0;
	*start = at - 2;
	for (at = offset; at + 2 <= text.len; at++) {
		if (memcmp(text.ptr + at, "}}", 2) != 0)
			continue;
		*end = at + 2;
		return 1;
	}
	return 0;
}

/* Words outside of tags, as many as `enough`. */
static size_t count_words(pv_str text, size_t enough)
{
	size_t count = 0;
	int is_in = 0;

	for (size_t i = 0; i < text.len && count < enough; i++) {
		char c = text.ptr[i];

		if (c == '{' && i + 1 < text.len &&
		    strchr("{%#", text.ptr[i + 1])) {
			while (i + 1 < text.len && !(text.ptr[i + 1] == '}' &&
						     strchr("}%#", text.ptr[i])))
				i++;
			is_in = 0;
			continue;
		}
		if (!is_in && ((c | 0x20) >= 'a' || (c & 0x80)))
			count++;
		is_in = c != ' ' && c != '\n' && c != '\t' && c != '\r';
	}
	return count;
}

/* Whether it stands where it is taken for the author's words. */
static int is_exposed(const pv_check_run *run, size_t idx, size_t start,
		      size_t end)
{
	const pv_message *message = &run->prompt->messages[idx];
	const pv_message *first = &run->prompt->messages[0];

	if (is_system(message))
		return 1;
	if (idx || (*first->role && strcmp(first->role, "user") != 0))
		return 0;
	return count_words((pv_str){ message->content, start }, FEW_WORDS) <
		       FEW_WORDS &&
	       count_words((pv_str){ message->content + end, message->len - end },
			   SOME_WORDS) >= SOME_WORDS;
}

static int is_suspect(const pv_check_run *run, size_t idx, pv_str name)
{
	if (is_listed(pv_check_option(run, "trusted"), name))
		return 0;
	if (is_listed(pv_check_option(run, "names"), name))
		return 1;
	return pv_is_foreign_name(name, !is_system(&run->prompt->messages[idx])) &&
	       !is_harmless(run, name);
}

static int found(pv_check_run *run, size_t idx, const pv_jinja_risk *risk)
{
	const pv_message *message = &run->prompt->messages[idx];
	pv_str text = { message->content, message->len };
	int is_sys = is_system(message);
	size_t start;
	size_t end;

	if (risk->kind != PV_JINJA_RISK_PRINT || risk->is_quoted ||
	    !is_suspect(run, idx, risk->name) ||
	    !find_tag(&start, &end, text, risk->offset) ||
	    !is_exposed(run, idx, start, end) ||
	    pv_is_delimited(text, start, end))
		return PV_OK;
	return pv_check_text(run, idx, risk->offset,
			     is_sys ? "move it to a user message, or put it "
				      "between tags: <input>...</input>"
				    : "put the instructions first, or put it "
				      "between tags: <input>...</input>",
			     "the variable \"%.*s\" stands %s without "
			     "delimiters",
			     risk->name.len > 60 ? 60 : (int)risk->name.len,
			     risk->name.ptr,
			     is_sys ? "in a system message"
				    : "in front of the instructions");
}

static int run(pv_check_run *run)
{
	return pv_check_risks(run, found);
}

const pv_check_rule pv_rule_untrusted_variable = {
	{ .id = "untrusted-variable",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a variable with the words of others in a system message, or "
		  "in front of the instructions, without delimiters",
	  .fix = "put it behind the instructions or between tags; pv.yaml can "
		 "name more such variables "
		 "(checks.untrusted-variable.names), or trusted ones" },
	run
};
