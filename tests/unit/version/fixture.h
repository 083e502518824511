/* SPDX-License-Identifier: MIT
 *
 * A repository of prompts for the tests of versions: the store's scratch
 * repository, the settings, and a prompt file made of one line of text.
 * Commits are made by git; each has a time of its own, so that their order
 * does not depend on the clock.
 */
#ifndef PV_TESTS_VERSION_FIXTURE_H
#define PV_TESTS_VERSION_FIXTURE_H

#include "store/repo.h"

struct prompts {
	struct repo repo;
	pv_settings settings;
	long when; /* of the last commit */
};

/* The next commit gets the next minute. */
static inline void prompts_tick(struct prompts *it)
{
	char text[64];

	it->when += 60;
	snprintf(text, sizeof(text), "%ld +0200", it->when);
	setenv("GIT_AUTHOR_DATE", text, 1);
	setenv("GIT_COMMITTER_DATE", text, 1);
}

/* Runs a shell command at the next minute. */
static inline void prompts_sh(struct prompts *it, const char *command)
{
	prompts_tick(it);
	repo_sh(&it->repo, command);
}

/* Opens the repository anew: what git did meanwhile is seen for sure. */
static inline void prompts_open(struct prompts *it)
{
	pv_error err = { 0 };

	pv_store_free(it->repo.store);
	it->repo.store = NULL;
	repo_open(&it->repo);
	if (pv_settings_load(&it->settings, it->repo.store, &err) != PV_OK)
		fail_msg("settings: %s", err.message);
}

/* Writes a text prompt without committing it. */
static inline void prompts_write(struct prompts *it, const char *id,
				 const char *text)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "f='prompts/%s.yaml'; mkdir -p \"${f%%/*}\" && "
		 "printf '%%s\\n' '%s' >\"$f\"",
		 id, text);
	repo_sh(&it->repo, command);
}

/* Writes it and commits everything. */
static inline void prompts_commit(struct prompts *it, const char *id,
				  const char *text)
{
	prompts_write(it, id, text);
	prompts_sh(it, "git add -A && git commit -qm change");
}

static inline int prompts_setup(void **state)
{
	struct prompts *it = calloc(1, sizeof(*it));

	assert_non_null(it);
	it->when = 1750000000;
	repo_init(&it->repo);
	*state = it;
	return 0;
}

static inline int prompts_teardown(void **state)
{
	struct prompts *it = *state;

	repo_dispose(&it->repo);
	free(it);
	return 0;
}

/* Releases `id` (NULL: all), which must work, and returns the count. */
static inline size_t prompts_release(struct prompts *it, const char *id)
{
	pv_release_options opts = { .ids = id ? &id : NULL, .id_count = !!id };
	pv_release_list list;
	pv_error err = { 0 };
	size_t count;

	prompts_open(it);
	if (pv_release_run(&list, it->repo.store, &it->settings, &opts, &err) !=
	    PV_OK)
		fail_msg("release: %s", err.message);
	count = list.count;
	pv_release_list_dispose(&list);
	return count;
}

/*
 * Releases with options, which must give `code`, and checks what was released:
 * "id version" of each, separated by commas.
 */
static inline void prompts_release_as(struct prompts *it,
				      const pv_release_options *opts, int code,
				      const char *want)
{
	pv_release_list list;
	pv_error err = { 0 };
	pv_buf got = { 0 };
	int rc;

	prompts_open(it);
	rc = pv_release_run(&list, it->repo.store, &it->settings, opts, &err);
	if (rc != code)
		fail_msg("result %d: %s", rc, err.message);
	for (size_t i = 0; i < list.count; i++)
		pv_buf_printf(&got, "%s%s %s", i ? "," : "", list.items[i].id,
			      list.items[i].version);
	assert_string_equal(pv_buf_text(&got), want);
	pv_buf_dispose(&got);
	pv_release_list_dispose(&list);
}

#endif
