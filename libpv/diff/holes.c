/* SPDX-License-Identifier: MIT
 *
 * See holes.h. What a template language calls a variable is not asked: names
 * in braces are what all of them have in common.
 */
#include "diff/holes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	MAX_NAMES = 256 /* of an element; more tell no more */
};

/* Names are sorted hashes, each once. */
struct holes {
	uint64_t *names;
	size_t count;
	size_t cap;
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       is_digit(c) || (unsigned char)c >= 128;
}

static int is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static int add_name(struct holes *out, const char *name, size_t len)
{
	uint64_t hash = 14695981039346656037U;

	if (pv_array_reserve(&out->names, &out->cap, out->count + 1,
			     sizeof(*out->names)) < 0)
		return PV_ENOMEM;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 1099511628211U;
	out->names[out->count++] = hash;
	return PV_OK;
}

/* What follows a brace, from `at` on: a name, unless it is a key of JSON. */
static int add_hole(struct holes *out, pv_str text, size_t at)
{
	size_t from;
	size_t end;

	while (at < text.len && is_one_of(text.ptr[at], "{ \t-"))
		at++;
	from = at;
	while (at < text.len && is_name_byte(text.ptr[at]))
		at++;
	end = at;
	while (at < text.len && text.ptr[at] == ' ')
		at++;
	if (end == from || is_digit(text.ptr[from]) || at == text.len ||
	    !is_one_of(text.ptr[at], "}|.[(!-"))
		return PV_OK;
	return add_name(out, text.ptr + from, end - from);
}

static int add_text(struct holes *out, pv_str text)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK && out->count < MAX_NAMES) {
		const char *brace = memchr(text.ptr + at, '{', text.len - at);

		if (!brace)
			break;
		at = (size_t)(brace - text.ptr);
		rc = add_hole(out, text, at);
		while (at < text.len && text.ptr[at] == '{')
			at++;
	}
	return rc;
}

static int add_tree(struct holes *out, const pv_tree *tree)
{
	int rc = PV_OK;

	if (tree->node->kind == PV_YAML_SCALAR)
		return add_text(out, tree->value);
	for (size_t i = 0; i < tree->count && rc == PV_OK; i++)
		rc = add_tree(out, &tree->items[i]);
	return rc;
}

static int cmp_names(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

static int find(struct holes *out, const pv_tree *tree)
{
	size_t kept = 0;
	int rc = add_tree(out, tree);

	if (rc < 0 || !out->count)
		return rc;
	qsort(out->names, out->count, sizeof(*out->names), cmp_names);
	for (size_t i = 0; i < out->count; i++)
		if (!i || out->names[i] != out->names[i - 1])
			out->names[kept++] = out->names[i];
	out->count = kept;
	return PV_OK;
}

static int has_name(const struct holes *holes, uint64_t name)
{
	return holes->count && bsearch(&name, holes->names, holes->count,
				       sizeof(name), cmp_names);
}

/*
 * Whether `other` rather than `now` is what `was` has become: it has one of the
 * variables that `now` has not, or has any where `now` has none.
 */
static int fits_better(const struct holes *was, const struct holes *now,
		       const struct holes *other)
{
	if (was->count && !now->count)
		return other->count > 0;
	for (size_t i = 0; i < was->count; i++)
		if (!has_name(now, was->names[i]) &&
		    has_name(other, was->names[i]))
			return 1;
	return 0;
}

/* Candidates with the variables in them; those without a partner are loose. */
struct open {
	const pv_candidates *who;
	struct holes *holes; /* of the old candidates, then of the new ones */
	unsigned char *is_paired;
};

/* Whether a loose candidate of the same side fits old `i` or new `j` better. */
static int has_better(const struct open *open, size_t i, size_t j)
{
	const pv_candidates *who = open->who;
	size_t p = who->old_count;
	const struct holes *old_one = &open->holes[i];
	const struct holes *new_one = &open->holes[p + j];

	for (size_t k = 0; k < who->new_count; k++)
		if (!open->is_paired[p + k] &&
		    fits_better(old_one, new_one, &open->holes[p + k]) &&
		    who->fits(who->before[i], who->after[k]))
			return 1;
	for (size_t k = 0; k < p; k++)
		if (!open->is_paired[k] &&
		    fits_better(new_one, old_one, &open->holes[k]) &&
		    who->fits(who->before[k], who->after[j]))
			return 1;
	return 0;
}

static int mark_better(unsigned char *rivals, const size_t *mate,
		       const struct open *open, pv_error *err)
{
	const pv_candidates *who = open->who;
	size_t p = who->old_count;
	int rc = PV_OK;

	for (size_t i = 0; i < p && rc == PV_OK; i++)
		rc = find(&open->holes[i], who->before[i]);
	for (size_t j = 0; j < who->new_count && rc == PV_OK; j++) {
		rc = find(&open->holes[p + j], who->after[j]);
		if (mate[j] == SIZE_MAX)
			continue;
		open->is_paired[p + j] = 1;
		open->is_paired[mate[j]] = 1;
	}
	if (rc < 0)
		return pv_fail_nomem(err);
	for (size_t j = 0; j < who->new_count; j++)
		if (mate[j] != SIZE_MAX && has_better(open, mate[j], j))
			rivals[j] = 1;
	return PV_OK;
}

int pv_holes_mark(unsigned char *rivals, const size_t *mate,
		  const pv_candidates *who, pv_error *err)
{
	size_t count = who->old_count + who->new_count;
	struct open open = { .who = who };
	int rc;

	open.holes = pv_calloc(count, sizeof(*open.holes));
	open.is_paired = pv_calloc(count, 1);
	rc = open.holes && open.is_paired ? mark_better(rivals, mate, &open, err)
					  : pv_fail_nomem(err);
	for (size_t i = 0; open.holes && i < count; i++)
		pv_free(open.holes[i].names);
	pv_free(open.holes);
	pv_free(open.is_paired);
	return rc;
}
