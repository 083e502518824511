/* SPDX-License-Identifier: MIT
 *
 * Many records, one JSON object a line. Rows are recorded in groups: when
 * enough have gathered, and when no more are coming at the moment, so that
 * a slow stream does not wait for company. While a full group is written,
 * another thread gathers the next one. A line that is no record becomes a
 * finding with its number and leaves the others alone.
 */
#include "history/record.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "ui/interrupt.h"
#include "ui/progress.h"

enum {
	GROUP_BYTES = 8 << 20,
	LINE_BYTES = 256 << 20,
	IDLE_MS = 10,
	READ_BYTES = 1 << 16
};

/* Rows for one transaction. */
struct group {
	pv_execution **rows;
	size_t count;
	size_t cap;
	size_t bytes; /* of their lines */
};

struct job {
	record_run *recorder;
	pv_cli *cli;
	pv_buf input;      /* read and not yet taken apart */
	size_t taken;      /* of the input */
	size_t looked;     /* bytes behind those that have no end of a line */
	struct group next; /* being gathered */
	struct group full; /* to be written meanwhile, or behind it */
	int is_beside;     /* this is being done */
	size_t line;
	size_t added;
	size_t present; /* there were rows with their ids already */
	progress bar;
	int is_end;
};

/* --- one line ------------------------------------------------------------- */

static int refuse(struct job *job, const pv_error *why)
{
	pv_finding finding = { PV_SEVERITY_ERROR, "record", "standard input",
			       (int)job->line,    1,        why->message,
			       why->hint };

	if (!job->cli->report) {
		int rc = pv_report_new(&job->cli->report, &job->cli->err);

		if (rc < 0)
			return rc;
	}
	return pv_report_add(job->cli->report, &finding, &job->cli->err);
}

/* What is wrong with a line, as opposed to with this machine. */
static int is_of_the_line(int rc)
{
	return rc == PV_EINVALID || rc == PV_ENOTFOUND || rc == PV_EAMBIGUOUS ||
	       rc == PV_ESYNTAX || rc == PV_ELIMIT;
}

static int make_whole(struct job *job, pv_execution *row)
{
	/* The id first: it must not depend on what the prompt is today. */
	int rc = record_complete(job->recorder, row);

	if (rc == PV_OK)
		rc = record_resolve_own(job->recorder, row);
	return rc == PV_OK ? record_finish(job->recorder, row) : rc;
}

static int add_row(struct group *group, pv_execution *row, size_t bytes,
		   pv_error *err)
{
	if (pv_array_reserve(&group->rows, &group->cap, group->count + 1,
			     sizeof(pv_execution *)) < 0)
		return pv_fail_nomem(err);
	group->rows[group->count++] = row;
	group->bytes += bytes;
	return PV_OK;
}

static int take_line(struct job *job, pv_str line)
{
	pv_execution *row = NULL;
	pv_cli *cli = job->cli;
	int rc = pv_execution_parse(&row, line.ptr, line.len, &cli->err);

	job->recorder->line = job->line;
	if (rc == PV_OK)
		rc = make_whole(job, row);
	if (rc == PV_OK)
		rc = record_note_unknown(job->recorder, row);
	/* Here, so that who writes need not. */
	if (rc == PV_OK)
		rc = pv_execution_prepare(row, &cli->err);
	if (rc == PV_OK)
		rc = add_row(&job->next, row, line.len, &cli->err);
	if (rc == PV_OK)
		return rc;
	pv_execution_free(row);
	if (is_of_the_line(rc)) {
		const pv_error why = cli->err;

		pv_error_clear(&cli->err);
		rc = refuse(job, &why);
	}
	return rc;
}

/* --- groups --------------------------------------------------------------- */

static void empty(struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		pv_execution_free(group->rows[i]);
	group->count = 0;
	group->bytes = 0;
}

static void group_dispose(struct group *group)
{
	empty(group);
	pv_free(group->rows);
}

static int is_full(const struct job *job)
{
	return job->next.count >= (size_t)job->recorder->settings.batch_size ||
	       job->next.bytes >= GROUP_BYTES;
}

static int keep_rows(struct job *job, struct group *group, pv_error *err)
{
	size_t added = 0;
	int rc = record_rows(&added, job->recorder, group->rows, group->count,
			     err);

	if (rc < 0)
		return rc;
	job->added += added;
	job->present += group->count - added;
	return PV_OK;
}

/* Moves what is left to the front, to make room behind it. */
static void drop_taken(struct job *job)
{
	if (!job->taken)
		return;
	memmove(job->input.ptr, job->input.ptr + job->taken,
		job->input.len - job->taken);
	pv_buf_truncate(&job->input, job->input.len - job->taken);
	job->taken = 0;
}

static int is_idle(void)
{
	struct pollfd input = { STDIN_FILENO, POLLIN, 0 };

	return poll(&input, 1, IDLE_MS) == 0;
}

static int read_some(struct job *job)
{
	ssize_t n;
	int rc;

	drop_taken(job);
	pv_buf_reserve(&job->input, READ_BYTES);
	rc = pv_buf_status(&job->input, &job->cli->err);
	if (rc < 0)
		return rc;
	n = read(STDIN_FILENO, job->input.ptr + job->input.len, READ_BYTES);
	if (n < 0 && errno != EINTR)
		return pv_fail_errno(&job->cli->err, errno, "read",
				     "standard input");
	if (n > 0) {
		job->input.len += (size_t)n;
		job->input.ptr[job->input.len] = '\0';
	}
	job->is_end = n == 0;
	return PV_OK;
}

/* Takes the next line apart; `*is_taken_out` is 0 when there is no whole one. */
static int take_next(int *is_taken_out, struct job *job)
{
	const char *start = pv_buf_text(&job->input) + job->taken;
	size_t left = job->input.len - job->taken;
	/* A long line comes in many pieces: each is looked at once. */
	const char *end =
		left ? memchr(start + job->looked, '\n', left - job->looked)
		     : NULL;
	pv_str line = { start, end ? (size_t)(end - start) : left };

	*is_taken_out = end || (left && job->is_end);
	job->looked = *is_taken_out ? 0 : left;
	if (!*is_taken_out)
		return PV_OK;
	job->taken += line.len + (end != NULL);
	job->line++;
	if (job->line == 1 && line.len >= 3 &&
	    !memcmp(line.ptr, "\xEF\xBB\xBF", 3)) {
		line.ptr += 3;
		line.len -= 3;
	}
	return pv_str_trim(line).len ? take_line(job, line) : PV_OK;
}

/*
 * Gathers until the group is full, nothing more comes, or nothing comes at the
 * moment and something is to be written. A strict group is never full.
 */
static int gather(struct job *job)
{
	int is_strict = job->recorder->is_strict;
	int is_taken = 0;
	int rc = PV_OK;

	while (rc == PV_OK && (is_strict || !is_full(job))) {
		if (interrupt_take(NULL))
			return pv_fail(&job->cli->err, PV_ECANCELED,
				       "interrupted at line %zu", job->line);
		rc = take_next(&is_taken, job);
		if (rc < 0 || is_taken)
			continue;
		if (job->is_end)
			break;
		if (!is_strict && (job->next.count || job->is_beside) && is_idle())
			break;
		rc = read_some(job);
	}
	return rc;
}

/* The two things that are done at the same time. */
static int write_or_gather(size_t idx, void *payload, pv_error *err)
{
	struct job *job = payload;
	int rc;

	if (idx == 0)
		return keep_rows(job, &job->full, err);
	/* The rows before: freeing them is not left to who writes, either. */
	empty(&job->next);
	rc = gather(job);
	if (rc < 0)
		*err = job->cli->err;
	return rc;
}

/* Writes what is gathered, and gathers on if that was a full group. */
static int go_on(struct job *job)
{
	pv_error why = { 0 };
	int rc = record_keep(job->recorder);

	if (rc < 0)
		return rc;
	if (!is_full(job)) {
		rc = keep_rows(job, &job->next, &job->cli->err);
		empty(&job->next);
	} else {
		const struct group spare = job->full;

		job->full = job->next;
		job->next = spare;
		job->is_beside = 1;
		rc = pv_parallel_each(2, 2, write_or_gather, job, &why);
		job->is_beside = 0;
		if (rc < 0)
			job->cli->err = why;
	}
	progress_step(&job->bar, job->added + job->present);
	return rc;
}

static int read_all(struct job *job)
{
	int rc = gather(job);

	while (rc == PV_OK && !job->recorder->is_strict &&
	       (job->next.count || !job->is_end))
		rc = job->next.count ? go_on(job) : gather(job);
	return rc;
}

/* --- saying so ------------------------------------------------------------ */

static size_t refused(const struct job *job)
{
	return job->cli->report ? pv_report_count(job->cli->report) : 0;
}

static void print_json(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "recorded");
	pv_jsonw_int(&w, (int64_t)job->added);
	pv_jsonw_key(&w, "present");
	pv_jsonw_int(&w, (int64_t)job->present);
	pv_jsonw_key(&w, "refused");
	pv_jsonw_int(&w, (int64_t)refused(job));
	if (job->recorder->is_best_effort) {
		pv_jsonw_key(&w, "spooled");
		pv_jsonw_int(&w, (int64_t)job->recorder->spooled);
	}
	pv_jsonw_key(&w, "unknown");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->recorder->unknown.count; i++)
		pv_jsonw_string(&w, job->recorder->unknown.items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "findings");
	if (cli->report)
		cli_findings_json(&w, cli->report);
	else
		pv_jsonw_raw(&w, "[]", 2);
	pv_jsonw_object_end(&w);
}

static void print_text(struct job *job)
{
	pv_cli *cli = job->cli;

	for (size_t i = 0; i < refused(job); i++)
		cli_finding_text(cli, pv_report_at(cli->report, i));
	cli_printf(cli, "%zu recorded, %zu already there, %zu refused\n",
		   job->added, job->present, refused(job));
}

static int finish(struct job *job)
{
	int is_held = job->recorder->is_strict && refused(job);
	int rc = PV_OK;

	if (!is_held && job->next.count)
		rc = record_keep(job->recorder);
	if (!is_held && job->next.count && rc == PV_OK)
		rc = keep_rows(job, &job->next, &job->cli->err);
	progress_end(&job->bar);
	if (rc < 0)
		return rc;
	if (job->added)
		cli_made(job->cli, "%zu executions are recorded all the same",
			 job->added);
	record_tell_unknown(job->recorder);
	if (job->cli->json)
		print_json(job);
	else
		print_text(job);
	return refused(job) && !job->recorder->is_best_effort ? 1 : PV_OK;
}

/* Says what is safe when the rest is not. */
static int fail_midway(struct job *job, int rc)
{
	if (job->added + job->present)
		pv_error_hint(&job->cli->err, rc,
			      "%zu rows are recorded; the same input again goes "
			      "on behind them",
			      job->added + job->present);
	return rc;
}

int record_lines(record_run *recorder)
{
	struct job job = { .recorder = recorder, .cli = recorder->cli };
	int rc;

	job.input.max = LINE_BYTES;
	interrupt_hold();
	progress_start(&job.bar, job.cli, "Recording", 0);
	rc = read_all(&job);
	if (rc == PV_OK)
		rc = finish(&job);
	else
		progress_end(&job.bar);
	if (rc < 0)
		rc = fail_midway(&job, rc);
	group_dispose(&job.next);
	group_dispose(&job.full);
	pv_buf_dispose(&job.input);
	return rc;
}
