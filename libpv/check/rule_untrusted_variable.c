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
	FEW_WORDS = 3,   /* in front: not the instructions yet */
	SOME_WORDS = 5,  /* in messages behind: the instructions */
	FEW_MESSAGES = 8 /* looked at to either side */
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

/* The same of "{name}" and "{{{name}}}", with other delimiters the name. */
static int find_braces(size_t *start, size_t *end, pv_str text, size_t offset)
{
	size_t at = offset;

	while (at && strchr("{& ", text.ptr[at - 1]))
		at--;
	while (at < offset && text.ptr[at] == ' ')
		at++;
	*start = at;
	if (at && strchr("#^", text.ptr[at - 1]))
		return 0; /* a section */
	for (at = offset; at < text.len && text.ptr[at] != '\n'; at++) {
		if (text.ptr[at] != '}')
			continue;
		while (at < text.len && text.ptr[at] == '}')
			at++;
		*end = at;
		return 1;
	}
	*end = offset;
	return 1;
}

/* Behind the tag at `at`; `at` when none is there. */
static size_t pass_tag(const pv_check_run *run, pv_str text, size_t at)
{
	char next = pv_str_at(text, at + 1);

	if (text.ptr[at] != '{')
		return at;
	if (run->prompt->syntax == PV_SYNTAX_FSTRING && next != '{') {
		while (at < text.len && text.ptr[at] != '}')
			at++;
		return at < text.len ? at + 1 : at;
	}
	if (!next || !strchr("{%#", next))
		return at;
	while (at + 1 < text.len &&
	       !(text.ptr[at + 1] == '}' && strchr("}%#", text.ptr[at])))
		at++;
	return at + 2 < text.len ? at + 2 : text.len;
}

/* Words outside of tags, as many as `enough`; "Answer:" on a line is none. */
static size_t count_words(const pv_check_run *run, pv_str text, size_t enough)
{
	size_t count = 0;
	size_t at = 0;

	while (at < text.len && count < enough) {
		size_t start = pass_tag(run, text, at);
		size_t end = start;
		int is_label;

		if (start > at) {
			at = start;
			continue;
		}
		while (end < text.len && !strchr(" \n\t\r{", text.ptr[end]))
			end++;
		is_label = end > start && text.ptr[end - 1] == ':' &&
			   (!start || text.ptr[start - 1] == '\n');
		if (end > start && !is_label &&
		    ((text.ptr[start] | 0x20) >= 'a' || (text.ptr[start] & 0x80)))
			count++;
		at = end + (end == start);
	}
	return count;
}

/* How many words there are in messages [from, to), but for the model's own. */
static size_t count_all(const pv_check_run *run, size_t from, size_t to,
			size_t enough)
{
	size_t count = 0;

	for (size_t i = from; i < to && count < enough; i++) {
		const pv_message *message = &run->prompt->messages[i];

		if (strcmp(message->role, "assistant") != 0)
			count += count_words(run,
					     (pv_str){ message->content,
						       message->len },
					     enough);
	}
	return count;
}

/*
 * Whether it stands where it is taken for the author's words: in a system
 * message, or with nothing said before and something behind. That is little to
 * go by for a name that may mean the author's own, unless the message is all of
 * the variable and another one follows that says what to do.
 */
static int is_exposed(const pv_check_run *run, size_t idx, size_t start,
		      size_t end, int level)
{
	const pv_message *message = &run->prompt->messages[idx];
	pv_str before = { message->content, start };
	pv_str behind = { message->content + end, message->len - end };
	size_t last = run->prompt->message_count;
	size_t said;
	size_t told;

	if (is_system(message))
		return 1;
	if (last > idx + FEW_MESSAGES)
		last = idx + FEW_MESSAGES;
	if (idx > FEW_MESSAGES)
		return 0;
	if (*message->role && strcmp(message->role, "user") != 0)
		return 0;
	if (count_all(run, 0, idx, 1))
		return 0;
	said = count_words(run, before, FEW_WORDS);
	told = count_words(run, behind, SOME_WORDS);
	if (level > 1 && !said && told)
		return 1;
	if (level > 2 && said < FEW_WORDS && told == SOME_WORDS)
		return 1;
	return !said && !told &&
	       count_all(run, idx + 1, last, SOME_WORDS) >= SOME_WORDS;
}

/* 0: none; 1: it may be the author's own; 2: hardly; 3: its name says whose. */
static int suspicion(const pv_check_run *run, pv_str name)
{
	if (is_listed(pv_check_option(run, "trusted"), name))
		return 0;
	if (is_listed(pv_check_option(run, "names"), name))
		return 3;
	if (!pv_is_foreign_name(name, 0) || is_harmless(run, name))
		return 0;
	return 1 + pv_is_foreign_name(name, 1) + pv_is_foreign_name(name, 2);
}

static int judge(pv_check_run *run, size_t idx, pv_str name, size_t offset)
{
	const pv_message *message = &run->prompt->messages[idx];
	pv_str text = { message->content, message->len };
	int is_sys = is_system(message);
	int level = suspicion(run, name);
	size_t start;
	size_t end;
	int is_tag;

	if (!level)
		return PV_OK;
	is_tag = run->prompt->syntax == PV_SYNTAX_JINJA2
			 ? find_tag(&start, &end, text, offset)
			 : find_braces(&start, &end, text, offset);
	if (!is_tag || !is_exposed(run, idx, start, end, level) ||
	    pv_is_delimited(text, start, end))
		return PV_OK;
	return pv_check_text(run, idx, offset,
			     is_sys ? "move it to a user message, or put it "
				      "between tags: <input>...</input>"
				    : "put the instructions first, or put it "
				      "between tags: <input>...</input>",
			     "the variable \"%.*s\" stands %s without "
			     "delimiters",
			     name.len > 60 ? 60 : (int)name.len, name.ptr,
			     is_sys ? "in a system message"
				    : "in front of the instructions");
}

static int found(pv_check_run *run, size_t idx, const pv_jinja_risk *risk)
{
	if (risk->kind != PV_JINJA_RISK_PRINT || risk->is_quoted)
		return PV_OK;
	return judge(run, idx, risk->name, risk->offset);
}

/* --- templates without expressions ------------------------------------------ */

struct hearing {
	pv_check_run *run;
	size_t idx;
	int rc;
};

static void heard(pv_str name, size_t offset, void *payload)
{
	struct hearing *hearing = payload;

	if (hearing->rc == PV_OK)
		hearing->rc = judge(hearing->run, hearing->idx, name, offset);
}

static int look_for_names(pv_check_run *run)
{
	struct hearing hearing = { run, 0, PV_OK };
	const pv_prompt *prompt = run->prompt;

	for (; hearing.idx < prompt->message_count && hearing.rc == PV_OK;
	     hearing.idx++) {
		const pv_message *message = &prompt->messages[hearing.idx];
		pv_arena arena = { 0 };
		pv_scan scan;
		int rc;

		pv_scan_init(&scan, &arena);
		scan.heard = heard;
		scan.payload = &hearing;
		rc = pv_scan_template(&scan, prompt->syntax,
				      (pv_str){ message->content, message->len },
				      (int)hearing.idx, run->err);
		if (hearing.rc == PV_OK && rc == PV_ENOMEM)
			hearing.rc = rc;
		pv_arena_dispose(&arena);
	}
	return hearing.rc;
}

static int run(pv_check_run *run)
{
	if (run->prompt->syntax == PV_SYNTAX_JINJA2)
		return pv_check_risks(run, found);
	return look_for_names(run);
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
