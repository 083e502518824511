/* SPDX-License-Identifier: MIT
 *
 * Whole files: reading with limits, replacing atomically.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"

static char folder[80];

static int make_folder(void **state)
{
	(void)state;
	scratch_path(folder, sizeof(folder), "pv-test-file-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b/file", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/a/b", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/a", folder);
	rmdir(path);
	return rmdir(folder);
}

static void test_base_file__writes_then_reads(void **state)
{
	pv_buf text = { 0 };
	struct stat info;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b/file", folder);
	assert_false(pv_file_exists(path));
	assert_int_equal(pv_file_write(path, "one", 3, NULL), PV_OK);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(pv_file_write(path, "t\0o\n", 4, NULL), PV_OK);
	assert_true(pv_file_exists(path));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);
	assert_int_equal(pv_file_read(&text, path, NULL), PV_OK);
	assert_int_equal(text.len, 4);
	assert_memory_equal(text.ptr, "t\0o\n", 5);
	pv_buf_dispose(&text);
}

static void test_base_file__keeps_to_the_limit(void **state)
{
	pv_buf text = { .max = 3 };
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b/file", folder);
	assert_int_equal(pv_file_write(path, "abc", 3, NULL), PV_OK);
	assert_int_equal(pv_file_read(&text, path, NULL), PV_OK);
	assert_string_equal(text.ptr, "abc");
	pv_buf_clear(&text);
	assert_int_equal(pv_file_write(path, "abcd", 4, NULL), PV_OK);
	assert_int_equal(pv_file_read(&text, path, NULL), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_base_file__names_cause_and_path(void **state)
{
	pv_buf text = { 0 };
	char expected[256];
	char path[128];
	pv_error err;

	(void)state;
	snprintf(path, sizeof(path), "%s/none", folder);
	assert_int_equal(pv_file_read(&text, path, &err), PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_IO);
	snprintf(expected, sizeof(expected),
		 "cannot open \"%s\": No such file or directory", path);
	assert_string_equal(err.message, expected);
	assert_int_equal(pv_file_read(&text, folder, &err), PV_EIO);
	assert_int_equal(pv_file_write(folder, "x", 1, &err), PV_EIO);
	pv_buf_dispose(&text);
}

/* What a person names with -o is written as the shell's ">" would. */
static void test_base_file__output_goes_through_links_and_pipes(void **state)
{
	char file[128], link[128], pipe_name[128];
	char got[8] = "";
	struct stat info;
	pv_buf text = { 0 };
	int fd;

	(void)state;
	snprintf(file, sizeof(file), "%s/target", folder);
	snprintf(link, sizeof(link), "%s/link", folder);
	snprintf(pipe_name, sizeof(pipe_name), "%s/pipe", folder);
	assert_int_equal(symlink("target", link), 0);
	assert_int_equal(pv_file_output(link, "new", 3, NULL), PV_OK);
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(pv_file_output(link, "again", 5, NULL), PV_OK);
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(lstat(file, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(pv_file_read(&text, file, NULL), PV_OK);
	assert_string_equal(text.ptr, "again");
	assert_int_equal(mkfifo(pipe_name, 0600), 0);
	fd = open(pipe_name, O_RDWR);
	assert_int_equal(pv_file_output(pipe_name, "piped", 5, NULL), PV_OK);
	assert_int_equal(read(fd, got, 5), 5);
	assert_string_equal(got, "piped");
	assert_int_equal(lstat(pipe_name, &info), 0);
	assert_true(S_ISFIFO(info.st_mode));
	close(fd);
	unlink(pipe_name);
	unlink(link);
	unlink(file);
	pv_buf_dispose(&text);
}

static void test_base_file__output_makes_no_folders(void **state)
{
	char path[128];
	pv_error err;

	(void)state;
	snprintf(path, sizeof(path), "%s/none/file", folder);
	assert_int_equal(pv_file_output(path, "x", 1, &err), PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_IO);
	assert_int_equal(pv_file_output(folder, "x", 1, &err), PV_EIO);
	assert_int_equal(pv_file_output("", "x", 1, &err), PV_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_file__writes_then_reads),
		cmocka_unit_test(test_base_file__keeps_to_the_limit),
		cmocka_unit_test(test_base_file__names_cause_and_path),
		cmocka_unit_test(
			test_base_file__output_goes_through_links_and_pipes),
		cmocka_unit_test(test_base_file__output_makes_no_folders),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
