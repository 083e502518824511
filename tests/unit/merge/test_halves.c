/* SPDX-License-Identifier: MIT
 *
 * Conflicts are cut in the right places: whoever takes ours in all of them has
 * what ours has, with no more than what theirs did, and the other way round.
 * The texts are random prompts in which no word occurs twice, edited as people
 * do: sentences and messages come, go and move. PV_CASES says how many (2000),
 * PV_SEED with which seed to begin.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

enum {
	DEFAULT_CASES = 2000,
	MAX_MESSAGES = 8,
	MAX_SENTENCES = 24,
	MAX_WORDS = 8,
	MAX_WORD = 2048,
	LINE = 40
};

/* Words by their number; none is a blank line. */
struct sentence {
	unsigned words[MAX_WORDS];
	size_t count;
};

struct message {
	struct sentence sentences[MAX_SENTENCES];
	size_t count;
	int role;
};

struct prompt {
	struct message messages[MAX_MESSAGES];
	size_t count;
};

struct trial {
	uint64_t seed;
	uint64_t state;
	unsigned next; /* word */
	int is_wrapped;
	int is_text; /* no YAML: a message after the other */
	struct prompt sides[3];
	pv_buf texts[3];
	pv_buf made;
};

static size_t number(struct trial *t, size_t below)
{
	t->state ^= t->state << 13;
	t->state ^= t->state >> 7;
	t->state ^= t->state << 17;
	return (size_t)(t->state % below);
}

/* --- making -------------------------------------------------------------- */

static struct sentence make_sentence(struct trial *t)
{
	struct sentence s = { .count = 2 + number(t, MAX_WORDS - 2) };

	for (size_t i = 0; i < s.count; i++)
		s.words[i] = t->next++;
	return s;
}

static struct message make_message(struct trial *t)
{
	struct message m = { .count = 1 + number(t, MAX_SENTENCES / 4),
			     .role = (int)number(t, 3) };

	for (size_t i = 0; i < m.count; i++)
		if (i % 3 != 2 || i + 1 == m.count || number(t, 2))
			m.sentences[i] = make_sentence(t);
	return m;
}

static void put_in(struct message *m, size_t at, const struct sentence *s)
{
	if (m->count == MAX_SENTENCES)
		return;
	memmove(m->sentences + at + 1, m->sentences + at,
		(m->count - at) * sizeof(*s));
	m->sentences[at] = *s;
	m->count++;
}

static struct sentence take_out(struct message *m, size_t at)
{
	struct sentence s = m->sentences[at];

	m->count--;
	memmove(m->sentences + at, m->sentences + at + 1,
		(m->count - at) * sizeof(s));
	return s;
}

static void edit_message(struct trial *t, struct message *m)
{
	size_t at = number(t, m->count);
	struct sentence s;

	switch (number(t, 5)) {
	case 0:
		s = make_sentence(t);
		put_in(m, at, &s);
		break;
	case 1:
		if (m->count > 1)
			take_out(m, at);
		break;
	case 2:
		s = take_out(m, at);
		put_in(m, number(t, m->count + 1), &s);
		break;
	case 3:
		s = (struct sentence){ .count = 0 };
		put_in(m, m->count, &s);
		s = make_sentence(t);
		put_in(m, m->count, &s);
		break;
	default:
		if (m->sentences[at].count > 0)
			m->sentences[at].words[0] = t->next++;
	}
}

static void put_message(struct prompt *p, size_t at, const struct message *m)
{
	if (p->count == MAX_MESSAGES)
		return;
	memmove(p->messages + at + 1, p->messages + at,
		(p->count - at) * sizeof(*m));
	p->messages[at] = *m;
	p->count++;
}

static void edit(struct trial *t, struct prompt *p)
{
	size_t at = number(t, p->count);
	struct message m = p->messages[at];
	size_t what = number(t, 10);

	if (what == 0) {
		m = make_message(t);
		put_message(p, at, &m);
	} else if (what < 3 && p->count > 1) {
		p->count--;
		memmove(p->messages + at, p->messages + at + 1,
			(p->count - at) * sizeof(m));
		if (what == 1)
			put_message(p, number(t, p->count + 1), &m);
	} else {
		edit_message(t, &p->messages[at]);
	}
}

/* --- writing ------------------------------------------------------------- */

static void write_message(const struct trial *t, pv_buf *out,
			  const struct message *m)
{
	const char *indent = t->is_text ? "" : "      ";
	size_t column = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct sentence *s = &m->sentences[i];

		for (size_t j = 0; j < s->count; j++) {
			pv_buf_printf(out, "%s%sw%u%s", column ? " " : indent, "",
				      s->words[j], j + 1 < s->count ? "" : ".");
			column += 6;
			if (column > LINE && t->is_wrapped) {
				pv_buf_putc(out, '\n');
				column = 0;
			}
		}
		if (column > 0 &&
		    (!t->is_wrapped || s->count == 0 || i + 1 == m->count)) {
			pv_buf_putc(out, '\n');
			column = 0;
		}
		if (s->count == 0 && i + 1 < m->count)
			pv_buf_putc(out, '\n');
	}
}

static void write_prompt(const struct trial *t, pv_buf *out,
			 const struct prompt *p)
{
	static const char *const roles[] = { "system", "user", "assistant" };

	if (!t->is_text)
		pv_buf_puts(out, "messages:\n");
	for (size_t i = 0; i < p->count; i++) {
		if (!t->is_text)
			pv_buf_printf(out, "  - role: %s\n    content: |\n",
				      roles[p->messages[i].role]);
		write_message(t, out, &p->messages[i]);
	}
}

/* --- judging ------------------------------------------------------------- */

static void count_words(unsigned char counts[MAX_WORD], const char *text)
{
	memset(counts, 0, MAX_WORD);
	for (const char *at = text; *at; at++)
		if (*at == 'w' && at[1] >= '0' && at[1] <= '9')
			counts[strtoul(at + 1, NULL, 10)]++;
}

static int is_marker(const char *line, char mark)
{
	return strspn(line, (char[]){ mark, '\0' }) == 7;
}

/* The text with all conflicts settled for one side. */
static void settle(pv_buf *out, const char *text, size_t side)
{
	size_t place = 0; /* 1 in ours, 2 in theirs */

	while (*text) {
		size_t len = strcspn(text, "\n") + 1;

		if (is_marker(text, '<'))
			place = 1;
		else if (is_marker(text, '='))
			place = 2;
		else if (is_marker(text, '>'))
			place = 0;
		else if (place == 0 || place == side)
			pv_buf_put(out, text, len);
		text += len;
	}
}

static void give_up(const struct trial *t, size_t side, size_t word)
{
	fail_msg("PV_SEED=%llu PV_CASES=1: w%zu is gone, or there twice, where "
		 "side %zu is taken\nbase:\n%s\nours:\n%s\ntheirs:\n%s\n"
		 "merged:\n%s",
		 (unsigned long long)t->seed, word, side,
		 pv_buf_text(&t->texts[0]), pv_buf_text(&t->texts[1]),
		 pv_buf_text(&t->texts[2]), pv_buf_text(&t->made));
}

static void check_half(const struct trial *t, size_t side)
{
	unsigned char base[MAX_WORD];
	unsigned char own[MAX_WORD];
	unsigned char other[MAX_WORD];
	unsigned char half[MAX_WORD];
	pv_buf text = { 0 };

	settle(&text, pv_buf_text(&t->made), side);
	count_words(half, pv_buf_text(&text));
	count_words(base, pv_buf_text(&t->texts[0]));
	count_words(own, pv_buf_text(&t->texts[side]));
	count_words(other, pv_buf_text(&t->texts[3 - side]));
	for (size_t i = 0; i < t->next; i++) {
		int may_go = own[i] && base[i] && !other[i];
		int may_come = !own[i] && !base[i] && other[i];

		if (half[i] > own[i] + may_come || half[i] + may_go < own[i])
			give_up(t, side, i);
	}
	pv_buf_dispose(&text);
}

struct totals {
	unsigned long conflicts;
	unsigned long by_lines;
};

/* The last rung is git's line merge, with its conflicts. */
static void judge(struct trial *t, struct totals *totals)
{
	pv_merge_input input = { .path = t->is_text ? "x.md" : "x.yaml" };
	pv_merge_side *sides[] = { &input.base, &input.ours, &input.theirs };
	pv_merge *merge = NULL;

	for (size_t i = 0; i < 3; i++) {
		sides[i]->text = pv_buf_text(&t->texts[i]);
		sides[i]->len = t->texts[i].len;
	}
	assert_int_equal(pv_merge_new(&merge, &input, NULL), PV_OK);
	pv_buf_puts(&t->made, pv_merge_text(merge, NULL));
	totals->by_lines += pv_merge_rung(merge) == PV_MERGE_UNSETTLED;
	if (pv_merge_rung(merge) == PV_MERGE_BY_FIELDS &&
	    pv_merge_markers(merge) > 0) {
		totals->conflicts++;
		check_half(t, 1);
		check_half(t, 2);
	}
	pv_merge_free(merge);
}

static void run_seed(uint64_t seed, struct totals *totals)
{
	struct trial *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->seed = seed;
	t->state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	t->is_wrapped = number(t, 2) == 0;
	t->is_text = number(t, 4) == 0;
	t->sides[0].count = 1 + number(t, MAX_MESSAGES / 2);
	for (size_t i = 0; i < t->sides[0].count; i++)
		t->sides[0].messages[i] = make_message(t);
	for (size_t i = 0; i < 3; i++) {
		if (i > 0)
			t->sides[i] = t->sides[0];
		for (size_t k = 1 + number(t, 4); i > 0 && k > 0; k--)
			edit(t, &t->sides[i]);
		write_prompt(t, &t->texts[i], &t->sides[i]);
	}
	judge(t, totals);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&t->texts[i]);
	pv_buf_dispose(&t->made);
	free(t);
}

static unsigned long setting(const char *name, unsigned long usual)
{
	const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe) */

	return value ? strtoul(value, NULL, 10) : usual;
}

static void test_halves__are_what_the_sides_have(void **state)
{
	unsigned long cases = setting("PV_CASES", DEFAULT_CASES);
	unsigned long seed = setting("PV_SEED", 1);
	struct totals totals = { 0 };

	(void)state;
	for (unsigned long i = 0; i < cases; i++)
		run_seed(seed + i, &totals);
	print_message("%lu cases: %lu in conflict by fields, %lu by lines\n",
		      cases, totals.conflicts, totals.by_lines);
	assert_true(cases < 100 || totals.conflicts > cases / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_halves__are_what_the_sides_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
