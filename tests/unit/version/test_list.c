/* SPDX-License-Identifier: MIT
 *
 * Listing versions: order, contents, what is published, what is passed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"
#include "version/tag.h"

static void load(pv_version_list *out, struct prompts *it, const char *id)
{
	pv_error err = { 0 };

	prompts_open(it);
	if (pv_version_list_load(out, it->repo.store, &it->settings, id, &err) !=
	    PV_OK)
		fail_msg("%s: %s", id, err.message);
}

static void expect_list(struct prompts *it, const char *id, const char *want)
{
	pv_version_list list;
	pv_buf got = { 0 };

	load(&list, it, id);
	for (size_t i = 0; i < list.count; i++)
		pv_buf_printf(&got, "%s%s%s ", list.items[i].text,
			      list.items[i].is_published ? "P" : "",
			      list.items[i].is_removed ? "R" : "");
	assert_string_equal(pv_buf_text(&got), want);
	pv_buf_dispose(&got);
	pv_version_list_dispose(&list);
}

static void test_version_list__highest_first_with_contents(void **state)
{
	struct prompts *it = *state;
	pv_version_list list;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	for (int i = 0; i < 10; i++) {
		char text[64];

		snprintf(text, sizeof(text), "{prompt: text %d}", i);
		prompts_commit(it, "a", text);
		prompts_release(it, NULL);
	}
	expect_list(it, "a",
		    "1.10.0 1.9.0 1.8.0 1.7.0 1.6.0 1.5.0 1.4.0 1.3.0 1.2.0 "
		    "1.1.0 1.0.0 ");
	load(&list, it, "a");
	assert_string_equal(list.items[0].tag, "a/v1.10.0");
	assert_string_equal(list.items[0].commit.hex,
			    repo_oid(&it->repo, "HEAD").hex);
	assert_string_equal(list.items[0].blob.hex,
			    repo_oid(&it->repo, "HEAD:prompts/a.yaml").hex);
	assert_string_equal(list.items[0].subject, "change");
	assert_string_equal(list.items[0].tagger.email, "cay@example.com");
	assert_int_equal(list.items[0].tagger.when, it->when);
	assert_int_equal(list.items[0].bump, PV_BUMP_MINOR);
	assert_int_equal(list.items[10].bump, PV_BUMP_NONE);
	assert_int_equal(strlen(list.items[0].closure), 64);
	pv_version_list_dispose(&list);
}

static void test_version_list__none_is_fine(void **state)
{
	struct prompts *it = *state;

	expect_list(it, "a", "");
	prompts_commit(it, "a", "{prompt: one}");
	expect_list(it, "a", "");
	expect_list(it, "other", "");
}

static void test_version_list__ids_do_not_mix(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "a", "{prompt: one}");
	prompts_write(it, "a/b", "{prompt: one}");
	prompts_write(it, "a/v1.0", "{prompt: one}");
	prompts_commit(it, "ab", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release(it, NULL);
	expect_list(it, "a", "1.1.0 1.0.0 ");
	expect_list(it, "a/b", "1.0.0 ");
	expect_list(it, "a/v1.0", "1.0.0 ");
}

static void test_version_list__removed_prompts(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_sh(it, "git rm -q prompts/a.yaml && git commit -qm gone");
	expect_list(it, "a", "1.0.0R ");
}

static void test_version_list__published_is_the_same_object(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git update-ref refs/pv/remote/up/stream/tags/a/v1.0.0 "
			   "refs/tags/a/v1.0.0 && "
			   "git update-ref refs/pv/remote/origin/tags/a/v1.1.0 "
			   "refs/tags/a/v1.0.0");
	expect_list(it, "a", "1.1.0 1.0.0P ");
}

static void test_version_list__passes_over_malformed_tags(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	/* Lightweight, without trailers, of another prompt, of a blob, and */
	/* on a commit that is on no branch. */
	repo_sh(&it->repo,
		"git tag a/v2.0.0 && git tag -a -m x a/v3.0.0 && "
		"git cat-file tag a/v1.0.0 | sed '1,/^$/d' >../m && "
		"git tag -a -F ../m a/v4.0.0 && git tag a/v5 && "
		"sed 's/1\\.0\\.0/6.0.0/; s/Pv-Prompt: a/Pv-Prompt: b/' ../m "
		">../n && git tag -a -F ../n a/v6.0.0 && "
		"sed 's/1\\.0\\.0/7.0.0/' ../m >../o && "
		"git tag -a -F ../o a/v7.0.0 HEAD:prompts/a.yaml && "
		"sed 's/1\\.0\\.0/8.0.0/' ../m >../p && "
		"git tag -a -F ../p a/v8.0.0 "
		"$(git commit-tree -m x HEAD^{tree})");
	expect_list(it, "a", "1.0.0 ");
}

static void test_version_list__bad_id(void **state)
{
	struct prompts *it = *state;
	pv_version_list list;

	prompts_open(it);
	assert_int_equal(pv_version_list_load(&list, it->repo.store,
					      &it->settings, "../a", NULL),
			 PV_EINVALID);
	assert_null(list.items);
}

/* --- the text of tags ---------------------------------------------------- */

static void test_version_list__splits_names_of_tags(void **state)
{
	static const struct {
		const char *refname;
		const char *id;
	} rows[] = {
		{ "refs/tags/a/v1.0.0", "a" },
		{ "refs/tags/a/b.c/v1.0.0-rc.1", "a/b.c" },
		{ "refs/tags/a/1.0.0", NULL },
		{ "refs/tags/v1.0.0", NULL },
		{ "refs/tags/a/v1.0", NULL },
		{ "refs/tags/A/v1.0.0", NULL },
		{ "refs/tags/a/v1.0.0/v2.0.0", NULL },
		{ "refs/tags/a/v1.0.0+b", NULL },
		{ "refs/tags/a/vv1.0.0", NULL },
		{ "refs/heads/a/v1.0.0", NULL },
		{ "refs/tags/", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_semver number;
		pv_str id;
		int is_version =
			pv_version_tag_split(&id, &number, rows[i].refname);

		assert_int_equal(is_version, rows[i].id != NULL);
		if (is_version)
			assert_true(pv_str_is(id, rows[i].id));
	}
}

static void test_version_list__reads_back_what_it_writes(void **state)
{
	char closure[80];
	pv_version_info info = { .closure = closure, .bump = PV_BUMP_MAJOR };
	pv_version_info read = { 0 };
	pv_buf text = { 0 };

	(void)state;
	memset(info.blob.hex, 'a', 40);
	snprintf(closure, sizeof(closure), "dynamic:%064d", 7);
	assert_int_equal(pv_semver_parse(&info.number, "2.0.0-rc.1", NULL), 0);
	pv_semver_format(info.text, &info.number);
	pv_version_tag_message(&text, "a/b", &info);
	read.number = info.number;
	assert_int_equal(pv_version_tag_parse(&read, "a/b", text.ptr, NULL),
			 PV_OK);
	assert_string_equal(read.blob.hex, info.blob.hex);
	assert_string_equal(read.closure, closure);
	assert_int_equal(read.bump, PV_BUMP_MAJOR);
	pv_version_info_dispose(&read);
	read.number = info.number;
	assert_int_equal(pv_version_tag_parse(&read, "a", text.ptr, NULL),
			 PV_EINVALID);
	text.ptr[text.len / 2] = '\n';
	assert_int_equal(pv_version_tag_parse(&read, "a/b", text.ptr, NULL),
			 PV_EINVALID);
	pv_buf_dispose(&text);
}

#define row(name)                                                          \
 cmocka_unit_test_setup_teardown(test_version_list__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(highest_first_with_contents),
		row(none_is_fine),
		row(ids_do_not_mix),
		row(removed_prompts),
		row(published_is_the_same_object),
		row(passes_over_malformed_tags),
		row(bad_id),
		cmocka_unit_test(test_version_list__splits_names_of_tags),
		cmocka_unit_test(test_version_list__reads_back_what_it_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
