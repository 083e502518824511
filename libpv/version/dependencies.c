/* SPDX-License-Identifier: MIT
 *
 * What differs between the closures of a prompt at two points, its own file
 * aside. Both points are read once, however many prompts are asked about.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "version/closure.h"

struct pv_dependencies {
	pv_closure_reader from;
	pv_closure_reader to;
	pv_closure_change *items; /* of the prompt that was asked about last */
	size_t count;
	size_t cap;
};

int pv_dependencies_new(pv_dependencies **out, pv_store *store,
			const pv_settings *settings, const pv_point *from,
			const pv_point *to, pv_error *err)
{
	pv_dependencies *both = pv_calloc(1, sizeof(*both));

	*out = NULL;
	if (!both)
		return pv_fail_nomem(err);
	both->from.store = store;
	both->from.settings = settings;
	both->from.at = *from;
	both->to.store = store;
	both->to.settings = settings;
	both->to.at = *to;
	*out = both;
	return PV_OK;
}

void pv_dependencies_free(pv_dependencies *both)
{
	if (!both)
		return;
	pv_closure_reader_dispose(&both->from);
	pv_closure_reader_dispose(&both->to);
	pv_free(both->items);
	pv_free(both);
}

/* --- what a text shows ---------------------------------------------------- */

/* White space, also as a double-quoted scalar of YAML has it. */
static pv_str skip_blanks(pv_str text)
{
	while (text.len > 0) {
		size_t count = *text.ptr == '\\' ? 2 : 1;

		if (count > text.len || !memchr(" \t\r\nntr", text.ptr[count - 1],
						count == 1 ? 4 : 7))
			break;
		text.ptr += count;
		text.len -= count;
	}
	return text;
}

static int begins_with(pv_str text, const char *word)
{
	size_t count = strlen(word);

	return text.len >= count && !memcmp(text.ptr, word, count);
}

/* "{% include", a partial of Mustache, or delimiters it may stand between. */
static int is_tag(pv_str text)
{
	static const char *const words[] = { "include", "import", "extends",
					     "from" };
	int is_statement = begins_with(text, "{%");

	if (!is_statement && !begins_with(text, "{{"))
		return 0;
	text.ptr += 2;
	text.len -= 2;
	if (is_statement && (begins_with(text, "-") || begins_with(text, "+"))) {
		text.ptr++;
		text.len--;
	}
	text = skip_blanks(text);
	if (!is_statement)
		return begins_with(text, ">") || begins_with(text, "=");
	for (size_t i = 0; i < pv_array_len(words); i++)
		if (begins_with(text, words[i]))
			return 1;
	return 0;
}

static int is_ref(pv_str text)
{
	return begins_with(text, "$ref");
}

/* "\u0069nclude", or a word that goes on in the next line. */
static int hides_letters(pv_str text)
{
	switch (text.len > 1 ? text.ptr[1] : '\0') {
	case 'x':
	case 'u':
	case 'U':
	case '\r':
	case '\n':
		return 1;
	default:
		return 0;
	}
}

/* Whether any place of the text that begins with `sign` passes. */
static int has(pv_str text, char sign, int (*passes)(pv_str rest))
{
	const char *end = text.ptr + text.len;
	const char *at = text.ptr;

	while (at < end) {
		at = memchr(at, sign, (size_t)(end - at));
		if (!at)
			return 0;
		if (passes((pv_str){ at, (size_t)(end - at) }))
			return 1;
		at++;
	}
	return 0;
}

int pv_prompt_may_refer(const char *text, size_t len)
{
	pv_str all = { text, len };

	if (len == 0)
		return 0;
	return has(all, '$', is_ref) || has(all, '{', is_tag) ||
	       has(all, '\\', hides_letters);
}

/* --- two lists ----------------------------------------------------------- */

static int add(pv_dependencies *both, const char *path,
	       enum pv_change_kind kind, pv_error *err)
{
	if (pv_array_reserve(&both->items, &both->cap, both->count + 1,
			     sizeof(*both->items)) < 0)
		return pv_fail_nomem(err);
	both->items[both->count].path = path;
	both->items[both->count].kind = kind;
	both->count++;
	return PV_OK;
}

/* One path; a side that does not refer to it, or lacks it, is NULL. */
static int compare_member(pv_dependencies *both, const pv_member *before,
			  const pv_member *after, pv_error *err)
{
	if (before && !before->blob.hex[0])
		before = NULL;
	if (after && !after->blob.hex[0])
		after = NULL;
	if (before && after && !strcmp(before->blob.hex, after->blob.hex))
		return PV_OK;
	if (before && after)
		return add(both, after->path, PV_CHANGE_MODIFIED, err);
	if (before)
		return add(both, before->path, PV_CHANGE_REMOVED, err);
	return after ? add(both, after->path, PV_CHANGE_ADDED, err) : PV_OK;
}

/* One of a sorted list, NULL behind its end. */
static const pv_member *member_at(const pv_members *members, size_t idx)
{
	return idx < members->count ? &members->items[idx] : NULL;
}

static int is_own(const pv_member *member, const char *const own[2])
{
	return !strcmp(member->path, own[0]) || !strcmp(member->path, own[1]);
}

/* Walks down both lists, which are sorted by path. */
static int compare(pv_dependencies *both, const pv_members *before,
		   const pv_members *after, const char *const own[2],
		   pv_error *err)
{
	size_t i = 0;
	size_t j = 0;
	int rc = PV_OK;

	while (rc == PV_OK) {
		const pv_member *left = member_at(before, i);
		const pv_member *right = member_at(after, j);
		int order;

		if (!left && !right)
			break;
		order = left && right ? strcmp(left->path, right->path) : 0;
		if (order > 0)
			left = NULL;
		else if (order < 0)
			right = NULL;
		i += left != NULL;
		j += right != NULL;
		if ((!left || !is_own(left, own)) &&
		    (!right || !is_own(right, own)))
			rc = compare_member(both, left, right, err);
	}
	return rc;
}

/* --- one prompt ---------------------------------------------------------- */

/* 1 for a closure that cannot be told, because a file does not load. */
static int read_members(pv_members *out, pv_closure_reader *reader,
			const char *id, pv_error *err)
{
	int rc = pv_closure_members(out, reader, id, NULL, err);

	switch (rc) {
	case PV_ENOTFOUND:
	case PV_ESYNTAX:
	case PV_ESCHEMA:
	case PV_EINVALID:
	case PV_ELIMIT:
		pv_error_clear(err);
		return 1;
	default:
		return rc;
	}
}

static int compare_prompts(pv_dependencies *both, const char *before_id,
			   const char *after_id, const char *const own[2],
			   pv_error *err)
{
	pv_members before = { 0 };
	pv_members after = { 0 };
	int rc = read_members(&before, &both->from, before_id, err);

	if (rc == PV_OK)
		rc = read_members(&after, &both->to, after_id, err);
	if (rc == PV_OK)
		rc = compare(both, &before, &after, own, err);
	pv_members_dispose(&before);
	pv_members_dispose(&after);
	return rc < 0 ? rc : PV_OK;
}

int pv_dependencies_compare(const pv_closure_change **out, size_t *count_out,
			    pv_dependencies *both, const char *before_id,
			    const char *after_id, pv_error *err)
{
	const pv_settings *settings = both->from.settings;
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	int rc = pv_prompt_path(&before, settings, before_id, err);

	*out = NULL;
	*count_out = 0;
	both->count = 0;
	if (rc == PV_OK)
		rc = pv_prompt_path(&after, settings, after_id, err);
	if (rc == PV_OK) {
		const char *const own[] = { before.ptr, after.ptr };

		rc = compare_prompts(both, before_id, after_id, own, err);
	}
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	if (rc == PV_OK) {
		*out = both->items;
		*count_out = both->count;
	}
	return rc;
}
