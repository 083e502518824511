/* SPDX-License-Identifier: MIT
 *
 * Prompts as files: ids and paths, which files are prompts, and their order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

static const pv_settings settings = { .prompts_dir = "texts/p" };

static void test_version_prompts__paths_and_back(void **state)
{
	static const char *const ids[] = { "a", "a/b", "a.b/c-d_e", "v1.0" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(ids); i++) {
		pv_buf path = { 0 };
		pv_buf id = { 0 };

		assert_int_equal(pv_prompt_path(&path, &settings, ids[i], NULL),
				 PV_OK);
		assert_int_equal(pv_prompt_id(&id, &settings, path.ptr, NULL),
				 PV_OK);
		assert_string_equal(id.ptr, ids[i]);
		pv_buf_dispose(&path);
		pv_buf_dispose(&id);
	}
}

static void test_version_prompts__refuses_other_paths(void **state)
{
	static const char *const paths[] = {
		"texts/p/.yaml",       "texts/p",           "texts/p/a.yml",
		"texts/px/a.yaml",     "p/a.yaml",          "texts/p/A.yaml",
		"texts/p/a b.yaml",    "texts/p/../a.yaml", "",
		"texts/p/v1.2.3.yaml",
	};
	pv_buf id = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(paths); i++) {
		if (pv_prompt_id(&id, &settings, paths[i], NULL) != PV_ENOTFOUND)
			fail_msg("%s is taken", paths[i]);
	}
	assert_int_equal(id.len, 0);
	assert_int_equal(pv_prompt_path(&id, &settings, "../a", NULL),
			 PV_EINVALID);
	assert_int_equal(id.len, 0);
}

static int collect(const char *id, const char *path, const pv_oid *blob,
		   void *payload)
{
	pv_buf *out = payload;

	assert_true(!blob || strlen(blob->hex) == 40);
	assert_true(strncmp(path, "prompts/", 8) == 0);
	pv_buf_printf(out, "%s ", id);
	return strcmp(id, "stop") ? 0 : 7;
}

static void expect_ids(struct prompts *it, enum pv_point_kind kind,
		       const char *want)
{
	pv_point at = { .kind = kind };
	pv_buf got = { 0 };
	int rc;

	if (kind == PV_AT_COMMIT)
		at.commit = repo_oid(&it->repo, "HEAD");
	rc = pv_prompt_each(it->repo.store, &it->settings, &at, collect, &got,
			    NULL);
	assert_int_equal(rc, strstr(want, "stop") ? 7 : 0);
	assert_string_equal(pv_buf_text(&got), want);
	pv_buf_dispose(&got);
}

static void test_version_prompts__each_goes_by_id(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "a", "x");
	prompts_write(it, "a-b", "x");
	prompts_write(it, "a/b", "x");
	prompts_write(it, "a.b", "x");
	prompts_write(it, "Upper", "x");
	prompts_sh(it, "echo >prompts/README.md && echo >prompts/x.yml && "
		       "mkdir -p prompts-old && echo >prompts-old/o.yaml && "
		       "git add -A && git commit -qm all");
	prompts_write(it, "b", "x");
	prompts_open(it);
	expect_ids(it, PV_AT_COMMIT, "a a-b a.b a/b ");
	expect_ids(it, PV_AT_INDEX, "a a-b a.b a/b ");
	expect_ids(it, PV_AT_WORKTREE, "a a-b a.b a/b b ");
}

static void test_version_prompts__each_stops_when_told(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "stop", "x");
	prompts_write(it, "start", "x");
	prompts_write(it, "zebra", "x");
	prompts_open(it);
	expect_ids(it, PV_AT_WORKTREE, "start stop ");
}

static void test_version_prompts__none_is_fine(void **state)
{
	struct prompts *it = *state;

	prompts_sh(it, "git commit -q --allow-empty -m none");
	prompts_open(it);
	expect_ids(it, PV_AT_COMMIT, "");
	expect_ids(it, PV_AT_INDEX, "");
	expect_ids(it, PV_AT_WORKTREE, "");
}

/* --- closures ------------------------------------------------------------ */

static void closure(char out[80], struct prompts *it, const char *id)
{
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_error err = { 0 };
	pv_buf text = { 0 };

	prompts_open(it);
	if (pv_closure(&text, it->repo.store, &it->settings, &at, id, &err) !=
	    PV_OK)
		fail_msg("%s: %s", id, err.message);
	snprintf(out, 80, "%s", pv_buf_text(&text));
	pv_buf_dispose(&text);
}

static void test_version_prompts__closure_is_the_documented_digest(void **state)
{
	struct prompts *it = *state;
	char got[80];

	prompts_write(it, "tone", "{prompt: nice}");
	prompts_write(it, "a", "prompt: \"{% include \\\"tone\\\" %}\"");
	closure(got, it, "a");
	assert_string_equal(got, repo_line(&it->repo,
					   "for f in a tone; do "
					   "printf 'prompts/%s.yaml\\0%s\\n' $f "
					   "$(git hash-object prompts/$f.yaml); "
					   "done | sha256sum | cut -c1-64"));
}

static void test_version_prompts__closure_follows_includes(void **state)
{
	struct prompts *it = *state;
	char before[80];
	char after[80];

	prompts_write(it, "c", "{prompt: one}");
	prompts_write(it, "b", "prompt: \"{% include \\\"c\\\" %}\"");
	prompts_write(it, "a", "prompt: \"{% include \\\"b\\\" %}\"");
	closure(before, it, "a");
	prompts_write(it, "c", "{prompt: two}");
	closure(after, it, "a");
	assert_string_not_equal(before, after);
	prompts_write(it, "unrelated", "{prompt: two}");
	closure(before, it, "a");
	assert_string_equal(before, after);
}

static void test_version_prompts__closure_allows_cycles(void **state)
{
	struct prompts *it = *state;
	char got[80];

	prompts_write(it, "a", "prompt: \"{% include \\\"b\\\" %}\"");
	prompts_write(it, "b",
		      "prompt: \"{% include \\\"a\\\" %}{% include \\\"b\\\" "
		      "%}\"");
	closure(got, it, "a");
	assert_int_equal(strlen(got), 64);
}

static void test_version_prompts__closure_of_a_missing_include(void **state)
{
	struct prompts *it = *state;
	char without[80];
	char with[80];

	prompts_write(it, "a", "prompt: \"{% include \\\"b\\\" %}\"");
	closure(without, it, "a");
	assert_string_equal(without,
			    repo_line(&it->repo,
				      "{ printf 'prompts/a.yaml\\0%s\\n' "
				      "$(git hash-object prompts/a.yaml); "
				      "printf 'prompts/b.yaml\\0\\n'; } | "
				      "sha256sum | cut -c1-64"));
	prompts_write(it, "b", "{prompt: here}");
	closure(with, it, "a");
	assert_string_not_equal(with, without);
}

static void test_version_prompts__closure_takes_in_schemas(void **state)
{
	struct prompts *it = *state;
	char before[80];
	char after[80];

	repo_sh(&it->repo, "mkdir schemas && echo {} >schemas/out.json");
	prompts_write(it, "a",
		      "{prompt: x, output: {format: json, schema: "
		      "{\"$ref\": schemas/out.json}}}");
	closure(before, it, "a");
	repo_sh(&it->repo, "echo '{\"type\": \"object\"}' >schemas/out.json");
	closure(after, it, "a");
	assert_string_not_equal(before, after);
}

static void test_version_prompts__computed_include_is_dynamic(void **state)
{
	struct prompts *it = *state;
	char got[80];

	prompts_write(it, "b", "prompt: \"{% include which %}\"");
	prompts_write(it, "a", "prompt: \"{% include \\\"b\\\" %}\"");
	closure(got, it, "a");
	assert_int_equal(strncmp(got, "dynamic:", 8), 0);
	assert_int_equal(strlen(got), 72);
}

static void test_version_prompts__closure_failures(void **state)
{
	struct prompts *it = *state;
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_error err = { 0 };
	pv_buf out = { 0 };

	prompts_write(it, "a", "prompt: \"{% include \\\"b\\\" %}\"");
	prompts_write(it, "b", "{prompt: [}");
	prompts_open(it);
	assert_int_equal(pv_closure(&out, it->repo.store, &it->settings, &at,
				    "c", &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_PROMPT_NOT_FOUND);
	pv_error_clear(&err);
	assert_int_equal(pv_closure(&out, it->repo.store, &it->settings, &at,
				    "a", &err),
			 PV_ESYNTAX);
	assert_string_equal(err.source, "prompts/b.yaml");
	assert_int_equal(out.len, 0);
}

static void test_version_prompts__closure_has_a_limit(void **state)
{
	struct prompts *it = *state;
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_buf out = { 0 };

	repo_sh(&it->repo, "mkdir prompts && for i in $(seq 1 1001); do "
			   "printf 'prompt: \"{%% include \\\"p%d\\\" %%}\"\\n' "
			   "$((i + 1)) >prompts/p$i.yaml; done && "
			   "echo 'prompt: x' >prompts/p1002.yaml");
	prompts_open(it);
	assert_int_equal(pv_closure(&out, it->repo.store, &it->settings, &at,
				    "p1", NULL),
			 PV_ELIMIT);
	assert_int_equal(pv_closure(&out, it->repo.store, &it->settings, &at,
				    "p3", NULL),
			 PV_OK);
	pv_buf_dispose(&out);
}

#define row(name)                                                             \
 cmocka_unit_test_setup_teardown(test_version_prompts__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_prompts__paths_and_back),
		cmocka_unit_test(test_version_prompts__refuses_other_paths),
		row(each_goes_by_id),
		row(each_stops_when_told),
		row(none_is_fine),
		row(closure_is_the_documented_digest),
		row(closure_follows_includes),
		row(closure_allows_cycles),
		row(closure_of_a_missing_include),
		row(closure_takes_in_schemas),
		row(computed_include_is_dynamic),
		row(closure_failures),
		row(closure_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
