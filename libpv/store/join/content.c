/* SPDX-License-Identifier: MIT
 *
 * One file, three versions: the mode and the content are merged each on its
 * own. Where only one side changed the content nothing is read. What a
 * submodule points at is not there to be looked at, and a link is not a text.
 */
#include "store/join/parts.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/object/object.h"

/* The file that the caller merges, with what it borrows. */
struct loan {
	pv_join_file file;
	pv_buf texts[PV_JOIN_STAGES];
	pv_buf labels[PV_JOIN_STAGES];
};

static int is_one_name(const pv_join_versions *versions)
{
	return strcmp(versions->names[PV_JOIN_BASE],
		      versions->names[PV_JOIN_OURS]) == 0 &&
	       strcmp(versions->names[PV_JOIN_OURS],
		      versions->names[PV_JOIN_THEIRS]) == 0;
}

/* Labels say the path only where the three are not the same. */
static int put_label(struct loan *loan, const pv_join *join,
		     const pv_join_versions *versions, int stage)
{
	pv_buf *label = &loan->labels[stage];

	pv_buf_puts(label, join->labels[stage]);
	if (!is_one_name(versions))
		pv_buf_printf(label, ":%s", versions->names[stage]);
	loan->file.labels[stage] = pv_buf_text(label);
	return pv_buf_status(label, join->err);
}

static int lend(struct loan *loan, pv_join *join, const pv_join_versions *versions)
{
	const pv_tree_item *base = versions->stages[PV_JOIN_BASE];
	int rc = PV_OK;

	loan->file.path = versions->path;
	loan->file.is_inner = join->depth > 0;
	loan->file.has_base = pv_join_is_regular(base->mode);
	for (int i = 0; rc == PV_OK && i < PV_JOIN_STAGES; i++) {
		rc = put_label(loan, join, versions, i);
		if (rc == PV_OK && (i != PV_JOIN_BASE || loan->file.has_base))
			rc = pv_join_read(&loan->texts[i], join,
					  &versions->stages[i]->id);
		loan->file.texts[i].ptr = pv_buf_text(&loan->texts[i]);
		loan->file.texts[i].len = loan->texts[i].len;
	}
	return rc;
}

static void take_back(struct loan *loan)
{
	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		pv_buf_dispose(&loan->texts[i]);
		pv_buf_dispose(&loan->labels[i]);
	}
}

/* Keeps a text as a blob that is written at the end. */
static int keep(git_oid *out, pv_join *join, pv_buf *text)
{
	pv_str content = { pv_buf_text(text), text->len };
	pv_join_blob *blob;

	if (pv_array_reserve(&join->blobs, &join->blob_cap,
			     join->blob_count + 1, sizeof(*join->blobs)) < 0)
		return pv_fail_nomem(join->err);
	pv_object_id(out, GIT_OBJECT_BLOB, content);
	blob = &join->blobs[join->blob_count++];
	blob->id = *out;
	blob->text = *text;
	memset(text, 0, sizeof(*text));
	return PV_OK;
}

static int merge_texts(git_oid *out, pv_join *join,
		       const pv_join_versions *versions)
{
	struct loan loan = { 0 };
	pv_buf merged = { 0 };
	int is_conflict = 0;
	int rc = pv_store_check_canceled(join->store, join->err);

	if (rc == PV_OK)
		rc = lend(&loan, join, versions);
	if (rc == PV_OK)
		rc = pv_attr_tree_look(&loan.file.driver, &loan.file.marker_size,
				       join->attrs, versions->path, join->err);
	loan.file.marker_size += (int)versions->wider;
	if (rc == PV_OK)
		rc = join->opts->merge(&merged, &loan.file, join->opts->payload,
				       join->err);
	is_conflict = rc > 0;
	if (rc >= 0)
		rc = pv_buf_status(&merged, join->err);
	if (rc == PV_OK)
		rc = keep(out, join, &merged);
	pv_buf_dispose(&merged);
	take_back(&loan);
	return rc < 0 ? rc : is_conflict;
}

/* What is no text is what it was, or ours; in any case a conflict. */
static int choose_whole(pv_tree_item *out, const pv_join *join,
			const pv_join_versions *versions)
{
	const pv_tree_item *base = versions->stages[PV_JOIN_BASE];
	const pv_tree_item *ours = versions->stages[PV_JOIN_OURS];

	out->id = ours->id;
	if (!join->depth)
		return 1;
	if (ours->mode == GIT_FILEMODE_LINK ||
	    !pv_join_is_alike(base->mode, ours->mode))
		*out = *base;
	else
		out->id = base->id;
	return 1;
}

int pv_join_contents(pv_tree_item *out, pv_join *join,
		     const pv_join_versions *versions)
{
	const pv_tree_item *base = versions->stages[PV_JOIN_BASE];
	const pv_tree_item *ours = versions->stages[PV_JOIN_OURS];
	const pv_tree_item *theirs = versions->stages[PV_JOIN_THEIRS];
	int is_conflict = 0;
	int rc = PV_OK;

	out->mode = theirs->mode;
	if (ours->mode != theirs->mode && ours->mode != base->mode) {
		out->mode = ours->mode;
		is_conflict = theirs->mode != base->mode;
	}
	if (git_oid_equal(&ours->id, &theirs->id) ||
	    git_oid_equal(&ours->id, &base->id))
		out->id = theirs->id;
	else if (git_oid_equal(&theirs->id, &base->id))
		out->id = ours->id;
	else if (pv_join_is_regular(ours->mode))
		rc = merge_texts(&out->id, join, versions);
	else
		rc = choose_whole(out, join, versions);
	return rc < 0 ? rc : rc || is_conflict;
}
