/* SPDX-License-Identifier: MIT
 *
 * Commits made without a working tree, on any branch that is not checked
 * out. The branch may move while the commit is made: then the changes are
 * put on top of the new tip, unless somebody touched the same paths.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/commit_object.h"
#include "store/commit/message.h"
#include "store/object/tree.h"
#include "store/path.h"
#include "store/ref/ref_move.h"
#include "store/turn.h"

/* A commit of one branch; NULL pointers stand for "no commit yet". */
struct tip {
	git_oid commit;
	git_oid tree;
	int is_born;
};

struct job {
	pv_store *store;
	const char *branch;
	const pv_change *changes;
	size_t count;
	const pv_oid *base;     /* NULL: the branch's tip; see pv_change_set */
	const pv_oid *expected; /* with a base */
	const pv_commit_options *opts;
	pv_identity identity;
	pv_buf message;
	pv_objects objects;
	pv_tree_edit *wanted; /* the changes with their blobs */
	pv_tree_edit *seen;   /* what the first tip had at these paths */
	pv_tree_edit *edits;  /* a copy for pv_store_tree_update to sort */
};

static int load_base(struct tip *out, const struct job *job, pv_error *err)
{
	git_commit *commit = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	if (!job->base->hex[0])
		return PV_OK;
	rc = pv_oid_to_git(&out->commit, job->base, err);
	if (rc < 0)
		return rc;
	rc = git_commit_lookup(&commit, job->store->repo, &out->commit);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the commit", job->base->hex);
	git_oid_cpy(&out->tree, git_commit_tree_id(commit));
	git_commit_free(commit);
	out->is_born = 1;
	return PV_OK;
}

static int load_tip(struct tip *out, const struct job *job, pv_error *err)
{
	git_commit *commit = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = git_reference_name_to_id(&out->commit, job->store->repo,
				      job->branch);
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return PV_OK;
	}
	if (rc == 0)
		rc = git_commit_lookup(&commit, job->store->repo, &out->commit);
	if (rc < 0)
		return pv_fail_git(err, rc, "read the branch", job->branch);
	git_oid_cpy(&out->tree, git_commit_tree_id(commit));
	git_commit_free(commit);
	out->is_born = 1;
	return PV_OK;
}

/* Writes the blobs; a file keeps the mode it has on the branch. */
static int write_blobs(struct job *job, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < job->count; i++) {
		const pv_change *change = &job->changes[i];
		pv_tree_edit *edit = &job->wanted[i];

		rc = pv_path_check_new(change->path, err);
		edit->path = change->path;
		if (rc < 0 || !change->data)
			continue;
		edit->mode = GIT_FILEMODE_BLOB;
		rc = pv_objects_add(&edit->id, &job->objects, GIT_OBJECT_BLOB,
				    change->data, change->len, err);
	}
	return rc;
}

/* Looks at the changed paths in a tip; the first look is remembered. */
static int look(struct job *job, const struct tip *tip, int is_first,
		pv_error *err)
{
	git_odb *odb;
	int rc = pv_objects_odb(&odb, &job->objects, err);

	for (size_t i = 0; i < job->count; i++) {
		pv_tree_edit *seen = &job->seen[i];
		pv_tree_edit now = { NULL, 0, { { 0 } } };

		if (rc == PV_OK && tip->is_born)
			rc = pv_store_tree_find(&now, odb, &tip->tree,
						job->wanted[i].path, err);
		if (rc < 0)
			return rc;
		if (!is_first && (now.mode != seen->mode ||
				  !git_oid_equal(&now.id, &seen->id)))
			return pv_fail(err, PV_ECONFLICT,
				       "\"%s\" was changed on \"%s\" meanwhile",
				       job->wanted[i].path, job->branch);
		*seen = now;
		if (job->wanted[i].mode &&
		    now.mode == GIT_FILEMODE_BLOB_EXECUTABLE)
			job->wanted[i].mode = now.mode;
	}
	return PV_OK;
}

/* What the branch is to hold before it moves; NULL when it is not there. */
static int read_expected(git_oid *held, const git_oid **out,
			 const struct job *job, pv_error *err)
{
	*out = NULL;
	if (!job->expected->hex[0])
		return PV_OK;
	*out = held;
	return pv_oid_to_git(held, job->expected, err);
}

/* One attempt; `*moved`: what moving the branch answered. */
static int attempt(git_oid *out, int *moved, struct job *job,
		   const struct tip *tip, pv_error *err)
{
	pv_commit_parts parts = { .identity = &job->identity,
				  .message = pv_buf_text(&job->message) };
	pv_ref_change change = { job->branch, out, NULL,
				 &job->identity.committer, NULL };
	pv_buf reflog = { 0 };
	git_oid held;
	int rc;

	*moved = PV_OK;
	memcpy(job->edits, job->wanted, job->count * sizeof(*job->edits));
	rc = pv_store_tree_update(&parts.tree, tip->is_born ? &tip->tree : NULL,
				  job->edits, job->count, &job->objects, err);
	if (rc == PV_OK)
		rc = pv_objects_finish(&job->objects, err);
	if (rc < 0)
		return rc;
	if (tip->is_born && git_oid_equal(&parts.tree, &tip->tree) &&
	    !job->opts->allow_empty)
		return pv_fail(err, PV_ENOTFOUND, "there is nothing to commit");
	parts.parents = &tip->commit;
	parts.parent_count = (size_t)tip->is_born;
	change.expected = tip->is_born ? &tip->commit : NULL;
	if (job->expected) {
		rc = read_expected(&held, &change.expected, job, err);
		if (rc < 0)
			return rc;
	}
	rc = pv_commit_write(out, job->store, &parts, err);
	if (rc == PV_OK) {
		pv_commit_reflog(&reflog, job->store, &parts);
		rc = pv_buf_status(&reflog, err);
	}
	change.message = reflog.ptr;
	if (rc == PV_OK) {
		rc = pv_ref_move(job->store, &change, err);
		*moved = rc;
	}
	pv_buf_dispose(&reflog);
	return rc;
}

static int run_once(git_oid *out, struct job *job, pv_error *err)
{
	struct tip tip;
	int moved;
	int rc = load_base(&tip, job, err);

	if (rc == PV_OK)
		rc = look(job, &tip, 1, err);
	return rc == PV_OK ? attempt(out, &moved, job, &tip, err) : rc;
}

static int run(git_oid *out, struct job *job, pv_error *err)
{
	pv_turn turn = { .store = job->store };
	int moved, rc;

	do {
		struct tip tip;

		moved = PV_OK;
		rc = load_tip(&tip, job, err);
		if (rc == PV_OK)
			rc = look(job, &tip, turn.attempts == 0, err);
		if (rc == PV_OK)
			rc = attempt(out, &moved, job, &tip, err);
	} while (pv_turn_again(&turn, moved));
	return rc;
}

static int begin(struct job *job, pv_error *err)
{
	enum pv_cleanup mode;
	int rc;

	if (!pv_str_has_prefix(job->branch, "refs/"))
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is not a full ref name", job->branch);
	if (!job->opts->message)
		return pv_fail(err, PV_EINVALID, "a commit needs a message");
	rc = job->base ? PV_OK
		       : pv_branch_check_free(job->store, job->branch, err);
	if (rc == PV_OK)
		rc = pv_identity_load(&job->identity, job->store, job->opts, err);
	if (rc == PV_OK)
		rc = pv_message_mode(&mode, job->store, job->opts, err);
	if (rc == PV_OK)
		rc = pv_message_clean(&job->message, job->store,
				      job->opts->message, mode, err);
	if (rc == PV_OK)
		rc = pv_message_check(job->store, pv_buf_text(&job->message),
				      mode, NULL, err);
	if (rc == PV_OK)
		rc = pv_objects_begin(&job->objects, job->store, job->count, err);
	return rc;
}

int pv_store_commit_changes(pv_oid *out, pv_store *store,
			    const pv_change_set *set,
			    const pv_commit_options *opts, pv_error *err)
{
	struct job job = { 0 };
	git_oid commit;
	int rc;

	out->hex[0] = '\0';
	job.store = store;
	job.branch = set->branch;
	job.changes = set->changes;
	job.count = set->count;
	job.base = set->base;
	job.expected = set->expected;
	job.opts = opts;
	job.wanted = pv_calloc(set->count, sizeof(*job.wanted));
	job.seen = pv_calloc(set->count, sizeof(*job.seen));
	job.edits = pv_calloc(set->count, sizeof(*job.edits));
	if (!job.wanted || !job.seen || !job.edits) {
		pv_fail_nomem(err);
		rc = PV_ENOMEM;
		goto out;
	}
	rc = begin(&job, err);
	if (rc == PV_OK)
		rc = write_blobs(&job, err);
	if (rc == PV_OK)
		rc = job.base ? run_once(&commit, &job, err)
			      : run(&commit, &job, err);
	if (rc == PV_OK)
		pv_oid_from_git(out, &commit);
out:
	pv_identity_dispose(&job.identity);
	pv_buf_dispose(&job.message);
	pv_objects_dispose(&job.objects);
	pv_free(job.wanted);
	pv_free(job.seen);
	pv_free(job.edits);
	return rc;
}
