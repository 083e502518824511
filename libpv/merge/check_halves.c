/* SPDX-License-Identifier: MIT
 *
 * Whether a merge in conflict may be shown: whoever takes one side's half of
 * all conflicts gets what that side has, and of the other one no more than
 * what it did. Where conflicts are cut in the wrong places, words that all
 * three have are in neither half of one side, or come twice. Only words that
 * no side has twice are looked at: of others nobody knows which is which. What
 * values stand of which one side was given up is known, and left out first:
 * who calls "one" another name, and uses the word elsewhere, has moved nothing.
 */
#include "merge/check.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"
#include "merge/suspects.h"

/* Behind the three sides; the half of a side comes so much after it. */
enum {
	TO_HALF = PV_THEIRS,
	NOTED = PV_THEIRS + TO_HALF + 1,
	SETTLED, /* of each side, what is settled */
	TAKEN = SETTLED + PV_SIDES,
	ALL
};

enum {
	MANY_WORDS = 500
};

struct tally {
	size_t counts[ALL];
};

/* Whose half it is; a side's own is its whole text. */
static enum pv_side side_of_half(size_t half)
{
	return (enum pv_side)(half > PV_THEIRS ? half - TO_HALF : half);
}

/* Punctuation and single letters or digits are everywhere. */
static int is_telling(pv_str word)
{
	return word.len > 1 &&
	       (pv_word_kinds[(unsigned char)word.ptr[0]] != '.' ||
		(word.ptr[0] == '{' && word.ptr[word.len - 1] == '}'));
}

/* Whether it can be told what became of a word. */
static int is_known(const struct tally *tally)
{
	return tally->counts[PV_BASE] < 2 && tally->counts[PV_OURS] < 2 &&
	       tally->counts[PV_THEIRS] < 2 && tally->counts[NOTED] == 0;
}

/* Whether it is in the half as often as what the other side did explains. */
static int is_explained(const struct tally *tally, enum pv_side side)
{
	size_t base = tally->counts[PV_BASE];
	size_t own = tally->counts[side];
	size_t other = tally->counts[PV_OURS + PV_THEIRS - side];
	size_t half = tally->counts[side + TO_HALF];
	size_t came = other > base ? other - base : 0;
	size_t gone = base > other ? base - other : 0;

	return half <= own + came && half + gone >= own;
}

static int begins_line(const pv_tokens *words, size_t at)
{
	const char *from;

	if (at == 0)
		return 1;
	from = words->items[at - 1].ptr + words->items[at - 1].len;
	return memchr(from, '\n', (size_t)(words->items[at].ptr - from)) != NULL;
}

/*
 * Two words in a row that are not explained, or all of a line, have been cut
 * off. One alone has been, too, in a short text; among many words it is here
 * and there by chance, as "under" is, and no reason to contest all of them.
 */
static int are_explained(const pv_tokens *words, const struct tally *tallies,
			 enum pv_side side)
{
	size_t too_many = words->count < MANY_WORDS ? 1 : 2;
	size_t odd_row = 0;
	int is_odd_line = 0;
	int is_fine_line = 0;

	for (size_t i = 0; i < words->count; i++) {
		const struct tally *tally = &tallies[words->numbers[i]];

		if (begins_line(words, i)) {
			if (is_odd_line && !is_fine_line)
				return 0;
			is_odd_line = is_fine_line = 0;
		}
		if (!is_telling(words->items[i]))
			continue;
		if (!is_known(tally)) {
			is_fine_line = 1;
			continue;
		}
		odd_row = is_explained(tally, side) ? 0 : odd_row + 1;
		if (odd_row == too_many)
			return 0;
		if (odd_row > 0)
			is_odd_line = 1;
		else
			is_fine_line = 1;
	}
	return !is_odd_line || is_fine_line;
}

/* What has made a half another one, or may have. */
static int find_suspects(pv_suspects *out, const pv_tokens words[ALL],
			 const struct tally *tallies, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = PV_OURS; i < NOTED; i++) {
		enum pv_side side = side_of_half(i);

		for (size_t j = 0; j < words[i].count && rc == PV_OK; j++) {
			const struct tally *tally = &tallies[words[i].numbers[j]];

			if (is_telling(words[i].items[j]) && is_known(tally) &&
			    !is_explained(tally, side))
				rc = pv_suspects_add_word(out, words[i].items[j],
							  err);
		}
	}
	return rc;
}

/* Leaves a word out where it is settled, unless it is not there as often. */
static void leave_out(struct tally *tally)
{
	size_t *counts = tally->counts;
	size_t taken = counts[TAKEN];

	for (size_t i = 0; i < PV_SIDES; i++)
		if (counts[i] < counts[SETTLED + i])
			return;
	if (counts[PV_OURS + TO_HALF] < taken ||
	    counts[PV_THEIRS + TO_HALF] < taken)
		return;
	for (size_t i = 0; i < PV_SIDES; i++)
		counts[i] -= counts[SETTLED + i];
	counts[PV_OURS + TO_HALF] -= taken;
	counts[PV_THEIRS + TO_HALF] -= taken;
}

static int add_settled(pv_tokens words[ALL], const pv_settled *settled,
		       pv_error *err)
{
	int rc = PV_OK;

	for (; settled && rc == PV_OK; settled = settled->next) {
		pv_str taken = settled->sides[settled->taken];

		for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
			rc = pv_tokens_add_words(&words[SETTLED + i],
						 settled->sides[i], err);
		if (rc == PV_OK)
			rc = pv_tokens_add_words(&words[TAKEN], taken, err);
	}
	return rc;
}

static int compare(int *ok_out, pv_tokens words[ALL], pv_suspects *suspects,
		   pv_error *err)
{
	pv_tokens *all[ALL];
	struct tally *tallies;
	size_t total = 0;
	int rc;

	for (size_t i = 0; i < ALL; i++) {
		all[i] = &words[i];
		total += words[i].count;
	}
	rc = pv_tokens_number(all, ALL, err);
	if (rc < 0)
		return rc;
	tallies = pv_calloc(total + 1, sizeof(*tallies));
	if (!tallies)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < ALL; i++)
		for (size_t j = 0; j < words[i].count; j++)
			tallies[words[i].numbers[j]].counts[i]++;
	for (size_t i = 0; i < total; i++)
		leave_out(&tallies[i]);
	*ok_out = 1;
	for (size_t i = PV_OURS; i <= PV_THEIRS && *ok_out; i++)
		*ok_out = are_explained(&words[i], tallies, (enum pv_side)i) &&
			  are_explained(&words[i + TO_HALF], tallies,
					(enum pv_side)i);
	if (!*ok_out && suspects)
		rc = find_suspects(suspects, words, tallies, err);
	pv_free(tallies);
	return rc;
}

int pv_check_halves(int *ok_out, const pv_halves *halves, pv_error *err)
{
	pv_tokens words[ALL] = { 0 };
	pv_buf settled[PV_SIDES] = { 0 };
	int rc = PV_OK;

	*ok_out = 0;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_words(&words[i], halves->texts[i], err);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++) {
		pv_str text;

		pv_chunks_settle(&settled[i], halves->chunks, (enum pv_side)i);
		rc = pv_buf_status(&settled[i], err);
		text.ptr = pv_buf_text(&settled[i]);
		text.len = settled[i].len;
		if (rc == PV_OK)
			rc = pv_tokens_add_words(&words[i + TO_HALF], text, err);
	}
	if (rc == PV_OK)
		rc = pv_tokens_add_words(&words[NOTED], halves->noted, err);
	if (rc == PV_OK)
		rc = add_settled(words, halves->settled, err);
	if (rc == PV_OK)
		rc = compare(ok_out, words, halves->suspects, err);
	for (size_t i = 0; i < ALL; i++)
		pv_tokens_dispose(&words[i]);
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_buf_dispose(&settled[i]);
	return rc;
}
