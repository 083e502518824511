/* SPDX-License-Identifier: MIT
 *
 * Random commits and tags, made by the library and by git's plumbing from the
 * same index, names, dates and message: one id. Names sort around "/", all
 * modes occur, time zones and encodings are odd, parents none to many. The
 * seed is printed; PV_TEST_SEED and PV_TEST_ROUNDS choose others.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

enum {
	ROUNDS = 25,
	ENTRIES = 12,
	PARENTS = 5
};

#define count_of(list) (sizeof(list) / sizeof(*(list)))

static const char *const parts[] = {
	"a",  "a.b", "a-", "a0", "ab",       "a b",      "A",
	"a!", "a~",  "z",  "#",  "\303\251", "\357\277", "a\"b",
};
static const char *const modes[] = { "100644", "100755", "120000", "160000" };
static const char *const dates[] = { "@0 +0000",           "@1 +1245",
				     "@99999999 -0330",    "@1700000000 -0000",
				     "@2147483648 +0530",  "@4294967301 -1200",
				     "@253402300799 +1400" };
static const char *const names[] = {
	"Ada",     " Zo\303\253. ",           "<x>", "J\351r\364me", "a,b;c",
	"\"q\" Q", "\346\227\245\346\234\254"
};
static const char *const messages[] = {
	"one\n",
	"\n\n lead\n\n\n\ntrail  \n\n",
	"# kept\n\nbody\n",
	"Gr\374\337e in latin\n",
	"\342\234\223 ok\n\nSigned-off-by: A <a@b>\n",
	"x\001\033[0m\ttab\n",
	"-- \n",
};
static const char *const encodings[] = { "utf-8", "UTF-8", "ISO-8859-1", "utf8",
					 "EUC-JP" };

static unsigned next_random(unsigned long long *state, unsigned limit)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(*state >> 33) % limit;
}

static const char *pick(unsigned long long *state, const char *const *list,
			size_t count)
{
	return list[next_random(state, (unsigned)count)];
}

/* Writes a file beside the repository. */
static void put_file(const struct repo *repo, const char *name,
		     const char *data, size_t len)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", repo->root, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

/* Puts random entries into the index, some over others, some away. */
static void change_index(const struct repo *repo, unsigned long long *state)
{
	pv_buf info = { 0 };

	for (unsigned i = 0; i < ENTRIES; i++) {
		unsigned depth = 1 + next_random(state, 3);
		int is_gone = next_random(state, 5) == 0;

		pv_buf_printf(&info, "%s %s\t",
			      is_gone ? "0" : pick(state, modes, count_of(modes)),
			      is_gone ? "0000000000000000000000000000000000000000"
				      : "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f");
		for (unsigned k = 0; k < depth; k++)
			pv_buf_printf(&info, "%s%s", k ? "/" : "",
				      pick(state, parts, count_of(parts)));
		pv_buf_putc(&info, '\0');
	}
	put_file(repo, "info", info.ptr, info.len);
	pv_buf_dispose(&info);
	repo_sh(repo, "printf abc | git hash-object -w --stdin; "
		      "git update-index -z --replace --index-info <../info");
}

static void choose_people(const struct repo *repo, unsigned long long *state)
{
	char command[128];

	setenv("GIT_AUTHOR_NAME", pick(state, names, count_of(names)), 1);
	setenv("GIT_AUTHOR_DATE", pick(state, dates, count_of(dates)), 1);
	setenv("GIT_COMMITTER_NAME", pick(state, names, count_of(names)), 1);
	setenv("GIT_COMMITTER_DATE", pick(state, dates, count_of(dates)), 1);
	snprintf(command, sizeof(command), "git config i18n.commitEncoding '%s'",
		 pick(state, encodings, count_of(encodings)));
	repo_sh(repo, command);
}

/* Leaves the repository in a merge of up to PARENTS commits more. */
static void choose_parents(const struct repo *repo, unsigned long long *state)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "git rev-list --all | grep -vx \"$(git rev-parse HEAD)\" | "
		 "shuf -n %u --random-source=../info >../parents; "
		 "test ! -s ../parents || { cp ../parents .git/MERGE_HEAD; "
		 "echo m >.git/MERGE_MSG; printf no-ff >.git/MERGE_MODE; }",
		 next_random(state, PARENTS));
	repo_sh(repo, command);
}

/* What git's plumbing makes of it all. */
static const char *plumbed(const struct repo *repo)
{
	return repo_line(repo, "git commit-tree $(git write-tree) "
			       "$(git rev-parse -q --verify HEAD | "
			       "sed 's/^/-p /') $(sed 's/^/-p /' ../parents) "
			       "-F ../message 2>/dev/null");
}

static void compare_tag(struct repo *repo, const pv_oid *commit, unsigned round,
			const char *message)
{
	pv_tag_request tag = { .commit = *commit, .message = message };
	char command[256];
	char name[32];
	pv_error err;
	pv_oid oid;

	snprintf(name, sizeof(name), "a/v1.%u.0", round);
	tag.name = name;
	pv_error_clear(&err);
	if (pv_store_tag(&oid, repo->store, &tag, &err) < 0)
		fail_msg("tag: %s", err.message);
	snprintf(command, sizeof(command),
		 "git tag -d %s >/dev/null; git tag -a -F ../message %s %s; "
		 "git rev-parse refs/tags/%s",
		 name, name, commit->hex, name);
	assert_string_equal(oid.hex, repo_line(repo, command));
}

static void play(struct repo *repo, unsigned long long *state, unsigned round)
{
	const char *message = pick(state, messages, count_of(messages));
	pv_commit_options opts = { .keep_message = 1, .allow_empty = 1 };
	char expected[64];
	pv_error err;
	pv_oid oid;

	opts.message = message;
	put_file(repo, "message", message, strlen(message));
	change_index(repo, state);
	choose_people(repo, state);
	choose_parents(repo, state);
	snprintf(expected, sizeof(expected), "%s", plumbed(repo));
	repo_open(repo);
	pv_error_clear(&err);
	if (pv_store_commit_staged(&oid, repo->store, &opts, &err) < 0)
		fail_msg("commit: %s", err.message);
	if (strcmp(oid.hex, expected) != 0) {
		repo_sh(repo, "git cat-file -p HEAD >&2");
		fail_msg("round %u: %s is not git's %s", round, oid.hex,
			 expected);
	}
	compare_tag(repo, &oid, round, message);
	pv_store_free(repo->store);
	repo->store = NULL;
}

static void test_store_identity__is_that_of_plumbing(void **state)
{
	const char *seed = getenv("PV_TEST_SEED");
	const char *count = getenv("PV_TEST_ROUNDS");
	unsigned long rounds = count ? strtoul(count, NULL, 10) : ROUNDS;
	unsigned long long random = seed ? strtoull(seed, NULL, 10) : 20260101;

	print_message("PV_TEST_SEED=%llu\n", random);
	for (unsigned long i = 0; i < rounds; i++)
		play(*state, &random, (unsigned)i);
	repo_sh(*state, "git fsck --no-dangling --no-progress");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_store_identity__is_that_of_plumbing,
						repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store identity", tests, NULL, NULL);
}
