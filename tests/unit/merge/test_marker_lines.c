/* SPDX-License-Identifier: MIT
 *
 * Texts full of lines that look like conflict markers: settling a conflict
 * gives exactly what the sides say. What they say is read from the same merge
 * with markers of a size that no text has. PV_CASES says how many (2000),
 * PV_SEED with which seed to begin.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <pv.h>

enum {
	DEFAULT_CASES = 2000,
	UNUSED_SIZE = 31
};

static const char *const lines[] = {
	"a\n",
	"b\n",
	"c\n",
	"=======\n",
	"=======\n",
	"||||||| base\n",
	">>>>>>> theirs\n",
	">>>>>>>\n",
	"Title\n",
	"\n",
	"<<<<<<<\n",
	"<<<<<<< ours\n",
	"<<<<<<< HEAD\n",
};

struct trial {
	uint64_t seed;
	uint64_t state;
	pv_buf texts[3];
	pv_buf marked; /* as the merge writes it */
	pv_merge_input input;
	/*
	 * All conflicts in one call; or field by field, and then the file may be
	 * read anew for each: a line "<<<<<<< HEAD" of a text, with what is
	 * there for a block by chance, can only be told from a marker while all
	 * is as the merge left it.
	 */
	int at_once;
	int reopens;
};

static size_t number(struct trial *t, size_t below)
{
	t->state ^= t->state << 13;
	t->state ^= t->state >> 7;
	t->state ^= t->state << 17;
	return (size_t)(t->state % below);
}

static void put_line(struct trial *t, pv_buf *out)
{
	size_t count = sizeof(lines) / sizeof(*lines) - (t->reopens ? 3 : 0);

	pv_buf_puts(out, lines[number(t, count)]);
}

/* A copy in which lines are gone, new, or others. */
static void edit(struct trial *t, pv_buf *out, const char *text)
{
	while (*text) {
		const char *end = strchr(text, '\n') + 1;
		size_t what = number(t, 9);

		if (what > 0 && what < 3)
			put_line(t, out);
		if (what != 0 && what != 1)
			pv_buf_put(out, text, (size_t)(end - text));
		text = end;
	}
	if (number(t, 4) == 0)
		put_line(t, out);
}

static void make(struct trial *t)
{
	static const char *const labels[] = { "base", "HEAD", "topic" };
	pv_merge_side *sides[] = { &t->input.base, &t->input.ours,
				   &t->input.theirs };
	int has_front = number(t, 2) == 0;
	pv_buf body = { 0 };

	t->at_once = number(t, 2) == 0;
	t->reopens = !t->at_once && number(t, 2) == 0;
	for (size_t i = number(t, 12); i > 0; i--)
		put_line(t, &body);
	for (size_t i = 0; i < 3; i++) {
		pv_buf *text = &t->texts[i];

		if (has_front)
			pv_buf_printf(text, "---\na: %zu\nb: 1\n---\n", i);
		if (i == 0)
			pv_buf_puts(text, pv_buf_text(&body));
		else
			edit(t, text, pv_buf_text(&body));
		sides[i]->text = pv_buf_text(text);
		sides[i]->len = text->len;
		sides[i]->label = labels[i];
	}
	t->input.path = has_front ? "a.prompty" : "a.md";
	t->input.style = (enum pv_merge_style)number(t, 3);
	t->input.lines_only = !has_front && number(t, 4) == 0;
	pv_buf_dispose(&body);
}

static int is_marker(const char *line, char mark)
{
	for (int i = 0; i < UNUSED_SIZE; i++)
		if (line[i] != mark)
			return 0;
	return 1;
}

/* What the sides say. */
static void read_sides(pv_buf *out, const char *text, enum pv_settle_how how)
{
	char part = ' ';

	while (*text) {
		const char *end = strchr(text, '\n');
		const char *mark = strchr("<|=>", *text);

		end = end ? end + 1 : text + strlen(text);
		if (mark && is_marker(text, *text)) {
			part = (char)(*text == '>' ? ' ' : *text);
		} else if (part == ' ' ||
			   (part == '<' && how != PV_SETTLE_THEIRS) ||
			   (part == '=' && how != PV_SETTLE_OURS)) {
			pv_buf_put(out, text, (size_t)(end - text));
		}
		text = end;
	}
}

static void give_up(const struct trial *t, const char *what, const char *wanted,
		    const char *got)
{
	fail_msg("seed %llu, style %d: %s\nbase:\n%s\nours:\n%s\ntheirs:\n%s\n"
		 "marked:\n%s\nwanted:\n%s\ngot:\n%s",
		 (unsigned long long)t->seed, (int)t->input.style, what,
		 pv_buf_text(&t->texts[0]), pv_buf_text(&t->texts[1]),
		 pv_buf_text(&t->texts[2]), pv_buf_text(&t->marked), wanted, got);
}

/* The input as whoever settles the conflicts knows it. */
static pv_merge_input known_input(const struct trial *t)
{
	pv_merge_input input = t->input;

	input.lines_only = 0;
	input.base.label = NULL;
	input.ours.label = NULL;
	input.theirs.label = NULL;
	return input;
}

static pv_unmerged *open_file(struct trial *t, const pv_buf *text)
{
	pv_merge_input input = known_input(t);
	pv_unmerged *file = NULL;
	pv_error err = { 0 };

	if (pv_unmerged_new(&file, &input, pv_buf_text(text), text->len, &err) < 0)
		give_up(t, err.message, "", pv_buf_text(text));
	return file;
}

/* Settles a field that is left, or all when none has a name. */
static void settle_next(struct trial *t, pv_unmerged *file, enum pv_settle_how how)
{
	pv_settle call = { how, NULL, NULL, 0 };
	pv_error err = { 0 };

	for (size_t i = 0; !t->at_once && i < pv_unmerged_count(file); i++)
		if (pv_unmerged_is_left(file, i) && !call.field)
			call.field = pv_unmerged_at(file, i)->path;
	if (pv_unmerged_settle(file, &call, &err) < 0)
		give_up(t, err.message, "", pv_unmerged_text(file, NULL));
}

static void settle(struct trial *t, pv_buf *text, enum pv_settle_how how)
{
	pv_unmerged *file = open_file(t, text);

	do {
		settle_next(t, file, how);
		pv_buf_clear(text);
		pv_buf_puts(text, pv_unmerged_text(file, NULL));
		if (t->reopens && pv_unmerged_markers(file) > 0) {
			pv_unmerged_free(file);
			file = open_file(t, text);
		}
	} while (pv_unmerged_markers(file) > 0);
	pv_unmerged_free(file);
}

/* What the sides say in the merge by fields or by lines. */
static void read_merge(struct trial *t, pv_buf *out, enum pv_settle_how how,
		       int lines_only)
{
	pv_merge_input input = t->input;
	pv_buf clear = { 0 };
	size_t count;

	input.marker_size = UNUSED_SIZE;
	input.lines_only = lines_only;
	assert_int_equal(pv_merge_file(&clear, &count, &input, NULL), PV_OK);
	read_sides(out, pv_buf_text(&clear), how);
	pv_buf_dispose(&clear);
}

/* Where a merge has been by lines it may stay so, or be made by fields. */
static void check_settled(struct trial *t, const char *text,
			  enum pv_settle_how how)
{
	pv_buf fields = { 0 };
	pv_buf by_lines = { 0 };
	int is_right;

	read_merge(t, &fields, how, 0);
	read_merge(t, &by_lines, how, 1);
	is_right = strcmp(text, pv_buf_text(&fields)) == 0 ||
		   strcmp(text, pv_buf_text(&by_lines)) == 0;
	if (!is_right)
		give_up(t, "other lines than the side's", pv_buf_text(&fields),
			text);
	pv_buf_dispose(&fields);
	pv_buf_dispose(&by_lines);
}

static int try_one(struct trial *t, enum pv_settle_how how)
{
	pv_buf text = { 0 };
	pv_merge_input fields = t->input;
	pv_merge *merge = NULL;
	size_t count = 0;

	assert_int_equal(pv_merge_file(&text, &count, &t->input, NULL), PV_OK);
	pv_buf_puts(&t->marked, pv_buf_text(&text));
	fields.lines_only = 0;
	assert_int_equal(pv_merge_new(&merge, &fields, NULL), PV_OK);
	count = pv_merge_markers(merge) > 0 ? count : 0;
	if (count > 0) {
		settle(t, &text, how);
		check_settled(t, pv_buf_text(&text), how);
	}
	pv_merge_free(merge);
	pv_buf_dispose(&text);
	return count > 0;
}

static unsigned long setting(const char *name, unsigned long usual)
{
	const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe) */

	return value ? strtoul(value, NULL, 10) : usual;
}

static int run_seed(uint64_t seed, enum pv_settle_how how)
{
	struct trial t = { .seed = seed };
	int has_conflict;

	t.state = (t.seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	make(&t);
	has_conflict = try_one(&t, how);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&t.texts[i]);
	pv_buf_dispose(&t.marked);
	return has_conflict;
}

static void test_marker_lines__are_text_where_they_are_text(void **state)
{
	unsigned long cases = setting("PV_CASES", DEFAULT_CASES);
	unsigned long seed = setting("PV_SEED", 1);
	unsigned long conflicts = 0;

	(void)state;
	for (unsigned long i = 0; i < cases; i++)
		conflicts += (unsigned long)
			run_seed(seed + i,
				 (enum pv_settle_how)(i % 2 ? PV_SETTLE_OURS
							    : PV_SETTLE_THEIRS));
	print_message("%lu of %lu cases in conflict\n", conflicts, cases);
	assert_true(conflicts > cases / 4);
}

/* What is between the markers begins as a shorter conflict by fields would. */
static void test_marker_lines__do_not_cut_a_conflict_short(void **state)
{
	(void)state;
	assert_true(run_seed(28944, PV_SETTLE_THEIRS));
}

static void check(const char *const texts[3], enum pv_settle_how how,
		  const char *wanted)
{
	struct trial t = { .input = { .path = "a.md" } };
	pv_merge_side *sides[] = { &t.input.base, &t.input.ours, &t.input.theirs };
	pv_buf text = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < 3; i++) {
		sides[i]->text = texts[i];
		sides[i]->len = strlen(texts[i]);
	}
	assert_int_equal(pv_merge_file(&text, &count, &t.input, NULL), PV_OK);
	assert_true(count > 0);
	settle(&t, &text, how);
	assert_string_equal(pv_buf_text(&text), wanted);
	pv_buf_dispose(&text);
}

static void test_marker_lines__may_be_underlines_of_titles(void **state)
{
	static const char *const texts[] = {
		"Old title\nold intro\n",
		"Title by us\n=======\nintro by us\n",
		"Title by them\nintro by them\n",
	};

	(void)state;
	check(texts, PV_SETTLE_OURS, texts[1]);
	check(texts, PV_SETTLE_THEIRS, texts[2]);
}

/* Somebody edited the conflict: no one can say which line parts the sides. */
static void test_marker_lines__are_not_guessed_at(void **state)
{
	static const char text[] = "<<<<<<< HEAD\nTitle by all of us\n=======\n"
				   "intro\n=======\nTitle by them\n>>>>>>> t\n";
	pv_merge_input input = {
		.base = { "Old\n", 4, NULL },
		.ours = { "Title by us\n=======\nintro\n", 26, NULL },
		.theirs = { "Title by them\n", 14, NULL },
		.path = "a.md",
	};
	const pv_settle call = { PV_SETTLE_OURS, NULL, NULL, 0 };
	pv_unmerged *file = NULL;
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_unmerged_new(&file, &input, text, strlen(text), NULL),
			 PV_OK);
	assert_int_equal(pv_unmerged_markers(file), 1);
	assert_int_equal(pv_unmerged_settle(file, &call, &err), PV_ECONFLICT);
	assert_non_null(strstr(err.hint, "--remerge"));
	assert_string_equal(pv_unmerged_text(file, NULL), text);
	pv_unmerged_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marker_lines__may_be_underlines_of_titles),
		cmocka_unit_test(test_marker_lines__are_not_guessed_at),
		cmocka_unit_test(test_marker_lines__do_not_cut_a_conflict_short),
		cmocka_unit_test(test_marker_lines__are_text_where_they_are_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
