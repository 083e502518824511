/* SPDX-License-Identifier: MIT
 *
 * Eight threads, each with a store and documents of its own, do all that the
 * library offers in one repository: under the thread sanitizer nothing is
 * seen that they share unguarded, and no write is lost. A loaded prompt, a
 * compiled one and variables to render it with are shared, which they may be.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pthread.h>

#include <pv/merge.h>
#include <pv/render.h>

#include "base/mem.h"
#include "version/fixture.h"

enum {
	THREADS = 8,
	ROUNDS = 6,
	STEPS = 24, /* of the ref that all move */
	TRIES = 10000
};

/* What all threads read and none writes. */
struct shared {
	const char *path;
	pv_settings settings;
	pv_point tip;
	pv_oid branch; /* merges with the tip */
	pv_oid steps[STEPS + 1];
	pv_prompt *prompt;
	pv_renderer *renderer;
	pv_context *context;
};

struct worker {
	const struct shared *shared;
	pv_store *store;
	int number;
	int wins;          /* moves of the shared ref that were its own */
	const char *where; /* it failed; NULL when it did not */
	pv_error err;
};

static const char text[] = "# kept\nname: A\nmodel: {t: 0.2}\nmessages:\n"
			   "- {role: user, content: 'x {{ y }}'}\n";

/* cmocka's assertions are for the main thread. */
#define EXPECT(worker, is_so)       \
 do {                               \
  if (!(is_so) && !(worker)->where) \
   (worker)->where = #is_so;        \
 } while (0)

static int ignore_file(const char *path, const pv_oid *blob, void *payload)
{
	(void)path, (void)blob;
	++*(int *)payload;
	return 0;
}

static int ignore_prompt(const char *id, const char *path, const pv_oid *blob,
			 void *payload)
{
	(void)id;
	return ignore_file(path, blob, payload);
}

static int ignore_entry(const pv_status_entry *entry, void *payload)
{
	return ignore_file(entry->path, NULL, payload);
}

static void read_files(struct worker *it)
{
	const struct shared *shared = it->shared;
	pv_point at = shared->tip;
	pv_buf out = { 0 };
	pv_oid blob;
	int count = 0;

	for (int kind = PV_AT_COMMIT; kind <= PV_AT_WORKTREE; kind++) {
		at.kind = (enum pv_point_kind)kind;
		pv_buf_clear(&out);
		EXPECT(it, pv_store_read(&out, &blob, it->store, &at,
					 "prompts/a.yaml", &it->err) == PV_OK);
		EXPECT(it, strcmp(pv_buf_text(&out), "{prompt: two}\n") == 0);
		EXPECT(it, pv_store_each(it->store, &at, "prompts", ignore_file,
					 &count, &it->err) == PV_OK);
	}
	EXPECT(it, count == 6);
	EXPECT(it, pv_store_status(it->store, NULL, 0, ignore_entry, &count,
				   &it->err) == PV_OK);
	pv_buf_dispose(&out);
}

static int count_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	(void)commit, (void)blob;
	++*(int *)payload;
	return 0;
}

static void read_history(struct worker *it)
{
	const struct shared *shared = it->shared;
	pv_history_query query = { .start = shared->tip.commit,
				   .path = "prompts/a.yaml" };
	pv_commit_merge *merge = NULL;
	pv_commit commit = { 0 };
	pv_oid base;
	int count = 0;

	EXPECT(it, pv_store_commit_read(&commit, it->store, &shared->tip.commit,
					&it->err) == PV_OK);
	EXPECT(it, pv_store_merge_base(&base, it->store, &shared->steps[1],
				       &shared->tip.commit, &it->err) == PV_OK);
	EXPECT(it, pv_store_is_ancestor(it->store, &shared->steps[0],
					&shared->steps[STEPS], &it->err) == 1);
	EXPECT(it, pv_history_walk(it->store, &query, count_commit, &count,
				   &it->err) == PV_OK);
	EXPECT(it, count == 2);
	pv_commit_dispose(&commit);
	EXPECT(it, pv_commit_merge_new(&merge, it->store, &shared->tip.commit,
				       &shared->branch, NULL, &it->err) == PV_OK);
	EXPECT(it, merge && pv_commit_merge_kind(merge) == PV_COMMITS_MERGED);
	pv_commit_merge_free(merge);
}

static void read_versions(struct worker *it)
{
	const struct shared *shared = it->shared;
	const pv_settings *settings = &shared->settings;
	const pv_version_info *latest = NULL;
	pv_version_index *index = NULL;
	pv_version_list list = { 0 };
	pv_spec spec = { 0 };
	pv_buf out = { 0 };
	int count = 0;

	EXPECT(it, pv_spec_resolve(&spec, it->store, settings, "a@1.0",
				   PV_SPEC_COMMIT, &it->err) == PV_OK);
	EXPECT(it, pv_version_list_load(&list, it->store, settings, "a",
					&it->err) == PV_OK);
	EXPECT(it, list.count == 1);
	EXPECT(it, pv_version_describe(&out, it->store, settings, "a",
				       &shared->tip, &it->err) == PV_OK);
	EXPECT(it, pv_closure(&out, it->store, settings, &shared->tip, "a",
			      &it->err) == PV_OK);
	EXPECT(it, pv_version_index_load(&index, it->store, settings,
					 &it->err) == PV_OK);
	EXPECT(it,
	       pv_version_index_latest(&latest, index, "a", &it->err) == PV_OK);
	EXPECT(it, latest && strcmp(latest->text, "1.0.0") == 0);
	EXPECT(it, pv_prompt_each(it->store, settings, &shared->tip,
				  ignore_prompt, &count, &it->err) == PV_OK);
	pv_version_index_free(index);
	pv_version_list_dispose(&list);
	pv_spec_dispose(&spec);
	pv_buf_dispose(&out);
}

static void use_texts(struct worker *it)
{
	static const char json[] = "{\"a\":[1,\"b\\nc\"]}";
	pv_merge_input sides = { .base = { text, sizeof(text) - 1, NULL },
				 .ours = { text, sizeof(text) - 1, NULL },
				 .theirs = { json, sizeof(json) - 1, NULL } };
	size_t conflicts = 1;
	pv_buf out = { 0 };
	pv_yaml *doc = NULL;
	pv_diff *diff = NULL;

	EXPECT(it, pv_yaml_parse(&doc, text, sizeof(text) - 1, NULL, &it->err) ==
			   PV_OK);
	EXPECT(it, pv_yaml_set(doc, "model.t", "0.5", &it->err) == PV_OK);
	EXPECT(it, pv_yaml_append(doc, "messages", "{\"role\":\"user\"}",
				  &it->err) == PV_OK);
	sides.ours.text = pv_yaml_text(doc, &sides.ours.len);
	EXPECT(it, pv_diff_texts(&diff, text, sizeof(text) - 1, sides.ours.text,
				 sides.ours.len, &it->err) == PV_OK);
	EXPECT(it, pv_diff_count(diff) >= 2);
	EXPECT(it, pv_diff_print_json(&out, diff, "a", &it->err) == PV_OK);
	EXPECT(it, pv_yaml_from_json(&out, json, sizeof(json) - 1, &it->err) ==
			   PV_OK);
	EXPECT(it, pv_merge_file(&out, &conflicts, &sides, &it->err) == PV_OK);
	EXPECT(it, conflicts == 1);
	EXPECT(it, pv_prompt_json(&out, it->shared->prompt, &it->err) == PV_OK);
	pv_diff_free(diff);
	pv_yaml_free(doc);
	pv_buf_dispose(&out);
}

/* cmark's allocator has no payload, so ours finds its arena by the thread. */
static void use_page(struct worker *it)
{
	static const char markdown[] = "prompt: |\n  # A *b*\n\n  - {{ c }}\n";
	pv_diff_report *report = NULL;
	pv_diff *diff = NULL;
	pv_buf out = { 0 };

	EXPECT(it, pv_diff_texts(&diff, NULL, 0, markdown, sizeof(markdown) - 1,
				 &it->err) == PV_OK);
	EXPECT(it, pv_diff_report_new(&report, PV_DIFF_HTML, NULL, NULL,
				      &it->err) == PV_OK);
	EXPECT(it, pv_diff_report_add(report, diff, "a", NULL, NULL, &it->err) ==
			   PV_OK);
	EXPECT(it, pv_diff_report_print(&out, report, &it->err) == PV_OK);
	EXPECT(it, strstr(pv_buf_text(&out), "<p class=h1>A <em>b</em></p>"));
	pv_diff_report_free(report);
	pv_diff_free(diff);
	pv_buf_dispose(&out);
}

/* A commit on the thread's own branch, and a tag of it. */
static void write_own(struct worker *it, int round)
{
	const pv_commit_options opts = { .message = "own" };
	char branch[32], file[32], tag[32];
	pv_change change = { file, tag, 0 };
	pv_change_set set = { .branch = branch, .changes = &change, .count = 1 };
	pv_tag_request request = { .name = tag, .message = "own" };
	pv_oid oid;

	snprintf(branch, sizeof(branch), "refs/heads/own-%d", it->number);
	snprintf(file, sizeof(file), "file-%d", it->number);
	snprintf(tag, sizeof(tag), "own-%d/v%d.0.0", it->number, round);
	change.len = strlen(tag);
	EXPECT(it, pv_store_commit_changes(&request.commit, it->store, &set,
					   &opts, &it->err) == PV_OK);
	EXPECT(it, pv_store_tag(&oid, it->store, &request, &it->err) == PV_OK);
	EXPECT(it, pv_store_hash(&oid, tag, change.len, &it->err) == PV_OK);
}

/* Moves the shared ref one step, if nobody else does first. */
static int step_shared(struct worker *it)
{
	const pv_oid *steps = it->shared->steps;
	pv_oid now;
	int at = 0;
	int rc = pv_store_ref(&now, it->store, "refs/heads/shared", &it->err);

	EXPECT(it, rc == PV_OK);
	while (at < STEPS && strcmp(now.hex, steps[at].hex) != 0)
		at++;
	if (at == STEPS || it->where)
		return 0;
	rc = pv_store_ref_update(it->store, "refs/heads/shared", &steps[at + 1],
				 &steps[at], "step", &it->err);
	it->wins += rc == PV_OK;
	EXPECT(it, rc == PV_OK || rc == PV_ECONFLICT || rc == PV_ELOCKED);
	return 1;
}

static void render(struct worker *it)
{
	pv_rendering *rendering = NULL;
	int rc = pv_rendering_new(&rendering, &it->err);

	EXPECT(it, rc == PV_OK);
	for (int i = 0; i < 20 && rc == PV_OK; i++) {
		rc = pv_render(rendering, it->shared->renderer,
			       it->shared->context, &it->err);
		EXPECT(it, rc == PV_OK);
		EXPECT(it,
		       rc < 0 || strcmp(pv_rendering_message(rendering, 0)->content,
					"x [1, 2]") == 0);
	}
	EXPECT(it, pv_render(rendering, it->shared->renderer, NULL, NULL) ==
			   PV_ERENDER);
	pv_rendering_free(rendering);
}

static void *work(void *payload)
{
	struct worker *it = payload;
	pv_store_options opts = { .path = it->shared->path, .env = repo_env };
	pv_settings settings;

	for (int round = 0; round < ROUNDS && !it->where; round++) {
		it->store = NULL;
		EXPECT(it, pv_store_open(&it->store, &opts, &it->err) == PV_OK);
		if (it->where)
			break;
		EXPECT(it, pv_settings_load(&settings, it->store, &it->err) ==
				   PV_OK);
		read_files(it);
		read_history(it);
		read_versions(it);
		use_texts(it);
		use_page(it);
		render(it);
		write_own(it, round);
		for (int i = 0; i < TRIES && step_shared(it); i++)
			;
		pv_store_free(it->store);
	}
	return NULL;
}

static void prepare(struct prompts *it, struct shared *shared)
{
	char rev[32];

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_write(it, "b", "{prompt: b}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "for i in $(seq 24); do git commit -q --allow-empty "
		       "-m $i; done; git branch shared main~24; "
		       "git checkout -qb apart main~24; git mv prompts/a.yaml "
		       "prompts/c.yaml; echo 'name: A' >prompts/b.yaml; "
		       "git commit -qam apart; git checkout -q main; "
		       "git pack-refs --all");
	prompts_open(it);
	shared->path = it->repo.path;
	shared->settings = it->settings;
	shared->tip.commit = repo_oid(&it->repo, "main");
	shared->branch = repo_oid(&it->repo, "apart");
	for (int i = 0; i <= STEPS; i++) {
		snprintf(rev, sizeof(rev), "main~%d", STEPS - i);
		shared->steps[i] = repo_oid(&it->repo, rev);
	}
	assert_int_equal(pv_prompt_parse(&shared->prompt, text,
					 sizeof(text) - 1, NULL, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_renderer_new(&shared->renderer, shared->prompt,
					 NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_context_new(&shared->context, "{\"y\": [1, 2]}", 13,
					NULL),
			 PV_OK);
	/* Nobody holds libgit2 when the threads begin. */
	pv_store_free(it->repo.store);
	it->repo.store = NULL;
}

static void test_threads_threads__do_not_disturb_each_other(void **state)
{
	static struct shared shared;
	static struct worker workers[THREADS];
	pthread_t threads[THREADS];
	struct prompts *it = *state;
	int wins = 0;

	prepare(it, &shared);
	for (int i = 0; i < THREADS; i++) {
		workers[i].shared = &shared;
		workers[i].number = i;
		assert_int_equal(pthread_create(&threads[i], NULL, work,
						&workers[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		if (workers[i].where)
			fail_msg("thread %d: %s: %s", i, workers[i].where,
				 workers[i].err.message);
		wins += workers[i].wins;
	}
	assert_int_equal(wins, STEPS);
	pv_context_free(shared.context);
	pv_renderer_free(shared.renderer);
	pv_prompt_free(shared.prompt);
	repo_sh(&it->repo, "git fsck --strict --no-dangling; "
			   "test $(git tag | grep -c own) = 48; "
			   "test $(git rev-parse shared) = $(git rev-parse main);"
			   " test -z \"$(find .git -name '*.lock')\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_threads_threads__do_not_disturb_each_other,
			prompts_setup, prompts_teardown),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
