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

int pv_runs_of_lines(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err)
{
	pv_tokens old_tokens = { 0 };
	pv_tokens new_tokens = { 0 };
	unsigned char *flags = NULL;
	struct weave w = { .before = &old_tokens, .after = &new_tokens };
	int rc;

	*out = NULL;
	*count_out = 0;
	rc = pv_tokens_add_lines(&old_tokens, before, err);
	if (rc == PV_OK)
		rc = pv_tokens_add_lines(&new_tokens, after, err);
	if (rc == PV_OK)
		rc = pv_tokens_compare(&flags, &old_tokens, &new_tokens, err);
	if (rc < 0)
		goto out;
	w.gone = flags;
	w.came = flags + old_tokens.count;
	*count_out = weave_all(NULL, w);
	*out = pv_arena_calloc(arena, (*count_out + 1) * sizeof(**out));
	if (!*out) {
		*count_out = 0;
		rc = pv_fail_nomem(err);
		goto out;
	}
	weave_all(*out, w);
out:
	pv_free(flags);
	pv_tokens_dispose(&old_tokens);
	pv_tokens_dispose(&new_tokens);
	return rc;
}
