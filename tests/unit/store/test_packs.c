/* SPDX-License-Identifier: MIT
 *
 * Packs read without libgit2: every object of a pack with long chains of
 * deltas, by offset and by id, as libgit2 reads it, and no harm from damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/repo.h"

#include "base/file.h"
#include "store/object/packs.h"

/* Files that grow and change a little, in folders of many names. */
static const char build[] =
	"for i in $(seq 60); do mkdir -p d/$i; seq 40 >d/$i/f; done\n"
	"head -c 300000 /dev/urandom >large\n"
	"for i in $(seq 40); do echo $i >>d/$i/f; seq $i 900 >grows; "
	"echo $i >>large; git add -A; git commit -q -m $i; done\n";

/* 1 when it was read here: then libgit2 has to agree. */
static int expect_same(struct repo *repo, git_odb *odb, const git_oid *id)
{
	git_odb_object *object = NULL;
	pv_packed_object packed;
	int found = pv_packs_read(&packed, repo->store, id, NULL);

	assert_true(found >= 0);
	if (!found)
		return 0;
	assert_int_equal(git_odb_read(&object, odb, id), 0);
	assert_int_equal(packed.type, git_odb_object_type(object));
	assert_int_equal(packed.len, git_odb_object_size(object));
	assert_memory_equal(packed.data, git_odb_object_data(object), packed.len);
	git_odb_object_free(object);
	return 1;
}

static void list_ids(struct repo *repo, pv_buf *out)
{
	repo_read(repo, out,
		  "git cat-file --batch-all-objects --batch-check | "
		  "cut -c1-40");
}

/* How many objects are not read here. */
static size_t read_objects(struct repo *repo)
{
	size_t total = 0;
	git_odb *odb;
	pv_buf list = { 0 };
	size_t found = 0;
	git_oid id;

	pv_store_free(repo->store);
	repo->store = NULL;
	repo_open(repo);
	assert_int_equal(git_repository_odb(&odb, repo->store->repo), 0);
	list_ids(repo, &list);
	/* Twice, the second time the other way round. */
	for (size_t at = 0; at + 40 <= list.len; at += 41, total++) {
		assert_int_equal(git_oid_fromstrn(&id, list.ptr + at, 40), 0);
		found += (size_t)expect_same(repo, odb, &id);
	}
	for (size_t i = total; i-- > 0;) {
		assert_int_equal(git_oid_fromstrn(&id, list.ptr + i * 41, 40), 0);
		expect_same(repo, odb, &id);
	}
	pv_buf_dispose(&list);
	git_odb_free(odb);
	assert_true(total > 200);
	return total - found;
}

static void test_store_packs__read_what_is_packed(void **state)
{
	static const char *const packings[] = {
		"git repack -q -a -d -f --depth=200 --window=60",
		"git -c repack.useDeltaBaseOffset=false repack -q -a -d -f",
		"git repack -q -a -d -f; cd .git/objects/pack; "
		"rm -f *.idx *.rev; git index-pack --index-version=2,0x100 *.pack",
		"git -c pack.packSizeLimit=1m -c pack.compression=0 "
		"repack -q -a -d -f",
	};
	struct repo *repo = *state;

	repo_sh(repo, build);
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		repo_sh(repo, packings[i]);
		assert_int_equal(read_objects(repo), 0);
	}
}

static void test_store_packs__leave_the_rest(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	assert_true(read_objects(repo) > 200);
	repo_sh(repo, "git -c pack.indexVersion=1 repack -q -a -d");
	assert_true(read_objects(repo) > 200);
	repo_sh(repo, "git repack -q -a -d && echo a >a && git add a");
	assert_int_equal(read_objects(repo), 1);
	repo_sh(repo, "for p in .git/objects/pack/*.pack; do chmod u+w $p; "
		      "printf x >>$p; done");
	assert_true(read_objects(repo) > 200);
}

/* Reads all that can be read; what comes out must be as long as it says. */
static unsigned read_all(const pv_pack *pack, const pv_buf *list)
{
	pv_unpacker *unpacker;
	unsigned sum = 0;

	assert_int_equal(pv_unpacker_new(&unpacker, NULL), PV_OK);
	for (size_t at = 0; pack && at + 40 <= list->len; at += 41) {
		pv_packed_object object;
		uint64_t offset;
		git_oid id;

		assert_int_equal(git_oid_fromstrn(&id, list->ptr + at, 40), 0);
		if (!pv_pack_find(&offset, pack, &id) ||
		    pv_unpack(&object, unpacker, pack, offset, NULL) <= 0)
			continue;
		for (size_t i = 0; i < object.len; i++)
			sum += (unsigned char)object.data[i];
	}
	pv_unpacker_free(unpacker);
	return sum;
}

static void put_file(const char *path, const pv_buf *text, size_t len)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text->ptr, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Writes a file with one byte changed, or cut short. */
static void put_damaged(const char *path, pv_buf *good, uint32_t seed, int round)
{
	size_t at = (seed >> 8) % good->len;
	size_t len = round % 5 == 0 ? at : good->len;
	char saved;

	/* More often in the headers and tables in front. */
	if (round % 7 == 0)
		at %= 1200;
	saved = good->ptr[at];
	good->ptr[at] = (char)(seed >> 24);
	put_file(path, good, len);
	good->ptr[at] = saved;
}

static void test_store_packs__damage_does_no_harm(void **state)
{
	static const char *const endings[] = { "idx", "pack" };
	struct repo *repo = *state;
	pv_buf good[2] = { { 0 }, { 0 } };
	pv_buf list = { 0 };
	char folder[160];
	char paths[2][200];
	uint32_t seed = 17;

	repo_sh(repo, "for i in $(seq 30); do seq $i 60 >f; git add f; "
		      "git commit -q -m $i; done; git repack -q -a -d -f; "
		      "cd .git/objects/pack; rm -f *.rev; mv *.idx p.idx; "
		      "mv *.pack p.pack");
	list_ids(repo, &list);
	snprintf(folder, sizeof(folder), "%s/.git/objects/pack", repo->path);
	for (int i = 0; i < 2; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/p.%s", folder,
			 endings[i]);
		assert_int_equal(pv_file_read(&good[i], paths[i], NULL), PV_OK);
	}
	for (int round = 0; round < 3000; round++) {
		int i = round % 2;
		pv_pack *pack;

		seed = seed * 1664525u + 1013904223u;
		put_damaged(paths[i], &good[i], seed, round);
		assert_int_equal(pv_pack_open_all(&pack, folder, NULL), PV_OK);
		read_all(pack, &list);
		pv_pack_free_all(pack);
		put_file(paths[i], &good[i], good[i].len);
	}
	pv_buf_dispose(&good[0]);
	pv_buf_dispose(&good[1]);
	pv_buf_dispose(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_store_packs__read_what_is_packed,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(test_store_packs__leave_the_rest,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(test_store_packs__damage_does_no_harm,
						repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store/packs", tests, NULL, NULL);
}
