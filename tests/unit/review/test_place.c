/* SPDX-License-Identifier: MIT
 *
 * Comments and their sentences, as a table: where a sentence is found again,
 * and which one a line is in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <pv/review.h>

#include "base/mem.h"

static const struct {
	const char *name;
	const char *text;
	const char *quote;
	int line; /* it was on */
	int place;
} places[] = {
	{ "as it was", "One.\nSort the ticket now.\nThree.",
	  "Sort the ticket now.", 2, 2 },
	{ "further down", "New.\nOne.\nSort the ticket now.\n",
	  "Sort the ticket now.", 2, 3 },
	{ "wrapped", "One. Sort\nthe\nticket now. Three.",
	  "Sort the ticket now.", 2, 1 },
	{ "unwrapped", "Zero.\nOne.\nSort the ticket now.",
	  "Sort\nthe ticket\nnow.", 2, 3 },
	{ "a word changed", "One.\nSort the mail now.\n",
	  "Sort the ticket now.", 7, 2 },
	{ "the nearer one", "Be kind.\nx.\ny.\nBe kind.\nz", "Be kind.", 3, 4 },
	{ "after a word of it", "Read\nthe\nSort the ticket now.",
	  "Sort the ticket now.", 9, 3 },
	{ "gone", "One.\nTwo and three.\n", "Sort the ticket now.", 2, 0 },
	{ "half gone", "Sort all mail later.", "Sort the ticket now.", 1, 0 },
	{ "nothing left", "", "Sort the ticket now.", 1, 0 },
	{ "nothing said", "One.", "", 1, 0 },
};

static const struct {
	const char *text;
	int line;
	const char *quote;
} quotes[] = {
	{ "One. Two\nthree.\nFour.", 1, "One." },
	{ "One. Two\nthree.\nFour.", 2, "Two\nthree." },
	{ "One. Two\nthree.\nFour.", 3, "Four." },
	{ "One. Two\nthree.\nFour.", 4, "" },
	{ "A list:\n- first\n- second", 3, "- first\n- second" },
	{ "Title\n\nText that goes\non and on", 1, "Title" },
	{ "Title\n\nText that goes\non and on", 2, "" },
	{ "Title\n\nText that goes\non and on", 4, "Text that goes\non and on" },
	{ "", 1, "" },
};

static void finds_the_sentence_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(places); i++) {
		pv_review_text now = { places[i].text, strlen(places[i].text) };
		int place = pv_review_place(&now, NULL, places[i].quote,
					    places[i].line);

		if (place != places[i].place)
			fail_msg("%s: line %d, not %d", places[i].name, place,
				 places[i].place);
	}
}

static void knows_the_sentence_of_a_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(quotes); i++) {
		pv_buf out = { 0 };

		pv_review_quote(&out, quotes[i].text, strlen(quotes[i].text),
				quotes[i].line);
		if (strcmp(pv_buf_text(&out), quotes[i].quote) != 0)
			fail_msg("%zu: \"%s\"", i, pv_buf_text(&out));
		pv_buf_dispose(&out);
	}
}

/* --- any text ---------------------------------------------------------------- */

enum {
	TEXTS = 3000,
	SENTENCES = 12,
	LONGEST = 12, /* words of a sentence */
	ROOM = 8192
};

/* A text on its way through a change, sentence by sentence. */
struct part {
	char words[LONGEST + 4][12];
	size_t count;
	int was;  /* its number before; -1: it is new */
	int line; /* it begins on, where it was put */
	int last;
};

struct text {
	struct part parts[SENTENCES + 8];
	size_t count;
	char ptr[ROOM];
	size_t len;
};

static unsigned any(uint64_t *seed, unsigned below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(*seed >> 33) % below;
}

static void set_word(struct part *part, size_t at, const char *kind,
		     unsigned number)
{
	snprintf(part->words[at], sizeof(part->words[at]), "%s%u", kind, number);
}

static void invent(struct part *part, const char *kind, uint64_t *seed)
{
	part->count = 3 + any(seed, LONGEST - 3);
	part->was = -1;
	for (size_t i = 0; i < part->count; i++)
		set_word(part, i, kind, any(seed, 40));
}

/* A text in which sentences are much like others. */
static void write_text(struct text *text, uint64_t *seed)
{
	text->count = 3 + any(seed, SENTENCES - 3);
	for (size_t i = 0; i < text->count; i++) {
		struct part *part = &text->parts[i];

		invent(part, "word", seed);
		if (i && any(seed, 3) == 0) {
			*part = text->parts[any(seed, (unsigned)i)];
			set_word(part, any(seed, (unsigned)part->count), "word",
				 any(seed, 40));
		}
		part->was = (int)i;
	}
}

/* Wraps the words anew, each sentence ending in a full stop. */
static void put_text(struct text *text, uint64_t *seed)
{
	size_t width = 20 + any(seed, 60);
	size_t column = 0;
	int line = 1;

	text->len = 0;
	for (size_t i = 0; i < text->count; i++) {
		struct part *part = &text->parts[i];

		for (size_t k = 0; k < part->count; k++) {
			int is_last = k + 1 == part->count;
			size_t len = strlen(part->words[k]) + (size_t)is_last;

			if (column && column + 1 + len > width) {
				text->ptr[text->len++] = '\n';
				line++;
				column = 0;
			} else if (column) {
				text->ptr[text->len++] = ' ';
				column++;
			}
			if (!k)
				part->line = line;
			part->last = line;
			text->len += (size_t)snprintf(text->ptr + text->len,
						      ROOM - text->len, "%s%s",
						      part->words[k],
						      is_last ? "." : "");
			column += len;
		}
	}
}

static void drop(struct text *text, size_t at)
{
	memmove(&text->parts[at], &text->parts[at + 1],
		(--text->count - at) * sizeof(text->parts[0]));
}

static void insert(struct text *text, size_t at, const struct part *part)
{
	memmove(&text->parts[at + 1], &text->parts[at],
		(text->count++ - at) * sizeof(text->parts[0]));
	text->parts[at] = *part;
}

/* One or two words become others, less than half of them. */
static void edit(struct part *part, uint64_t *seed)
{
	unsigned most = (unsigned)(part->count - 1) / 2;
	unsigned count = 1 + any(seed, most < 2 ? 1 : 2);

	for (unsigned i = 0; i < count; i++) {
		size_t at = any(seed, (unsigned)part->count);

		set_word(part, at, "other", any(seed, 1000));
	}
}

/* What revisions do: they move, drop, add and edit sentences. */
static void change(struct text *text, uint64_t *seed)
{
	unsigned count = 1 + any(seed, 5);

	for (unsigned i = 0; i < count && text->count > 1; i++) {
		size_t at = any(seed, (unsigned)text->count);
		struct part part = text->parts[at];

		switch (any(seed, 4)) {
		case 0:
			drop(text, at);
			break;
		case 1:
			drop(text, at);
			insert(text, any(seed, (unsigned)text->count + 1), &part);
			break;
		case 2:
			invent(&part, "new", seed);
			insert(text, at, &part);
			break;
		default:
			edit(&text->parts[at], seed);
		}
		if (text->count > SENTENCES + 6)
			drop(text, 0);
	}
}

static int is_same_part(const struct part *a, const struct part *b)
{
	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->words[i], b->words[i]) != 0)
			return 0;
	return 1;
}

/*
 * Whether a comment may be at a sentence: it has the words, or came of what had
 * them, of which there may have been two.
 */
static int is_right(const struct part *part, const struct text *old,
		    const struct part *said)
{
	return is_same_part(part, said) ||
	       (part->was >= 0 && is_same_part(&old->parts[part->was], said));
}

/* Whether it may be at a line. */
static int is_right_line(const struct text *text, const struct text *old,
			 const struct part *said, int line)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct part *part = &text->parts[i];

		if (line >= part->line && line <= part->last &&
		    is_right(part, old, said))
			return 1;
	}
	return 0;
}

static const struct part *find_same(const struct text *text,
				    const struct part *said)
{
	for (size_t i = 0; i < text->count; i++)
		if (is_same_part(&text->parts[i], said))
			return &text->parts[i];
	return NULL;
}

static const struct part *find_edited(const struct text *text,
				      const struct part *said)
{
	for (size_t i = 0; i < text->count; i++)
		if (text->parts[i].was == said->was)
			return &text->parts[i];
	return NULL;
}

static void fail_text(uint64_t seed, const struct text *old,
		      const struct text *now, const char *quote, int place)
{
	fail_msg("seed %llu, line %d of\n%.*s\nfor \"%s\" of\n%.*s",
		 (unsigned long long)seed, place, (int)now->len, now->ptr,
		 quote, (int)old->len, old->ptr);
}

/* One comment through several revisions; how often it was lost needlessly. */
static int judge(uint64_t start)
{
	static struct text old;
	static struct text now;
	uint64_t seed = start;
	const struct part *said;
	const struct part *edited;
	pv_buf quote = { 0 };
	int place;
	int is_lost;

	write_text(&old, &seed);
	put_text(&old, &seed);
	said = &old.parts[any(&seed, (unsigned)old.count)];
	now = old;
	change(&now, &seed);
	put_text(&now, &seed);
	for (size_t i = 0; i < said->count; i++)
		pv_buf_printf(&quote, "%s%s", i ? " " : "", said->words[i]);
	pv_buf_puts(&quote, ".");
	place = pv_review_place(&(pv_review_text){ now.ptr, now.len },
				&(pv_review_text){ old.ptr, old.len },
				quote.ptr, said->line);
	edited = find_edited(&now, said);
	is_lost = !place && edited;
	if ((place && !is_right_line(&now, &old, said, place)) ||
	    (!place && find_same(&now, said)))
		fail_text(start, &old, &now, quote.ptr, place);
	pv_buf_dispose(&quote);
	return is_lost;
}

/*
 * A comment is never at a sentence that is not the same or what became of it,
 * and always at one that is the same. What was edited is lost only where as
 * much speaks for another sentence, or nearly all of it went.
 */
static void keeps_to_its_sentence(void **state)
{
	int lost = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= TEXTS; seed++)
		lost += judge(seed * 7919);
	if (lost > TEXTS / 100)
		fail_msg("%d of %d were lost", lost, TEXTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_sentence_again),
		cmocka_unit_test(knows_the_sentence_of_a_line),
		cmocka_unit_test(keeps_to_its_sentence),
	};

	return cmocka_run_group_tests_name("review_place", tests, NULL, NULL);
}
