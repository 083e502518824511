/* SPDX-License-Identifier: MIT
 *
 * Many records, one JSON object a line. Rows are recorded in groups: when
 * enough have gathered, and when no more are coming at the moment, so that
 * a slow stream does not wait for company. Another thread writes the groups
 * while this one gathers the next. A line that is no record becomes a finding
 * with its number and leaves the others alone.
 */
#include "history/record.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "ui/interrupt.h"
#include "ui/progress.h"

enum {
	LINE_BYTES = 256 << 20,
	IDLE_MS = 10,
	READ_BYTES = 1 << 16
};

struct job {
	record_run *recorder;
	pv_cli *cli;
	pv_buf input;  /* read and not yet taken apart */
	size_t taken;  /* of the input */
	size_t looked; /* bytes behind those that have no end of a line */
	record_groups groups;
	size_t line;
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
		rc = record_groups_add(&job->groups, row, line.len);
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

static void step(struct job *job)
{
	progress_step(&job->bar, job->groups.added + job->groups.present);
}

/* Before a wait for more: nobody learns of a failure during it. */
static int catch_up(struct job *job)
{
	int rc = record_groups_wait(&job->groups);

	step(job);
	return rc;
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

	while (rc == PV_OK &&
	       (is_strict || !record_groups_is_full(&job->groups))) {
		if (interrupt_take(NULL))
			return pv_fail(&job->cli->err, PV_ECANCELED,
				       "interrupted at line %zu", job->line);
		rc = take_next(&is_taken, job);
		if (rc < 0 || is_taken)
			continue;
		if (job->is_end)
			break;
		if (!is_strict && is_idle()) {
			if (job->groups.next->count)
				break;
			rc = catch_up(job);
		}
		if (rc == PV_OK)
			rc = read_some(job);
	}
	return rc;
}

static int read_all(struct job *job)
{
	int rc = gather(job);

	while (rc == PV_OK && !job->recorder->is_strict &&
	       (job->groups.next->count || !job->is_end)) {
		if (job->groups.next->count)
			rc = record_groups_hand_on(&job->groups);
		step(job);
		if (rc == PV_OK)
			rc = gather(job);
	}
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
	pv_jsonw_int(&w, (int64_t)job->groups.added);
	pv_jsonw_key(&w, "present");
	pv_jsonw_int(&w, (int64_t)job->groups.present);
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
		   job->groups.added, job->groups.present, refused(job));
}

static int tell(struct job *job)
{
	if (job->groups.added)
		cli_made(job->cli, "%zu executions are recorded all the same",
			 job->groups.added);
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
	if (job->groups.added + job->groups.present)
		pv_error_hint(&job->cli->err, rc,
			      "%zu rows are recorded; the same input again goes "
			      "on behind them",
			      job->groups.added + job->groups.present);
	return rc;
}

static int record_all(struct job *job)
{
	int rc = record_groups_begin(&job->groups, job->recorder);

	if (rc == PV_OK)
		rc = read_all(job);
	/* What was held back until all of it was seen. */
	if (rc == PV_OK && job->groups.next->count && !refused(job))
		rc = record_groups_hand_on(&job->groups);
	rc = record_groups_end(&job->groups, rc);
	progress_end(&job->bar);
	return rc;
}

int record_lines(record_run *recorder)
{
	struct job job = { .recorder = recorder, .cli = recorder->cli };
	int rc;

	job.input.max = LINE_BYTES;
	interrupt_hold();
	progress_start(&job.bar, job.cli, "Recording", 0);
	rc = record_all(&job);
	rc = rc == PV_OK ? tell(&job) : fail_midway(&job, rc);
	pv_buf_dispose(&job.input);
	return rc;
}
