/* SPDX-License-Identifier: MIT
 *
 * Retention that runs by itself: once a day whoever records takes a bounded
 * number of executions that are older than pv.yaml allows, as `git pv history
 * prune` would. One process does at a time; the others go on. Nothing happens
 * where pv.yaml sets no limit, and no failure of it is one of recording.
 */
#include "history/retention.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum {
	EVERY = 86400,    /* seconds between runs that found an end */
	AGAIN = 600,      /* and after one that did not */
	ROWS_A_RUN = 2000 /* of each kind */
};

#define DAY (INT64_C(86400) * 1000000)

int retention_take(size_t taken_out[2], pv_executions *index,
		   const tracking *settings, const retention_limits *limits,
		   pv_error *err)
{
	const int days[] = { settings->retention_days,
			     settings->retention_rows_days };
	static const enum pv_executions_part parts[] = { PV_EXECUTIONS_TEXTS,
							 PV_EXECUTIONS_ROWS };
	int rc = PV_OK;

	taken_out[0] = taken_out[1] = 0;
	/* Rows first: theirs are texts that need not go twice. */
	for (int i = 1; i >= 0 && rc == PV_OK; i--) {
		pv_executions_query query = { .limit = limits->rows };
		const pv_executions_removal opts = { parts[i],
						     limits->is_dry_run };
		pv_executions_removed removed;

		if (!days[i])
			continue;
		query.until = pv_clock_now(NULL) - days[i] * DAY;
		rc = pv_executions_remove(&removed, index, &query, &opts, err);
		taken_out[i] = removed.rows;
		if (limits->texts_out)
			*limits->texts_out += removed.texts;
	}
	return rc;
}

/* Whether the file's time says that it is long enough ago. */
static int is_due(int fd, int64_t now)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_size == 0 || st.st_mtime <= now);
}

/* The file's time is when the next run is due; it has a byte once one was. */
static void set_due(int fd, int64_t when)
{
	const struct timespec times[2] = { { .tv_sec = (time_t)when },
					   { .tv_sec = (time_t)when } };

	if (pwrite(fd, "\n", 1, 0) == 1)
		(void)futimens(fd, times);
}

static void run(pv_cli *cli, int fd, pv_executions *index,
		const tracking *settings)
{
	const retention_limits limits = { .rows = ROWS_A_RUN };
	int64_t now = pv_clock_now(NULL) / 1000000;
	pv_error why = { 0 };
	size_t taken[2];

	if (!is_due(fd, now))
		return;
	/* First: who is killed at it does not try at once again. */
	set_due(fd, now + AGAIN);
	if (retention_take(taken, index, settings, &limits, &why) < 0)
		cli_warn(cli, "old executions stay for now: %s", why.message);
	else if (taken[0] < ROWS_A_RUN && taken[1] < ROWS_A_RUN)
		set_due(fd, now + EVERY);
	if (taken[0] || taken[1])
		cli_note(cli,
			 "retention: %zu executions lost their texts, %zu were "
			 "removed",
			 taken[0], taken[1]);
}

void retention_run(pv_cli *cli, pv_executions *index, const tracking *settings)
{
	pv_buf path = { 0 };
	int fd;

	if (!settings->retention_days && !settings->retention_rows_days)
		return;
	pv_buf_printf(&path, "%s/pv/retention", pv_store_common_dir(cli->store));
	if (pv_buf_status(&path, NULL) == PV_OK) {
		/* The folder is not there when the index is on a server. */
		(void)pv_dir_make_for(path.ptr, NULL);
		fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			run(cli, fd, index, settings);
		if (fd >= 0)
			(void)close(fd);
		tracking_share(cli, path.ptr);
	}
	pv_buf_dispose(&path);
}
