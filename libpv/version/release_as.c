/* SPDX-License-Identifier: MIT
 *
 * A version whose number is known from elsewhere: what an older store called
 * so. The number is not derived, all else is as in release.c.
 */
#include "base/fail.h"
#include "version/tag.h"

/* The largest place that is another than in the version before. */
static enum pv_bump bump_between(const pv_semver *last, const pv_semver *next)
{
	if (next->major != last->major)
		return PV_BUMP_MAJOR;
	return next->minor != last->minor ? PV_BUMP_MINOR : PV_BUMP_PATCH;
}

static int fill(pv_version_info *out, pv_buf *closure, pv_store *store,
		const pv_settings *settings, const pv_exact_release *release,
		pv_error *err)
{
	const pv_point at = { PV_AT_COMMIT, release->commit };
	pv_semver last;
	pv_buf path = { 0 };
	int rc = pv_semver_parse(&out->number, release->version, err);

	if (rc == PV_OK && release->previous) {
		rc = pv_semver_parse(&last, release->previous, err);
		if (rc == PV_OK)
			out->bump = bump_between(&last, &out->number);
	}
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, settings, release->id, err);
	if (rc == PV_OK)
		rc = pv_store_find(&out->blob, store, &at, path.ptr, err);
	if (rc == PV_OK)
		rc = pv_closure(closure, store, settings, &at, release->id, err);
	if (rc == PV_OK)
		pv_semver_format(out->text, &out->number);
	out->closure = closure->ptr;
	pv_buf_dispose(&path);
	return rc;
}

int pv_release_exactly(pv_store *store, const pv_settings *settings,
		       const pv_exact_release *release, pv_error *err)
{
	pv_version_info info = { .bump = PV_BUMP_NONE };
	pv_tag_request request = { .commit = release->commit };
	pv_commit commit = { 0 };
	pv_buf closure = { 0 };
	pv_buf message = { 0 };
	pv_buf name = { 0 };
	pv_oid tag;
	int rc = fill(&info, &closure, store, settings, release, err);

	if (rc == PV_OK)
		rc = pv_store_commit_read(&commit, store, &release->commit, err);
	if (rc == PV_OK) {
		pv_version_tag_message(&message, release->id, &info);
		pv_version_tag_name(&name, release->id, &info.number);
		rc = pv_buf_status(&message, err);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&name, err);
	if (rc == PV_OK) {
		request.name = name.ptr;
		request.message = message.ptr;
		request.tagger = &commit.committer;
		rc = pv_store_tag(&tag, store, &request, err);
	}
	pv_commit_dispose(&commit);
	pv_buf_dispose(&closure);
	pv_buf_dispose(&message);
	pv_buf_dispose(&name);
	return rc;
}
