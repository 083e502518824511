/* SPDX-License-Identifier: MIT
 *
 * Runs of words. The kept ones are found first, as pairs of equal slices of
 * both texts; whatever lies between two of them went or came. Blanks are kept
 * where they are the same at the edge of a change, so that "a b c" and "a c"
 * differ in one word and one blank.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/join.h"
#include "diff/tokens.h"

/* Runs under way: both texts are dealt with up to these places. */
struct weave {
	pv_str before;
	pv_str after;
	size_t old_at;
	size_t new_at;
	pv_diff_run *runs; /* NULL while they are only counted */
	size_t count;
	char last_op;
};

static void put(struct weave *w, char op, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (op == w->last_op) {
		if (w->runs)
			w->runs[w->count - 1].len += len;
		return;
	}
	if (w->runs) {
		w->runs[w->count].op = op;
		w->runs[w->count].text = text;
		w->runs[w->count].len = len;
	}
	w->last_op = op;
	w->count++;
}

static void keep(struct weave *w, size_t len)
{
	put(w, '=', w->after.ptr + w->new_at, len);
	w->old_at += len;
	w->new_at += len;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int pv_run_is_blank(const pv_diff_run *run)
{
	for (size_t i = 0; i < run->len; i++)
		if (!is_blank(run->text[i]))
			return 0;
	return 1;
}

/* Blanks that both texts have next, at most up to the given places. */
static size_t blanks_ahead(const struct weave *w, size_t old_to, size_t new_to)
{
	const char *before = w->before.ptr + w->old_at;
	const char *after = w->after.ptr + w->new_at;
	size_t len = 0;

	while (len < old_to - w->old_at && len < new_to - w->new_at &&
	       before[len] == after[len] && is_blank(before[len]))
		len++;
	return len;
}

/* Blanks that both texts have right before the given places. */
static size_t blanks_behind(const struct weave *w, size_t old_to, size_t new_to)
{
	size_t len = 0;

	while (len < old_to - w->old_at && len < new_to - w->new_at &&
	       w->before.ptr[old_to - len - 1] == w->after.ptr[new_to - len - 1] &&
	       is_blank(w->before.ptr[old_to - len - 1]))
		len++;
	return len;
}

/* What is left of one text up to a place, without the blanks at its edges. */
static pv_str words_until(pv_str text, size_t from, size_t to)
{
	pv_str rest = { text.ptr + from, to - from };

	return pv_str_trim(rest);
}

static void put_change(struct weave *w, const char *old_to, const char *new_to)
{
	const char *before = w->before.ptr + w->old_at;
	const char *after = w->after.ptr + w->new_at;

	put(w, '-', before, (size_t)(old_to - before));
	put(w, '+', after, (size_t)(new_to - after));
	w->old_at += (size_t)(old_to - before);
	w->new_at += (size_t)(new_to - after);
}

/*
 * Everything up to the given places, where both texts agree again. Where
 * words went and others came, the blanks around them are a change apart.
 */
static void change(struct weave *w, size_t old_to, size_t new_to)
{
	size_t blanks;
	pv_str gone;
	pv_str came;

	keep(w, blanks_ahead(w, old_to, new_to));
	blanks = blanks_behind(w, old_to, new_to);
	old_to -= blanks;
	new_to -= blanks;
	gone = words_until(w->before, w->old_at, old_to);
	came = words_until(w->after, w->new_at, new_to);
	if (gone.len > 0 && came.len > 0) {
		put_change(w, gone.ptr, came.ptr);
		put_change(w, gone.ptr + gone.len, came.ptr + came.len);
	}
	put_change(w, w->before.ptr + old_to, w->after.ptr + new_to);
	keep(w, blanks);
}

/*
 * The words, and which of them changed. Words that both texts begin and end
 * with need not be looked at: so many bytes have them.
 */
struct words {
	pv_tokens before;
	pv_tokens after;
	unsigned char *gone;
	unsigned char *came;
	size_t start;
	size_t end;
};

static void weave_all(struct weave *w, const struct words *words)
{
	size_t i = 0;
	size_t j = 0;

	keep(w, words->start);
	for (;;) {
		while (i < words->before.count && words->gone[i])
			i++;
		while (j < words->after.count && words->came[j])
			j++;
		if (i == words->before.count || j == words->after.count)
			break;
		change(w, (size_t)(words->before.items[i].ptr - w->before.ptr),
		       (size_t)(words->after.items[j].ptr - w->after.ptr));
		keep(w, words->before.items[i].len);
		i++;
		j++;
	}
	change(w, w->before.len - words->end, w->after.len - words->end);
	keep(w, words->end);
}

static int emit(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		struct weave w, const struct words *words)
{
	struct weave count = w;

	weave_all(&count, words);
	*out = pv_arena_calloc(arena, (count.count + 1) * sizeof(**out));
	if (!*out)
		return PV_ENOMEM;
	w.runs = *out;
	weave_all(&w, words);
	*count_out = w.count;
	return PV_OK;
}

static int cut(struct words *words, pv_str before, pv_str after, pv_error *err)
{
	int rc = pv_tokens_add_words(&words->before, before, err);

	return rc < 0 ? rc : pv_tokens_add_words(&words->after, after, err);
}

/* Whether the words begin with two that differ. */
static int differ_at_once(const struct words *words)
{
	return words->before.count > 0 && words->after.count > 0 &&
	       !pv_str_eq(words->before.items[0], words->after.items[0]);
}

/*
 * A word at the end may be taken for one at the end of the other text only
 * once all at the start are: of "a b" and "a b b" it is the last that came.
 */
static int read_words(struct words *words, pv_str before, pv_str after,
		      pv_error *err)
{
	pv_str left = before;
	pv_str right = after;
	int rc;

	pv_words_part(&left, &right);
	words->start = (size_t)(left.ptr - before.ptr);
	words->end = before.len - words->start - left.len;
	rc = cut(words, left, right, err);
	if (rc < 0 || words->end == 0)
		return rc;
	/* The blanks at the edge are the last change's. */
	if (differ_at_once(words)) {
		while (words->end > 0 &&
		       is_blank(before.ptr[before.len - words->end]))
			words->end--;
		return PV_OK;
	}
	words->before.count = 0;
	words->after.count = 0;
	left.len += words->end;
	right.len += words->end;
	words->end = 0;
	return cut(words, left, right, err);
}

int pv_runs_of_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err)
{
	struct words words = { 0 };
	struct weave w = { .before = before, .after = after };
	int rc;

	*out = NULL;
	*count_out = 0;
	rc = read_words(&words, before, after, err);
	if (rc == PV_OK)
		rc = pv_tokens_compare(&words.gone, &words.before, &words.after,
				       err);
	if (rc == PV_OK) {
		words.came = words.gone + words.before.count;
		pv_changes_join(words.gone, words.before.count, words.came,
				words.after.count);
		rc = emit(out, count_out, arena, w, &words);
		if (rc < 0)
			pv_fail_nomem(err);
	}
	pv_free(words.gone);
	pv_tokens_dispose(&words.before);
	pv_tokens_dispose(&words.after);
	return rc;
}
