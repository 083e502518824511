/* SPDX-License-Identifier: MIT
 *
 * Annotated tags, one and many, against `git tag -a`.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/play.h"

enum {
	MANY = 1100
};

static int tag(pv_oid *out, struct repo *repo, const char *name,
	       const char *message, pv_error *err)
{
	pv_tag_request request = { .name = name, .message = message };
	int rc;

	pv_error_clear(err);
	request.commit = repo_oid(repo, "HEAD");
	repo_open(repo);
	rc = pv_store_tag(out, repo->store, &request, err);
	pv_store_free(repo->store);
	repo->store = NULL;
	return rc;
}

static const char *const messages[] = {
	"one line",
	"\n  subject \n\n\n# a comment\nbody\t\n\n",
	"Pv-Prompt: a/b\nPv-Version: 1.0.0\n",
	"caf\303\251 and caf\351",
	"",
};

static void test_store_tag__bytes_are_those_of_git(void **state)
{
	struct repo *repo = *state;
	char command[256];
	char path[160];
	pv_error err;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE ":");
	snprintf(path, sizeof(path), "%s/message", repo->root);
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		fputs(messages[i], file);
		fclose(file);
		repo_sh(repo, "git tag -d x/y/v1 >/dev/null 2>&1; "
			      "git tag -a -F ../message x/y/v1; "
			      "git rev-parse x/y/v1 >../theirs; "
			      "git tag -d x/y/v1 >/dev/null");
		if (tag(&oid, repo, "x/y/v1", messages[i], &err) < 0)
			fail_msg("%s", err.message);
		snprintf(command, sizeof(command), "cat ../theirs");
		assert_string_equal(oid.hex, repo_line(repo, command));
		assert_string_equal(oid.hex,
				    repo_line(repo, "git rev-parse x/y/v1"));
		expect_sound(repo);
	}
}

static void test_store_tag__the_same_again_is_fine(void **state)
{
	struct repo *repo = *state;
	pv_error err;
	pv_oid first, again;

	repo_sh(repo, PLAY_BASE ":");
	assert_int_equal(tag(&first, repo, "v1", "m", &err), PV_OK);
	assert_int_equal(tag(&again, repo, "v1", "m", &err), PV_OK);
	assert_string_equal(first.hex, again.hex);
	repo_sh(repo, "git pack-refs --all");
	assert_int_equal(tag(&again, repo, "v1", "m", &err), PV_OK);
	assert_int_equal(tag(&again, repo, "v1", "other", &err), PV_EEXISTS);
	assert_string_equal(first.hex, repo_line(repo, "git rev-parse v1"));
}

static void test_store_tag__names_git_refuses_are_refused(void **state)
{
	static const char *const names[] = { "",       "-a",    "a b",  "a..b",
					     "a.lock", "a\x7f", "a/.b", "a~1",
					     "a/",     "@{now}" };
	struct repo *repo = *state;
	pv_error err;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE ":");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(tag(&oid, repo, names[i], "m", &err),
				 PV_EINVALID);
	assert_string_equal("", repo_line(repo, "git tag"));
}

static void test_store_tag__names_that_clash_are_refused(void **state)
{
	struct repo *repo = *state;
	pv_error err;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "git tag a/b; git pack-refs --all");
	assert_int_equal(tag(&oid, repo, "a", "m", &err), PV_EEXISTS);
	assert_int_equal(tag(&oid, repo, "a/b/c", "m", &err), PV_EEXISTS);
	assert_string_equal("a/b", repo_line(repo, "git tag"));
	expect_sound(repo);
}

static void test_store_tag__a_missing_commit_is_refused(void **state)
{
	struct repo *repo = *state;
	pv_tag_request request = { .name = "v1", .message = "m" };
	pv_oid oid;

	repo_sh(repo, PLAY_BASE ":");
	snprintf(request.commit.hex, sizeof(request.commit.hex), "%040d", 7);
	repo_open(repo);
	assert_int_equal(pv_store_tag(&oid, repo->store, &request, NULL),
			 PV_ENOTFOUND);
	assert_string_equal("", repo_line(repo, "git tag"));
}

static void test_store_tag__another_tagger(void **state)
{
	struct repo *repo = *state;
	char name[] = "T. Agger,";
	char mail[] = "<t@x>";
	pv_signature tagger = { name, mail, 1600000000, -90 };
	pv_tag_request request = { .name = "v1",
				   .message = "m",
				   .tagger = &tagger };
	pv_oid oid;

	repo_sh(repo, PLAY_BASE ":");
	request.commit = repo_oid(repo, "HEAD");
	repo_open(repo);
	assert_int_equal(pv_store_tag(&oid, repo->store, &request, NULL), PV_OK);
	assert_string_equal("tagger T. Agger <t@x> 1600000000 -0130",
			    repo_line(repo, "git cat-file tag v1 | grep ^tagger"));
}

/* Makes MANY requests, named n/0 and so on; texts go to `texts`. */
static pv_tag_request *make_requests(struct repo *repo, char (*texts)[24])
{
	pv_tag_request *requests = calloc(MANY, sizeof(*requests));
	pv_oid head = repo_oid(repo, "HEAD");

	assert_non_null(requests);
	for (int i = 0; i < MANY; i++) {
		snprintf(texts[i], sizeof(texts[i]), "n%d/v1.0.%d", i % 97, i);
		requests[i].name = texts[i];
		requests[i].message = texts[i];
		requests[i].commit = head;
	}
	return requests;
}

static void test_store_tag__many_go_into_one_pack(void **state)
{
	static char texts[MANY][24];
	struct repo *repo = *state;
	pv_tag_request *requests;
	pv_error err;

	repo_sh(repo, PLAY_BASE ":");
	requests = make_requests(repo, texts);
	repo_open(repo);
	/* One is there already with the same contents. */
	assert_int_equal(pv_store_tag(&(pv_oid){ "" }, repo->store,
				      &requests[5], NULL),
			 PV_OK);
	if (pv_store_tag_many(NULL, repo->store, requests, MANY, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal("1100", repo_line(repo, "git tag | wc -l"));
	assert_string_equal("1", repo_line(repo, "ls .git/objects/pack/*.pack "
						 "| wc -l"));
	assert_string_equal("0", repo_line(repo, "find .git/refs/tags -type f "
						 "| wc -l"));
	repo_sh(repo, "git tag -v n7/v1.0.7 2>/dev/null; git cat-file tag "
		      "n7/v1.0.7 >../one; git tag -d n7/v1.0.7 >/dev/null; "
		      "git tag -a -m n7/v1.0.7 n7/v1.0.7; git cat-file tag "
		      "n7/v1.0.7 | cmp - ../one");
	expect_sound(repo);
	free(requests);
}

static void test_store_tag__many_or_none(void **state)
{
	static char texts[MANY][24];
	struct repo *repo = *state;
	pv_tag_request *requests;
	pv_error err;

	repo_sh(repo, PLAY_BASE "git tag -a -m other n3/v1.0.100");
	requests = make_requests(repo, texts);
	repo_open(repo);
	assert_int_equal(pv_store_tag_many(NULL, repo->store, requests, MANY,
					   &err),
			 PV_EEXISTS);
	assert_non_null(strstr(err.message, "n3/v1.0.100"));
	assert_string_equal("1", repo_line(repo, "git tag | wc -l"));
	repo_sh(repo, "git tag -d n3/v1.0.100; git tag n3/v1.0.100/sub");
	assert_int_equal(pv_store_tag_many(NULL, repo->store, requests, MANY,
					   &err),
			 PV_EEXISTS);
	assert_string_equal("1", repo_line(repo, "git tag | wc -l"));
	expect_sound(repo);
	free(requests);
}

static void test_store_tag__signed_as_git_signs(void **state)
{
	struct repo *repo = *state;
	pv_error err;
	pv_oid first, again;

	repo_sh(repo,
		PLAY_BASE "ssh-keygen -q -t ed25519 -N '' -C k -f ../key "
			  "</dev/null; git config gpg.format ssh; "
			  "git config user.signingKey \"$(cd ..; pwd)/key\"; "
			  "git config tag.gpgSign true; "
			  "git tag -a -m 'a message' v1; git rev-parse v1 "
			  ">../theirs; git tag -d v1 >/dev/null");
	if (tag(&first, repo, "v1", "a message", &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(first.hex, repo_line(repo, "cat ../theirs"));
	assert_int_equal(tag(&again, repo, "v1", "a message", &err), PV_OK);
	assert_string_equal(first.hex, again.hex);
	assert_int_equal(tag(&again, repo, "v1", "another", &err), PV_EEXISTS);
	expect_sound(repo);
}

#define TEST(name)                                                   \
 cmocka_unit_test_setup_teardown(test_store_tag__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_are_those_of_git),
		TEST(the_same_again_is_fine),
		TEST(names_git_refuses_are_refused),
		TEST(names_that_clash_are_refused),
		TEST(a_missing_commit_is_refused),
		TEST(another_tagger),
		TEST(many_go_into_one_pack),
		TEST(many_or_none),
		TEST(signed_as_git_signs),
	};

	return cmocka_run_group_tests_name("store tag", tests, NULL, NULL);
}
