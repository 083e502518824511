/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks at what is live: whether its bytes are
 * here, its tags where they were, and whether it is still what is wanted. That
 * there is a later version is told, but nothing that ails.
 */
#include "setup/doctor.h"

#include <pv/deploy.h>

#include "base/fail.h"

struct kind {
	enum cli_health health;
	const char *what; /* of a prompt */
	const char *fix;
};

static const struct kind kinds[PV_DRIFT_COUNT] = {
	{ HEALTH_FAIL, "live with bytes that are not here",
	  "git fetch --tags, or git pv rollback" },
	{ HEALTH_WARN, "live as a version whose tag is gone or elsewhere",
	  "git fetch --tags, or deploy the version anew" },
	{ HEALTH_WARN, "live though not active",
	  "git pv activate, or deploy another version" },
	{ HEALTH_OK, "live with a later version to be had", "" },
};

struct look {
	struct doctor *doctor;
	pv_version_index *index;
	pv_strlist names; /* of environments */
	size_t live;
};

static int add_name(const char *name, void *payload)
{
	struct look *look = payload;

	return pv_strlist_add(&look->names, name, &look->doctor->cli->err);
}

static int look_at(struct look *look, const char *name)
{
	pv_cli *cli = look->doctor->cli;
	size_t counts[PV_DRIFT_COUNT] = { 0 };
	const char *first[PV_DRIFT_COUNT] = { 0 };
	pv_environment now = { 0 };
	int rc = pv_environment_load(&now, cli->store, name, NULL, &cli->err);

	for (size_t i = 0; i < now.count && rc == PV_OK; i++) {
		unsigned drift;

		rc = pv_deployment_drift(&drift, look->index, &now.items[i],
					 &cli->err);
		for (unsigned k = 0; k < PV_DRIFT_COUNT && rc == PV_OK; k++)
			if (drift & 1U << k && !counts[k]++)
				first[k] = now.items[i].id;
	}
	for (size_t k = 0; k < PV_DRIFT_COUNT && rc == PV_OK; k++)
		if (counts[k])
			doctor_say(look->doctor, kinds[k].health, "deployments",
				   kinds[k].fix,
				   "%s: %zu prompt%s %s, e.g. \"%s\"", name,
				   counts[k], counts[k] == 1 ? "" : "s",
				   kinds[k].what, first[k]);
	look->live += now.count;
	pv_environment_dispose(&now);
	return rc;
}

/* One that cannot be read is a diagnosis; the others are looked at. */
static int tell_failure(struct doctor *doctor, int rc, const char *name)
{
	pv_cli *cli = doctor->cli;

	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	doctor_say(doctor, HEALTH_FAIL, "deployments", cli->err.hint, "%s%s%s",
		   name, *name ? ": " : "", cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

int doctor_deployments(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	struct look look = { .doctor = doctor };
	size_t said = doctor->count;
	int rc = pv_environment_each(cli->store, add_name, &look, &cli->err);

	rc = tell_failure(doctor, rc, "");
	if (rc == PV_OK && look.names.count)
		rc = pv_version_index_load(&look.index, cli->store,
					   &cli->settings, &cli->err);
	for (size_t i = 0; i < look.names.count && rc == PV_OK; i++)
		rc = tell_failure(doctor, look_at(&look, look.names.items[i]),
				  look.names.items[i]);
	if (rc == PV_OK && look.live && doctor->count == said)
		doctor_say(doctor, HEALTH_OK, "deployments", "",
			   "what is live is as it was deployed");
	pv_version_index_free(look.index);
	pv_strlist_dispose(&look.names);
	return rc;
}
