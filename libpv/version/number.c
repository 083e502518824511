/* SPDX-License-Identifier: MIT
 *
 * The number of a release: the step its changes call for from the highest
 * release, a pre-release of it when asked for, and the next one where another
 * clone or branch has taken that name already.
 */
#include "version/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "version/impact.h"

static const pv_semver first_number = { .major = 1 };

/* The commit that added the file where a merge brought it from a branch. */
static int find_addition(pv_oid *out, pv_version_index *index,
			 const pv_plan *plan, pv_error *err)
{
	pv_touches touches = { 0 };
	pv_lineage *lineage;
	int rc;

	*out = plan->added_by;
	if (!plan->is_by_merge)
		return PV_OK;
	rc = pv_version_index_lineage(&lineage, index, &index->tip, plan->path,
				      err);
	if (rc == PV_OK)
		rc = pv_lineage_touches(&touches, lineage, plan->path, NULL, err);
	if (rc == PV_OK && touches.is_added)
		*out = touches.added_by;
	return rc;
}

/* A renamed prompt goes on with the numbers of its former id. */
static int find_former(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	pv_version_index *index = plans->index;
	char id[PV_ID_MAX + 1] = "";
	pv_oid commit;
	int rc;

	if (plan->last || !plan->is_added)
		return PV_OK;
	rc = find_addition(&commit, index, plan, err);
	if (rc == PV_OK)
		rc = pv_version_renamed_from(id, index->store, index->settings,
					     &commit, plan->path, err);
	if (rc < 0 || !id[0])
		return rc;
	rc = pv_version_index_add(index, id, err);
	if (rc < 0)
		return rc;
	return pv_version_index_highest(&plan->base, index, id,
					PV_NO_PRE_RELEASES, NULL, err);
}

/* 1 when files it refers to changed, whatever happened to its own. */
static int is_moved_below(const pv_plan *plan)
{
	char closure[PV_CLOSURE_TEXT];

	pv_closure_digest(closure, &plan->members, plan->path, &plan->base->blob);
	return strcmp(closure, plan->base->closure) != 0;
}

static int derive_bump(enum pv_bump *out, const pv_plan *plan, pv_store *store,
		       pv_error *err)
{
	pv_buf text = { 0 };
	int rc = PV_OK;

	*out = PV_BUMP_MAJOR;
	if (plan->is_added)
		return PV_OK;
	*out = PV_BUMP_MINOR;
	if (strcmp(plan->blob.hex, plan->base->blob.hex) != 0) {
		rc = pv_store_read_blob(&text, store, &plan->blob, err);
		if (rc == PV_OK)
			rc = pv_version_impact(out, store, &plan->base->blob,
					       &text, err);
		if (*out < PV_BUMP_MINOR && is_moved_below(plan))
			*out = PV_BUMP_MINOR;
	}
	pv_buf_dispose(&text);
	return rc;
}

static int apply_policy(pv_plan *plan, const pv_release_options *opts,
			pv_error *err)
{
	if (opts->bump == PV_BUMP_NONE)
		return PV_OK;
	if (opts->bump < plan->bump && !opts->force)
		return pv_error_hint(err,
				     pv_fail(err, PV_EPOLICY,
					     "\"%.120s\" changed by a %s step, a %s one "
					     "was asked for",
					     plan->id, pv_bump_name(plan->bump),
					     pv_bump_name(opts->bump)),
				     "--force releases it all the same");
	plan->bump = opts->bump;
	return PV_OK;
}

/* --- pre-releases -------------------------------------------------------- */

/* The n of "rc.<n>" for the prefix "rc"; 0 for anything else. */
static unsigned serial_of(const char *pre, const char *prefix)
{
	size_t len = strlen(prefix);
	unsigned serial = 0;

	if (!pv_str_has_prefix(pre, prefix) || pre[len] != '.' ||
	    pv_str_to_uint(&serial, pv_str_of(pre + len + 1), 999999) < 0)
		return 0;
	return serial;
}

/* The highest n there is of "<number>-<prefix>.<n>"; 0 for none. */
static unsigned highest_serial(const pv_plan *plan,
			       const pv_version_index *index, const char *prefix)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, index, plan->id);
	unsigned highest = 0;

	for (size_t i = 0; i < count; i++) {
		const pv_semver *number = &rows[i].number;
		unsigned serial = serial_of(number->pre, prefix);

		if (number->major == plan->number.major &&
		    number->minor == plan->number.minor &&
		    number->patch == plan->number.patch && serial > highest)
			highest = serial;
	}
	return highest;
}

static int set_serial(pv_plan *plan, const char *prefix, unsigned serial,
		      pv_error *err)
{
	pv_semver probe;
	char text[PV_VERSION_TEXT];

	if (strlen(prefix) <= PV_SEMVER_PRE_MAX)
		snprintf(text, sizeof(text), "0.0.0-%s.%u", prefix, serial);
	if (strlen(prefix) > PV_SEMVER_PRE_MAX ||
	    pv_semver_parse(&probe, text, NULL) < 0)
		return pv_fail(err, PV_EINVALID,
			       "bad name of a pre-release \"%.60s\"", prefix);
	memcpy(plan->number.pre, probe.pre, sizeof(probe.pre));
	return PV_OK;
}

static int add_serial(pv_plan *plan, pv_plan_list *plans, const char *prefix,
		      pv_error *err)
{
	unsigned serial = highest_serial(plan, plans->index, prefix);
	int rc;

	do {
		rc = set_serial(plan, prefix, ++serial, err);
		if (rc == PV_OK)
			rc = pv_plan_is_taken(plan, plans, err);
	} while (rc > 0);
	return rc;
}

/* Passes over the numbers that another clone or branch has used. */
static int find_free(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	int rc = pv_plan_is_taken(plan, plans, err);

	while (rc > 0) {
		rc = pv_semver_next(&plan->number, &plan->number, plan->bump,
				    err);
		if (rc == PV_OK)
			rc = pv_plan_is_taken(plan, plans, err);
	}
	return rc;
}

int pv_plan_number(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	const pv_release_options *opts = plans->opts;
	int rc = find_former(plan, plans, err);

	plan->number = first_number;
	plan->bump = PV_BUMP_NONE;
	if (rc == PV_OK && plan->base) {
		rc = derive_bump(&plan->bump, plan, plans->index->store, err);
		if (rc == PV_OK)
			rc = apply_policy(plan, opts, err);
		if (rc == PV_OK)
			rc = pv_semver_next(&plan->number, &plan->base->number,
					    plan->bump, err);
	}
	if (rc == PV_OK)
		rc = find_free(plan, plans, err);
	if (rc == PV_OK && opts->pre)
		rc = add_serial(plan, plans, opts->pre, err);
	return rc;
}
