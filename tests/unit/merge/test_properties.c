/* SPDX-License-Identifier: MIT
 *
 * What holds of every merge, on random documents and random edits of both
 * sides. PV_CASES says how many (5000), PV_SEED with which seed to begin (1);
 * what fails prints its own seed, which makes the same case again.
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

#include "base/mem.h"
#include "judge/blur.h"
#include "judge/loss.h"
#include "judge/settling.h"
#include "merge/prompt_texts.h"

enum {
	DEFAULT_CASES = 5000,
	HEAD_ONE_IN = 8,
	NAMES_ONE_IN = 4
};

/* One case; `made` is the merge of the three. */
struct trial {
	uint64_t seed;
	pv_arena arena;
	pv_buf texts[3];
	pv_merge *made;
};

struct totals {
	unsigned long cases;
	unsigned long clean;
	unsigned long by_lines;
	unsigned long conflicts; /* settled by fields, with markers */
	unsigned long unsettled;
	unsigned long shared; /* cases with anchors, */
	unsigned long shared_unsettled;
	unsigned long marked;         /* or with comments behind values, */
	unsigned long marked_again;   /* not the same, twice each */
	unsigned long shared_swapped; /* clean one way round only */
	unsigned long by_fields;      /* of the clean ones */
	/* Of these, by class; last those of any. */
	unsigned long blurred[BLURS + 1];
	/* Of these, not the same when merged once more, twice each; last those
	   of none. */
	unsigned long again[BLURS + 1];
	unsigned long others_again; /* of these, clean */
};

static pv_str text_of(const pv_merge *made)
{
	pv_str text;

	text.ptr = pv_merge_text(made, &text.len);
	return text;
}

static pv_str side_of(const struct trial *t, size_t side)
{
	pv_str text = { pv_buf_text(&t->texts[side]), t->texts[side].len };

	return text;
}

static int has_anchors(const struct trial *t)
{
	for (size_t i = 0; i < 3; i++)
		if (strchr(pv_buf_text(&t->texts[i]), '&'))
			return 1;
	return 0;
}

/* Also those with comments behind values: these move along, or stay. */
static int is_marked(const struct trial *t)
{
	for (size_t i = 0; i < 3; i++)
		if (strstr(pv_buf_text(&t->texts[i]), " # "))
			return 1;
	return has_anchors(t);
}

static pv_merge_input input_of(pv_str base, pv_str ours, pv_str theirs)
{
	return (pv_merge_input){ .base = { base.ptr, base.len, NULL },
				 .ours = { ours.ptr, ours.len, NULL },
				 .theirs = { theirs.ptr, theirs.len, NULL },
				 .path = "x.yaml" };
}

static pv_merge *merge(pv_str base, pv_str ours, pv_str theirs)
{
	pv_merge_input input = input_of(base, ours, theirs);
	pv_merge *made = NULL;
	pv_error err;

	if (pv_merge_new(&made, &input, &err) < 0)
		fail_msg("%s", err.message);
	return made;
}

static void give_up(const struct trial *t, const char *what)
{
	static const char *const names[] = { "base", "ours", "theirs" };

	for (size_t i = 0; i < 3; i++)
		fprintf(stderr, "--- %s\n%s", names[i],
			pv_buf_text(&t->texts[i]));
	if (t->made)
		fprintf(stderr, "--- merged\n%s", text_of(t->made).ptr);
	fail_msg("PV_SEED=%llu PV_CASES=1: %s", (unsigned long long)t->seed,
		 what);
}

/* --- comparing as data --------------------------------------------------- */

static int cmp_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A text without regard to how it is wrapped. */
static void put_words(pv_buf *out, pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		int is_blank = strchr(" \n", text.ptr[i]) != NULL;

		if (!is_blank || i == 0 || !strchr(" \n", text.ptr[i - 1]))
			pv_buf_putc(out, is_blank ? ' ' : text.ptr[i]);
	}
}

/* One text for all that are the same but for the order of lists and keys. */
static char *spell(pv_arena *arena, const pv_tree *tree)
{
	char **parts = pv_arena_alloc(arena, (tree->count + 1) * sizeof(char *));
	pv_buf out = { 0 };
	char *text;

	for (size_t i = 0; i < tree->count; i++) {
		const pv_tree *item = &tree->items[i];
		pv_buf part = { 0 };

		pv_buf_printf(&part, "%s:%s", item->key ? item->key->text : "-",
			      spell(arena, item));
		parts[i] = pv_arena_dup(arena, pv_buf_text(&part), part.len);
		pv_buf_dispose(&part);
	}
	qsort(parts, tree->count, sizeof(char *), cmp_texts);
	pv_buf_putc(&out, pv_tree_is_list(tree) ? '[' : '{');
	put_words(&out, tree->value);
	for (size_t i = 0; i < tree->count; i++)
		pv_buf_printf(&out, "%s,", parts[i]);
	pv_buf_putc(&out, '}');
	text = pv_arena_dup(arena, pv_buf_text(&out), out.len);
	pv_buf_dispose(&out);
	return text;
}

/* NULL when the text is no YAML. */
static char *read_data(pv_arena *arena, pv_str text)
{
	pv_tree *tree = NULL;
	pv_yaml *doc = NULL;
	char *data = NULL;

	if (pv_tree_read(&tree, &doc, arena, text, NULL) == PV_OK)
		data = spell(arena, tree);
	pv_yaml_free(doc);
	return data;
}

static int same_data(struct trial *t, pv_str a, pv_str b)
{
	const char *left = read_data(&t->arena, a);
	const char *right = read_data(&t->arena, b);

	return left && right && !strcmp(left, right);
}

/* --- the properties ------------------------------------------------------ */

static void expect_text(const struct trial *t, pv_str base, pv_str ours,
			pv_str theirs, pv_str want)
{
	pv_merge *made = merge(base, ours, theirs);

	if (pv_merge_markers(made) || !pv_str_eq(text_of(made), want))
		give_up(t, "one side's text does not come out as it is");
	pv_merge_free(made);
}

static void check_one_sided(const struct trial *t)
{
	pv_str base = side_of(t, 0);
	pv_str ours = side_of(t, 1);
	pv_str theirs = side_of(t, 2);

	expect_text(t, base, ours, base, ours);
	expect_text(t, base, base, theirs, theirs);
	expect_text(t, base, ours, ours, ours);
}

/*
 * What both put in one place comes in the order of the sides: an alias may come
 * before its anchor in the one and not in the other. That is rare, and counted.
 */
static void check_swapped(struct trial *t, struct totals *totals)
{
	pv_merge *made = merge(side_of(t, 0), side_of(t, 2), side_of(t, 1));
	int differs = !pv_merge_markers(made) != !pv_merge_markers(t->made);

	if (differs && has_anchors(t))
		totals->shared_swapped++;
	else if (differs)
		give_up(t, "with the sides swapped it conflicts, or not");
	if (!differs && !pv_merge_markers(made) &&
	    !same_data(t, text_of(made), text_of(t->made)))
		give_up(t, "with the sides swapped it is other data");
	pv_merge_free(made);
}

/* Of several documents the lines are merged, and no more. */
static int has_several(const struct trial *t)
{
	return strstr(pv_buf_text(&t->texts[0]), "\n---") != NULL;
}

static void check_lines(const struct trial *t)
{
	pv_merge_input input =
		input_of(side_of(t, 0), side_of(t, 1), side_of(t, 2));
	pv_merge *lines = NULL;

	input.lines_only = 1;
	if (pv_merge_new(&lines, &input, NULL) < 0)
		give_up(t, "no line merge");
	if (!pv_str_eq(text_of(lines), text_of(t->made)))
		give_up(t, "of several documents it is not what git makes");
	pv_merge_free(lines);
}

static void check_union(struct trial *t)
{
	static int (*const finders[])(pv_buf *, const loss_case *) = {
		loss_by_invention, loss_of_words,     loss_by_new_lines,
		loss_of_leaves,    loss_of_additions, loss_by_doubling,
		loss_by_return,    loss_of_deletions, loss_of_comments
	};
	/* Lines are git's: a comment of what one side moves may be lost. */
	size_t count = pv_array_len(finders) -
		       (pv_merge_rung(t->made) == PV_MERGE_BY_LINES);
	pv_yaml *docs[LOSS_ALL] = { NULL };
	loss_case c = { 0 };
	pv_buf what = { 0 };

	for (size_t i = 0; i < LOSS_ALL; i++) {
		pv_tree *tree = NULL;

		c.texts[i] = i < LOSS_RESULT ? side_of(t, i) : text_of(t->made);
		if (pv_tree_read(&tree, &docs[i], &t->arena, c.texts[i], NULL))
			give_up(t, "it is no YAML");
		c.trees[i] = tree;
	}
	for (size_t i = 0; i < count; i++)
		if (finders[i](&what, &c))
			give_up(t, pv_buf_text(&what));
	for (size_t i = 0; i < LOSS_ALL; i++)
		pv_yaml_free(docs[i]);
	pv_buf_dispose(&what);
}

/* --- merging once more ---------------------------------------------------- */

static unsigned find_blurs(struct trial *t)
{
	pv_yaml *docs[3] = { NULL };
	loss_case c = { 0 };
	unsigned blurs;

	for (size_t i = 0; i < 3; i++) {
		pv_tree *tree = NULL;

		c.texts[i] = side_of(t, i);
		if (pv_tree_read(&tree, &docs[i], &t->arena, c.texts[i], NULL))
			give_up(t, "it is no YAML");
		c.trees[i] = tree;
	}
	blurs = blur_of(&c);
	for (size_t i = 0; i < 3; i++)
		pv_yaml_free(docs[i]);
	return blurs;
}

/* Counts what is not the same as the first of the classes that it is of. */
static void count_again(struct totals *totals, unsigned blurs, uint64_t seed)
{
	size_t which = 0;

	while (which < BLURS && !(blurs & 1U << which))
		which++;
	totals->again[which]++;
	if (which == BLURS)
		print_message("PV_SEED=%llu: merged once more it is not the "
			      "same\n",
			      (unsigned long long)seed);
}

/*
 * Merged once more with a side nothing should change, but where what both did
 * is blurred: that is rare, and counted. The lines of git are not looked at:
 * they bring back what one side deletes and the other moves.
 */
static void check_again(struct trial *t, struct totals *totals)
{
	pv_str text = text_of(t->made);
	unsigned blurs = find_blurs(t);

	for (size_t i = 0; i < BLURS; i++)
		totals->blurred[i] += blurs >> i & 1;
	totals->blurred[BLURS] += blurs != 0;
	for (size_t i = 1; i < 3; i++) {
		pv_merge *made = merge(side_of(t, 0), text, side_of(t, i));
		int conflicts = pv_merge_markers(made) > 0;
		int differs = !conflicts &&
			      pv_merge_rung(made) != PV_MERGE_BY_LINES &&
			      !same_data(t, text_of(made), text);

		if ((conflicts || differs) && is_marked(t))
			totals->marked_again++;
		else if (conflicts || differs)
			count_again(totals, blurs, t->seed);
		totals->others_again += (unsigned long)differs;
		pv_merge_free(made);
	}
}

static int is_marker(const char *line, char mark)
{
	for (size_t i = 0; i < 7; i++)
		if (line[i] != mark)
			return 0;
	return 1;
}

/* The text with all conflicts settled for one side. */
static void settle(pv_buf *out, pv_str text, size_t side)
{
	size_t place = 0; /* 1 in ours, 2 in theirs */

	for (const char *at = text.ptr; *at;) {
		const char *end = strchr(at, '\n');
		size_t len = end ? (size_t)(end - at) + 1 : strlen(at);

		if (is_marker(at, '<'))
			place = 1;
		else if (place == 1 && is_marker(at, '='))
			place = 2;
		else if (place == 2 && is_marker(at, '>'))
			place = 0;
		else if (place == 0 || place == side)
			pv_buf_put(out, at, len);
		at += len;
	}
}

/* Settles one field that is left; 0 when there is none. */
static int settle_next(struct trial *t, pv_buf *text, size_t side)
{
	pv_merge_input input =
		input_of(side_of(t, 0), side_of(t, 1), side_of(t, 2));
	pv_settle call = { side == 1 ? PV_SETTLE_OURS : PV_SETTLE_THEIRS, NULL,
			   NULL, 0 };
	pv_unmerged *file = NULL;
	pv_error err = { 0 };

	if (pv_unmerged_new(&file, &input, pv_buf_text(text), text->len, &err) < 0)
		give_up(t, err.message);
	for (size_t i = 0; i < pv_unmerged_count(file); i++)
		if (pv_unmerged_is_left(file, i))
			call.field = pv_unmerged_at(file, i)->path;
	if (!call.field && pv_unmerged_markers(file) > 0)
		give_up(t, "no field is left, but there are markers");
	if (call.field && pv_unmerged_settle(file, &call, &err) < 0)
		give_up(t, err.message);
	pv_buf_clear(text);
	pv_buf_puts(text, pv_unmerged_text(file, NULL));
	pv_unmerged_free(file);
	return call.field != NULL;
}

/* Field by field, each in a run of its own. */
static void check_fields(struct trial *t, size_t side, const char *want)
{
	pv_str made = text_of(t->made);
	pv_buf text = { 0 };

	pv_buf_put(&text, made.ptr, made.len);
	for (size_t i = 0; settle_next(t, &text, side); i++)
		if (i > pv_merge_markers(t->made) * PROMPT_MAX_ITEMS)
			give_up(t, "what is settled is still left");
	if (strcmp(pv_buf_text(&text), want) != 0)
		give_up(t, "settled field by field it is another text");
	pv_buf_dispose(&text);
}

static void check_settled(struct trial *t)
{
	for (size_t side = 1; side < 3; side++) {
		pv_buf text = { 0 };
		pv_str slice;

		settle(&text, text_of(t->made), side);
		slice.ptr = pv_buf_text(&text);
		slice.len = text.len;
		if (!read_data(&t->arena, slice))
			give_up(t, "settled for one side it is no YAML");
		check_fields(t, side, slice.ptr);
		pv_buf_dispose(&text);
	}
}

/* By the names that the conflicts are listed under. */
static void check_names(const struct trial *t)
{
	pv_merge_input input =
		input_of(side_of(t, 0), side_of(t, 1), side_of(t, 2));
	pv_buf what = { 0 };

	if (settling_by_names(&what, &input, t->made))
		give_up(t, pv_buf_text(&what));
	pv_buf_dispose(&what);
}

/*
 * The line above all that is on both sides is there once, whichever fields are
 * settled for whom, with a base and without one.
 */
static void check_head(const struct trial *from, int has_base)
{
	static const char head[] = "# yaml-language-server: $schema=x.json\n";
	static const char *const firsts[] = { "", "mine: 1\n", "yours: 2\n" };
	struct trial t = { .seed = from->seed };
	pv_buf text = { 0 };
	const char *found;
	int is_settled;

	for (size_t i = !has_base; i < 3; i++)
		pv_buf_printf(&t.texts[i], "%s%s%s", head, firsts[i],
			      pv_buf_text(&from->texts[i]));
	t.made = merge(side_of(&t, 0), side_of(&t, 1), side_of(&t, 2));
	pv_buf_put(&text, text_of(t.made).ptr, text_of(t.made).len);
	is_settled = pv_merge_rung(t.made) == PV_MERGE_BY_FIELDS;
	for (size_t i = 1; is_settled && settle_next(&t, &text, i); i = 3 - i)
		continue;
	found = strstr(pv_buf_text(&text), head);
	if (is_settled && (!found || strstr(found + 1, head)))
		give_up(&t, "the line above all is lost, or there twice");
	pv_merge_free(t.made);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&t.texts[i]);
	pv_buf_dispose(&text);
	pv_arena_dispose(&t.arena);
}

/* --- trials -------------------------------------------------------------- */

/* A file of one document. */
static void check_made(struct trial *t, struct totals *totals)
{
	enum pv_merge_rung rung = pv_merge_rung(t->made);

	int is_shared = has_anchors(t);

	totals->by_lines += rung == PV_MERGE_BY_LINES;
	totals->shared += (unsigned long)is_shared;
	totals->marked += (unsigned long)is_marked(t);
	if (rung == PV_MERGE_UNSETTLED)
		++*(is_shared ? &totals->shared_unsettled : &totals->unsettled);
	if (pv_merge_markers(t->made) == 0) {
		totals->clean++;
		check_union(t);
		if (rung == PV_MERGE_BY_FIELDS) {
			totals->by_fields++;
			check_again(t, totals);
		}
	} else if (rung == PV_MERGE_BY_FIELDS) {
		totals->conflicts++;
		check_settled(t);
	}
	/* Lines that clash may part an alias from its anchor. */
	if (pv_merge_markers(t->made) > 0 &&
	    (rung == PV_MERGE_BY_FIELDS || !is_shared) &&
	    t->seed % NAMES_ONE_IN == 0)
		check_names(t);
	check_swapped(t, totals);
	for (int i = 0; i < 2 && t->seed % HEAD_ONE_IN == 0; i++)
		check_head(t, i);
}

static void run_trial(struct totals *totals, uint64_t seed)
{
	struct trial t = { .seed = seed };

	prompt_random_texts(&t.arena, seed, t.texts);
	check_one_sided(&t);
	t.made = merge(side_of(&t, 0), side_of(&t, 1), side_of(&t, 2));
	totals->cases++;
	if (has_several(&t))
		check_lines(&t);
	else
		check_made(&t, totals);
	pv_merge_free(t.made);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&t.texts[i]);
	pv_arena_dispose(&t.arena);
}

static uint64_t setting(const char *name, uint64_t fallback)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 10) : fallback;
}

/*
 * How many of a class may not be the same when merged once more: one in so many
 * of the cases that are clean by fields, twice what is measured, and two for
 * chance; of no class hardly any, and one for chance where there are many.
 */
static void check_totals(const struct totals *totals)
{
	static const struct {
		const char *name;
		unsigned long one_in;
	} classes[BLURS + 1] = {
		[BLUR_WORDS] = { "words", 200 },
		[BLUR_NEAR] = { "near words", 500 },
		[BLUR_ELEMENTS] = { "elements", 250 },
		[BLUR_KEYS] = { "keys", 120 },
		[BLUR_PLACES] = { "places", 1000 },
		[BLUR_COMMENTS] = { "comments", 500 },
		[BLUR_RECORDS] = { "records", 250 },
		[BLURS] = { "all, or of no class", 5000 },
	};

	for (size_t i = 0; i <= BLURS; i++) {
		print_message("blurred %s: %lu cases, %lu not the same when "
			      "merged once more\n",
			      classes[i].name, totals->blurred[i],
			      totals->again[i]);
		assert_true(
			totals->again[i] <=
			totals->by_fields / classes[i].one_in +
				(i < BLURS ? 2 : totals->cases > DEFAULT_CASES));
	}
	print_message("%lu of these clean\n", totals->others_again);
	assert_true(totals->others_again <= totals->by_fields / 1000 + 2);
	assert_true(totals->unsettled <= totals->cases / 1000);
	assert_true(totals->shared_unsettled <= totals->shared / 50 + 2);
	assert_true(totals->marked_again <= totals->marked / 90 + 2);
	assert_true(totals->shared_swapped <= totals->shared / 400 + 2);
}

static void test_merge_properties__hold_on_random_prompts(void **state)
{
	uint64_t seed = setting("PV_SEED", 1);
	uint64_t cases = setting("PV_CASES", DEFAULT_CASES);
	struct totals totals = { 0 };

	(void)state;
	print_message("PV_SEED=%llu\n", (unsigned long long)seed);
	for (uint64_t i = 0; i < cases; i++)
		run_trial(&totals, seed + i);
	print_message("%lu cases: %lu clean (%lu by lines), %lu in conflict by "
		      "fields, %lu by lines; %lu clean by fields\n",
		      totals.cases, totals.clean, totals.by_lines,
		      totals.conflicts, totals.unsettled, totals.by_fields);
	print_message("%lu cases with anchors: %lu in conflict by lines, %lu "
		      "clean one way round only\n",
		      totals.shared, totals.shared_unsettled,
		      totals.shared_swapped);
	print_message("%lu cases with anchors or comments behind values: %lu "
		      "not the same when merged once more\n",
		      totals.marked, totals.marked_again);
	check_totals(&totals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_properties__hold_on_random_prompts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
