/* SPDX-License-Identifier: MIT
 *
 * The line merge, byte for byte against `git merge-file` on generated files.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/join/linemerge.h"
#include "store/repo.h"

enum {
	CASES = 240,
	LINES = 24
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Lines from a small alphabet, so that sides meet in the same places. */
static void put_line(pv_buf *out, uint32_t *random)
{
	static const char *const words[] = { "alpha",     "beta", "{",
					     "}",         "",     "  - item",
					     "key: value" };

	pv_buf_puts(out, words[next_random(random) % 7]);
	pv_buf_puts(out, next_random(random) % 40 ? "\n" : "\r\n");
}

static void make_base(pv_buf *out, uint32_t *random)
{
	uint32_t count = next_random(random) % LINES;

	for (uint32_t i = 0; i < count; i++)
		put_line(out, random);
	if (out->len && next_random(random) % 5 == 0)
		pv_buf_truncate(out, out->len - 1);
}

/* A copy with some lines dropped, replaced or inserted. */
static void make_side(pv_buf *out, const pv_buf *base, uint32_t *random)
{
	const char *rest = pv_buf_text(base);

	while (*rest) {
		size_t len = strcspn(rest, "\n");

		len += rest[len] == '\n';
		switch (next_random(random) % 12) {
		case 0:
			break;
		case 1:
			put_line(out, random);
			break;
		case 2:
			put_line(out, random);
			pv_buf_put(out, rest, len);
			break;
		default:
			pv_buf_put(out, rest, len);
		}
		rest += len;
	}
	if (next_random(random) % 6 == 0)
		put_line(out, random);
}

static void write_side(const struct repo *repo, const char *name,
		       const pv_buf *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", repo->path, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(pv_buf_text(text), 1, text->len, file);
	fclose(file);
}

struct variant {
	const char *option;
	int marker_size;
	enum pv_linemerge_style style;
};

static const struct variant variants[] = {
	{ "", 0, PV_LINEMERGE_MERGE },
	{ "--diff3", 0, PV_LINEMERGE_DIFF3 },
	{ "--zdiff3", 0, PV_LINEMERGE_ZDIFF3 },
	{ "--marker-size=11", 11, PV_LINEMERGE_MERGE },
};

static pv_str slice(const pv_buf *text)
{
	pv_str slice = { text->ptr, text->len };

	return slice;
}

static void expect_as_git(struct repo *repo, const pv_buf texts[3],
			  const struct variant *variant)
{
	pv_linemerge_input input = { .base = slice(&texts[0]),
				     .ours = slice(&texts[1]),
				     .theirs = slice(&texts[2]),
				     .base_label = "base",
				     .our_label = "ours",
				     .their_label = "theirs",
				     .marker_size = variant->marker_size,
				     .style = variant->style };
	char command[256], status[32];
	pv_buf ours = { 0 };
	pv_buf git = { 0 };
	pv_error err;
	size_t conflicts, len;

	assert_int_equal(pv_linemerge(&ours, &conflicts, &input, &err), PV_OK);
	snprintf(command, sizeof(command),
		 "git merge-file -p %s -L ours -L base -L theirs o b t; "
		 "printf '\\n%%s' $?",
		 variant->option);
	repo_read(repo, &git, command);
	snprintf(status, sizeof(status), "\n%zu", conflicts);
	len = strlen(status);
	assert_true(git.len >= len);
	assert_string_equal(git.ptr + git.len - len, status);
	assert_int_equal(ours.len, git.len - len);
	assert_memory_equal(pv_buf_text(&ours), pv_buf_text(&git), ours.len);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&git);
}

static void test_store_linemerge__gives_the_bytes_of_merge_file(void **state)
{
	struct repo *repo = *state;
	uint32_t random = 20261121;

	for (int i = 0; i < CASES; i++) {
		pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };

		make_base(&texts[0], &random);
		make_side(&texts[1], &texts[0], &random);
		make_side(&texts[2], &texts[0], &random);
		write_side(repo, "b", &texts[0]);
		write_side(repo, "o", &texts[1]);
		write_side(repo, "t", &texts[2]);
		expect_as_git(repo, texts,
			      &variants[i % (int)(sizeof(variants) /
						  sizeof(variants[0]))]);
		for (int side = 0; side < 3; side++)
			pv_buf_dispose(&texts[side]);
	}
}

static void test_store_linemerge__takes_empty_sides(void **state)
{
	pv_linemerge_input input = { .ours = { "a\n", 2 },
				     .theirs = { "a\n", 2 },
				     .base_label = "",
				     .our_label = "",
				     .their_label = "" };
	pv_buf out = { 0 };
	pv_error err;
	size_t conflicts = 1;

	(void)state;
	assert_int_equal(pv_linemerge(&out, &conflicts, &input, &err), PV_OK);
	assert_int_equal(conflicts, 0);
	assert_string_equal(out.ptr, "a\n");
	pv_buf_dispose(&out);
}

static size_t count_conflicts(const char *ours, const char *label)
{
	static const char base[] = "a\nb\nc\n";
	static const char theirs[] = "a\nx\nc\n";
	pv_linemerge_input input = { .base = { base, sizeof(base) - 1 },
				     .ours = { ours, strlen(ours) },
				     .theirs = { theirs, sizeof(theirs) - 1 },
				     .base_label = "base",
				     .our_label = label,
				     .their_label = "theirs" };
	pv_buf out = { 0 };
	size_t conflicts;

	assert_int_equal(pv_linemerge(&out, &conflicts, &input, NULL), PV_OK);
	pv_buf_dispose(&out);
	return conflicts;
}

static void test_store_linemerge__counts_no_lines_like_markers(void **state)
{
	(void)state;
	assert_int_equal(count_conflicts("a\ny\nc\n", "ours"), 1);
	assert_int_equal(count_conflicts("a\ny\nc\n", ""), 1);
	assert_int_equal(count_conflicts("a\n<<<<<<< ours\nc\n", "ours"), 1);
	assert_int_equal(count_conflicts("<<<<<<< ours/b\na\ny\nc\n", "ours"), 1);
	assert_int_equal(count_conflicts("<<<<<<< ours\na\ny\nc\n", ""), 1);
	assert_int_equal(count_conflicts("<<<<<<< ours\na\nx\nc\n", "ours"), 0);
}

/* libgit2 gives nothing at all for those, and calls that no conflict. */
static void test_store_linemerge__refuses_texts_too_large_for_xdiff(void **state)
{
	pv_linemerge_input input = { .base = { "", 0 },
				     .ours = { "a\n", 2 },
				     .theirs = { "b\n", (1023 << 20) + 1 } };
	pv_buf out = { 0 };
	pv_error err;
	size_t conflicts;

	(void)state;
	assert_int_equal(pv_linemerge(&out, &conflicts, &input, &err), PV_ELIMIT);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_store_linemerge__gives_the_bytes_of_merge_file,
			repo_setup, repo_teardown),
		cmocka_unit_test(test_store_linemerge__takes_empty_sides),
		cmocka_unit_test(
			test_store_linemerge__counts_no_lines_like_markers),
		cmocka_unit_test(
			test_store_linemerge__refuses_texts_too_large_for_xdiff),
	};

	return cmocka_run_group_tests_name("store linemerge", tests, NULL, NULL);
}
