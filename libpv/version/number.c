/* SPDX-License-Identifier: MIT
 *
 * The number of a release: the step its changes call for from the highest
 * release, a pre-release of it when asked for, and the next one where another
 * clone or branch has taken that name already. Whatever is asked for, it is
 * above every version the prompt has.
 */
#include "version/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "version/impact.h"
#include "version/semver.h"

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
		return rc < 0 ? rc : PV_OK;
	rc = pv_version_index_add(index, id, err);
	if (rc < 0)
		return rc;
	rc = pv_version_index_highest(&plan->base, index, id,
				      PV_NO_PRE_RELEASES, NULL, err);
	if (rc < 0)
		return rc;
	return pv_version_index_highest(&plan->floor, index, id,
					PV_PRE_RELEASES, NULL, err);
}

/* 1 when files it refers to changed, whatever happened to its own. */
static int is_moved_below(const pv_plan *plan)
{
	char closure[PV_CLOSURE_TEXT];

	pv_closure_digest(closure, &plan->members, plan->path, &plan->base->blob);
	return strcmp(closure, plan->base->closure) != 0;
}

static int derive_bump(enum pv_bump *out, const pv_plan *plan,
		       const pv_version_index *index, pv_error *err)
{
	pv_buf text = { 0 };
	const pv_version_step step = { .store = index->store,
				       .settings = index->settings,
				       .base = plan->base,
				       .at = { PV_AT_COMMIT, index->tip },
				       .text = &text };
	int rc;

	*out = PV_BUMP_MAJOR;
	if (plan->is_added)
		return PV_OK;
	rc = pv_store_read_blob(&text, index->store, &plan->blob, err);
	if (rc == PV_OK)
		rc = pv_version_impact(out, &step, err);
	if (*out < PV_BUMP_MINOR && is_moved_below(plan))
		*out = PV_BUMP_MINOR;
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

/* The n of "<number>-<label>.<n>"; 0 for a version of another form. */
static unsigned serial_of(const pv_semver *version, const pv_semver *number,
			  const char *label)
{
	if (version->major != number->major ||
	    version->minor != number->minor || version->patch != number->patch)
		return 0;
	return pv_semver_serial(version->pre, label);
}

/* The highest n there is of "<number>-<label>.<n>"; 0 for none. */
static unsigned highest_serial(const pv_plan *plan,
			       const pv_version_index *index, const char *label)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, index, plan->id);
	unsigned highest = 0;

	if (plan->floor)
		highest = serial_of(&plan->floor->number, &plan->number, label);
	for (size_t i = 0; i < count; i++) {
		unsigned serial =
			serial_of(&rows[i].number, &plan->number, label);

		if (serial > highest)
			highest = serial;
	}
	return highest;
}

static int set_serial(pv_plan *plan, const char *label, unsigned serial,
		      pv_error *err)
{
	pv_semver probe;
	char text[PV_VERSION_TEXT];

	if (strlen(label) <= PV_SEMVER_PRE_MAX)
		snprintf(text, sizeof(text), "0.0.0-%s.%u", label, serial);
	if (strlen(label) > PV_SEMVER_PRE_MAX ||
	    pv_semver_parse(&probe, text, NULL) < 0)
		return pv_fail(err, PV_EINVALID,
			       "bad name of a pre-release \"%.60s\"", label);
	memcpy(plan->number.pre, probe.pre, sizeof(probe.pre));
	return PV_OK;
}

static int add_serial(pv_plan *plan, pv_plan_list *plans, const char *label,
		      pv_error *err)
{
	unsigned serial = highest_serial(plan, plans->index, label);
	int rc;

	do {
		rc = set_serial(plan, label, ++serial, err);
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

/* --- the whole ----------------------------------------------------------- */

static int step_from_base(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	int rc = derive_bump(&plan->bump, plan, plans->index, err);

	if (rc == PV_OK)
		rc = apply_policy(plan, plans->opts, err);
	if (rc == PV_OK)
		rc = pv_semver_next(&plan->number, &plan->base->number,
				    plan->bump, err);
	return rc;
}

static enum pv_bump step_between(const pv_semver *from, const pv_semver *to)
{
	if (from->major != to->major)
		return PV_BUMP_MAJOR;
	return from->minor != to->minor ? PV_BUMP_MINOR : PV_BUMP_PATCH;
}

/* A pre-release may have announced more than the changes call for. */
static void rise_to_announced(pv_plan *plan)
{
	const pv_version_info *floor = plan->floor;

	if (!floor || !pv_semver_raise(&plan->number, &floor->number))
		return;
	plan->bump = plan->base
			     ? step_between(&plan->base->number, &plan->number)
			     : floor->bump;
}

/* Only a label can still be too low: "beta" after "rc". */
static int check_order(const pv_plan *plan, pv_error *err)
{
	const pv_version_info *floor = plan->floor;
	char number[PV_VERSION_TEXT];
	char label[PV_SEMVER_PRE_MAX + 1];
	char *serial;
	int rc;

	if (!floor || pv_semver_cmp(&plan->number, &floor->number) > 0)
		return PV_OK;
	pv_semver_format(number, &plan->number);
	memcpy(label, floor->number.pre, sizeof(label));
	rc = pv_fail(err, PV_EPOLICY,
		     "\"%.80s\": %.72s would be lower than %.72s, which it has",
		     plan->id, number, floor->text);
	number[strcspn(number, "-")] = '\0';
	serial = strrchr(label, '.');
	if (serial)
		*serial = '\0';
	if (!pv_semver_serial(floor->number.pre, label))
		return pv_error_hint(err, rc, "without --pre it is %s", number);
	return pv_error_hint(err, rc,
			     "--pre %s goes on from there, without --pre it "
			     "is %s",
			     label, number);
}

/* A number that is given counts when it is higher than all that there are. */
static int take_number(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, plans->index, plan->id);
	const pv_semver *highest = count ? &rows[0].number : NULL;
	char text[PV_VERSION_TEXT];
	int rc = pv_semver_parse(&plan->number, plans->opts->version, err);

	if (rc < 0)
		return rc;
	if (plan->floor &&
	    (!highest || pv_semver_cmp(&plan->floor->number, highest) > 0))
		highest = &plan->floor->number;
	if (highest && pv_semver_cmp(&plan->number, highest) <= 0) {
		pv_semver_format(text, highest);
		rc = pv_fail(err, PV_EPOLICY,
			     "\"%.80s\": %.72s is not higher than %.72s, which "
			     "it has",
			     plan->id, plans->opts->version, text);
		return pv_error_hint(err, rc, "versions only go up");
	}
	if (plan->base)
		plan->bump = step_between(&plan->base->number, &plan->number);
	rc = pv_plan_is_taken(plan, plans, err);
	return rc > 0 ? pv_fail(err, PV_EEXISTS,
				"\"%.80s\": another clone has %.72s", plan->id,
				plans->opts->version)
		      : rc;
}

int pv_plan_number(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	const char *label = plans->opts->pre;
	int rc;

	plan->number = first_number;
	plan->bump = PV_BUMP_NONE;
	plan->floor = plan->last;
	rc = find_former(plan, plans, err);
	if (rc == PV_OK && plans->opts->version)
		return take_number(plan, plans, err);
	if (rc == PV_OK && plan->base)
		rc = step_from_base(plan, plans, err);
	if (rc == PV_OK) {
		rise_to_announced(plan);
		rc = find_free(plan, plans, err);
	}
	if (rc == PV_OK && label)
		rc = add_serial(plan, plans, label, err);
	return rc == PV_OK ? check_order(plan, err) : rc;
}
