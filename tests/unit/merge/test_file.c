/* SPDX-License-Identifier: MIT
 *
 * The merge of one file against the git program: the same bytes and the same
 * number of conflicts as `git merge-file -p`, on seeded random texts and on
 * the merges of a real repository.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pv.h>

#include "base/mem.h"
#include "cases.h"
#include "scratch.h"

enum {
	RANDOM_CASES = 600,
	GIT_MAX_STATUS = 127
};

struct folder {
	char path[64];
	char files[3][96]; /* base, ours, theirs */
};

static const char *const names[] = { "base", "ours", "theirs" };

static int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return -1;
	scratch_path(folder->path, sizeof(folder->path), "pv-merge.XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	for (size_t i = 0; i < pv_array_len(names); i++)
		snprintf(folder->files[i], sizeof(folder->files[i]), "%s/%s",
			 folder->path, names[i]);
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < pv_array_len(names); i++)
		unlink(folder->files[i]);
	rmdir(folder->path);
	free(folder);
	return 0;
}

/* --- asking git ---------------------------------------------------------- */

static void write_file(const char *path, const pv_merge_side *side)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(side->text ? side->text : "", 1, side->len, file),
			 side->len);
	assert_int_equal(fclose(file), 0);
}

static int ask_git(pv_buf *out, const struct folder *folder,
		   const pv_merge_input *input)
{
	static const char *const styles[] = { "--no-diff3", "--diff3",
					      "--zdiff3" };
	char size[32];
	const char *args[] = { "merge-file",
			       "-p",
			       "-q",
			       "-L",
			       "ours",
			       "-L",
			       "base",
			       "-L",
			       "theirs",
			       size,
			       styles[input->style],
			       "ours",
			       "base",
			       "theirs",
			       NULL };
	pv_git_options opts = { .dir = folder->path };
	int status = -1;

	snprintf(size, sizeof(size), "--marker-size=%d",
		 input->marker_size ? input->marker_size : 7);
	write_file(folder->files[0], &input->base);
	write_file(folder->files[1], &input->ours);
	write_file(folder->files[2], &input->theirs);
	assert_int_equal(pv_git_run(out, &status, NULL, args, &opts, NULL),
			 PV_OK);
	return status;
}

static void dump(const char *what, const pv_merge_input *input)
{
	print_error("%s\n--- base\n%.*s\n--- ours\n%.*s\n--- theirs\n%.*s\n",
		    what, (int)input->base.len, input->base.text,
		    (int)input->ours.len, input->ours.text,
		    (int)input->theirs.len, input->theirs.text);
}

/* Both merge the same input; 1 when they agree. */
static int agrees(const struct folder *folder, const pv_merge_input *input)
{
	pv_buf theirs = { 0 };
	pv_buf ours = { 0 };
	size_t conflicts = 0;
	int status = ask_git(&theirs, folder, input);
	pv_merge_input lines = *input;
	int same;

	lines.lines_only = 1;

	assert_int_equal(pv_merge_file(&ours, &conflicts, &lines, NULL), PV_OK);
	same = ours.len == theirs.len &&
	       (ours.len == 0 || !memcmp(ours.ptr, theirs.ptr, ours.len));
	if (conflicts > GIT_MAX_STATUS)
		conflicts = GIT_MAX_STATUS;
	same = same && conflicts == (size_t)status;
	if (!same) {
		dump("git disagrees", input);
		print_error("--- git (%d)\n%s\n--- we (%zu)\n%s\n", status,
			    pv_buf_text(&theirs), conflicts, pv_buf_text(&ours));
	}
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
	return same;
}

/* --- random texts -------------------------------------------------------- */

static unsigned next_random(uint64_t *seed, unsigned below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(*seed >> 33) % below;
}

static void put_line(pv_buf *out, uint64_t *seed, const char *line_end)
{
	static const char *const lines[] = {
		"a: 1", "b: 2", "  c: three", "",  "- item",       "}",
		"text", "--",   "a: 2",       "x", "<<<<<<< ours", "=======",
	};

	pv_buf_puts(out, lines[next_random(seed, pv_array_len(lines))]);
	pv_buf_puts(out, line_end);
}

static void random_text(pv_buf *out, uint64_t *seed, const char *line_end)
{
	unsigned count = next_random(seed, 30);

	for (unsigned i = 0; i < count; i++)
		put_line(out, seed, line_end);
	if (out->len > 0 && next_random(seed, 6) == 0)
		pv_buf_truncate(out, out->len - 1);
}

/* A copy with some lines dropped, doubled, changed or put in between. */
static void mutate(pv_buf *out, const pv_buf *from, uint64_t *seed,
		   const char *line_end)
{
	const char *at = pv_buf_text(from);
	const char *end = at + from->len;
	unsigned rate = 3 + next_random(seed, 12);

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline + 1 : end;
		unsigned dice = next_random(seed, rate);

		if (dice != 0)
			pv_buf_put(out, at, (size_t)(stop - at));
		if (dice <= 1)
			put_line(out, seed, line_end);
		at = stop;
	}
	if (next_random(seed, 8) == 0)
		put_line(out, seed, line_end);
}

static void check_random_case(const struct folder *folder, uint64_t seed)
{
	static const char *const line_ends[] = { "\n", "\n", "\r\n" };
	const char *line_end = line_ends[next_random(&seed, 3)];
	pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };
	pv_merge_input input = { 0 };

	random_text(&texts[0], &seed, line_end);
	mutate(&texts[1], &texts[0], &seed, line_end);
	mutate(&texts[2], &texts[0], &seed,
	       next_random(&seed, 10) ? line_end : "\n");
	if (next_random(&seed, 10) == 0)
		pv_buf_clear(&texts[0]);
	input.base =
		(pv_merge_side){ pv_buf_text(&texts[0]), texts[0].len, NULL };
	input.ours =
		(pv_merge_side){ pv_buf_text(&texts[1]), texts[1].len, NULL };
	input.theirs =
		(pv_merge_side){ pv_buf_text(&texts[2]), texts[2].len, NULL };
	input.style = (enum pv_merge_style)next_random(&seed, 3);
	if (next_random(&seed, 4) == 0)
		input.marker_size = 3 + (int)next_random(&seed, 20);
	if (!agrees(folder, &input))
		fail_msg("seed %llu", (unsigned long long)seed);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
}

static void test_merge_file__is_that_of_git_on_random_texts(void **state)
{
	for (uint64_t seed = 1; seed <= RANDOM_CASES; seed++)
		check_random_case(*state, seed * 7919);
}

/* --- real merges --------------------------------------------------------- */

static pv_merge_side side_of(const pv_json *row, const char *key)
{
	pv_merge_side side = { 0 };

	side.text = pv_json_text(pv_json_get(row, key), &side.len);
	return side;
}

/* The rows of a corpus, and where each is merged. */
struct rows {
	const struct folder *folder;
	unsigned count;
};

static void check_row(void *payload, unsigned line, const pv_json *row)
{
	struct rows *rows = payload;
	pv_merge_input input = { 0 };

	input.base = side_of(row, "base");
	input.ours = side_of(row, "ours");
	input.theirs = side_of(row, "theirs");
	if (!agrees(rows->folder, &input))
		fail_msg("row %u", line);
	rows->count++;
}

static void test_merge_file__is_that_of_git_on_real_merges(void **state)
{
	static const char path[] =
		PV_SHARED_DIR "/corpora/merge/merge-cases.jsonl";
	struct rows rows = { *state, 0 };

	if (access(path, R_OK) < 0) {
		print_message("no ../shared/corpora here\n");
		skip();
	}
	assert_int_equal(cases_run_file(path, check_row, &rows), 0);
	assert_true(rows.count > 0);
}

/* --- certain inputs ------------------------------------------------------ */

static pv_merge_input input_of(const char *base, const char *ours,
			       const char *theirs)
{
	pv_merge_input input = { 0 };

	input.base.text = base;
	input.base.len = base ? strlen(base) : 0;
	input.ours.text = ours;
	input.ours.len = strlen(ours);
	input.theirs.text = theirs;
	input.theirs.len = strlen(theirs);
	return input;
}

static void expect_merge(const pv_merge_input *input, const char *text,
			 size_t conflicts)
{
	pv_buf out = { 0 };
	size_t found = 77;

	assert_int_equal(pv_merge_file(&out, &found, input, NULL), PV_OK);
	assert_string_equal(pv_buf_text(&out), text);
	assert_int_equal(found, conflicts);
	pv_buf_dispose(&out);
}

static void test_merge_file__takes_both_sides(void **state)
{
	pv_merge_input input =
		input_of("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n");

	(void)state;
	expect_merge(&input, "A\nb\nc\nD\n", 0);
}

static void test_merge_file__writes_markers_with_labels(void **state)
{
	pv_merge_input input = input_of("a\n", "b\n", "c\n");

	(void)state;
	expect_merge(&input, "<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n", 1);
	input.style = PV_MERGE_STYLE_DIFF3;
	input.marker_size = 3;
	input.base.label = "root";
	input.ours.label = "HEAD";
	input.theirs.label = "topic";
	expect_merge(&input, "<<< HEAD\nb\n||| root\na\n===\nc\n>>> topic\n", 1);
}

static void test_merge_file__treats_a_missing_base_as_empty(void **state)
{
	pv_merge_input input = input_of(NULL, "a\nb\n", "a\nc\n");

	(void)state;
	expect_merge(&input, "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n",
		     1);
	input = input_of(NULL, "same\n", "same\n");
	expect_merge(&input, "same\n", 0);
	input = input_of(NULL, "", "");
	expect_merge(&input, "", 0);
}

static void test_merge_file__counts_markers_in_contents_as_contents(void **state)
{
	pv_merge_input input = input_of("<<<<<<< ours\nside-0\na\n",
					"<<<<<<< ours\nside-0\nb\n",
					"<<<<<<< ours\nside-0\nc\n");

	(void)state;
	expect_merge(&input,
		     "<<<<<<< ours\nside-0\n<<<<<<< ours\nb\n=======\nc\n"
		     ">>>>>>> theirs\n",
		     1);
}

static void test_merge_file__leaves_binary_contents_alone(void **state)
{
	pv_merge_input input = input_of("a", "b", "c");
	pv_buf out = { 0 };
	pv_error err = { 0 };
	size_t conflicts = 0;

	(void)state;
	input.theirs.text = "c\0d";
	input.theirs.len = 3;
	input.path = "prompts/x.yaml";
	assert_int_equal(pv_merge_file(&out, &conflicts, &input, &err),
			 PV_EUNSUPPORTED);
	assert_string_equal(pv_buf_text(&out), "b");
	assert_non_null(strstr(err.message, "prompts/x.yaml"));
	pv_buf_dispose(&out);
}

/* Nothing has to be merged, so it does not matter what the contents are. */
static void test_merge_file__takes_binary_contents_of_one_side(void **state)
{
	static const char one[] = "a\0\nb\r\n\xff";
	static const char other[] = "a\0\nc\n";
	const pv_merge_side sides[] = { { one, sizeof(one) - 1, NULL },
					{ other, sizeof(other) - 1, NULL } };
	static const int cases[][4] = {
		{ 0, 0, 1, 1 }, { 0, 1, 0, 1 }, { 0, 1, 1, 1 }, { 1, 1, 0, 0 }
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_merge_input input = { .path = "x.yaml" };
		const pv_merge_side *want = &sides[cases[i][3]];
		size_t conflicts = 1;
		pv_buf out = { 0 };

		input.base = sides[cases[i][0]];
		input.ours = sides[cases[i][1]];
		input.theirs = sides[cases[i][2]];
		assert_int_equal(pv_merge_file(&out, &conflicts, &input, NULL),
				 PV_OK);
		assert_int_equal(conflicts, 0);
		assert_int_equal(out.len, want->len);
		assert_memory_equal(out.ptr, want->text, want->len);
		pv_buf_dispose(&out);
	}
}

static void test_merge_file__refuses_silly_marker_sizes(void **state)
{
	pv_merge_input input = input_of("a\n", "b\n", "c\n");
	pv_buf out = { 0 };
	size_t conflicts = 0;

	(void)state;
	input.marker_size = -1;
	assert_int_equal(pv_merge_file(&out, &conflicts, &input, NULL),
			 PV_EINVALID);
	input.marker_size = 1001;
	assert_int_equal(pv_merge_file(&out, &conflicts, &input, NULL),
			 PV_EINVALID);
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_merge_file__is_that_of_git_on_random_texts,
			make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_merge_file__is_that_of_git_on_real_merges,
			make_folder, remove_folder),
		cmocka_unit_test(test_merge_file__takes_both_sides),
		cmocka_unit_test(test_merge_file__writes_markers_with_labels),
		cmocka_unit_test(test_merge_file__treats_a_missing_base_as_empty),
		cmocka_unit_test(
			test_merge_file__counts_markers_in_contents_as_contents),
		cmocka_unit_test(test_merge_file__leaves_binary_contents_alone),
		cmocka_unit_test(
			test_merge_file__takes_binary_contents_of_one_side),
		cmocka_unit_test(test_merge_file__refuses_silly_marker_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
