/* SPDX-License-Identifier: MIT
 *
 * See silence.h. Comments are found by their word and then told from text: a
 * scalar that covers it makes it text, except where a block scalar's own first
 * line is meant.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "check/rules.h"
#include "check/silence.h"

static const char word[] = "pv-ignore";
static const char file_suffix[] = "-file";

/* A comment under way. */
struct comment {
	pv_check_run *run;
	pv_silences *out;
	size_t hash; /* offset of its "#" */
	size_t end;  /* of its line */
	int line;
	int is_alone; /* on its line */
	int is_file;
};

/* --- what is a comment ----------------------------------------------------- */

/* The scalar that covers the offset, or NULL. */
static const pv_yaml_node *scalar_around(const pv_yaml_node *node, size_t offset)
{
	const pv_yaml_node *child;

	if (offset < node->start || offset >= node->end)
		return NULL;
	if (node->kind == PV_YAML_SCALAR)
		return node;
	for (child = node->first; child; child = child->next) {
		const pv_yaml_node *found = scalar_around(child, offset);

		if (!found && child->key)
			found = scalar_around(child->key, offset);
		if (found)
			return found;
	}
	return NULL;
}

static int is_text(const pv_check_run *run, size_t offset)
{
	const pv_yaml_node *root = pv_yaml_root(run->prompt->doc);
	const pv_yaml_node *scalar = scalar_around(root, offset);
	const char *text = run->subject->text;

	if (!scalar)
		return 0;
	if (scalar->style != PV_YAML_LITERAL && scalar->style != PV_YAML_FOLDED)
		return 1;
	return memchr(text + scalar->start, '\n', offset - scalar->start) != NULL;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Fills in where the comment is that has the word at `at`; 0: it is none. */
static int place_comment(struct comment *comment, size_t at)
{
	const pv_check_run *run = comment->run;
	const char *text = run->subject->text;
	const char *newline = memchr(text + at, '\n', run->subject->len - at);
	size_t start;

	while (at > 0 && is_blank(text[at - 1]))
		at--;
	if (!at || text[at - 1] != '#')
		return 0;
	comment->hash = --at;
	comment->end = newline ? (size_t)(newline - text) : run->subject->len;
	for (start = at; start > 0 && is_blank(text[start - 1]);)
		start--;
	comment->is_alone = !start || text[start - 1] == '\n';
	if (!comment->is_alone && start == at)
		return 0; /* "a#b" is text */
	return !is_text(run, at);
}

/* --- what it is about ------------------------------------------------------- */

static size_t entry_start(const pv_yaml_node *node)
{
	return node->key ? node->key->outer_start : node->outer_start;
}

static int entry_line(const pv_yaml_node *node)
{
	return node->key ? node->key->line : node->line;
}

/* The first and outermost entry below the comment, or on its line. */
static const pv_yaml_node *find_entry(const pv_yaml_node *node,
				      const struct comment *comment)
{
	const pv_yaml_node *child;

	for (child = node->first; child; child = child->next) {
		const pv_yaml_node *inner;

		if (comment->is_alone ? entry_start(child) > comment->hash
				      : entry_line(child) == comment->line)
			return child;
		inner = find_entry(child, comment);
		if (inner)
			return inner;
	}
	return NULL;
}

/* The lines a silence is for. */
static void set_lines(pv_silence *silence, const struct comment *comment)
{
	const pv_check_subject *subject = comment->run->subject;
	const pv_yaml_node *root = pv_yaml_root(comment->run->prompt->doc);
	const pv_yaml_node *entry;
	int column;

	silence->first = comment->line;
	silence->last = comment->line;
	if (comment->is_file) {
		silence->first = 0;
		silence->last = INT32_MAX;
		return;
	}
	entry = find_entry(root, comment);
	if (!entry)
		return;
	silence->first = entry_line(entry);
	pv_utf8_place(subject->text, subject->len,
		      entry->end > entry->start ? entry->end - 1 : entry->start,
		      &silence->last, &column);
}

/* --- what it says ----------------------------------------------------------- */

static const char *rule_at(size_t idx, const void *list)
{
	const pv_rule *rule = pv_rule_at(idx);

	(void)list;
	return rule ? rule->id : NULL;
}

static int add_rule(struct comment *comment, pv_str name)
{
	pv_silences *out = comment->out;
	char hint[PV_HINT_SIZE];
	pv_silence silence = { 0 };
	const pv_rule *rule = NULL;

	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
		if (pv_str_is(name, rule->id))
			break;
	if (!rule)
		return pv_check_byte(comment->run, comment->hash,
				     pv_suggest(hint, name, rule_at, NULL,
						"git pv help check rules lists them"),
				     "no rule is called \"%.*s\"",
				     name.len > 60 ? 60 : (int)name.len,
				     name.ptr);
	if (rule->is_fixed || rule->is_beside)
		return pv_check_byte(comment->run, comment->hash, rule->fix,
				     "\"%s\" cannot be ignored in a prompt",
				     rule->id);
	silence.rule = rule->id;
	set_lines(&silence, comment);
	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(comment->run->err);
	out->items[out->count++] = silence;
	return PV_OK;
}

/* "a, b" */
static int add_rules(struct comment *comment, pv_str names)
{
	int rc = PV_OK;

	while (names.len && rc == PV_OK) {
		const char *comma = memchr(names.ptr, ',', names.len);
		size_t len = comma ? (size_t)(comma - names.ptr) : names.len;

		rc = add_rule(comment, pv_str_trim((pv_str){ names.ptr, len }));
		len += comma != NULL;
		names.ptr += len;
		names.len -= len;
	}
	return rc;
}

/* What stands behind the word: " RULE, RULE: reason". */
static int read_comment(struct comment *comment, size_t at)
{
	static const char cure[] = "write # pv-ignore RULE: reason";
	const char *text = comment->run->subject->text;
	pv_str rest = { text + at, comment->end - at };
	pv_str names = rest;
	pv_str reason = { "", 0 };
	const char *colon = memchr(rest.ptr, ':', rest.len);

	if (colon) {
		names.len = (size_t)(colon - rest.ptr);
		reason.ptr = colon + 1;
		reason.len = rest.len - names.len - 1;
	}
	names = pv_str_trim(names);
	if (!names.len)
		return pv_check_byte(comment->run, comment->hash, cure,
				     "the comment names no rule to ignore");
	if (!pv_str_trim(reason).len)
		return pv_check_byte(comment->run, comment->hash, cure,
				     "\"%.*s\" is ignored without a reason",
				     names.len > 60 ? 60 : (int)names.len,
				     names.ptr);
	return add_rules(comment, names);
}

static const char *find_word(const char *at, const char *end)
{
	size_t len = sizeof(word) - 1;

	while (at && (size_t)(end - at) >= len) {
		at = memchr(at, word[0], (size_t)(end - at));
		if (at && (size_t)(end - at) >= len && !memcmp(at, word, len))
			return at;
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

int pv_silences_read(pv_silences *out, pv_check_run *run)
{
	const pv_check_subject *subject = run->subject;
	const char *end = subject->text + subject->len;
	const char *at = subject->text;
	int rc = PV_OK;

	while (rc == PV_OK && (at = find_word(at, end)) != NULL) {
		struct comment comment = { .run = run, .out = out };
		size_t offset = (size_t)(at - subject->text);
		size_t behind = offset + sizeof(word) - 1;
		int column;

		at += sizeof(word) - 1;
		if (!place_comment(&comment, offset))
			continue;
		if (!strncmp(at, file_suffix, sizeof(file_suffix) - 1)) {
			comment.is_file = 1;
			behind += sizeof(file_suffix) - 1;
		}
		if (behind < comment.end && !is_blank(subject->text[behind]) &&
		    subject->text[behind] != ':' && subject->text[behind] != '\r')
			continue; /* another word */
		pv_utf8_place(subject->text, subject->len, comment.hash,
			      &comment.line, &column);
		rc = read_comment(&comment, behind);
	}
	return rc;
}

int pv_silences_cover(const pv_silences *silences, const pv_finding *finding)
{
	for (size_t i = 0; i < silences->count; i++) {
		const pv_silence *silence = &silences->items[i];

		if (finding->line >= silence->first &&
		    finding->line <= silence->last &&
		    !strcmp(finding->rule, silence->rule))
			return 1;
	}
	return 0;
}

void pv_silences_dispose(pv_silences *silences)
{
	pv_free(silences->items);
	memset(silences, 0, sizeof(*silences));
}

/* Read before all others run, whatever its level: see check.c. */
const pv_check_rule pv_rule_ignore_comment = {
	{ .id = "ignore-comment",
	  .group = PV_RULE_SYNTAX,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a comment that silences a rule without a reason, or one "
		  "that cannot be silenced or does not exist",
	  .fix = "write # pv-ignore RULE: reason" },
	NULL
};
