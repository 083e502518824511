/* SPDX-License-Identifier: MIT
 *
 * What the files of `git pv doctor` share: a list of diagnoses.
 */
#ifndef PV_CLI_DOCTOR_H
#define PV_CLI_DOCTOR_H

#include "cli.h"

#include "base/str.h"

enum cli_health {
	HEALTH_OK,
	HEALTH_WARN,
	HEALTH_FAIL
};

struct diagnosis {
	enum cli_health health;
	const char *name; /* of the check; static */
	char message[300];
	char fix[300]; /* a command, or what to do; "" when all is well */
};

/* More of one kind are summed up, so the list has a bound. */
enum {
	DIAGNOSES = 64
};

struct doctor {
	pv_cli *cli;
	pv_error refused; /* why the repository is not open; code PV_OK */
	struct diagnosis items[DIAGNOSES];
	size_t count;
	pv_strlist fixed; /* what --fix has done, as lines */
};

/* Adds a diagnosis; `name` is static, `fix` may be "". */
void doctor_say(struct doctor *doctor, enum cli_health health, const char *name,
		const char *fix, const char *format, ...) PV_PRINTF(5, 6);

/* Looks at git, libgit2 and who commits. */
void doctor_git(struct doctor *doctor);

/* Looks at what git is told of the open repository: extensions and hooks. */
void doctor_git_repository(struct doctor *doctor);

/* Looks at prompts, versions and locks of the open repository. */
int doctor_repository(struct doctor *doctor);

/* What killed processes left behind: locks, notes, an index behind HEAD. */
int doctor_leftovers(struct doctor *doctor);

/* Whether the database of executions is whole, and what waits beside it. */
int doctor_executions(struct doctor *doctor);

/* Whether what is live in environments is still what was deployed. */
int doctor_deployments(struct doctor *doctor);

/* The part for versions; `ids` are those of the prompts there are. */
int doctor_versions(struct doctor *doctor, const pv_strlist *ids);

#endif
