/* SPDX-License-Identifier: MIT
 *
 * Runs of text: what an edit script looks like to a reader. Tokens that
 * follow each other in a text are contiguous in memory, so a run of them is
 * one slice and nothing is copied.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"

/* Both texts under comparison, and how far the runs have come. */
struct weave {
	const pv_tokens *before;
	const pv_tokens *after;
	const unsigned char *gone;
	const unsigned char *came;
	size_t old_at;
	size_t new_at;
};

static int emit(pv_diff_run *run, char op, const pv_tokens *tokens, size_t from,
		size_t to)
{
	const pv_str *items = tokens->items;

	if (from == to)
		return 0;
	if (run) {
		run->op = op;
		run->text = items[from].ptr;
		run->len = (size_t)(items[to - 1].ptr - items[from].ptr) +
			   items[to - 1].len;
	}
	return 1;
}

static size_t flagged(const unsigned char *flags, size_t at, size_t count)
{
	assert(flags);
	while (at < count && flags[at])
		at++;
	return at;
}

/*
 * One round: what goes, what comes, what is kept, up to three runs. They are
 * only counted while `runs` is NULL.
 */
static size_t next_runs(pv_diff_run *runs, struct weave *w)
{
	size_t count = 0;
	size_t old_end = flagged(w->gone, w->old_at, w->before->count);
	size_t new_end = flagged(w->came, w->new_at, w->after->count);
	size_t kept = new_end;

	count += emit(runs ? runs + count : NULL, '-', w->before, w->old_at,
		      old_end);
	count += emit(runs ? runs + count : NULL, '+', w->after, w->new_at,
		      new_end);
	w->old_at = old_end;
	while (kept < w->after->count && !w->came[kept] && !w->gone[w->old_at]) {
		kept++;
		w->old_at++;
	}
	count += emit(runs ? runs + count : NULL, '=', w->after, new_end, kept);
	w->new_at = kept;
	return count;
}

static size_t weave_all(pv_diff_run *runs, struct weave w)
{
	size_t count = 0;

	while (w.old_at < w.before->count || w.new_at < w.after->count)
		count += next_runs(runs ? runs + count : NULL, &w);
	return count;
}

static int compare(pv_myers_side *before, pv_myers_side *after,
		   pv_tokens *old_tokens, pv_tokens *new_tokens, pv_error *err)
{
	size_t count = old_tokens->count + new_tokens->count;
	pv_tokens *const sides[] = { old_tokens, new_tokens };
	int rc = pv_tokens_number(sides, pv_array_len(sides), err);

	if (rc < 0)
		return rc;
	before->tokens = old_tokens->numbers;
	before->count = old_tokens->count;
	after->tokens = new_tokens->numbers;
	after->count = new_tokens->count;
	before->changed = pv_calloc(count + 1, 1);
	if (!before->changed)
		return pv_fail_nomem(err);
	after->changed = before->changed + before->count;
	return pv_myers_diff(before, after, err);
}

/* Both texts cut into tokens, and which of those they do not share. */
struct comparison {
	pv_tokens before;
	pv_tokens after;
	pv_myers_side old_side;
	pv_myers_side new_side;
};

static void dispose(struct comparison *both)
{
	pv_free(both->old_side.changed);
	pv_tokens_dispose(&both->before);
	pv_tokens_dispose(&both->after);
}

static int make_runs(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     const struct comparison *both, pv_error *err)
{
	struct weave w = { .before = &both->before,
			   .after = &both->after,
			   .gone = both->old_side.changed,
			   .came = both->new_side.changed };

	*count_out = weave_all(NULL, w);
	*out = pv_arena_calloc(arena, (*count_out + 1) * sizeof(**out));
	if (!*out) {
		*count_out = 0;
		return pv_fail_nomem(err);
	}
	weave_all(*out, w);
	return PV_OK;
}

int pv_runs_of_lines(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err)
{
	struct comparison both = { 0 };
	int rc;

	*out = NULL;
	*count_out = 0;
	rc = pv_tokens_add_lines(&both.before, before, err);
	if (rc == PV_OK)
		rc = pv_tokens_add_lines(&both.after, after, err);
	if (rc == PV_OK)
		rc = compare(&both.old_side, &both.new_side, &both.before,
			     &both.after, err);
	if (rc == PV_OK)
		rc = make_runs(out, count_out, arena, &both, err);
	dispose(&both);
	return rc;
}

/* Makes the tokens cover all of their text. */
static void take_blanks(pv_tokens *tokens, pv_str text)
{
	const char *end = text.ptr + text.len;

	for (size_t i = tokens->count; i > 0; i--) {
		pv_str *item = &tokens->items[i - 1];

		if (i == 1)
			item->ptr = text.ptr;
		item->len = (size_t)(end - item->ptr);
		end = item->ptr;
	}
}

int pv_runs_of_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err)
{
	struct comparison both = { 0 };
	int rc;

	*out = NULL;
	*count_out = 0;
	rc = pv_tokens_add_words(&both.before, before, err);
	if (rc == PV_OK)
		rc = pv_tokens_add_words(&both.after, after, err);
	if (rc == PV_OK)
		rc = compare(&both.old_side, &both.new_side, &both.before,
			     &both.after, err);
	take_blanks(&both.before, before);
	take_blanks(&both.after, after);
	if (rc == PV_OK)
		rc = make_runs(out, count_out, arena, &both, err);
	dispose(&both);
	return rc;
}
