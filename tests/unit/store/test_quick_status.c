/* SPDX-License-Identifier: MIT
 *
 * The status without git, on a working tree to which random things happen:
 * whenever it answers, `git status` has to say the same, and it has to answer
 * wherever all files are tracked.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/index/index_map.h"
#include "store/repo.h"
#include "store/worktree/quick_status.h"

enum {
	ROUNDS = 160,
	PREFIXES = 4
};

static const char *const prefixes[PREFIXES] = { "p", "q/r", "pv.yaml", "none" };

static const char scene[] =
	"mkdir -p p/sub p-x q/r q/s; for f in p/a p/b p/sub/c p/sub.d q/r/e q/s/f "
	"p-x/g pv.yaml top; do echo $f >$f; done; : >p/empty\n"
	"git add .; git commit -qm one\n";

/* `%s` is one of the files. */
static const char *const events[] = {
	"echo changed >>%s",
	"printf 'x%%s' \"$(tail -c +2 %s)\" >%s.n && cat %s.n >%s; rm %s.n",
	"touch %s",
	"chmod +x %s",
	"chmod -x %s",
	"rm -f %s",
	"git add -A %s",
	"git rm -q --cached %s",
	"git add -N %s",
	"echo new >%s.new",
	"rm -f p/*.new q/r/*.new *.new p/sub/*.new",
	"git commit -qm next",
	"git commit -qam all",
	"git reset -q",
	"git reset -q --hard",
	"git clean -fdq",
	"rm -f %s; mkdir %s; echo in >%s/in",
	"rm -rf %s; ln -s a %s",
	"rm -rf p/sub; echo file >p/sub",
	"git update-index --assume-unchanged %s",
	"git update-index --no-assume-unchanged %s",
	"git update-index --index-version 4",
	"git update-index --index-version 2",
	"git mv %s p/moved",
	"mkdir -p p/nothing",
	"git checkout -q --orphan fresh$RANDOM$$",
	"git status >/dev/null",
};

static const char *const files[] = { "p/a",   "p/b",   "p/sub/c", "p/sub.d",
				     "q/r/e", "q/s/f", "pv.yaml", "p/empty" };

static void ask_git(struct repo *repo, pv_buf *out)
{
	repo_read(repo, out,
		  "git status --porcelain --no-renames -uall -z -- p q/r "
		  "pv.yaml none | tr '\\0' '\\n' | LC_ALL=C sort -s -k1.4");
	if (out->len)
		pv_buf_putc(out, '\n');
}

/* 1 when it answered; what it says is compared. */
static int compare(struct repo *repo, const char *after)
{
	pv_status_list list;
	pv_buf ours = { 0 };
	pv_buf git = { 0 };
	pv_error err = { 0 };
	int rc;

	repo_open(repo);
	rc = pv_quick_status(&list, repo->store, prefixes, PREFIXES, &err);
	if (rc < 0)
		fail_msg("after \"%s\": %s", after, err.message);
	for (size_t i = 0; i < list.count; i++)
		pv_buf_printf(&ours, "%c%c %s\n", list.entries[i].staged,
			      list.entries[i].unstaged, list.entries[i].path);
	pv_status_list_dispose(&list);
	pv_store_free(repo->store);
	repo->store = NULL;
	ask_git(repo, &git);
	if (rc && strcmp(pv_buf_text(&ours), pv_buf_text(&git)) != 0)
		fail_msg("after \"%s\":\n%sgit:\n%s", after, pv_buf_text(&ours),
			 pv_buf_text(&git));
	pv_buf_dispose(&ours);
	pv_buf_dispose(&git);
	return rc;
}

/* The event with each `%s` replaced by the file, as a command that may fail. */
static void put_command(pv_buf *out, const char *event, const char *file)
{
	pv_buf_puts(out, "{ ");
	for (; *event; event++) {
		if (event[0] == '%' && event[1] == 's')
			pv_buf_puts(out, file);
		else if (event[0] == '%' && event[1] == '%')
			pv_buf_putc(out, '%');
		else
			pv_buf_putc(out, *event);
		event += event[0] == '%';
	}
	pv_buf_puts(out, "; } || :");
}

static void test_store_quick_status__agrees_with_git(void **state)
{
	struct repo *repo = *state;
	uint32_t seed = 20261121;
	int answered = 0;

	repo_sh(repo, scene);
	assert_true(compare(repo, "the scene"));
	for (int i = 0; i < ROUNDS; i++) {
		pv_buf command = { 0 };

		seed = seed * 1664525u + 1013904223u;
		put_command(&command, events[(seed >> 16) % pv_array_len(events)],
			    files[(seed >> 8) % pv_array_len(files)]);
		repo_sh(repo, pv_buf_text(&command));
		answered += compare(repo, pv_buf_text(&command));
		pv_buf_dispose(&command);
		if (i % 4 == 3)
			repo_sh(repo, "git add -A; git commit -qm x || :\n"
				      "git reset -q --hard; git clean -fdxq");
	}
	assert_in_range(answered, ROUNDS / 4, ROUNDS);
}

static void test_store_quick_status__sees_a_change_in_the_same_tick(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, scene);
	for (int i = 0; i < 10; i++) {
		char command[128];

		snprintf(command, sizeof(command),
			 "printf 'aa%d' >p/a; git add p/a; printf 'bb%d' >p/a",
			 i, i);
		repo_sh(repo, command);
		assert_true(compare(repo, command));
	}
}

/* What git finds out by other ways than the bytes of a file. */
static void test_store_quick_status__keeps_to_the_letters_of_git(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, scene);
	repo_sh(repo, "sleep 0.1; touch z; git add z; git commit -qm z\n"
		      "git update-index --chmod=+x p/a");
	assert_true(compare(repo, "a mode in the index"));
	repo_sh(repo, "git reset -q --hard; echo '* text=auto' >.gitattributes\n"
		      "git add .; git commit -qm attributes\n"
		      "sed -i 's/$/\\r/' p/a");
	assert_true(compare(repo, "line ends"));
	repo_sh(repo,
		"git reset -q --hard; c=$(git rev-parse HEAD)\n"
		"echo more >>p/a; git commit -qam more; git replace HEAD $c");
	if (compare(repo, "a replacement"))
		fail_msg("answered with replaced objects");
}

static void expect_left_to_git(struct repo *repo, const char *command)
{
	repo_sh(repo, command);
	if (compare(repo, command))
		fail_msg("answered after \"%s\"", command);
}

static void test_store_quick_status__leaves_the_special_to_git(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, scene);
	expect_left_to_git(repo, "git update-index --split-index");
	repo_sh(repo, "git update-index --no-split-index");
	expect_left_to_git(repo, "git config core.fileMode false; chmod +x p/a");
	repo_sh(repo, "git config core.fileMode true; chmod -x p/a");
	expect_left_to_git(repo, "git update-index --skip-worktree p/a");
	repo_sh(repo, "git update-index --no-skip-worktree p/a");
	assert_true(compare(repo, "all that"));
}

static void test_store_quick_status__a_damaged_index_is_not_read(void **state)
{
	struct repo *repo = *state;
	pv_buf whole = { 0 };
	pv_buf text = { 0 };
	char path[128];

	repo_sh(repo, scene);
	repo_open(repo);
	snprintf(path, sizeof(path), "%s/.git/index", repo->path);
	assert_int_equal(pv_file_read(&whole, path, NULL), PV_OK);
	for (size_t len = 0; len < whole.len; len += 1 + len / 50) {
		pv_index_map map;

		assert_int_equal(pv_file_write(path, whole.ptr, len, NULL),
				 PV_OK);
		assert_int_equal(pv_index_map_load(&map, repo->store, NULL), 0);
		pv_index_map_dispose(&map);
	}
	for (size_t at = 0; at < whole.len; at += 7) {
		pv_index_map map;

		pv_buf_clear(&text);
		pv_buf_put(&text, whole.ptr, whole.len);
		text.ptr[at] = (char)(text.ptr[at] ^ 0xff);
		pv_file_write(path, text.ptr, text.len, NULL);
		assert_in_range(pv_index_map_load(&map, repo->store, NULL), 0, 1);
		pv_index_map_dispose(&map);
	}
	pv_buf_dispose(&whole);
	pv_buf_dispose(&text);
}

#define row(name)                                                             \
 cmocka_unit_test_setup_teardown(test_store_quick_status__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(agrees_with_git),
		row(sees_a_change_in_the_same_tick),
		row(keeps_to_the_letters_of_git),
		row(leaves_the_special_to_git),
		row(a_damaged_index_is_not_read),
	};

	return cmocka_run_group_tests_name("store quick status", tests, NULL,
					   NULL);
}
