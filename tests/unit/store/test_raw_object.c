/* SPDX-License-Identifier: MIT
 *
 * Loose objects read without libgit2: of every kind and size as libgit2 reads
 * them, as git and as we write them, and no harm from damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/repo.h"

#include "base/mem.h"
#include "store/object/loose_object.h"
#include "store/object/raw_object.h"

static void expect_same(pv_store *store, git_odb *odb, const git_oid *id)
{
	git_odb_object *object = NULL;
	pv_packed_object raw;

	assert_int_equal(pv_raw_read(&raw, store, id, NULL), 1);
	assert_int_equal(git_odb_read(&object, odb, id), 0);
	assert_int_equal(raw.type, git_odb_object_type(object));
	assert_int_equal(raw.len, git_odb_object_size(object));
	assert_memory_equal(raw.data, git_odb_object_data(object), raw.len);
	git_odb_object_free(object);
}

/* All objects of the repository, more than are kept, twice. */
static void expect_all_same(struct repo *repo)
{
	git_odb *odb = NULL;
	pv_buf list = { 0 };
	git_oid id;

	repo_open(repo);
	repo_read(repo, &list,
		  "git cat-file --batch-all-objects --batch-check | "
		  "cut -c1-40");
	assert_int_equal(git_repository_odb(&odb, repo->store->repo), 0);
	for (int i = 0; i < 2; i++) {
		for (const char *at = list.ptr; at && *at;) {
			const char *end = strchr(at, '\n');

			assert_int_equal(git_oid_fromstrn(&id, at, GIT_OID_HEXSZ),
					 0);
			expect_same(repo->store, odb, &id);
			at = end ? end + 1 : NULL;
		}
	}
	git_odb_free(odb);
	pv_buf_dispose(&list);
	pv_store_free(repo->store);
	repo->store = NULL;
}

static void test_store_raw_object__reads_what_git_wrote(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, ": >empty; head -c 200000 /dev/zero >zeros; "
		      "head -c 5000 /dev/urandom >noise; seq 3000 >numbers; "
		      "for i in $(seq 40); do echo $i >$i; done; git add .; "
		      "git commit -qm one; git tag -a -m tag t; "
		      "git -c core.compression=0 commit -q --allow-empty -m two; "
		      "git -c core.compression=9 commit -q --allow-empty -m 3");
	expect_all_same(repo);
}

static void test_store_raw_object__reads_what_is_written_here(void **state)
{
	static const size_t sizes[] = { 0,    1,    246,  247,   248,   249,
					503,  504,  505,  1000,  4087,  8183,
					8184, 8185, 8186, 32760, 70000, 900000 };
	struct repo *repo = *state;
	char *data = malloc(900000);
	git_oid id;

	repo_open(repo);
	for (size_t i = 0; i < 900000; i++)
		data[i] = (char)(i % 251 * (i / 1000) % 97);
	for (size_t i = 0; i < pv_array_len(sizes); i++) {
		pv_str text = { data, sizes[i] };

		assert_int_equal(pv_loose_write(&id, repo->store,
						GIT_OBJECT_BLOB, text, NULL),
				 PV_OK);
	}
	free(data);
	pv_store_free(repo->store);
	repo_sh(repo, "test $(git cat-file --batch-all-objects --batch-check | "
		      "wc -l) = 18; git fsck --strict");
	expect_all_same(repo);
}

/* Damages the one object there is, which is an error until it is written again. */
static void expect_damage(struct repo *repo, const pv_oid *blob, pv_str content,
			  const char *damage)
{
	pv_packed_object raw;
	char command[256];
	pv_error err = { 0 };
	pv_buf out = { 0 };
	git_oid id;

	snprintf(command, sizeof(command),
		 "f=$(find .git/objects -type f); chmod u+w $f; cp $f ../kept; "
		 "%s",
		 damage);
	repo_sh(repo, command);
	repo_open(repo);
	assert_int_equal(pv_oid_to_git(&id, blob, NULL), PV_OK);
	assert_int_equal(pv_raw_read(&raw, repo->store, &id, NULL), 0);
	assert_int_equal(pv_store_read_blob(&out, repo->store, blob, &err),
			 PV_EGIT);
	assert_non_null(strstr(err.message, "is damaged"));
	pv_error_clear(&err);
	assert_int_equal(pv_loose_write(&id, repo->store, GIT_OBJECT_BLOB,
					content, NULL),
			 PV_OK);
	assert_int_equal(pv_store_read_blob(&out, repo->store, blob, NULL),
			 PV_OK);
	assert_int_equal(out.len, content.len);
	pv_buf_dispose(&out);
	pv_store_free(repo->store);
	repo->store = NULL;
	repo_sh(repo, "cp ../kept $(find .git/objects -type f)");
}

static void test_store_raw_object__tells_damage_and_mends_it(void **state)
{
	static const char *const damages[] = {
		": >$f",
		"echo garbage >$f",
		"head -c 40 ../kept >$f",
		"head -c $(($(wc -c <../kept) - 1)) ../kept >$f",
		"echo >>$f",
		"printf 'XXXX' | dd of=$f bs=1 seek=30 conv=notrunc 2>/dev/null"
	};
	struct repo *repo = *state;
	pv_buf content = { 0 };
	pv_oid blob;

	repo_sh(repo, "seq -s, 300 | tr -d '\\n' | git hash-object -w --stdin");
	snprintf(blob.hex, sizeof(blob.hex), "%s",
		 repo_line(repo,
			   "seq -s, 300 | tr -d '\\n' | git hash-object --stdin"));
	repo_read(repo, &content, "seq -s, 300");
	for (size_t i = 0; i < pv_array_len(damages); i++)
		expect_damage(repo, &blob, (pv_str){ content.ptr, content.len },
			      damages[i]);
	pv_buf_dispose(&content);
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_raw_object__reads_what_git_wrote),
		in_repo(test_store_raw_object__reads_what_is_written_here),
		in_repo(test_store_raw_object__tells_damage_and_mends_it),
	};

	return cmocka_run_group_tests_name("store raw object", tests, NULL, NULL);
}
