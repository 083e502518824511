/* SPDX-License-Identifier: MIT
 *
 * Commits, tags and trailers as read, compared with what git prints of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <strings.h>

#include "base/str.h"
#include "store/repo.h"

/* One field of a commit as `git log --format` has it. */
static void expect_field(struct repo *repo, const char *format, const char *ours)
{
	pv_buf git = { 0 };
	char command[128];

	snprintf(command, sizeof(command),
		 "git -c i18n.logOutputEncoding=UTF-8 log -1 --date=format:%%z --format='%s'",
		 format);
	repo_read(repo, &git, command);
	assert_string_equal(ours, pv_buf_text(&git));
	pv_buf_dispose(&git);
}

/* The raw body: git leaves out blank lines before it. */
static void expect_message(struct repo *repo, const char *ours)
{
	pv_buf git = { 0 };
	pv_buf text = { 0 };

	pv_buf_puts(&text, ours);
	pv_buf_puts(&text, ".");
	repo_read(repo, &git,
		  "git -c i18n.logOutputEncoding=UTF-8 log -1 --format=%B. | tr -d '\\r'");
	while (git.len && git.ptr[0] == '\n') {
		memmove(git.ptr, git.ptr + 1, git.len);
		git.len--;
	}
	assert_string_equal(text.ptr, git.ptr);
	pv_buf_dispose(&git);
	pv_buf_dispose(&text);
}

static void expect_commit(struct repo *repo)
{
	pv_oid head = repo_oid(repo, "HEAD");
	pv_buf text = { 0 };
	pv_commit commit;
	pv_error err;

	assert_int_equal(pv_store_commit_read(&commit, repo->store, &head, &err),
			 PV_OK);
	expect_field(repo, "%H", commit.oid.hex);
	expect_field(repo, "%T", commit.tree.hex);
	expect_field(repo, "%an", commit.author.name);
	expect_field(repo, "%ae", commit.author.email);
	expect_field(repo, "%cn", commit.committer.name);
	expect_field(repo, "%ce", commit.committer.email);
	expect_field(repo, "%s", commit.subject);
	expect_message(repo, commit.message);
	pv_buf_printf(&text, "%lld %lld %c%02d%02d",
		      (long long)commit.author.when,
		      (long long)commit.committer.when,
		      commit.author.offset < 0 ? '-' : '+',
		      abs(commit.author.offset) / 60,
		      abs(commit.author.offset) % 60);
	expect_field(repo, "%at %ct %ad", text.ptr);
	pv_buf_dispose(&text);
	pv_commit_dispose(&commit);
}

static void expect_parents(struct repo *repo, size_t count)
{
	pv_oid head = repo_oid(repo, "HEAD");
	pv_buf text = { 0 };
	pv_commit commit;

	assert_int_equal(pv_store_commit_read(&commit, repo->store, &head, NULL),
			 PV_OK);
	assert_int_equal(commit.parent_count, count);
	for (size_t i = 0; i < count; i++)
		pv_buf_printf(&text, "%s%s", i ? " " : "", commit.parents[i].hex);
	expect_field(repo, "%P", pv_buf_text(&text));
	pv_buf_dispose(&text);
	pv_commit_dispose(&commit);
}

static void test_store_commit_read__gives_the_fields_of_git_log(void **state)
{
	static const char *const commits[] = {
		"git commit -q --allow-empty -m one",
		"GIT_AUTHOR_DATE='1700000000 -0330' git commit -q "
		"--allow-empty -m two",
		"GIT_AUTHOR_NAME='Ünï Ço.' GIT_AUTHOR_EMAIL='' "
		"GIT_AUTHOR_DATE='@0 +1400' git commit -q --allow-empty -m x",
		"printf '\\n\\n  \\n subject  \\nsecond line\\t\\n third\\n  \\nbody\\n'"
		" | git commit -q --allow-empty --cleanup=verbatim -F -",
		"git commit -q --allow-empty --allow-empty-message -m ''",
		"git config i18n.commitEncoding ISO-8859-1; "
		"export GIT_AUTHOR_NAME=$(printf 'J\\374rgen'); "
		"printf 'caf\\351\\n\\nd\\351j\\340\\n' | "
		"git commit -q --allow-empty -F -",
		"git config i18n.commitEncoding SHIFT_JIS; "
		"printf '\\223\\372\\226\\173\\n' | "
		"git commit -q --allow-empty -F -",
		"git config i18n.commitEncoding no-such-charset; "
		"git commit -q --allow-empty -m plain",
	};
	struct repo *repo = *state;

	repo_open(repo);
	for (size_t i = 0; i < sizeof(commits) / sizeof(commits[0]); i++) {
		repo_sh(repo, commits[i]);
		expect_commit(repo);
	}
}

static void test_store_commit_read__lists_the_parents(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git commit -q --allow-empty -m one");
	repo_open(repo);
	expect_parents(repo, 0);
	repo_sh(repo, "git checkout -q -b a; git commit -q --allow-empty -m a\n"
		      "git checkout -q -b b main\n"
		      "git commit -q --allow-empty -m b\n"
		      "git checkout -q main; git commit -q --allow-empty -m m");
	expect_parents(repo, 1);
	repo_sh(repo, "git merge -q -m octopus a b");
	expect_parents(repo, 3);
}

static void test_store_commit_read__tells_what_is_no_commit(void **state)
{
	struct repo *repo = *state;
	pv_oid tree, missing = { "1234567890123456789012345678901234567890" };
	pv_commit commit;
	pv_tag tag;

	repo_sh(repo, "git commit -q --allow-empty -m one; git tag -a -m t t "
		      "HEAD^{tree}");
	repo_open(repo);
	tree = repo_oid(repo, "HEAD^{tree}");
	assert_int_equal(pv_store_commit_read(&commit, repo->store, &missing,
					      NULL),
			 PV_ENOTFOUND);
	assert_int_equal(pv_store_commit_read(&commit, repo->store, &tree, NULL),
			 PV_ENOTFOUND);
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &tree, NULL),
			 PV_EINVALID);
	tree = repo_oid(repo, "refs/tags/t");
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &tree, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &missing, NULL),
			 PV_ENOTFOUND);
	pv_commit_dispose(&commit);
	pv_tag_dispose(&tag);
}

static void test_store_commit_read__reads_annotated_tags(void **state)
{
	struct repo *repo = *state;
	pv_oid oid, head;
	pv_tag tag;

	repo_sh(repo, "git commit -q --allow-empty -m one\n"
		      "git tag -a -F - v1 <<'E'\nsubject\n\nPv-Blob: 1\nE\n"
		      "git tag -a -m outer v2 v1");
	repo_open(repo);
	head = repo_oid(repo, "HEAD");
	oid = repo_oid(repo, "v1");
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &oid, NULL), PV_OK);
	assert_string_equal(tag.oid.hex, oid.hex);
	assert_string_equal(tag.target.hex, head.hex);
	assert_string_equal(tag.tagger.name, "Cay Committer");
	assert_int_equal(tag.tagger.when, 1750000060);
	assert_int_equal(tag.tagger.offset, 120);
	assert_string_equal(tag.message, "subject\n\nPv-Blob: 1\n");
	pv_tag_dispose(&tag);
	oid = repo_oid(repo, "v2");
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &oid, NULL), PV_OK);
	assert_string_equal(tag.target.hex, head.hex);
	pv_tag_dispose(&tag);
}

static void test_store_commit_read__leaves_out_the_signature(void **state)
{
	struct repo *repo = *state;
	pv_oid oid;
	pv_tag tag;

	if (system("command -v ssh-keygen >/dev/null") != 0)
		skip();
	repo_sh(repo, "git commit -q --allow-empty -m one\n"
		      "ssh-keygen -q -t ed25519 -N '' -f ../key\n"
		      "git config gpg.format ssh\n"
		      "git config user.signingKey \"$PWD/../key\"\n"
		      "git tag -s -m signed v1");
	repo_open(repo);
	oid = repo_oid(repo, "v1");
	assert_int_equal(pv_store_tag_read(&tag, repo->store, &oid, NULL), PV_OK);
	assert_string_equal(tag.message, "signed\n");
	pv_tag_dispose(&tag);
}

/* Messages and the keys looked for in them, against interpret-trailers. */
static const char *const messages[] = {
	"subject\n\nPv-Blob: 1\n",
	"subject\n\nbody\n\nPv-Blob: 1\nPv-Version: 2\n",
	"Pv-Blob: 1\n",
	"subject\n\nPv-Blob: 1\n\nlast paragraph\n",
	"subject\n\nsome text\nPv-Blob: 1\n",
	"subject\n\nsome text\nPv-Blob: 1\nSigned-off-by: a <b>\n",
	"subject\n\na\nb\nc\nd\ne\nf\ng\nh\ni\nSigned-off-by: a <b>\n",
	"subject\n\nPv-Blob: 1\nPv-Blob: 2\n",
	"subject\n\npv-blob:    spaced   \n",
	"subject\n\nPv-Blob : before\n",
	"subject\n\nPv-Blob:\nPv-Version: 1\n",
	"subject\n\nPv-Blob: 1\n\n\n",
	"subject\n\nPv-Blob: folded\n  value\n\tmore\nPv-Version: 3\n",
	"subject\n\nPv-Blobs: 1\nX-Pv-Blob: 2\n",
	"subject\n\nPv-Blob 1\n",
	"subject\n\nPv-Blob: a: b\n",
	"subject\n  \nPv-Blob: 1\n",
	"subject\n\n(cherry picked from commit 123)\nPv-Blob: 1\nplain\n",
	"subject\n\nhttp://example.com\nPv-Blob: 1\n",
	"subject\n\n  Pv-Blob: 1\n",
	"",
	"\n\nsubject\n\nPv-Blob: 1",
};

static int keep_last(const char *key, size_t key_len, const char *value,
		     size_t len, void *payload)
{
	pv_str *last = payload;

	if (key_len == 7 && !strncasecmp(key, "Pv-Blob", 7)) {
		last->ptr = value;
		last->len = len;
	}
	return 0;
}

/* Going through all trailers ends at the one that is found by its key. */
static void agrees_with_each(const char *message, const char *value, size_t len)
{
	pv_str last = { NULL, 0 };

	assert_int_equal(pv_trailer_each(message, keep_last, &last), 0);
	assert_int_equal(last.len, value ? len : 0);
	if (value)
		assert_ptr_equal(last.ptr, value);
}

static void test_store_commit_read__finds_trailers_as_git_does(void **state)
{
	struct repo *repo = *state;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		char path[128];
		pv_buf git = { 0 };
		pv_buf ours = { 0 };
		const char *value;
		size_t len;
		FILE *file;

		snprintf(path, sizeof(path), "%s/message", repo->path);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(messages[i], file);
		fclose(file);
		repo_read(repo, &git,
			  "c=$(git commit-tree -F message $(git mktree "
			  "</dev/null)) && git log -1 $c --format='%(trailers:"
			  "key=Pv-Blob,valueonly,separator=%x00)' | "
			  "sed 's/.*\\x00//'");
		value = pv_trailer_find(messages[i], "Pv-Blob", &len);
		agrees_with_each(messages[i], value, len);
		if (value)
			pv_buf_put(&ours, value, len);
		if (strcmp(pv_buf_text(&ours), pv_buf_text(&git)) != 0)
			fail_msg("message %zu: \"%s\", git \"%s\"", i,
				 pv_buf_text(&ours), pv_buf_text(&git));
		pv_buf_dispose(&git);
		pv_buf_dispose(&ours);
	}
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_commit_read__gives_the_fields_of_git_log),
		in_repo(test_store_commit_read__lists_the_parents),
		in_repo(test_store_commit_read__tells_what_is_no_commit),
		in_repo(test_store_commit_read__reads_annotated_tags),
		in_repo(test_store_commit_read__leaves_out_the_signature),
		in_repo(test_store_commit_read__finds_trailers_as_git_does),
	};

	return cmocka_run_group_tests_name("store commit_read", tests, NULL,
					   NULL);
}
