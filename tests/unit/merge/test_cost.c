/* SPDX-License-Identifier: MIT
 *
 * Diffs and merges of large texts of every awkward shape come to an end: each
 * pair of calls has CPU_SECONDS of processor time, some twenty times what it
 * needs in a plain build, and far less than anything takes that grows with
 * the square of the size. PV_COST_FULL=1 takes texts of twice the size, and
 * gives twice the time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pv.h>

#include "base/mem.h"

enum {
	CPU_SECONDS = 20,
	MEMORY_MAX = 1 << 20 /* KiB at the most, of one pair of calls */
};

/* One text: `head`, then `count` times `item`. */
struct shape {
	const char *name;
	const char *path;
	const char *head;
	/* Appends item `i` as base (0), ours (1) or theirs (2) has it. */
	void (*item)(pv_buf *out, size_t i, int side);
	size_t count; /* twice that in full */
};

/* --- items --------------------------------------------------------------- */

static void put_alternating(pv_buf *out, size_t i, int side)
{
	static const char *const texts[] = { "a b ", "b a ", "a a b " };

	(void)i;
	pv_buf_puts(out, texts[side]);
}

static void put_marks(pv_buf *out, size_t i, int side)
{
	pv_buf_putc(out, ".,;:!?"[i * (3 + (size_t)side) % 6]);
}

static void put_open_tag(pv_buf *out, size_t i, int side)
{
	pv_buf_puts(out, i % 5 == (size_t)side ? "{{ b " : "{{ a {% c ");
}

static void put_other_lines(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "%c%zu line\n", 'a' + side, i);
}

static void put_block(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "{%% if a%zu %%} one%s two {%% endif %%} and", i,
		      side == 1 && i % 7 == 0 ? " new" : "");
	pv_buf_puts(out, side == 2 && i % 7 == 3 ? " {{#x}} so {{/x}}\n" : "\n");
}

static void put_emoji(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "\xF0\x9F\x98\x80%zu\xE2\x80\xA6%s",
		      i % 9 == (size_t)side ? i + 1000000 : i,
		      i % 10 ? " " : "\r\n");
}

static void put_scalar(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- item number %zu%.*s\n", i, 2 * side, " new");
}

static void put_prose(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out,
		      "- some prose of words number %zu that is%s longer\n", i,
		      side == 0   ? ""
		      : side == 1 ? " so"
				  : " too");
}

static void put_record(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- a: %s%zu\n  b: %s%zu\n", side == 1 ? "-" : "", i,
		      side == 2 ? "z" : "", i);
}

static void put_record_in_gap(pv_buf *out, size_t i, int side)
{
	put_record(out, i, i % 500 ? side : 0);
}

static void put_named(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- id: n%zu\n  a: %s%zu\n  b: %s%zu\n", i,
		      side == 1 ? "-" : "", i, side == 2 ? "z" : "", i);
}

static void put_contested(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "key%zu: v%c%zu\n", i, 'a' + side, i);
}

static void put_renamed(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "%skey%zu: the value %zu%s\n", side == 1 ? "o" : "",
		      i, i, side == 2 ? "x" : "");
}

static void put_renamed_twice(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "%ckey%zu: the value %zu\n", 'a' + side, i, i);
}

static void put_added(pv_buf *out, size_t i, int side)
{
	if (side > 0)
		pv_buf_printf(out, "- a: %c%zu\n", 'a' + side, i);
}

static void put_added_once(pv_buf *out, size_t i, int side)
{
	if (side == 1)
		put_added(out, i, side);
}

static void put_message(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- role: %s\n  content: words of number %zu here%s\n",
		      i % 2 ? "user" : "assistant", i,
		      side == 0   ? ""
		      : side == 1 ? " a"
				  : " b");
}

/* Whether a side has changed item `i`: three of ten, each its own. */
static int is_changed(size_t i, int side)
{
	return side > 0 &&
	       (i * 2654435761U + (size_t)side * 40503U) % 65536 < 19661;
}

static void put_alike_map(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- {a: %zu, b: x%.*s}\n", i % 7,
		      is_changed(i, side) ? 2 * side : 0, "ours");
}

static void put_alike_list(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- [%zu, %zu, z%.*s]\n", i % 3, i % 5,
		      is_changed(i, side) ? 2 * side : 0, "ours");
}

static void put_one_of_a_few(pv_buf *out, size_t i, int side)
{
	size_t which = is_changed(i, side) ? i * 7 + (size_t)side : i;

	pv_buf_printf(out, "- word%zu\n", which * which % 13);
}

static void put_inserted(pv_buf *out, size_t i, int side)
{
	pv_buf_printf(out, "- a: %zu\n  b: z\n", i % 9);
	if (is_changed(i, side))
		pv_buf_printf(out, "- a: side%d\n  b: z\n", side);
}

static const struct shape shapes[] = {
	{ "a b a b", "x.txt", "", put_alternating, 50000 },
	{ "marks", "x.txt", "", put_marks, 100000 },
	{ "open tags", "x.txt", "", put_open_tag, 30000 },
	{ "blocks", "x.txt", "", put_block, 5000 },
	{ "all lines new", "x.txt", "", put_other_lines, 20000 },
	{ "emoji", "x.txt", "", put_emoji, 12500 },
	{ "scalars", "x.yaml", "", put_scalar, 12500 },
	{ "prose", "x.yaml", "", put_prose, 5000 },
	{ "records", "x.yaml", "", put_record, 8000 },
	{ "records in gaps", "x.yaml", "", put_record_in_gap, 8000 },
	{ "named records", "x.yaml", "", put_named, 6000 },
	{ "contested keys", "x.yaml", "", put_contested, 12500 },
	{ "renamed keys", "x.yaml", "", put_renamed, 10000 },
	{ "keys renamed twice", "x.yaml", "", put_renamed_twice, 10000 },
	{ "added by both", "x.yaml", "- a: 1\n", put_added, 12500 },
	{ "added by one", "x.yaml", "- a: 1\n", put_added_once, 12500 },
	{ "maps alike", "x.yaml", "", put_alike_map, 12500 },
	{ "lists alike", "x.yaml", "", put_alike_list, 12500 },
	{ "one of a few words", "x.yaml", "", put_one_of_a_few, 20000 },
	{ "inserted records", "x.yaml", "", put_inserted, 10000 },
	{ "messages", "x.yaml", "name: x\nmessages:\n", put_message, 4000 },
};

/* --- the calls ----------------------------------------------------------- */

static unsigned scale(void)
{
	return getenv("PV_COST_FULL") ? 2 : 1;
}

static pv_merge_side make_side(pv_buf *text, const struct shape *shape, int side)
{
	pv_merge_side result = { 0 };

	pv_buf_puts(text, shape->head);
	for (size_t i = 0; i < shape->count * scale(); i++)
		shape->item(text, i, side);
	result.text = pv_buf_text(text);
	result.len = text->len;
	return result;
}

/* In a process of its own, which ends without cleaning up. */
static void run(const struct shape *shape)
{
	rlim_t seconds = (rlim_t)CPU_SECONDS * scale();
	struct rlimit cpu = { seconds, seconds };
	pv_merge_input input = { .path = shape->path };
	pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };
	pv_merge *merge = NULL;
	pv_merge_conflicts *conflicts = NULL;
	pv_diff *diff = NULL;
	int rc;

	setrlimit(RLIMIT_CPU, &cpu);
	input.base = make_side(&texts[0], shape, 0);
	input.ours = make_side(&texts[1], shape, 1);
	input.theirs = make_side(&texts[2], shape, 2);
	rc = pv_merge_new(&merge, &input, NULL);
	if (rc == PV_OK)
		rc = pv_merge_conflicts_find(&conflicts, &input, NULL);
	if (rc == PV_OK)
		rc = pv_diff_texts(&diff, input.ours.text, input.ours.len,
				   input.theirs.text, input.theirs.len, NULL);
	if (rc == PV_OK)
		rc = pv_diff_print_json(&texts[0], diff, "x", NULL);
	_exit(rc == PV_OK ? 0 : 1);
}

static double seconds_of(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static void test_merge_cost__stays_in_bounds(void **state)
{
	const char *slowest = "";
	double most = 0;
	double before = 0;

	(void)state;
	for (size_t i = 0; i < pv_array_len(shapes); i++) {
		struct rusage usage;
		double seconds;
		int status = 0;
		pid_t pid;

		fflush(NULL);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			run(&shapes[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
		if (WIFSIGNALED(status))
			fail_msg("\"%s\" takes more than %u seconds",
				 shapes[i].name, CPU_SECONDS * scale());
		if (usage.ru_maxrss > MEMORY_MAX * (long)scale())
			fail_msg("\"%s\" takes %ld KiB", shapes[i].name,
				 usage.ru_maxrss);
		assert_int_equal(WEXITSTATUS(status), 0);
		seconds = seconds_of(&usage) - before;
		before = seconds_of(&usage);
		slowest = seconds > most ? shapes[i].name : slowest;
		most = seconds > most ? seconds : most;
	}
	print_message("the slowest of %zu is \"%s\": %.1f s\n",
		      pv_array_len(shapes), slowest, most);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_cost__stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
