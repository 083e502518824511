/* SPDX-License-Identifier: MIT
 *
 * `git pv history export`: executions oldest first, row by row, so that memory
 * does not grow with them. A file appears whole, on disk, under its name or not
 * at all; only then is it noted how far an incremental export has come, so that
 * a row is exported twice rather than never.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "history/history_print.h"
#include "history/history_verbs.h"

enum {
	STREAM = 1 << 16,
	PARTS_MAX = 10000
};

/* An export on its way. */
struct run {
	pv_cli *cli;
	int format;
	size_t count;
	int fd;      /* of the file, or -1 */
	int is_part; /* it goes on where another one has ended */
	pv_buf path; /* "": standard output */
	pv_buf temporary;
	pv_buf text; /* for the file; else it goes to cli->out */
	pv_buf mark; /* how far it comes; "" */
	pv_buf old;  /* how far it had come; "" */
};

/* --- where it goes -------------------------------------------------------- */

/* The name with the time of now, UTC, for %Y, %m, %d, %H, %M and %S; %% is %. */
static int expand(pv_buf *out, pv_cli *cli, const char *name)
{
	static const char letters[] = "YmdHMS";
	/* Where they are in 2026-11-20T10:00:00. */
	static const int starts[] = { 0, 5, 8, 11, 14, 17 };
	char now[PV_TIME_TEXT];

	pv_time_format(now, pv_clock_now(NULL));
	for (; *name; name++) {
		const char *letter;

		if (*name != '%' || name[1] == '%') {
			pv_buf_putc(out, *name);
			name += *name == '%';
			continue;
		}
		name++;
		letter = *name ? strchr(letters, *name) : NULL;
		if (!letter)
			return cli_usage_error(cli,
					       "--output: \"%%%.1s\" is none of "
					       "%%Y %%m %%d %%H %%M %%S %%%%",
					       name);
		pv_buf_put(out, now + starts[letter - letters],
			   *letter == 'Y' ? 4 : 2);
	}
	return pv_buf_status(out, &cli->err);
}

static int make_folder(pv_cli *cli, const char *path)
{
	const char *slash = strrchr(path, '/');
	pv_buf folder = { 0 };
	int rc = PV_OK;

	if (slash && slash != path) {
		pv_buf_put(&folder, path, (size_t)(slash - path));
		rc = pv_buf_status(&folder, &cli->err);
		if (rc == PV_OK)
			rc = pv_dir_make(folder.ptr, &cli->err);
	}
	pv_buf_dispose(&folder);
	return rc;
}

static int open_file(struct run *it, const char *name)
{
	pv_cli *cli = it->cli;
	int rc = expand(&it->path, cli, name);

	if (rc == PV_OK)
		rc = make_folder(cli, pv_buf_text(&it->path));
	pv_buf_printf(&it->temporary, "%s.XXXXXX", pv_buf_text(&it->path));
	if (rc == PV_OK)
		rc = pv_buf_status(&it->temporary, &cli->err);
	if (rc < 0)
		return rc;
	it->fd = mkstemp(it->temporary.ptr);
	return it->fd < 0
		       ? pv_fail_errno(&cli->err, errno, "write", it->path.ptr)
		       : PV_OK;
}

static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	pv_buf folder = { 0 };
	int fd;

	pv_buf_put(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	fd = open(folder.len ? pv_buf_text(&folder) : ".",
		  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	pv_buf_dispose(&folder);
}

static int flush(struct run *it)
{
	pv_cli *cli = it->cli;
	int rc = pv_buf_status(&it->text, &cli->err);

	if (it->fd < 0) {
		if (rc == PV_OK)
			pv_buf_put(&cli->out, it->text.ptr, it->text.len);
		pv_buf_clear(&it->text);
		return rc == PV_OK ? cli_flush(cli) : rc;
	}
	if (rc == PV_OK &&
	    pv_file_write_all(it->fd, pv_buf_text(&it->text), it->text.len) < 0)
		rc = pv_fail_errno(&cli->err, errno, "write", it->path.ptr);
	pv_buf_clear(&it->text);
	return rc;
}

/* The name with a number before its ending: a.jsonl, a.2.jsonl. */
static int number_name(pv_buf *out, const char *name, int number, pv_error *err)
{
	const char *slash = strrchr(name, '/');
	const char *dot = strrchr(slash ? slash : name, '.');
	size_t stem = dot ? (size_t)(dot - name) : strlen(name);

	pv_buf_clear(out);
	pv_buf_put(out, name, stem);
	if (number > 1)
		pv_buf_printf(out, ".%d", number);
	pv_buf_puts(out, name + stem);
	return pv_buf_status(out, err);
}

/* As rename, but nothing is replaced: -1 and EEXIST. */
static int rename_new(const char *from, const char *to)
{
	if (link(from, to) == 0)
		return unlink(from);
	if (errno == EEXIST || access(to, F_OK) == 0) {
		errno = EEXIST;
		return -1;
	}
	/* Not all file systems have links. */
	return rename(from, to);
}

/*
 * What a part of all holds is in no other: one that is there is not replaced,
 * this gets the next free number.
 */
static int place_part(struct run *it)
{
	pv_buf name = { 0 };
	int status = -1;
	int rc = PV_OK;

	for (int number = 1; rc == PV_OK && number <= PARTS_MAX; number++) {
		rc = number_name(&name, it->path.ptr, number, &it->cli->err);
		if (rc == PV_OK)
			status = rename_new(it->temporary.ptr, name.ptr);
		if (status == 0 || errno != EEXIST)
			break;
	}
	if (rc == PV_OK && status < 0)
		rc = pv_fail_errno(&it->cli->err, errno, "write", it->path.ptr);
	pv_buf_dispose(&it->path);
	it->path = name;
	return rc;
}

static int place_file(struct run *it)
{
	if (it->is_part)
		return place_part(it);
	if (rename(it->temporary.ptr, it->path.ptr) == 0)
		return PV_OK;
	return pv_fail_errno(&it->cli->err, errno, "write", it->path.ptr);
}

/* On disk, then under its name. */
static int end_file(struct run *it, int rc)
{
	pv_cli *cli = it->cli;

	if (it->fd < 0)
		return rc;
	if (rc == PV_OK && fsync(it->fd) < 0)
		rc = pv_fail_errno(&cli->err, errno, "write", it->path.ptr);
	if (rc == PV_OK)
		rc = place_file(it);
	(void)close(it->fd);
	it->fd = -1;
	if (rc == PV_OK)
		sync_folder(it->path.ptr);
	else
		(void)unlink(it->temporary.ptr);
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

static int put_row(const pv_execution *row, void *payload)
{
	struct run *it = payload;
	pv_error *err = &it->cli->err;
	int rc;

	if (it->format == HISTORY_JSON && it->count)
		pv_buf_puts(&it->text, ",");
	it->count++;
	rc = it->format == HISTORY_CSV ? history_put_csv(&it->text, row, err)
				       : pv_execution_json(&it->text, row, err);
	if (it->format == HISTORY_JSONL)
		pv_buf_puts(&it->text, "\n");
	return rc == PV_OK && it->text.len > STREAM ? flush(it) : rc;
}

static int put_all(struct run *it, pv_executions *index,
		   const pv_executions_query *query)
{
	int rc = PV_OK;

	if (it->format == HISTORY_CSV)
		history_put_csv_names(&it->text);
	if (it->format == HISTORY_JSON)
		pv_buf_puts(&it->text, "[");
	if (index)
		rc = pv_executions_list(index, query, put_row, it, &it->cli->err);
	if (it->format == HISTORY_JSON)
		pv_buf_puts(&it->text, it->cli->json ? "]" : "]\n");
	return rc == PV_OK ? flush(it) : rc;
}

/* --- going on where it was left off --------------------------------------- */

/* The mark in the state file; "" when there is none, or of another index. */
static int read_state(struct run *it, const char *path)
{
	pv_cli *cli = it->cli;
	const char *colon = strchr(pv_buf_text(&it->mark), ':');
	size_t len = colon ? (size_t)(colon - it->mark.ptr) + 1 : 0;
	int rc = pv_file_read(&it->old, path, &cli->err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc < 0)
		return rc;
	if (it->old.len && it->old.ptr[it->old.len - 1] == '\n')
		pv_buf_truncate(&it->old, it->old.len - 1);
	if (it->old.len < len || memcmp(it->old.ptr, it->mark.ptr, len) != 0) {
		cli_warn(cli, "\"%s\" is of another index: all is exported",
			 path);
		pv_buf_clear(&it->old);
	}
	return PV_OK;
}

static int set_marks(struct run *it, pv_executions_query *query,
		     pv_executions *index, const char *state)
{
	int rc = history_drain(it->cli, index);

	if (rc == PV_OK)
		rc = pv_executions_mark(&it->mark, index, &it->cli->err);
	if (rc == PV_OK)
		rc = read_state(it, state);
	query->behind = it->old.len ? pv_buf_text(&it->old) : NULL;
	query->up_to = pv_buf_text(&it->mark);
	return rc;
}

static int write_state(struct run *it, const char *path)
{
	if (!it->mark.len)
		return PV_OK;
	pv_buf_putc(&it->mark, '\n');
	return pv_file_write(path, pv_buf_text(&it->mark), it->mark.len,
			     &it->cli->err);
}

/* --- the verb ------------------------------------------------------------- */

static int open_index(pv_executions **out, pv_cli *cli, int is_incremental)
{
	int rc = tracking_open(out, cli, 1);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		cli_hint(cli, "nothing is recorded yet; \"git pv record\" does");
		return PV_OK;
	}
	if (rc < 0 || !is_incremental)
		return rc;
	pv_executions_free(*out);
	return tracking_open(out, cli, 0);
}

static int write_out(struct run *it, pv_executions_query *query,
		     const history_export_options *opts)
{
	pv_executions *index = NULL;
	int rc = open_index(&index, it->cli, opts->state != NULL);

	if (rc == PV_OK && index && opts->state)
		rc = set_marks(it, query, index, opts->state);
	if (rc == PV_OK && opts->output)
		rc = open_file(it, opts->output);
	if (rc == PV_OK)
		rc = put_all(it, index, query);
	rc = end_file(it, rc);
	pv_executions_free(index);
	if (rc == PV_OK && opts->state)
		rc = write_state(it, opts->state);
	if (rc == PV_OK && opts->output)
		cli_note(it->cli, "%zu executions written to \"%s\"", it->count,
			 it->path.ptr);
	return rc;
}

int history_export(pv_cli *cli, const history_filter *filter,
		   const history_export_options *opts)
{
	struct run it = { .cli = cli,
			  .format = opts->format ? opts->format : HISTORY_JSONL,
			  .is_part = opts->state != NULL,
			  .fd = -1 };
	history_query query;
	int rc = history_query_read(&query, cli, filter, 0);

	query.query.oldest_first = 1;
	if (cli->json)
		it.format = HISTORY_JSON;
	if (rc == PV_OK && opts->state && (query.query.limit || query.query.after))
		rc = cli_usage_error(cli, "--incremental takes no --limit and no "
					  "--after: what they leave out would "
					  "never be exported");
	if (rc == PV_OK && cli->json && opts->output)
		rc = cli_usage_error(cli, "--json is for standard output; "
					  "--format json writes a file");
	if (rc == PV_OK)
		rc = write_out(&it, &query.query, opts);
	pv_buf_dispose(&it.path);
	pv_buf_dispose(&it.temporary);
	pv_buf_dispose(&it.text);
	pv_buf_dispose(&it.mark);
	pv_buf_dispose(&it.old);
	history_query_dispose(&query);
	return rc;
}
