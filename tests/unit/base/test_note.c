/* SPDX-License-Identifier: MIT
 *
 * Notes: of the living they are left alone, of the dead they can be held.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/note.h"
#include "scratch.h"

struct scene {
	char folder[64];
	pv_strlist paths;
	pv_buf text;
};

static int setup(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof(scene));
	scratch_path(scene.folder, sizeof(scene.folder), "pv-test-note-XXXXXX");
	*state = &scene;
	return mkdtemp(scene.folder) ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *it = *state;

	pv_strlist_dispose(&it->paths);
	pv_buf_dispose(&it->text);
	/* Each test has removed its notes. */
	return rmdir(it->folder);
}

static void write_note(pv_note *out, struct scene *it)
{
	const pv_note_text note = { it->folder, "doing", &it->text, 0 };

	pv_buf_clear(&it->text);
	pv_buf_puts(&it->text, "so it is\n");
	assert_int_equal(pv_note_write(out, &note, NULL), PV_OK);
}

static size_t list(struct scene *it, const char *name)
{
	pv_strlist_dispose(&it->paths);
	assert_int_equal(pv_note_list(&it->paths, it->folder, name, NULL), PV_OK);
	return it->paths.count;
}

static void test_base_note__of_the_living_is_not_held(void **state)
{
	struct scene *it = *state;
	pv_note mine;
	pv_note other;

	write_note(&mine, it);
	assert_int_equal(list(it, "doing"), 1);
	assert_string_equal(it->paths.items[0], mine.path);
	assert_int_equal(list(it, "doin"), 0);
	assert_false(pv_note_hold(&other, mine.path, NULL));
	assert_null(other.path);
	pv_note_dispose(&other);
	pv_note_remove(&mine);
	assert_int_equal(list(it, "doing"), 0);
	pv_note_dispose(&mine);
	pv_note_remove(&mine);
}

static void test_base_note__of_the_dead_is_held_once(void **state)
{
	struct scene *it = *state;
	pv_note mine;
	pv_note other;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		write_note(&mine, it);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(list(it, "doing"), 1);
	assert_true(pv_note_hold(&mine, it->paths.items[0], NULL));
	assert_false(pv_note_hold(&other, it->paths.items[0], NULL));
	pv_buf_clear(&it->text);
	assert_int_equal(pv_note_read(&it->text, &mine, NULL), PV_OK);
	assert_string_equal(it->text.ptr, "so it is\n");
	pv_note_remove(&mine);
	pv_note_dispose(&mine);
	assert_false(pv_note_hold(&other, it->paths.items[0], NULL));
}

static void test_base_note__drafts_of_the_dead_are_swept(void **state)
{
	struct scene *it = *state;
	char path[128];
	pv_note mine;

	snprintf(path, sizeof(path), "%s/%s.1-2", it->folder, pv_note_draft);
	assert_int_equal(pv_file_write(path, "half", 4, NULL), PV_OK);
	snprintf(path, sizeof(path), "%s/%s.3-4", it->folder, pv_note_draft);
	assert_int_equal(pv_file_write(path, "held", 4, NULL), PV_OK);
	assert_true(pv_note_hold(&mine, path, NULL));
	assert_int_equal(pv_note_sweep(it->folder, NULL), PV_OK);
	assert_int_equal(list(it, pv_note_draft), 1);
	assert_string_equal(it->paths.items[0], path);
	pv_note_remove(&mine);
	pv_note_dispose(&mine);
	assert_int_equal(pv_note_sweep("/nowhere", NULL), PV_OK);
}

static void test_base_note__puts_a_file_elsewhere(void **state)
{
	struct scene *it = *state;
	const pv_note_text note = { it->folder, NULL, &it->text, 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/there", it->folder);
	assert_int_equal(pv_file_write(path, "before", 6, NULL), PV_OK);
	pv_buf_puts(&it->text, "after");
	assert_int_equal(pv_note_put(path, &note, NULL), PV_OK);
	pv_buf_clear(&it->text);
	assert_int_equal(pv_file_read(&it->text, path, NULL), PV_OK);
	assert_string_equal(it->text.ptr, "after");
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/no/such", it->folder);
	assert_int_equal(pv_note_put(path, &note, NULL), PV_ENOTFOUND);
	assert_int_equal(list(it, pv_note_draft), 0);
}

static void test_base_note__fails_without_a_trace(void **state)
{
	struct scene *it = *state;
	const pv_note_text note = { it->folder, "no/such", &it->text, 1 };
	pv_note mine;

	assert_int_equal(pv_note_write(&mine, &note, NULL), PV_ENOTFOUND);
	assert_null(mine.path);
	pv_note_remove(&mine);
	pv_note_dispose(&mine);
}

#define TEST(name) \
 cmocka_unit_test_setup_teardown(test_base_note__##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_the_living_is_not_held),
		TEST(of_the_dead_is_held_once),
		TEST(drafts_of_the_dead_are_swept),
		TEST(puts_a_file_elsewhere),
		TEST(fails_without_a_trace),
	};

	return cmocka_run_group_tests_name("base_note", tests, NULL, NULL);
}
