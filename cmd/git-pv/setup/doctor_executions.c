/* SPDX-License-Identifier: MIT
 *
 * The part of git pv doctor about executions: whether the database is whole,
 * and what waits beside it. It is only read; where there is none, nothing is
 * said.
 */
#include "repo/tracking.h"
#include "setup/doctor.h"
#include "ui/progress.h"

#include <stdio.h>

#include "base/fail.h"

static const char name[] = "executions";

/* What is damaged: the first of it, and how much more there is. */
struct damage {
	const pv_cli *cli;
	progress bar;
	size_t texts; /* that were read */
	size_t count;
	char first[160];
};

static int note(const char *problem, void *payload)
{
	struct damage *damage = payload;

	if (!damage->count++)
		snprintf(damage->first, sizeof(damage->first), "%.150s", problem);
	return PV_OK;
}

static int note_texts(const pv_executions_texts *texts, void *payload)
{
	struct damage *damage = payload;

	if (!damage->texts)
		progress_start(&damage->bar, damage->cli, "Reading texts",
			       texts->count);
	damage->texts = texts->done;
	progress_step(&damage->bar, texts->done);
	return texts->problem ? note(texts->problem, damage) : PV_OK;
}

/* What is wrong with an index is a diagnosis; want of memory is not. */
static int say_failure(struct doctor *doctor, int rc)
{
	pv_error *err = &doctor->cli->err;

	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	if (rc != PV_ENOTFOUND)
		doctor_say(doctor, rc == PV_ELOCKED ? HEALTH_WARN : HEALTH_FAIL,
			   name, err->hint, "%s", err->message);
	pv_error_clear(err);
	return PV_OK;
}

static int check_whole(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	pv_executions *index = NULL;
	struct damage damage = { .cli = cli };
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK)
		rc = pv_executions_check(index, note, &damage, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_check_texts(index, note_texts, &damage,
					       &cli->err);
	progress_end(&damage.bar);
	pv_executions_free(index);
	if (rc < 0)
		return say_failure(doctor, rc);
	if (damage.count)
		doctor_say(doctor, HEALTH_FAIL, name,
			   "\"git pv history export\" saves what can be read; "
			   "move the index away, with its -wal and -shm files, "
			   "and give it to \"git pv record --stdin\"",
			   "the index is damaged in %zu places: %s",
			   damage.count, damage.first);
	else
		doctor_say(doctor, HEALTH_OK, name, "", "the index is whole");
	return PV_OK;
}

static int check_beside(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	pv_buf path = { 0 };
	size_t waiting = 0;
	size_t bad = 0;
	int rc = tracking_path(&path, cli);

	if (rc == PV_OK)
		rc = pv_executions_spooled(&waiting, path.ptr, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_unreadable(&bad, path.ptr, &cli->err);
	if (rc == PV_OK && waiting)
		doctor_say(doctor, HEALTH_WARN, name, "git pv index drain",
			   "%zu executions wait beside the index", waiting);
	if (rc == PV_OK && bad)
		doctor_say(doctor, HEALTH_WARN, name,
			   "look at them, mend them and give them to \"git pv "
			   "record --stdin\", or delete them",
			   "%zu files beside the index cannot be read: "
			   "%.150s.spool/*.bad",
			   bad, path.ptr);
	pv_buf_dispose(&path);
	return say_failure(doctor, rc);
}

int doctor_executions(struct doctor *doctor)
{
	int rc = check_whole(doctor);

	return rc == PV_OK ? check_beside(doctor) : rc;
}
