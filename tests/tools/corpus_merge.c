/* SPDX-License-Identifier: MIT
 *
 * Merges real files that were changed on both sides of a merge: JSON lines
 * {repo, merge, path, base, ours, theirs, human?}, `human` being what the
 * maintainers made of it. Prints a table by repository, what is wrong with a
 * merge, and which human results have lost a change of one side. Files with
 * enough cases of a kind have floors to keep.
 *
 *     corpus_merge FILE... [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/merge.h>

#include "base/mem.h"
#include "cases.h"
#include "judge/loss.h"
#include "judge/settling.h"

enum {
	FLOOR_CASES = 50, /* fewer of a kind say nothing */
	MAX_REPOS = 200
};

enum kind {
	KIND_YAML,
	KIND_TEXT,
	KINDS
};

struct row {
	char repo[64];
	unsigned cases;
	unsigned clean;    /* git merges it */
	unsigned lossless; /* of these, and loses nothing */
	unsigned same;     /* of these, ours has the same bytes */
	unsigned conflicts;
	unsigned resolved;
	unsigned human;      /* of these, the human result loses nothing */
	unsigned equal;      /* of these, ours is equal to it */
	unsigned human_lost; /* of all conflicts, the human result loses some */
};

struct run {
	int is_print;
	unsigned line; /* of the file, from 1: the id of the case */
	unsigned cases;
	unsigned failed;
	struct row rows[KINDS][MAX_REPOS];
	size_t row_counts[KINDS];
};

static pv_merge_side side_of(const pv_json *item, const char *name)
{
	pv_merge_side side = { 0 };

	side.text = pv_json_text(pv_json_get(item, name), &side.len);
	return side;
}

/* --- printing ------------------------------------------------------------ */

static void print_case(const struct run *run, const pv_merge *merge,
		       const pv_error *err)
{
	static const char *const rungs[] = { "lines", "fields", "none" };
	pv_buf line = { 0 };
	const char *text;
	size_t len = 0;
	pv_jsonw w;

	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "id");
	pv_jsonw_int(&w, run->line);
	pv_jsonw_key(&w, "got");
	pv_jsonw_object(&w);
	if (merge) {
		text = pv_merge_text(merge, &len);
		pv_jsonw_key(&w, "clean");
		pv_jsonw_bool(&w, pv_merge_markers(merge) == 0);
		pv_jsonw_key(&w, "conflicts");
		pv_jsonw_int(&w, (int64_t)pv_merge_markers(merge));
		pv_jsonw_member(&w, "by", rungs[pv_merge_rung(merge)]);
		pv_jsonw_key(&w, "text");
		pv_jsonw_stringn(&w, text, len);
	} else {
		pv_jsonw_member(&w, "error", err->message);
	}
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

/* --- judging ------------------------------------------------------------- */

/* A case, parsed. */
struct judge {
	struct run *run;
	struct row *row;
	const char *path;
	enum kind kind;
	pv_arena arena;
	pv_yaml *docs[LOSS_ALL];
	loss_case loss;
};

static void complain(struct judge *j, const char *what)
{
	printf("FAILED %u %s %s: %s\n", j->run->line, j->row->repo, j->path,
	       what);
	j->run->failed++;
}

/* Puts a text in one of the four places. 0 when it should be YAML but is not. */
static int put_text(struct judge *j, size_t place, pv_str text)
{
	pv_tree *tree = NULL;

	pv_yaml_free(j->docs[place]);
	j->docs[place] = NULL;
	j->loss.trees[place] = NULL;
	j->loss.texts[place] = text;
	if (j->kind == KIND_TEXT)
		return 1;
	if (pv_tree_read(&tree, &j->docs[place], &j->arena, text, NULL) < 0)
		return 0;
	j->loss.trees[place] = tree;
	return 1;
}

typedef int loss_fn(pv_buf *out, const loss_case *c);

/* Whether a check finds nothing in the result; its finding goes to `out`. */
static int passes(const struct judge *j, loss_fn *find, pv_buf *out)
{
	pv_buf_clear(out);
	return !find(out, &j->loss);
}

static int is_lossless(const struct judge *j, pv_buf *out)
{
	return j->kind == KIND_TEXT || passes(j, loss_of_values, out);
}

/* What no merge of ours may do. */
static void judge_result(struct judge *j)
{
	static loss_fn *const yaml[] = { loss_of_additions, loss_by_doubling,
					 loss_by_invention, loss_by_return,
					 loss_of_comments };
	static loss_fn *const all[] = { loss_of_words, loss_by_new_lines };
	pv_buf what = { 0 };

	for (size_t i = 0; j->kind == KIND_YAML && i < pv_array_len(yaml); i++)
		if (!passes(j, yaml[i], &what))
			complain(j, pv_buf_text(&what));
	for (size_t i = 0; i < pv_array_len(all); i++)
		if (!passes(j, all[i], &what))
			complain(j, pv_buf_text(&what));
	pv_buf_dispose(&what);
}

static int is_equal(const loss_case *c, pv_str result, const pv_tree *tree)
{
	if (c->trees[LOSS_RESULT] && tree)
		return pv_tree_cmp(c->trees[LOSS_RESULT], tree) == 0;
	return pv_str_eq(pv_str_trim(c->texts[LOSS_RESULT]), pv_str_trim(result));
}

/* Puts the human result where ours was, whose tree is `tree`. */
static void judge_human(struct judge *j, const pv_json *item, int is_resolved)
{
	const pv_merge_side human = side_of(item, "human");
	pv_str text = { human.text, human.len };
	pv_str result = j->loss.texts[LOSS_RESULT];
	const pv_tree *tree = j->loss.trees[LOSS_RESULT];
	pv_yaml *doc = j->docs[LOSS_RESULT];
	pv_buf what = { 0 };

	if (!human.text)
		return;
	j->docs[LOSS_RESULT] = NULL;
	if (!put_text(j, LOSS_RESULT, text))
		pv_buf_puts(&what, "it is no YAML");
	if (what.len == 0 && is_lossless(j, &what)) {
		j->row->human += is_resolved;
		j->row->equal += is_resolved && is_equal(&j->loss, result, tree);
	} else {
		j->row->human_lost++;
		printf("human %u %s %s: %s\n", j->run->line, j->row->repo,
		       j->path, pv_buf_text(&what));
	}
	pv_yaml_free(doc);
	pv_buf_dispose(&what);
}

static int is_same(const pv_merge *a, const pv_merge *b)
{
	size_t a_len = 0;
	size_t b_len = 0;
	const char *a_text = pv_merge_text(a, &a_len);
	const char *b_text = pv_merge_text(b, &b_len);

	return a_len == b_len && !memcmp(a_text, b_text, a_len);
}

static pv_str text_of(const pv_merge *merge)
{
	pv_str text;

	text.ptr = pv_merge_text(merge, &text.len);
	return text;
}

/* What git merges cleanly without a loss has to be the same here. */
static void judge_clean(struct judge *j, const pv_merge *merge,
			const pv_merge *lines)
{
	pv_buf what = { 0 };
	int is_yaml = put_text(j, LOSS_RESULT, text_of(lines));

	j->row->clean++;
	if (is_yaml &&
	    (j->kind == KIND_TEXT || (passes(j, loss_of_values, &what) &&
				      passes(j, loss_by_doubling, &what)))) {
		j->row->lossless++;
		j->row->same += is_same(merge, lines) != 0;
		if (!is_same(merge, lines))
			complain(j, "not what git makes of it");
	} else if (is_same(merge, lines)) {
		complain(j, "git's merge loses something and stands");
	}
	pv_buf_dispose(&what);
}

static void judge_conflict(struct judge *j, const pv_merge *merge,
			   const pv_json *item)
{
	int is_resolved = pv_merge_markers(merge) == 0;

	j->row->conflicts++;
	j->row->resolved += is_resolved;
	if (is_resolved && !put_text(j, LOSS_RESULT, text_of(merge)))
		complain(j, "the result is no YAML");
	else if (is_resolved)
		judge_result(j);
	judge_human(j, item, is_resolved);
}

/* Every conflict can be settled by the name it is listed under. */
static void judge_names(struct judge *j, const pv_merge *merge,
			const pv_json *item)
{
	pv_merge_input input = { .base = side_of(item, "base"),
				 .ours = side_of(item, "ours"),
				 .theirs = side_of(item, "theirs"),
				 .path = j->path };
	pv_buf what = { 0 };

	if (pv_merge_markers(merge) > 0 && settling_by_names(&what, &input, merge))
		complain(j, pv_buf_text(&what));
	pv_buf_dispose(&what);
}

static void judge(struct judge *j, const pv_merge *merge, const pv_json *item)
{
	pv_merge_input input = { 0 };
	pv_merge *lines = NULL;
	int is_yaml = 1;

	input.base = side_of(item, "base");
	input.ours = side_of(item, "ours");
	input.theirs = side_of(item, "theirs");
	input.lines_only = 1;
	for (size_t i = LOSS_BASE; i <= LOSS_THEIRS; i++) {
		const pv_merge_side *sides[] = { &input.base, &input.ours,
						 &input.theirs };
		pv_str text = { sides[i]->text ? sides[i]->text : "",
				sides[i]->len };

		is_yaml = put_text(j, i, text) && is_yaml;
	}
	if (pv_merge_new(&lines, &input, NULL) < 0) {
		complain(j, "no line merge");
		return;
	}
	if (!is_yaml)
		j->row->conflicts += pv_merge_markers(lines) > 0;
	else if (pv_merge_markers(lines) == 0)
		judge_clean(j, merge, lines);
	else
		judge_conflict(j, merge, item);
	pv_merge_free(lines);
}

static struct row *row_of(struct run *run, enum kind kind, const char *repo)
{
	struct row *rows = run->rows[kind];
	size_t i = 0;

	while (i < run->row_counts[kind] && strcmp(rows[i].repo, repo) != 0)
		i++;
	if (i == MAX_REPOS)
		i--; /* the last one stands for the rest */
	if (i == run->row_counts[kind]) {
		(void)snprintf(rows[i].repo, sizeof(rows[i].repo), "%s", repo);
		run->row_counts[kind]++;
	}
	return &rows[i];
}

static void judge_case(struct run *run, const pv_merge *merge, const pv_json *item)
{
	const char *repo = pv_json_text(pv_json_get(item, "repo"), NULL);
	const char *path = pv_json_text(pv_json_get(item, "path"), NULL);
	struct judge j = { .run = run, .path = path ? path : "" };

	j.kind = pv_str_has_suffix(j.path, ".yaml") ||
				 pv_str_has_suffix(j.path, ".yml")
			 ? KIND_YAML
			 : KIND_TEXT;
	j.row = row_of(run, j.kind, repo ? repo : "");
	j.row->cases++;
	judge(&j, merge, item);
	judge_names(&j, merge, item);
	for (size_t i = 0; i < LOSS_ALL; i++)
		pv_yaml_free(j.docs[i]);
	pv_arena_dispose(&j.arena);
}

/* --- the table ----------------------------------------------------------- */

static void print_row(const struct row *row)
{
	printf("%-28.28s %6u %6u %9u %6u %10u %9u %6u %6u %11u %6u\n",
	       row->repo, row->cases, row->clean, row->lossless, row->same,
	       row->conflicts, row->resolved, row->human, row->equal,
	       row->conflicts - row->resolved, row->human_lost);
}

static void add_row(struct row *sum, const struct row *row)
{
	sum->cases += row->cases;
	sum->clean += row->clean;
	sum->lossless += row->lossless;
	sum->same += row->same;
	sum->conflicts += row->conflicts;
	sum->resolved += row->resolved;
	sum->human += row->human;
	sum->equal += row->equal;
	sum->human_lost += row->human_lost;
}

static void expect(struct run *run, int holds, const char *what)
{
	run->failed += !holds;
	if (!holds)
		printf("FAILED floor: %s\n", what);
}

static void check_floors(struct run *run, enum kind kind, const struct row *sum)
{
	if (sum->cases < FLOOR_CASES)
		return;
	if (kind == KIND_TEXT) {
		expect(run, sum->resolved * 10 >= sum->conflicts * 3,
		       "30 % of the conflicts of texts are resolved");
		return;
	}
	expect(run, sum->resolved * 3 >= sum->conflicts * 2,
	       "2/3 of the conflicts of YAML are resolved");
	expect(run, sum->equal * 100 >= sum->human * 85,
	       "85 % of these are what a human made without a loss");
}

static void print_table(struct run *run, enum kind kind)
{
	static const char *const titles[] = { "structured", "flat text" };
	struct row sum = { .repo = "sum" };

	if (run->row_counts[kind] == 0)
		return;
	printf("%-28s %6s %6s %9s %6s %10s %9s %6s %6s %11s %6s\n",
	       titles[kind], "cases", "clean", "lossless", "same", "conflicts",
	       "resolved", "human", "equal", "unresolved", "lossy");
	for (size_t i = 0; i < run->row_counts[kind]; i++) {
		print_row(&run->rows[kind][i]);
		add_row(&sum, &run->rows[kind][i]);
	}
	print_row(&sum);
	check_floors(run, kind, &sum);
}

static void run_case(void *payload, unsigned line, const pv_json *item)
{
	struct run *run = payload;
	pv_merge_input input = { 0 };
	pv_merge *merge = NULL;
	pv_error err = { 0 };

	run->line = line;
	run->cases++;
	input.base = side_of(item, "base");
	input.ours = side_of(item, "ours");
	input.theirs = side_of(item, "theirs");
	input.path = pv_json_text(pv_json_get(item, "path"), NULL);
	pv_merge_new(&merge, &input, &err);
	if (run->is_print) {
		print_case(run, merge, &err);
	} else if (merge) {
		judge_case(run, merge, item);
	} else {
		printf("FAILED %u: %s\n", line, err.message);
		run->failed++;
	}
	pv_merge_free(merge);
}

int main(int argc, char **argv)
{
	static struct run run;

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--print") != 0)
			run.failed += cases_run_file(argv[i], run_case, &run);
	if (!run.is_print) {
		print_table(&run, KIND_YAML);
		print_table(&run, KIND_TEXT);
		printf("%u passed, %u failed, 0 skipped\n",
		       run.cases > run.failed ? run.cases - run.failed : 0,
		       run.failed);
	}
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
