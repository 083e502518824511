/* SPDX-License-Identifier: MIT
 *
 * Batches of objects, loose and packed, and trees made from random edits,
 * against git's index and `git write-tree`.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/object/sha1.h"
#include "store/object/tree.h"
#include "store/path.h"
#include "store/play.h"

enum {
	MANY = 300,
	ROUNDS = 60,
	MAX_EDITS = 12
};

static void add_blob(pv_objects *objects, const char *text, git_oid *id)
{
	assert_int_equal(pv_objects_add(id, objects, GIT_OBJECT_BLOB, text,
					strlen(text), NULL),
			 PV_OK);
}

static void test_store_objects__few_are_loose(void **state)
{
	struct repo *repo = *state;
	pv_objects objects;
	git_oid id;

	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, 2, NULL), PV_OK);
	add_blob(&objects, "hello\n", &id);
	assert_int_equal(pv_objects_finish(&objects, NULL), PV_OK);
	pv_objects_dispose(&objects);
	assert_string_equal("ce013625030ba8dba906f756967f9e9ca394464a",
			    git_oid_tostr_s(&id));
	assert_string_equal("hello",
			    repo_line(repo, "git cat-file blob ce01362"));
	assert_string_equal("", repo_line(repo, "ls .git/objects/pack"));
}

static void test_store_objects__many_share_a_pack(void **state)
{
	struct repo *repo = *state;
	pv_objects objects;
	char text[64];
	git_oid id;

	repo_sh(repo, "echo 7 | git hash-object -w --stdin >/dev/null");
	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, MANY, NULL),
			 PV_OK);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < MANY; i++) {
			snprintf(text, sizeof(text), "%d\n", i);
			add_blob(&objects, text, &id);
		}
	add_blob(&objects, "", &id);
	assert_int_equal(pv_objects_finish(&objects, NULL), PV_OK);
	assert_int_equal(pv_objects_finish(&objects, NULL), PV_OK);
	pv_objects_dispose(&objects);
	/* All but the one that was there already. */
	assert_string_equal("in-pack: 300", repo_line(repo, "git count-objects -v | "
							    "grep in-pack"));
	assert_string_equal("count: 1", repo_line(repo, "git count-objects -v | "
							"grep ^count"));
	repo_sh(repo, "git verify-pack .git/objects/pack/*.idx");
	assert_string_equal("299", repo_line(repo, "git cat-file blob "
						   "$(echo 299 | git hash-object "
						   "--stdin)"));
	expect_sound(repo);
}

static void test_store_objects__large_and_random_bytes_survive(void **state)
{
	struct repo *repo = *state;
	size_t len = 3 << 20;
	unsigned char *data = malloc(len);
	unsigned seed = 1;
	pv_objects objects;
	git_oid id, expected;

	assert_non_null(data);
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245U + 12345U;
		data[i] = (unsigned char)(seed >> 16);
	}
	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, MANY, NULL),
			 PV_OK);
	assert_int_equal(pv_objects_add(&id, &objects, GIT_OBJECT_BLOB, data,
					len, NULL),
			 PV_OK);
	assert_int_equal(pv_objects_finish(&objects, NULL), PV_OK);
	pv_objects_dispose(&objects);
	assert_int_equal(git_odb_hash(&expected, data, len, GIT_OBJECT_BLOB), 0);
	assert_true(git_oid_equal(&id, &expected));
	assert_string_equal("3145728",
			    repo_line(repo, "git cat-file --batch-all-objects "
					    "--batch-check='%(objectsize)'"));
	expect_sound(repo);
	free(data);
}

static void test_store_objects__a_dropped_batch_leaves_nothing(void **state)
{
	struct repo *repo = *state;
	pv_objects objects;
	git_oid id;

	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, MANY, NULL),
			 PV_OK);
	add_blob(&objects, "gone", &id);
	pv_objects_dispose(&objects);
	assert_string_equal("0", repo_line(repo, "find .git/objects -type f | "
						 "wc -l"));
}

/* A loose object whose file holds another blob, as after a bad disk repair. */
static void test_store_objects__a_damaged_blob_is_not_handed_out(void **state)
{
	struct repo *repo = *state;
	pv_error err = { 0 };
	pv_buf out = { 0 };
	pv_oid blob;

	repo_sh(repo,
		"a=$(echo good | git hash-object -w --stdin)\n"
		"b=$(echo evil | git hash-object -w --stdin)\n"
		"cd .git/objects && chmod -R u+w .\n"
		"cp $(echo $b | sed 's|..|&/|') $(echo $a | sed 's|..|&/|')");
	snprintf(blob.hex, sizeof(blob.hex), "%s",
		 repo_line(repo, "echo good | git hash-object --stdin"));
	repo_open(repo);
	assert_int_equal(pv_store_read_blob(&out, repo->store, &blob, &err),
			 PV_EGIT);
	assert_int_equal(out.len, 0);
	assert_non_null(strstr(err.message, "damaged"));
	pv_buf_dispose(&out);
}

static void test_store_objects__sha1_as_published(void **state)
{
	static const char *const hexes[] = {
		"da39a3ee5e6b4b0d3255bfef95601890afd80709", /* "" */
		"a9993e364706816aba3e25717850c26c9cd0d89d", /* "abc" */
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1",
	};
	static const char *const texts[] = {
		"", "abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		unsigned char sum[PV_SHA1_SIZE];
		char hex[GIT_OID_HEXSZ + 1];
		git_oid id;
		pv_sha1 sha;

		pv_sha1_init(&sha);
		for (const char *c = texts[i]; *c; c++)
			pv_sha1_update(&sha, c, 1);
		pv_sha1_final(sum, &sha);
		git_oid_fromraw(&id, sum);
		git_oid_tostr(hex, sizeof(hex), &id);
		assert_string_equal(hexes[i], hex);
	}
}

static unsigned next_random(unsigned long long *state, unsigned limit)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(*state >> 33) % limit;
}

/* Names that sort around "/" and each other. */
static const char *const names[] = { "a",  "a.b", "a-b",     "a0",
				     "ab", "b",   "\xc3\xa9" };

static void random_path(char *out, size_t size, unsigned long long *state)
{
	size_t len = 0;
	unsigned depth = 1 + next_random(state, 3);

	for (unsigned i = 0; i < depth; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s",
					i ? "/" : "",
					names[next_random(state, 7)]);
}

struct edits {
	pv_tree_edit items[MAX_EDITS];
	char paths[MAX_EDITS][64];
	size_t count;
};

static int clashes(const struct edits *edits, const char *path)
{
	for (size_t i = 0; i < edits->count; i++) {
		const char *other = edits->paths[i];
		size_t len = strlen(other) < strlen(path) ? strlen(other)
							  : strlen(path);

		if (strncmp(other, path, len) == 0 &&
		    (!path[len] || path[len] == '/') &&
		    (!other[len] || other[len] == '/'))
			return 1;
	}
	return 0;
}

/* Random edits; the same ones as commands for `git update-index`. */
static void make_edits(struct edits *edits, pv_buf *commands,
		       const git_oid ids[2], unsigned long long *state)
{
	static const unsigned modes[] = { GIT_FILEMODE_BLOB,
					  GIT_FILEMODE_BLOB_EXECUTABLE,
					  GIT_FILEMODE_LINK, 0, 0 };
	unsigned wanted = 1 + next_random(state, MAX_EDITS);

	memset(edits, 0, sizeof(*edits));
	for (unsigned i = 0; i < wanted; i++) {
		pv_tree_edit *edit = &edits->items[edits->count];
		char *path = edits->paths[edits->count];

		random_path(path, sizeof(edits->paths[0]), state);
		if (clashes(edits, path))
			continue;
		edit->path = path;
		edit->mode = modes[next_random(state, 5)];
		edit->id = ids[next_random(state, 2)];
		pv_buf_printf(commands, "%o %s\t%s%c", edit->mode,
			      edit->mode ? git_oid_tostr_s(&edit->id)
					 : "0000000000000000000000000000000000"
					   "000000",
			      path, '\0');
		edits->count++;
	}
}

static void feed_git(const struct repo *repo, const pv_buf *commands)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/commands", repo->root);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(commands->ptr, 1, commands->len, file),
			 commands->len);
	fclose(file);
	repo_sh(repo, "git update-index -z --index-info <../commands");
}

static void test_store_objects__trees_as_git_writes_them(void **state)
{
	struct repo *repo = *state;
	unsigned long long seed = 20261121;
	pv_objects objects;
	git_oid ids[2], tree;
	int is_first = 1;

	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, 0, NULL), PV_OK);
	add_blob(&objects, "0", &ids[0]);
	add_blob(&objects, "1", &ids[1]);
	for (int i = 0; i < ROUNDS; i++) {
		struct edits edits;
		pv_buf commands = { 0 };
		git_oid next;
		pv_error err;

		make_edits(&edits, &commands, ids, &seed);
		feed_git(repo, &commands);
		pv_buf_dispose(&commands);
		if (pv_store_tree_update(&next, is_first ? NULL : &tree,
					 edits.items, edits.count, &objects,
					 &err) < 0)
			fail_msg("round %d: %s", i, err.message);
		tree = next;
		is_first = 0;
		assert_string_equal(repo_line(repo, "git write-tree"),
				    git_oid_tostr_s(&tree));
	}
	pv_objects_dispose(&objects);
	expect_sound(repo);
}

static void test_store_objects__contradictory_edits_are_refused(void **state)
{
	struct repo *repo = *state;
	pv_tree_edit nested[] = { { "a/b", GIT_FILEMODE_BLOB, { { 0 } } },
				  { "a", GIT_FILEMODE_BLOB, { { 0 } } } };
	pv_tree_edit twice[] = { { "a", GIT_FILEMODE_BLOB, { { 0 } } },
				 { "b", GIT_FILEMODE_BLOB, { { 0 } } },
				 { "a", 0, { { 0 } } } };
	pv_objects objects;
	git_oid out;

	repo_open(repo);
	assert_int_equal(pv_objects_begin(&objects, repo->store, 0, NULL), PV_OK);
	assert_int_equal(pv_store_tree_update(&out, NULL, nested, 2, &objects,
					      NULL),
			 PV_EINVALID);
	assert_int_equal(pv_store_tree_update(&out, NULL, twice, 3, &objects,
					      NULL),
			 PV_EINVALID);
	pv_objects_dispose(&objects);
}

static void test_store_objects__paths_sort_by_component(void **state)
{
	static const char *const sorted[] = { "a",   "a/b", "a/b/c", "a/c",
					      "a-b", "a.b", "ab",    "b" };

	(void)state;
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
			assert_int_equal(pv_path_cmp(sorted[i], sorted[k]),
					 (i > k) - (i < k));
}

#define TEST(name)                                                       \
 cmocka_unit_test_setup_teardown(test_store_objects__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(few_are_loose),
		TEST(many_share_a_pack),
		TEST(large_and_random_bytes_survive),
		TEST(a_dropped_batch_leaves_nothing),
		TEST(a_damaged_blob_is_not_handed_out),
		TEST(sha1_as_published),
		TEST(trees_as_git_writes_them),
		TEST(contradictory_edits_are_refused),
		TEST(paths_sort_by_component),
	};

	return cmocka_run_group_tests_name("store objects", tests, NULL, NULL);
}
