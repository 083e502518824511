/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a merge made to fail, on texts that take it up each
 * rung: lines, fields, words, brackets, and conflicts.
 */
#include "alloc/walk.h"

/* Three texts, and what kind of file they are. */
struct texts {
	const char *path;
	const char *base;
	const char *ours;
	const char *theirs;
};

static const struct texts lines = { "x.txt", "a\nb\nc\n", "A\nb\nc\n",
				    "a\nb\nC\n" };

static const struct texts fields = {
	"x.yaml",
	"# note\nversion: 1.0\ntags:\n- a\n- b\ntools:\n- name: x\n  v: 1\n"
	"gone: 1\ngreeting: Hello there, my friend.\nm:\n  k: 1\n",
	"# note\n# ours\nversion: 1.1\ntags:\n- a\n- b\n- c\ntools:\n- name: y\n"
	"  v: 2\n- name: x\n  v: 1\nsalutation: Hello there, my friend.\n"
	"m:\n    k: 2\n",
	"# note\n# theirs\nversion: 1.2\ntags:\n- b\n- d\ntools:\n- name: x\n"
	"  v: 3\ngone: 1\ngreeting: Hello there, my dear friend.\n"
	"m:\n  k: 1\n  l: 3\n",
};

/* Lines merge it, and bring back what is deleted. */
static const struct texts moved = {
	"x.yaml",
	"l:\n- name: a\n  v: 1\n- name: b\n  v: 1\n- name: c\n  v: 1\n",
	"l:\n- name: a\n  v: 1\n- name: b\n  v: 1\n",
	"l:\n- name: c\n  v: 2\n- name: a\n  v: 1\n- name: b\n  v: 1\n",
};

static const struct texts words = {
	"x.yaml",
	"a: |\n  One two three four five.\nb: >\n  One two three four five.\n"
	"c: \"One two three four\n  five.\"\nd: One two three four five.\n"
	"e:\n- Always cite the sources you used.\n",
	"a: |\n  Uno two three four five.\nb: >\n  Uno two three four five.\n"
	"c: \"Uno two three four\n  five.\"\nd: 'Uno two three four five.'\n"
	"e:\n- Please always cite the sources you used.\n",
	"a: |-\n  One two three four six.\nb: >\n  One two three four six.\n"
	"c: \"One two three four\n  six.\"\nd: One two three four six.\n"
	"e:\n- Always cite the sources you used in full.\n",
};

static const struct texts flow = {
	"x.json",
	"{\"a\": [1, 2], \"b\": {\"c\": \"One two three four five\"}}\n",
	"{\"a\": [1, 2, 3], \"b\": {\"c\": \"Uno two three four five\"}}\n",
	"{\"a\": [0, 1, 2], \"b\": {\"c\": \"One two three four six\"}}\n",
};

static const struct texts conflicts = {
	"x.prompty",
	"---\na: 1\nl:\n- q: one\nb: 2\nt: |\n  One two.\n---\nOne two three.\n",
	"---\na: 2\nl:\n- q: one\n- q: two\nt: |\n  Uno two.\n---\n"
	"Uno two three.\n",
	"---\na: 3\nl:\n- q: one\n- q: three\nb: 4\nt: |\n  First two.\n---\n"
	"First two three.\n",
};

static const struct texts unsettled = { "x.yaml", "a: &x 1\nb: *x\n",
					"a: 2\nb: &x 1\n", "a: 3\nb: 4\n" };

static const struct texts within = {
	"x.yaml",
	"l: 0\nm: {a: 1, b: 2, l: [1, 1], c: 3}\n",
	"l: 0\nm: {a: 2, b: 3, l: [1, 1, 2]}\n",
	"l: 0\nm: {a: 3, b: 4, l: [3, 1, 1], c: 5}\n",
};

static pv_merge_side side_of(const char *text)
{
	pv_merge_side side = { text, strlen(text), NULL };

	return side;
}

static pv_merge_input input_of(const struct texts *texts)
{
	return (pv_merge_input){ .base = side_of(texts->base),
				 .ours = side_of(texts->ours),
				 .theirs = side_of(texts->theirs),
				 .path = texts->path };
}

static int merge(const struct texts *texts, pv_error *err)
{
	pv_merge_input input = input_of(texts);
	pv_merge *made = NULL;
	int rc = pv_merge_new(&made, &input, err);

	if (rc < 0) {
		assert_null(made);
		return rc;
	}
	walk_say("%zu %zu %d %s", pv_merge_markers(made),
		 pv_merge_note_count(made), (int)pv_merge_rung(made),
		 pv_merge_text(made, NULL));
	pv_merge_free(made);
	return rc;
}

static int merge_lines(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&lines, err);
}

static int merge_fields(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&fields, err);
}

static int merge_moved(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&moved, err);
}

static int merge_words(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&words, err);
}

static int merge_flow(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&flow, err);
}

static int merge_conflicts(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&conflicts, err);
}

static int merge_within(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&within, err);
}

/* Fields that share a line, one settled in a run before, others now. */
static int settle_within(void *payload, pv_error *err)
{
	static const char marked[] =
		"l: 0\n<<<<<<< a\nm: {a: 2, b: 3, l: [3, 1, 1, 2]}\n=======\n"
		"m: {a: 2, b: 4, l: [3, 1, 1, 2], c: 5}\n>>>>>>> b\n";
	static const pv_settle calls[] = {
		{ PV_SETTLE_VALUE, "m.b", "7", 1 },
		{ PV_SETTLE_THEIRS, "m.c", NULL, 0 },
	};
	pv_merge_input input = input_of(&within);
	pv_unmerged *file = NULL;
	int rc = pv_unmerged_new(&file, &input, marked, sizeof(marked) - 1, err);

	(void)payload;
	for (size_t i = 0; rc == PV_OK && i < sizeof(calls) / sizeof(*calls); i++)
		rc = pv_unmerged_settle(file, &calls[i], err);
	if (rc == PV_OK)
		walk_say("%s", pv_unmerged_text(file, NULL));
	pv_unmerged_free(file);
	return rc;
}

static int merge_unsettled(void *payload, pv_error *err)
{
	(void)payload;
	return merge(&unsettled, err);
}

/* What a pick of two fields and an element that is gone makes of a text. */
static const struct texts picked = {
	"x.yaml",
	"a: 1\nm: {t: 1, u: 2}\nl:\n- id: x\n- id: y\n  v: 1\n- id: z\n",
	"# n\na: 2\nm: {t: 3, u: 4}\nl:\n- id: w\n- id: y\n  v: 2\n- id: x\n",
	NULL,
};

static int pick(const char *const *paths, size_t count, pv_error *err)
{
	pv_merge_side before = side_of(picked.base);
	pv_merge_side after = side_of(picked.ours);
	pv_buf text = { 0 };
	int rc = pv_merge_pick(&text, &before, &after, paths, count, err);

	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

static int pick_some(void *payload, pv_error *err)
{
	static const char *const paths[] = { "a", "l[1].v", "l[2]" };

	(void)payload;
	return pick(paths, 3, err);
}

static int pick_value(void *payload, pv_error *err)
{
	static const char *const paths[] = { "m.u" };

	(void)payload;
	return pick(paths, 1, err);
}

static const struct walk_row rows[] = {
	{ WALK(pv_merge_new, merge_lines) },
	{ WALK(pv_merge_new, merge_fields) },
	{ WALK(pv_merge_new, merge_moved) },
	{ WALK(pv_merge_new, merge_words) },
	{ WALK(pv_merge_new, merge_flow) },
	{ WALK(pv_merge_new, merge_conflicts) },
	{ WALK(pv_merge_new, merge_unsettled) },
	{ WALK(pv_merge_new, merge_within) },
	{ WALK(pv_unmerged_new, settle_within) },
	{ WALK(pv_unmerged_settle, settle_within) },
	{ WALK(pv_merge_pick, pick_some) },
	{ WALK(pv_merge_pick, pick_value) },
};

static void begin(void *payload)
{
	(void)payload;
}

static void end(void *payload, int rc)
{
	(void)payload;
	(void)rc;
}

static void test_alloc_merge__fails_cleanly_at_every_allocation(void **state)
{
	const struct walk_setting setting = { NULL, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_merge__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_merge", tests, NULL, NULL);
}
