/* SPDX-License-Identifier: MIT
 *
 * git pv merge-driver: what git calls to merge one file (gitattributes(5),
 * "Defining a custom merge driver"). The result replaces the file of our
 * side; until the merge is known that file is not touched, so that whatever
 * goes wrong git goes on from what was there.
 */
#include "cli.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <pv/git.h>
#include <pv/merge.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"
#include "merge/conflict.h"

enum {
	OPERANDS = 5,
	MARKER_MAX = 1000,
	/* Git takes up to 128 for "conflict" and stops at anything above. */
	STATUS_FAILED = 129
};

const cli_usage cmd_merge_driver_usage = {
	.synopsis = { "git pv merge-driver BASE OURS THEIRS SIZE PATH" },
	.examples = { "git config merge.pv.driver "
		      "\"git-pv merge-driver %O %A %B %L %P\"",
		      "git-pv merge-driver base.yaml ours.yaml theirs.yaml 7 x.yaml" },
	.args = "BASE OURS THEIRS SIZE PATH",
	.min_args = 4,
	.max_args = OPERANDS,
};

/* One call of the driver. */
struct driver {
	pv_cli *cli;
	const char *ours_file;
	pv_buf base;
	pv_buf ours;
	pv_buf theirs;
	pv_merge_input input;
	pv_merge *merged; /* NULL for binary files */
	size_t conflicts;
	int is_binary;
};

static int is_set(const char *name)
{
	const char *value = cli_env(name, NULL);

	return value && *value && strcmp(value, "0") != 0;
}

static void lend(pv_merge_side *side, const pv_buf *text, const char *label)
{
	side->text = pv_buf_text(text);
	side->len = text->len;
	side->label = label;
}

static int load(struct driver *driver, char **argv)
{
	pv_error *err = &driver->cli->err;
	unsigned size;
	int rc;

	if (pv_str_to_uint(&size, pv_str_of(argv[3]), MARKER_MAX) < 0)
		return cli_usage_error(driver->cli, "bad marker size \"%s\"",
				       argv[3]);
	driver->input.marker_size = (int)size;
	driver->input.path = argv[4] ? argv[4] : argv[1];
	driver->input.lines_only = is_set("GIT_PV_DISABLE");
	driver->ours_file = argv[1];
	rc = pv_file_read(&driver->base, argv[0], err);
	if (rc == PV_OK)
		rc = pv_file_read(&driver->ours, argv[1], err);
	if (rc == PV_OK)
		rc = pv_file_read(&driver->theirs, argv[2], err);
	lend(&driver->input.base, &driver->base, "base");
	lend(&driver->input.ours, &driver->ours, "ours");
	lend(&driver->input.theirs, &driver->theirs, "theirs");
	return rc;
}

/* merge.conflictStyle, as git itself would follow it. */
static enum pv_merge_style configured_style(void)
{
	static const char *const args[] = { "config", "--get",
					    "merge.conflictStyle", NULL };
	enum pv_merge_style style;
	pv_git_options opts = { 0 };
	pv_buf talk = { 0 };
	pv_buf value = { 0 };
	int status = 0;

	opts.errors = &talk;
	pv_git_run(&value, &status, NULL, args, &opts, NULL);
	while (value.len > 0 && value.ptr[value.len - 1] == '\n')
		pv_buf_truncate(&value, value.len - 1);
	style = conflict_style(pv_buf_text(&value));
	pv_buf_dispose(&value);
	pv_buf_dispose(&talk);
	return style;
}

static int merge_once(struct driver *driver)
{
	int rc;

	pv_merge_free(driver->merged);
	driver->merged = NULL;
	rc = pv_merge_new(&driver->merged, &driver->input, &driver->cli->err);
	if (rc == PV_OK)
		driver->conflicts = pv_merge_markers(driver->merged);
	return rc;
}

/* What the merge has decided although both sides had changed it. */
static void tell_notes(const struct driver *driver)
{
	size_t count = pv_merge_note_count(driver->merged);

	for (size_t i = 0; i < count; i++) {
		const pv_merge_note *note = pv_merge_note_at(driver->merged, i);
		pv_buf line = { 0 };

		pv_buf_printf(&line, "%s: %s: %s is higher than %s and stands",
			      driver->input.path, note->path, note->taken_json,
			      note->dropped_json);
		cli_note(driver->cli, "%s", pv_buf_text(&line));
		pv_buf_dispose(&line);
	}
}

/* The style matters only where there are conflicts, and few files have any. */
static int merge(struct driver *driver)
{
	pv_error *err = &driver->cli->err;
	int rc = merge_once(driver);

	if (rc == PV_EUNSUPPORTED) {
		driver->is_binary = 1;
		cli_warn(driver->cli, "%s", err->message);
		pv_error_clear(err);
		return PV_OK;
	}
	if (rc < 0 || driver->conflicts == 0)
		return rc;
	driver->input.style = configured_style();
	if (driver->input.style == PV_MERGE_STYLE_MERGE)
		return PV_OK;
	return merge_once(driver);
}

static int write_back(const struct driver *driver)
{
	const pv_buf *ours = &driver->ours;
	const char *text;
	size_t len;

	if (driver->is_binary)
		return PV_OK;
	text = pv_merge_text(driver->merged, &len);
	if (len == ours->len && (len == 0 || memcmp(text, ours->ptr, len) == 0))
		return PV_OK;
	return pv_file_hand_over(driver->ours_file, text, len, &driver->cli->err);
}

static const char *result_name(const struct driver *driver, int rc)
{
	if (rc < 0)
		return "failed";
	if (driver->is_binary)
		return "binary";
	return driver->conflicts > 0 ? "conflict" : "clean";
}

/*
 * One line for each call, "merge-driver TAB result TAB path", in the file
 * that PV_TRACE names by an absolute path: written in one piece, so calls
 * that run side by side do not mix. Tracing never makes a merge fail.
 */
static void trace(const struct driver *driver, int rc)
{
	const char *file = cli_env("PV_TRACE", NULL);
	const char *path = driver->input.path ? driver->input.path : "";
	pv_buf line = { 0 };
	int fd;

	if (!file || *file != '/')
		return;
	pv_buf_printf(&line, "merge-driver\t%s\t", result_name(driver, rc));
	cli_escape(&line, path, strlen(path), "");
	pv_buf_putc(&line, '\n');
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, pv_buf_text(&line), line.len) < 0)
		cli_warn(driver->cli, "cannot write to \"%s\"", file);
	if (fd >= 0)
		close(fd);
	pv_buf_dispose(&line);
}

static int run(pv_cli *cli, char **argv)
{
	struct driver driver = { .cli = cli };
	int status;
	int rc = load(&driver, argv);

	if (rc == PV_OK)
		rc = merge(&driver);
	if (rc == PV_OK)
		rc = write_back(&driver);
	if (rc == PV_OK && driver.merged)
		tell_notes(&driver);
	trace(&driver, rc);
	status = driver.conflicts > 0 || driver.is_binary;
	if (rc < 0) {
		cli_report_error(cli, rc);
		status = STATUS_FAILED;
	}
	pv_buf_dispose(&driver.base);
	pv_buf_dispose(&driver.ours);
	pv_buf_dispose(&driver.theirs);
	pv_merge_free(driver.merged);
	return status;
}

int cmd_merge_driver(pv_cli *cli, int argc, char **argv)
{
	char end[] = "--";
	char *args[OPERANDS + 2] = { end };
	int rc;

	/* The path is the user's and may begin with a dash. */
	if (argc > 0 && argc <= OPERANDS && *argv[0] != '-') {
		memcpy(&args[1], argv, (size_t)argc * sizeof(*argv));
		argv = args;
		argc++;
	}
	rc = cli_start(cli, NULL, &argc, argv);
	return rc ? rc : run(cli, argv);
}
