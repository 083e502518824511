/* SPDX-License-Identifier: MIT
 *
 * Every allocation of every entry point fails once: the result is PV_ENOMEM
 * and nothing else, nothing is leaked, and the list of releases is true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "faults.h"
#include "version/fixture.h"

enum {
	FAULTS_MAX = 20000
};

/* One call of an entry point, which disposes of what it was given. */
typedef int (*call_fn)(struct prompts *it, pv_error *err);

static int call_settings(struct prompts *it, pv_error *err)
{
	pv_settings settings;

	return pv_settings_load(&settings, it->repo.store, err);
}

static int ignore(const char *id, const char *path, const pv_oid *blob,
		  void *payload)
{
	(void)id;
	(void)path;
	(void)blob;
	(void)payload;
	return 0;
}

static int call_each(struct prompts *it, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	int rc = pv_settings_tip(&at.commit, it->repo.store, &it->settings, err);

	if (rc < 0)
		return rc;
	return pv_prompt_each(it->repo.store, &it->settings, &at, ignore, NULL,
			      err);
}

static int call_closure(struct prompts *it, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_buf out = { 0 };
	int rc = pv_settings_tip(&at.commit, it->repo.store, &it->settings, err);

	if (rc == PV_OK)
		rc = pv_closure(&out, it->repo.store, &it->settings, &at, "a",
				err);
	pv_buf_dispose(&out);
	return rc;
}

static int call_list(struct prompts *it, pv_error *err)
{
	pv_version_list list;
	int rc = pv_version_list_load(&list, it->repo.store, &it->settings, "a",
				      err);

	pv_version_list_dispose(&list);
	return rc;
}

static int describe_at_tip(struct prompts *it, const char *id, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_buf out = { 0 };
	int rc = pv_settings_tip(&at.commit, it->repo.store, &it->settings, err);

	if (rc == PV_OK)
		rc = pv_version_describe(&out, it->repo.store, &it->settings,
					 id, &at, err);
	pv_buf_dispose(&out);
	return rc;
}

static int call_describe_changed(struct prompts *it, pv_error *err)
{
	return describe_at_tip(it, "a", err);
}

static int call_describe_new(struct prompts *it, pv_error *err)
{
	return describe_at_tip(it, "z", err);
}

static int call_stale(struct prompts *it, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_version_index *index = NULL;
	int rc = pv_settings_tip(&at.commit, it->repo.store, &it->settings, err);

	if (rc == PV_OK)
		rc = pv_version_index_load(&index, it->repo.store,
					   &it->settings, err);
	if (rc == PV_OK)
		rc = pv_version_index_is_stale(index, "b", &at, NULL, err);
	pv_version_index_free(index);
	return rc > 0 ? PV_OK : rc;
}

static int resolve(struct prompts *it, const char *text, pv_error *err)
{
	pv_spec spec;
	int rc = pv_spec_resolve(&spec, it->repo.store, &it->settings, text,
				 PV_SPEC_COMMIT, err);

	pv_spec_dispose(&spec);
	return rc;
}

static int call_spec_version(struct prompts *it, pv_error *err)
{
	return resolve(it, "a@1.0", err);
}

static int call_spec_branch(struct prompts *it, pv_error *err)
{
	return resolve(it, "a@main~1", err);
}

static int call_spec(struct prompts *it, pv_error *err)
{
	return resolve(it, "a", err);
}

static int call_release(struct prompts *it, pv_error *err)
{
	pv_release_options opts = { .dry_run = 1 };
	pv_release_list list;
	int rc = pv_release_run(&list, it->repo.store, &it->settings, &opts, err);

	pv_release_list_dispose(&list);
	return rc;
}

static const struct {
	const char *name;
	call_fn call;
} calls[] = {
	{ "settings", call_settings },
	{ "each", call_each },
	{ "closure", call_closure },
	{ "list", call_list },
	{ "describe a changed prompt", call_describe_changed },
	{ "describe a new prompt", call_describe_new },
	{ "stale", call_stale },
	{ "spec of a version", call_spec_version },
	{ "spec of a branch", call_spec_branch },
	{ "spec", call_spec },
	{ "release", call_release },
};

static void build(struct prompts *it)
{
	repo_sh(&it->repo, "echo '{default_branch: main}' >pv.yaml");
	prompts_write(it, "tone", "{prompt: nice}");
	prompts_write(it, "b", "prompt: \"{% include \\\"tone\\\" %}\"");
	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_write(it, "tone", "{prompt: kind}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "git mv prompts/b.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: b'");
	prompts_write(it, "b", "prompt: \"{% include \\\"tone\\\" %}\"");
	prompts_commit(it, "y", "{prompt: y}");
	prompts_open(it);
}

/* Runs one call with ever later faults until it gets through. */
static void exhaust(struct prompts *it, const char *name, call_fn call)
{
	for (long n = 0; n < FAULTS_MAX; n++) {
		struct faults faults = { 0 };
		pv_error err = { 0 };
		int rc;

		faults_start(&faults, n);
		rc = call(it, &err);
		faults_stop();
		if (!faults.hit) {
			if (rc != PV_OK)
				fail_msg("%s: %s", name, err.message);
			assert_int_equal(faults.live, 0);
			return;
		}
		if (rc != PV_ENOMEM || err.code != PV_ENOMEM)
			fail_msg("%s, fault %ld: %d, %d \"%s\"", name, n, rc,
				 err.code, err.message);
		if (faults.live)
			fail_msg("%s, fault %ld: %ld leaked", name, n,
				 faults.live);
	}
	fail_msg("%s: never got through", name);
}

static void test_version_faults__every_allocation_may_fail(void **state)
{
	struct prompts *it = *state;

	build(it);
	for (size_t i = 0; i < pv_array_len(calls); i++)
		exhaust(it, calls[i].name, calls[i].call);
}

static void test_version_faults__release_tells_what_is_tagged(void **state)
{
	struct prompts *it = *state;
	pv_release_list list;
	size_t tagged = 0;
	int rc = PV_ENOMEM;

	prompts_write(it, "a", "{prompt: one}");
	prompts_write(it, "b", "{prompt: one}");
	prompts_commit(it, "c", "{prompt: one}");
	prompts_open(it);
	for (long n = 0; rc == PV_ENOMEM && n < FAULTS_MAX; n += 7) {
		struct faults faults = { 0 };
		char command[64];

		faults_start(&faults, n);
		rc = pv_release_run(&list, it->repo.store, &it->settings, NULL,
				    NULL);
		tagged += list.count;
		snprintf(command, sizeof(command),
			 "test $(git tag | wc -l) = %zu", tagged);
		repo_sh(&it->repo, command);
		pv_release_list_dispose(&list);
		faults_stop();
		assert_int_equal(faults.live, 0);
	}
	assert_int_equal(rc, PV_OK);
	assert_string_equal(repo_line(&it->repo, "git tag | wc -l"), "3");
}

#define row(name)                                                            \
 cmocka_unit_test_setup_teardown(test_version_faults__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(every_allocation_may_fail),
		row(release_tells_what_is_tagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
