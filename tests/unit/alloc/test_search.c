/* SPDX-License-Identifier: MIT
 *
 * Every allocation of searching prompts made to fail.
 */
#include "alloc/walk.h"
#include "base/mem.h"
#include "version/fixture.h"

struct scene {
	struct prompts *it;
	int is_kept; /* words are remembered, and lent */
};

static void begin(void *payload)
{
	struct scene *scene = payload;

	prompts_open(scene->it);
}

static void end(void *payload, int rc)
{
	struct scene *scene = payload;

	(void)rc;
	pv_store_free(scene->it->repo.store);
	scene->it->repo.store = NULL;
}

static int new_search(void *payload, pv_error *err)
{
	pv_prompt_search *search;
	int rc = pv_prompt_search_new(&search, "one (two OR \"a b\") -c*",
				      "text", err);

	(void)payload;
	if (rc == PV_OK)
		pv_prompt_search_free(search);
	return rc;
}

static int bad_search(void *payload, pv_error *err)
{
	pv_prompt_search *search;

	(void)payload;
	return pv_prompt_search_new(&search, "(one", NULL, err);
}

static void say(const pv_prompt_matches *matches)
{
	for (size_t i = 0; i < matches->count; i++)
		walk_say("%s:%d:%s", matches->items[i].field,
			 matches->items[i].line, matches->items[i].snippet);
}

static int search_text(void *payload, pv_error *err)
{
	static const char text[] = "name: one\ntags: [one, two]\n"
				   "messages:\n- content: |\n    one\n    two\n";
	pv_prompt_matches matches;
	pv_prompt_search *search;
	int rc = pv_prompt_search_new(&search, "one two", NULL, err);

	(void)payload;
	if (rc < 0)
		return rc;
	rc = pv_prompt_search_text(&matches, search, "a", text, strlen(text),
				   err);
	if (rc == PV_OK)
		say(&matches);
	pv_prompt_search_free(search);
	return rc;
}

static int say_version(const pv_version_hit *hit, void *payload)
{
	(void)payload;
	walk_say("%s %s", hit->id, hit->version->text);
	say(&hit->matches);
	return PV_OK;
}

static int make_rows(pv_git_rows **out, struct scene *scene, pv_error *err)
{
	static const char *const dir = "prompts";
	pv_git_rows_options opts = { .dirs = &dir, .dir_count = 1 };
	char path[160];

	snprintf(path, sizeof(path), "%s/.git/pv/git.db", scene->it->repo.path);
	opts.path = path;
	return pv_git_rows_new(out, scene->it->repo.store, &opts, err);
}

static int search_versions(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	struct prompts *it = scene->it;
	pv_prompt_search *search = NULL;
	pv_git_rows *rows = NULL;
	pv_version_scope scope = { it->repo.store, &it->settings, NULL };
	int rc = pv_prompt_search_new(&search, "one -six", NULL, err);

	if (rc == PV_OK && scene->is_kept)
		rc = make_rows(&rows, scene, err);
	scope.rows = rows;
	if (rc == PV_OK)
		rc = pv_prompt_search_versions(search, &scope, say_version,
					       NULL, err);
	pv_git_rows_free(rows);
	pv_prompt_search_free(search);
	return rc;
}

static int add_texts(void *payload, pv_error *err)
{
	const pv_git_rows_refresh how = { .is_rebuild = 1 };
	struct scene *scene = payload;
	pv_git_rows *rows = NULL;
	size_t count;
	int rc = make_rows(&rows, scene, err);

	if (rc == PV_OK)
		rc = pv_git_rows_add_texts(&count, rows, scene->it->repo.store,
					   &scene->it->settings, &how, err);
	if (rc == PV_OK)
		walk_say("%zu", count);
	pv_git_rows_free(rows);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_prompt_search_new, new_search) },
	{ WALK(pv_prompt_search_new, bad_search) },
	{ WALK(pv_prompt_search_text, search_text) },
	{ WALK(pv_prompt_search_versions, search_versions) },
};

static const struct walk_row kept_rows[] = {
	{ WALK(pv_git_rows_add_texts, add_texts) },
	{ WALK(pv_prompt_search_versions, search_versions) },
};

static void test_alloc_search__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };
	struct repo keeper = { 0 };

	scene.it = *state;
	repo_sh(&scene.it->repo, "echo '{default_branch: main}' >pv.yaml");
	prompts_commit(scene.it, "a", "{prompt: one}");
	prompts_release(scene.it, NULL);
	prompts_commit(scene.it, "a", "{prompt: one two}");
	prompts_commit(scene.it, "b", "{prompt: six}");
	prompts_release(scene.it, NULL);
	repo_sh(&scene.it->repo, "mkdir .git/pv && git pack-refs --all");
	pv_store_free(scene.it->repo.store);
	scene.it->repo.store = NULL;
	/* Keeps libgit2 started, which would cost much in each round. */
	memcpy(keeper.path, scene.it->repo.path, sizeof(keeper.path));
	repo_open(&keeper);
	walk_all(rows, pv_array_len(rows), &setting);
	scene.is_kept = 1;
	walk_all(kept_rows, pv_array_len(kept_rows), &setting);
	pv_store_free(keeper.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_alloc_search__fails_cleanly_at_every_allocation,
			prompts_setup, prompts_teardown),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_search", tests, NULL, NULL);
}
