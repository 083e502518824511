/* SPDX-License-Identifier: MIT
 *
 * destructive-tool: a tool that deletes, pays or sends, by its name or the
 * first words of its description, and says nothing about asking before.
 */
#include "base/mem.h"
#include "check/rules.h"
#include "schema/format.h"

/* What cannot be taken back. */
static const char *const verbs[] = {
	"cancel",      "charge",    "delete",   "deploy",   "destroy",
	"drop",        "erase",     "execute",  "kill",     "overwrite",
	"pay",         "purge",     "refund",   "remove",   "send",
	"terminate",   "transfer",  "truncate", "wipe",     "withdraw",
	"unsubscribe", "uninstall", "revoke",   "purchase", "buy",
	"sell",        "publish",
};

/* Words that speak of asking, parts of longer ones included. */
static const char *const cautions[] = {
	"confirm",     "approv",   "permission", "consent",    "dry run",
	"dry_run",     "ask the",  "ask for",    "asks the",   "asks for",
	"authoriz",    "authoris", "undo",       "reversible", "double-check",
	"verify with", "sandbox",
};

enum {
	LOOK_BACK = 40,     /* bytes before a caution that may take it back */
	WORDS_LOOKED_AT = 3 /* of a description: "Permanently deletes ..." */
};

static int starts_with(pv_str text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text.len < len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (pv_lower(text.ptr[i]) != prefix[i])
			return 0;
	return 1;
}

/* The verb that a word is, alone or with an ending: "deletes", "sending". */
static const char *verb_of(pv_str word)
{
	static const char *const endings[] = { "", "s", "es", "ing" };

	for (size_t i = 0; i < pv_array_len(verbs); i++) {
		size_t len = strlen(verbs[i]);
		pv_str rest = { word.ptr + len, word.len - len };

		if (!starts_with(word, verbs[i]))
			continue;
		for (size_t k = 0; k < pv_array_len(endings); k++)
			if (rest.len == strlen(endings[k]) &&
			    starts_with(rest, endings[k]))
				return verbs[i];
	}
	return NULL;
}

/* A verb among the first words; a capital begins a word in camel case. */
static const char *find_verb(pv_str text, size_t words)
{
	size_t at = 0;

	while (at < text.len && words--) {
		size_t start;
		const char *verb;

		while (at < text.len && !pv_is_letter(text.ptr[at]))
			at++;
		start = at;
		while (at < text.len && pv_is_letter(text.ptr[at]) &&
		       (at == start || text.ptr[at] == pv_lower(text.ptr[at]) ||
			text.ptr[at - 1] != pv_lower(text.ptr[at - 1])))
			at++;
		verb = verb_of((pv_str){ text.ptr + start, at - start });
		if (verb)
			return verb;
	}
	return NULL;
}

/* Whether a phrase is in the text, in small letters or large ones. */
static int has_phrase(pv_str text, const char *phrase)
{
	for (; text.len; text.ptr++, text.len--)
		if (starts_with(text, phrase))
			return 1;
	return 0;
}

/*
 * Whether what comes before a caution takes it back: "without confirmation",
 * but not "never without confirmation".
 */
static int is_taken_back(pv_str text, size_t at)
{
	static const char *const negations[] = { "no need",     "need not",
						 "not need",    "n't need",
						 "not require", "n't require",
						 "no ",         "skip" };
	static const char *const again[] = { "never", "not ", "n't " };
	pv_str before = { text.ptr + at, 0 };
	int is_without;

	while (before.ptr > text.ptr && before.len < LOOK_BACK &&
	       !strchr(".;!?\n", before.ptr[-1])) {
		before.ptr--;
		before.len++;
	}
	is_without = has_phrase(before, "without");
	for (size_t i = 0; is_without && i < pv_array_len(again); i++)
		if (has_phrase(before, again[i]))
			return 0;
	for (size_t i = 0; !is_without && i < pv_array_len(negations); i++)
		if (has_phrase(before, negations[i]))
			return 1;
	return is_without;
}

static int is_cautious(pv_str text)
{
	for (size_t at = 0; at < text.len; at++) {
		pv_str rest = { text.ptr + at, text.len - at };

		for (size_t i = 0; i < pv_array_len(cautions); i++)
			if (pv_lower(*rest.ptr) == cautions[i][0] &&
			    starts_with(rest, cautions[i]) &&
			    !is_taken_back(text, at))
				return 1;
	}
	return 0;
}

static pv_str text_of(const pv_yaml_node *mapping, const char *key)
{
	const pv_yaml_node *node = pv_yaml_get(mapping, key);

	if (!node || !pv_node_is_text(node))
		return (pv_str){ "", 0 };
	node = pv_yaml_follow(node);
	return (pv_str){ node->text, node->len };
}

/* A parameter that the caller has to set on purpose is a confirmation. */
static int has_caution_parameter(const pv_yaml_node *function)
{
	const pv_yaml_node *node = pv_yaml_get(function, "parameters");
	const pv_yaml_node *child;

	node = node ? pv_yaml_get(node, "properties") : NULL;
	child = node ? pv_yaml_follow(node)->first : NULL;
	for (; child; child = child->next)
		if (child->key &&
		    is_cautious((pv_str){ child->key->text, child->key->len }))
			return 1;
	return 0;
}

static int check_tool(pv_check_run *run, const pv_yaml_node *tool)
{
	const pv_yaml_node *function = pv_yaml_get(tool, "function");
	const char *verb;
	pv_str name;
	pv_str description;

	if (!function)
		function = tool;
	name = text_of(function, "name");
	description = text_of(function, "description");
	verb = find_verb(name, name.len);
	if (!verb)
		verb = find_verb(description, WORDS_LOOKED_AT);
	if (!verb || is_cautious(description) || has_caution_parameter(function))
		return PV_OK;
	return pv_check_node(run, tool,
			     "say in its description when it may be called: "
			     "\"only after the user confirmed\"",
			     "the tool \"%.*s\" can %s, and its description "
			     "does not ask for a confirmation",
			     name.len > 60 ? 60 : (int)name.len, name.ptr, verb);
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *tools = pv_check_field(run, "tools");
	const pv_yaml_node *tool = tools ? tools->first : NULL;
	int rc = PV_OK;

	for (; tool && rc == PV_OK; tool = tool->next)
		rc = check_tool(run, tool);
	return rc;
}

const pv_check_rule pv_rule_destructive_tool = {
	{ .id = "destructive-tool",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a tool that deletes, drops, pays or sends, with no word of "
		  "a confirmation in its description",
	  .fix = "say in its description that it asks before, or is called "
		 "after the user confirmed" },
	run
};
