/* SPDX-License-Identifier: MIT
 *
 * Numbering sorts the tokens instead of hashing them: the order of the
 * numbers is then that of the bytes, nothing depends on a seed, and no input
 * makes it slow.
 */
#include "diff/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

int pv_tokens_add_lines(pv_tokens *tokens, pv_str text, pv_error *err)
{
	const char *at = text.ptr;
	const char *end = text.ptr + text.len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline + 1 : end;

		if (pv_array_reserve(&tokens->items, &tokens->cap,
				     tokens->count + 1,
				     sizeof(*tokens->items)) < 0)
			return pv_fail_nomem(err);
		tokens->items[tokens->count].ptr = at;
		tokens->items[tokens->count].len = (size_t)(stop - at);
		tokens->count++;
		at = stop;
	}
	return PV_OK;
}

enum {
	SOON = 4 /* tokens that may be missing before one that is there */
};

/* In place of a number, for a while: the same as this one of the first side. */
static const uint32_t same_as = UINT32_C(1) << 31;

/* A token on its way to its number. */
struct entry {
	uint64_t start; /* its first bytes, as a number of the same order */
	pv_str text;
	uint32_t *number;
};

static uint64_t start_of(pv_str text)
{
	uint64_t start = 0;

	for (size_t i = 0; i < sizeof(start); i++)
		start = start << 8 |
			(i < text.len ? (unsigned char)text.ptr[i] : 0U);
	return start;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return pv_str_cmp(left->text, right->text);
}

/* Whether there is memory for a number of each. */
static int make_room(pv_tokens *tokens)
{
	uint32_t *numbers = pv_malloc((tokens->count + 1) * sizeof(*numbers));

	if (!numbers)
		return 0;
	pv_free(tokens->numbers);
	tokens->numbers = numbers;
	return 1;
}

static struct entry *add_entry(struct entry *to, pv_tokens *tokens, size_t idx)
{
	to->text = tokens->items[idx];
	to->start = start_of(to->text);
	to->number = &tokens->numbers[idx];
	return to + 1;
}

/* Where in `first`, from `from` on, the token is found soon; its count if not. */
static size_t find_soon(const pv_tokens *first, size_t from, pv_str token)
{
	size_t end = first->count - from < SOON ? first->count : from + SOON;

	for (size_t i = from; i < end; i++)
		if (pv_str_eq(first->items[i], token))
			return i;
	return first->count;
}

/*
 * Sides are mostly alike: a token that the first side has at about the same
 * place is noted as the same one, and needs no sorting.
 */
static struct entry *add_others(struct entry *to, pv_tokens *tokens,
				const pv_tokens *first)
{
	size_t at = 0;

	for (size_t i = 0; i < tokens->count; i++) {
		size_t same = find_soon(first, at, tokens->items[i]);

		if (same == first->count) {
			to = add_entry(to, tokens, i);
			continue;
		}
		tokens->numbers[i] = same_as + (uint32_t)same;
		at = same + 1;
	}
	return to;
}

static void number_entries(struct entry *entries, size_t count)
{
	uint32_t number = 0;

	qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_entries(&entries[i - 1], &entries[i]))
			number++;
		*entries[i].number = number;
	}
}

static void number_others(pv_tokens *tokens, const pv_tokens *first)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (tokens->numbers[i] >= same_as)
			tokens->numbers[i] =
				first->numbers[tokens->numbers[i] - same_as];
}

int pv_tokens_number(pv_tokens *const *sides, size_t side_count, pv_error *err)
{
	struct entry *entries = NULL;
	struct entry *end;
	size_t count = 0;

	for (size_t i = 0; i < side_count; i++)
		count += sides[i]->count;
	if (count >= same_as)
		return pv_fail(err, PV_ELIMIT, "too many tokens to compare");
	for (size_t i = 0; i < side_count; i++)
		if (!make_room(sides[i]))
			return pv_fail_nomem(err);
	entries = pv_malloc((count + 1) * sizeof(*entries));
	if (!entries)
		return pv_fail_nomem(err);
	end = entries;
	for (size_t i = 0; side_count > 0 && i < sides[0]->count; i++)
		end = add_entry(end, sides[0], i);
	for (size_t i = 1; i < side_count; i++)
		end = add_others(end, sides[i], sides[0]);
	number_entries(entries, (size_t)(end - entries));
	for (size_t i = 1; i < side_count; i++)
		number_others(sides[i], sides[0]);
	pv_free(entries);
	return PV_OK;
}

/* How many tokens two sequences begin with in common. */
static size_t common_start(const pv_tokens *a, const pv_tokens *b)
{
	size_t count = 0;

	while (count < a->count && count < b->count &&
	       pv_str_eq(a->items[count], b->items[count]))
		count++;
	return count;
}

static size_t common_end(const pv_tokens *a, const pv_tokens *b, size_t start)
{
	size_t count = 0;

	while (count < a->count - start && count < b->count - start &&
	       pv_str_eq(a->items[a->count - count - 1],
			 b->items[b->count - count - 1]))
		count++;
	return count;
}

/* The tokens from `start` on; `ends` is how many lie before and after. */
static pv_tokens between(const pv_tokens *all, size_t start, size_t ends)
{
	pv_tokens part = { .count = all->count - ends };

	if (part.count > 0)
		part.items = all->items + start;
	return part;
}

size_t pv_tokens_part(pv_tokens *parts, const pv_tokens *sides, size_t count)
{
	size_t start = sides[0].count;
	size_t end;

	for (size_t i = 1; i < count; i++) {
		size_t common = common_start(&sides[0], &sides[i]);

		start = common < start ? common : start;
	}
	end = sides[0].count - start;
	for (size_t i = 1; i < count; i++) {
		size_t common = common_end(&sides[0], &sides[i], start);

		end = common < end ? common : end;
	}
	for (size_t i = 0; i < count; i++)
		parts[i] = between(&sides[i], start, start + end);
	return start;
}

/* Only what lies between the common ends is numbered and searched. */
int pv_tokens_compare(unsigned char **flags_out, const pv_tokens *before,
		      const pv_tokens *after, pv_error *err)
{
	const pv_tokens both[] = { *before, *after };
	pv_tokens parts[pv_array_len(both)];
	pv_tokens *const sides[] = { &parts[0], &parts[1] };
	size_t start = pv_tokens_part(parts, both, pv_array_len(both));
	unsigned char *flags = pv_calloc(before->count + after->count + 1, 1);
	pv_myers_side old_side = { 0 };
	pv_myers_side new_side = { 0 };
	int rc;

	*flags_out = flags;
	if (!flags)
		return pv_fail_nomem(err);
	rc = pv_tokens_number(sides, pv_array_len(sides), err);
	old_side.tokens = parts[0].numbers;
	old_side.count = parts[0].count;
	old_side.changed = flags + start;
	new_side.tokens = parts[1].numbers;
	new_side.count = parts[1].count;
	new_side.changed = flags + before->count + start;
	if (rc == PV_OK)
		rc = pv_myers_diff(&old_side, &new_side, err);
	pv_free(parts[0].numbers);
	pv_free(parts[1].numbers);
	if (rc < 0) {
		pv_free(flags);
		*flags_out = NULL;
	}
	return rc;
}

void pv_tokens_dispose(pv_tokens *tokens)
{
	pv_free(tokens->items);
	pv_free(tokens->numbers);
	memset(tokens, 0, sizeof(*tokens));
}
