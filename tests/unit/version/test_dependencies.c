/* SPDX-License-Identifier: MIT
 *
 * What differs of the files that a prompt refers to, and which texts need not
 * be asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

static pv_point point_of(struct prompts *it, const char *rev)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_error err = { 0 };

	if (pv_store_resolve(&at.commit, it->repo.store, rev, &err) != PV_OK)
		fail_msg("%s: %s", rev, err.message);
	return at;
}

static void put_changes(pv_buf *out, pv_dependencies *both, const char *before,
			const char *after)
{
	const pv_closure_change *items;
	pv_error err = { 0 };
	size_t count;

	if (pv_dependencies_compare(&items, &count, both, before, after, &err) !=
	    PV_OK)
		fail_msg("%s: %s", before, err.message);
	for (size_t i = 0; i < count; i++)
		pv_buf_printf(out, "%s %s,", pv_change_kind_name(items[i].kind),
			      items[i].path);
	pv_buf_putc(out, ';');
}

/* What differs for "a", then for "b", between HEAD~ and a point. */
static void expect(struct prompts *it, pv_point to, const char *want)
{
	pv_dependencies *both = NULL;
	pv_error err = { 0 };
	pv_point from;
	pv_buf got = { 0 };

	prompts_open(it);
	from = point_of(it, "HEAD~");
	if (to.kind == PV_AT_COMMIT)
		to = point_of(it, "HEAD");
	if (pv_dependencies_new(&both, it->repo.store, &it->settings, &from,
				&to, &err) != PV_OK)
		fail_msg("%s", err.message);
	put_changes(&got, both, "a", "a");
	put_changes(&got, both, "b", "b");
	assert_string_equal(pv_buf_text(&got), want);
	pv_buf_dispose(&got);
	pv_dependencies_free(both);
}

static const pv_point head = { .kind = PV_AT_COMMIT };
static const pv_point files = { .kind = PV_AT_WORKTREE };

static void begin(struct prompts *it)
{
	repo_sh(&it->repo, "mkdir -p schemas && echo '{}' >schemas/x.json && "
			   "echo '{\"$ref\": \"x.json\"}' >schemas/y.json");
	prompts_write(it, "tone", "{prompt: Be kind.}");
	prompts_write(it, "b", "{prompt: \"{% include \\\"tone\\\" %}\"}");
	prompts_commit(it, "a",
		       "{prompt: \"{% include \\\"b\\\" %}\", "
		       "output: {schema: {$ref: schemas/y.json}}}");
}

static void test_version_dependencies__finds_what_is_far_away(void **state)
{
	struct prompts *it = *state;

	begin(it);
	repo_sh(&it->repo, "echo '{\"type\": \"object\"}' >schemas/x.json");
	prompts_commit(it, "tone", "{prompt: Be brief.}");
	expect(it, head,
	       "modified prompts/tone.yaml,modified schemas/x.json,;"
	       "modified prompts/tone.yaml,;");
	expect(it, files,
	       "modified prompts/tone.yaml,modified schemas/x.json,;"
	       "modified prompts/tone.yaml,;");
}

static void test_version_dependencies__leaves_its_own_file_out(void **state)
{
	struct prompts *it = *state;

	begin(it);
	prompts_commit(it, "b", "{prompt: \"Now {% include \\\"tone\\\" %}\"}");
	expect(it, head, "modified prompts/b.yaml,;;");
}

static void test_version_dependencies__tells_what_comes_and_goes(void **state)
{
	struct prompts *it = *state;

	begin(it);
	repo_sh(&it->repo, "rm prompts/tone.yaml");
	prompts_commit(it, "a",
		       "{prompt: \"{% include \\\"b\\\" %}\", "
		       "output: {schema: {$ref: schemas/x.json}}}");
	expect(it, head,
	       "removed prompts/tone.yaml,removed schemas/y.json,;"
	       "removed prompts/tone.yaml,;");
	repo_sh(&it->repo, "echo '{prompt: New.}' >prompts/tone.yaml");
	prompts_sh(it, "git add -A && git commit -qm back");
	expect(it, head, "added prompts/tone.yaml,;added prompts/tone.yaml,;");
}

static void test_version_dependencies__says_nothing_of_what_is_broken(void **state)
{
	struct prompts *it = *state;

	begin(it);
	prompts_commit(it, "tone", "{prompt: [}");
	expect(it, head, ";;");
}

static void test_version_dependencies__asks_only_texts_that_may_refer(void **state)
{
	static const char *const yes[] = {
		"{% include 'x' %}",
		"{%- include 'x' %}",
		"{%+\n   import 'x' as y %}",
		"\"{%\\n from 'x' import y %}\"",
		"{%extends 'x'%}",
		"{{> x}}",
		"{{ > x}}",
		"{{=<% %>=}}",
		"{$ref: x.json}",
		"\"{% \\x69nclude 'x' %}\"",
		"\"$\\u0072ef\"",
		"\"{% inc\\\n  lude 'x' %}\"",
	};
	static const char *const no[] = {
		"",
		"{",
		"{%",
		"{{",
		"\\",
		"Please include {{ x }} and import $re.",
		"{% if include %}",
		"\"a\\nb {% set from = 1 %}\"",
		"{{ x > 1 }}",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(yes); i++)
		if (!pv_prompt_may_refer(yes[i], strlen(yes[i])))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < pv_array_len(no); i++)
		if (pv_prompt_may_refer(no[i], strlen(no[i])))
			fail_msg("%s", no[i]);
}

#define row(name)                                                   \
 cmocka_unit_test_setup_teardown(test_version_dependencies__##name, \
				 prompts_setup, prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(finds_what_is_far_away),
		row(leaves_its_own_file_out),
		row(tells_what_comes_and_goes),
		row(says_nothing_of_what_is_broken),
		cmocka_unit_test(
			test_version_dependencies__asks_only_texts_that_may_refer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
