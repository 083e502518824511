/* SPDX-License-Identifier: MIT
 *
 * Which numbers are free. A tag of this clone takes its number whatever it
 * names; a tag that a remote is known to have takes it unless it names the
 * very commit that is to be released, as it does after a pull without tags.
 */
#include "version/plan.h"

#include <string.h>

#include "base/fail.h"
#include "version/tag.h"

static const char remote_refs[] = "refs/pv/remote/";

struct loader {
	pv_plan_list *plans;
	pv_error *err;
};

/* "refs/pv/remote/<remote>/tags/<tag>"; a remote's name may have a "/". */
static int note_remote_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct loader *it = payload;
	const char *at = strstr(refname, "/tags/");
	int rc = PV_OK;

	for (; at && rc == PV_OK; at = strstr(at + 1, "/tags/")) {
		pv_str name = pv_str_of(at + strlen("/tags/"));
		pv_oid *copy = pv_arena_alloc(&it->plans->arena, sizeof(*copy));

		if (!copy)
			return pv_fail_nomem(it->err);
		*copy = *oid;
		rc = pv_map_set(&it->plans->published, name, copy, NULL, it->err);
	}
	return rc;
}

static int load_published(pv_plan_list *plans, pv_error *err)
{
	struct loader loader = { plans, err };

	if (plans->has_published)
		return PV_OK;
	plans->has_published = 1;
	return pv_store_ref_each(plans->index->store, remote_refs,
				 note_remote_tag, &loader, err);
}

/* 1 when a tag names another commit, or is none of ours. */
static int is_elsewhere(const pv_plan *plan, pv_store *store,
			const pv_oid *tag_oid, pv_error *err)
{
	pv_tag tag = { 0 };
	int rc = pv_store_tag_read(&tag, store, tag_oid, err);

	if (rc == PV_OK)
		rc = strcmp(tag.target.hex, plan->commit.hex) != 0;
	pv_tag_dispose(&tag);
	if (rc != PV_EINVALID && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return 1;
}

static int is_published(const pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	const pv_oid *oid = NULL;
	pv_buf name = { 0 };
	int rc = load_published(plans, err);

	pv_version_tag_name(&name, plan->id, &plan->number);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		oid = pv_map_find(&plans->published, pv_str_of(name.ptr));
	pv_buf_dispose(&name);
	return oid ? is_elsewhere(plan, plans->index->store, oid, err) : rc;
}

int pv_plan_is_taken(const pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, plans->index, plan->id);

	for (size_t i = 0; i < count; i++)
		if (!pv_semver_cmp(&rows[i].number, &plan->number))
			return 1;
	return is_published(plan, plans, err);
}
